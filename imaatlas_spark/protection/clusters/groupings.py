"""Groupings of municipalities (care zones): sums over areas that the solver does not know.

A group moves in each witness as its municipalities do. Where it stands still in all of them it may be shown beside
everything else; where it moves, or where no witness tells how its municipalities move, it is hidden as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.geography.codes import MUNICIPALITY
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.blocks.block import Need, widths_of
from imaatlas_spark.protection.clusters.cluster import Cluster, Level
from imaatlas_spark.protection.clusters.hidden import Cells, Numbers, moves_of, table_of, why
from imaatlas_spark.protection.figures import Area
from imaatlas_spark.schemas.protection import LOOSE, WITHHELD


def rows_of_groups(year: int, cluster: Cluster, cells: pa.Table) -> pa.Table:
    """What is hidden of the groups of each grouping; `cells`: what is hidden of the areas of the country.

    Rows of both as `hidden.hidden_rows`.
    """
    loose = cells.filter(pc.equal(cells["status"], LOOSE)).select(["geo_level", "geo_code"]).to_pylist()
    parts = cluster.figures.children
    untold = {child for area in loose for child in parts.get((area["geo_level"], area["geo_code"]), ())}
    is_followed = pc.and_(pc.equal(cells["geo_level"], MUNICIPALITY), pc.not_equal(cells["status"], LOOSE))
    followed = cells.filter(is_followed).to_pylist()
    numbers = Numbers.of(cluster)
    found: list[Cells] = []
    for level, group_of in sorted(cluster.layout.groups.items()):
        if group_of and cluster.level(level).components:
            grouping = _Grouping(cluster, level, group_of)
            grouping.follow(followed, untold)
            found += grouping.cells(numbers)
    return table_of(year, cluster, numbers, found) if found else cells.slice(0, 0)


@dataclass
class _Grouping:
    """moves: by component and witness, groups x members. hidden: by pattern of the level, groups x members."""

    cluster: Cluster
    name: str
    group_of: Mapping[str, str]
    moves: dict[tuple[int, int], Whole] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.level: Level = self.cluster.level(self.name)
        self.areas = self.cluster.areas[self.name]
        self.component_of = {amount.name: at for at, amount in enumerate(self.cluster.structure.components)}
        self.row = {code: at for at, (_, code) in enumerate(self.areas)}
        self.needs: list[Need] = self.cluster.needs(self.level, self.areas)
        self.inhabited = [
            self.cluster.inhabited(pattern, self.areas, self.level.members[at])
            for at, pattern in enumerate(self.level.patterns)
        ]
        self.hidden: list[Truth] = [
            self.cluster.hidden_before(pattern, self.areas, self.level.members[at]) & self.inhabited[at]
            for at, pattern in enumerate(self.level.patterns)
        ]

    def follow(self, cells: Iterable[Mapping[str, Any]], untold: Iterable[Area]) -> None:
        """Moves of municipalities are moves of their groups; what has none of its own is hidden with them."""
        self._hide_what_no_municipality_shows()
        for area in untold:
            if area[0] == MUNICIPALITY and area[1] in self.group_of:
                row = self.row[self.group_of[area[1]]]
                for hidden, inhabited in zip(self.hidden, self.inhabited, strict=True):
                    hidden[row] |= inhabited[row]
        for cell in cells:
            if cell["geo_code"] in self.group_of:
                self._follow(cell)
        for (component, _), moved in self.moves.items():
            self.hidden[self._pattern(component)] |= moved != 0
        self._hide_what_is_sensitive()

    def cells(self, numbers: Numbers) -> Iterator[Cells]:
        patterns = [self._pattern(component) for component in self.level.components]
        needs = widths_of(self.needs, (self.hidden[pattern].shape for pattern in patterns))
        for component, pattern, needed in zip(self.level.components, patterns, needs, strict=True):
            members = self.level.members[pattern]
            shown = self.cluster.layout.members(self.cluster.structure.components[component], self.name)
            cells = np.nonzero(self.hidden[pattern] & np.array([member in shown for member in members]))
            need = needed[cells]
            moves = moves_of([self._moved(component, witness)[cells] for witness in self._witnesses], len(need))
            yield Cells(
                component,
                numbers.of_areas(self.areas)[cells[0]],
                numbers.of_members(members)[cells[1]],
                why(self.cluster, component, need > 0),
                self.cluster.values(component, self.areas, members)[cells],
                need,
                moves.max(axis=1, initial=0) - moves.min(axis=1, initial=0) < need,
                moves,
            )

    def _follow(self, cell: Mapping[str, Any]) -> None:
        component = self.component_of[cell["amount"]]
        if component not in self.level.components:
            return
        pattern = self._pattern(component)
        member = tuple(cell[name] for name in self.cluster.layout.dimensions)
        if member not in self.level.members[pattern]:
            return
        at = self.row[self.group_of[cell["geo_code"]]], self.level.members[pattern].index(member)
        if cell["status"] == WITHHELD:
            self.hidden[pattern][at] |= self.inhabited[pattern][at]
        for witness, by in zip(cell["witnesses"], cell["moves"], strict=True):
            self.moves.setdefault((component, witness), self._moved(component, witness))[at] += by

    def _hide_what_no_municipality_shows(self) -> None:
        """Members of a pattern that stop above the municipalities: nothing tells how they move."""
        below = self.cluster.level(MUNICIPALITY)
        shown = dict(zip(below.patterns, below.members, strict=True))
        for at, pattern in enumerate(self.level.patterns):
            for column, member in enumerate(self.level.members[at]):
                if member not in shown.get(pattern, ()):
                    self.hidden[at][:, column] |= self.inhabited[at][:, column]

    def _hide_what_is_sensitive(self) -> None:
        """And, where the witnesses do not reach its need, everything of the group in that pattern."""
        for need in self.needs:
            pattern = self._pattern(self.level.components[need.owner])
            self.hidden[pattern][:, need.members] |= need.width > 0
            lacking = (self._span(need) < need.width) & (need.width > 0)
            self.hidden[pattern] |= lacking.any(axis=1, keepdims=True) & self.inhabited[pattern]

    def _span(self, need: Need) -> Whole:
        low = high = np.zeros_like(need.width)
        for witness in self._witnesses:
            moved = np.zeros_like(need.width)
            for term in need.terms:
                of_term = self._moved(self.level.components[term.component], witness)
                moved = moved + term.sign * of_term[:, list(term.members)]
            low, high = np.minimum(low, moved), np.maximum(high, moved)
        return np.asarray(high - low)

    @property
    def _witnesses(self) -> range:
        return range(1 + max((witness for _, witness in self.moves), default=-1))

    def _moved(self, component: int, witness: int) -> Whole:
        """groups x members; zeros where the component stands still."""
        still = np.zeros(self.hidden[self._pattern(component)].shape, dtype=np.int64)
        return self.moves.get((component, witness), still)

    def _pattern(self, component: int) -> int:
        """The position, at this level, of the pattern of a component."""
        return self.level.patterns.index(self.cluster.structure.pattern_of[component])

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
from imaatlas_spark.protection.blocks import Need, Truth, Whole
from imaatlas_spark.protection.cluster import Cluster, Level
from imaatlas_spark.protection.figures import Area
from imaatlas_spark.protection.hidden import DOMINANCE, LOOSE, SECONDARY, SMALL, WITHHELD
from imaatlas_spark.protection.structure import UNITS


def rows_of_groups(year: int, cluster: Cluster, cells: pa.Table) -> pa.Table:
    """What is hidden of the groups of each grouping; `cells`: what is hidden of the areas of the country.

    Rows of both as `hidden.hidden_rows`.
    """
    loose = cells.filter(pc.equal(cells["status"], LOOSE)).select(["geo_level", "geo_code"]).to_pylist()
    parts = cluster.figures.children
    untold = {child for area in loose for child in parts.get((area["geo_level"], area["geo_code"]), ())}
    is_followed = pc.and_(pc.equal(cells["geo_level"], MUNICIPALITY), pc.not_equal(cells["status"], LOOSE))
    followed = cells.filter(is_followed).to_pylist()
    found: list[Mapping[str, Any]] = []
    for level, group_of in sorted(cluster.layout.groups.items()):
        if group_of and cluster.level(level).components:
            grouping = _Grouping(cluster, level, group_of)
            grouping.follow(followed, untold)
            found += grouping.hidden_rows(year)
    return pa.Table.from_pylist(found, cells.schema)


@dataclass
class _Grouping:
    """moves: by component and witness, groups x members. hidden: by pattern of the level, groups x members."""

    cluster: Cluster
    name: str
    group_of: Mapping[str, str]
    moves: dict[tuple[int, int], Whole] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.level: Level = self.cluster.level(self.name)
        self.areas: tuple[Area, ...] = tuple((self.name, code) for code in sorted(set(self.group_of.values())))
        self.component_of = {amount.name: at for at, amount in enumerate(self.cluster.structure.components)}
        self.row = {code: at for at, (_, code) in enumerate(self.areas)}
        self.needs: list[Need] = self.cluster.needs(self.level, self.areas)
        self.inhabited = [
            self.cluster.inhabited(pattern, self.areas, self.level.members[at])
            for at, pattern in enumerate(self.level.patterns)
        ]
        self.hidden: list[Truth] = [np.zeros_like(each) for each in self.inhabited]

    def follow(self, cells: Iterable[Mapping[str, Any]], untold: Iterable[Area]) -> None:
        """Moves of municipalities are moves of their groups; what has none of its own is hidden with them."""
        self._hide_what_no_municipality_shows()
        for area in untold:
            if area[0] == MUNICIPALITY and area[1] in self.group_of:
                for at, inhabited in enumerate(self.inhabited):
                    self.hidden[at][self.row[self.group_of[area[1]]]] |= inhabited[self.row[self.group_of[area[1]]]]
        for cell in cells:
            if cell["geo_code"] in self.group_of:
                self._follow(cell)
        for (component, _), moved in self.moves.items():
            self.hidden[self._pattern(component)] |= moved != 0
        self._hide_what_is_sensitive()

    def hidden_rows(self, year: int) -> Iterator[Mapping[str, Any]]:
        structure = self.cluster.structure
        by_units = {wanted.owner for wanted in structure.wanted if wanted.kind == UNITS}
        for at, component in enumerate(self.level.components):
            pattern = self._pattern(component)
            values = self.cluster.values(component, self.areas, self.level.members[pattern])
            needed = self._widths(at, values.shape)
            why = DOMINANCE if component in by_units else SMALL
            shown = self.cluster.layout.members(structure.components[component], self.name)
            for row, column in np.argwhere(self.hidden[pattern]):
                member = self.level.members[pattern][column]
                if member in shown:
                    moves = {w: int(moved[row, column]) for w, moved in self._moves_of(component) if moved[row, column]}
                    reached, need = (0, *moves.values()), int(needed[row, column])
                    value = int(values[row, column])
                    yield {
                        "year": year,
                        "pattern": structure.pattern_of[component],
                        "amount": structure.components[component].name,
                        "geo_level": self.name,
                        "geo_code": self.areas[row][1],
                        **dict(zip(self.cluster.layout.dimensions, member, strict=True)),
                        "status": why if need else SECONDARY,
                        "need": need,
                        "lowest": value + min(reached),
                        "highest": value + max(reached),
                        "unproven": max(reached) - min(reached) < need,
                        "witnesses": list(moves),
                        "moves": list(moves.values()),
                    }

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
            if (component, witness) not in self.moves:
                self.moves[component, witness] = np.zeros(self.hidden[pattern].shape, dtype=np.int64)
            self.moves[component, witness][at] += by

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
            own = next(term for term in need.terms if term.component == need.owner)
            pattern = self._pattern(self.level.components[need.owner])
            self.hidden[pattern][:, list(own.members)] |= need.width > 0
            lacking = (self._span(need) < need.width) & (need.width > 0)
            self.hidden[pattern] |= lacking.any(axis=1, keepdims=True) & self.inhabited[pattern]

    def _span(self, need: Need) -> Whole:
        witnesses = {witness for _, witness in self.moves}
        low = high = np.zeros_like(need.width)
        for witness in sorted(witnesses):
            moved = np.zeros_like(need.width)
            for term in need.terms:
                of_term = self.moves.get((self.level.components[term.component], witness))
                if of_term is not None:
                    moved = moved + term.sign * of_term[:, list(term.members)]
            low, high = np.minimum(low, moved), np.maximum(high, moved)
        return np.asarray(high - low)

    def _widths(self, position: int, shape: tuple[int, ...]) -> Whole:
        widths = np.zeros(shape, dtype=np.int64)
        for need in self.needs:
            if need.owner == position:
                at = list(next(term for term in need.terms if term.component == need.owner).members)
                widths[:, at] = np.maximum(widths[:, at], need.width)
        return widths

    def _moves_of(self, component: int) -> Iterator[tuple[int, Whole]]:
        return ((witness, moved) for (of, witness), moved in self.moves.items() if of == component)

    def _pattern(self, component: int) -> int:
        """The position, at this level, of the pattern of a component."""
        return self.level.patterns.index(self.cluster.structure.pattern_of[component])

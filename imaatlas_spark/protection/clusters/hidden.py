"""A protected cluster as Arrow rows: each hidden cell, why it is hidden, and how it moves in the witnesses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.geography.codes import COUNTRY
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.cards.expressions import UNITS
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.clusters.withholding import Withheld, withheld_cells
from imaatlas_spark.protection.figures import Area, Member
from imaatlas_spark.schemas.protection import DOMINANCE, LOOSE, SECONDARY, SMALL, STATUSES, WITHHELD


def hidden_rows(year: int, whole: Cluster, withheld: Iterable[Withheld], cascade: Cascade) -> pa.Table:
    """`whole`: the cluster with the breakdowns that are withheld. One row with status LOOSE for each loose area."""
    numbers = Numbers.of(whole)
    found = [*_of_blocks(cascade, numbers), *_withheld(whole, withheld, numbers), _loose(cascade, numbers)]
    return table_of(year, whole, numbers, found)


def nothing_shown(year: int, whole: Cluster) -> pa.Table:
    """Every cell of the cluster in which anybody could be counted, at all levels and in all groups, as withheld."""
    numbers = Numbers.of(whole)
    found = [Cells.standing(0, *(np.zeros(0, dtype=np.int64),) * 2, WITHHELD, np.zeros(0, dtype=np.int64))]
    for name, areas in whole.areas.items():
        level = whole.level(name)
        for component in level.components:
            pattern = level.patterns.index(whole.structure.pattern_of[component])
            members = level.members[pattern]
            shown = whole.layout.members(whole.structure.components[component], name)
            told = np.array([member in shown for member in members])
            row, column = np.nonzero(whole.inhabited(level.patterns[pattern], areas, members) & told)
            values = whole.values(component, areas, members)[row, column]
            area, member = numbers.of_areas(areas)[row], numbers.of_members(members)[column]
            found.append(Cells.standing(component, area, member, WITHHELD, values))
    return table_of(year, whole, numbers, found)


@dataclass(frozen=True)
class Numbers:
    """Areas and combinations of members in their order: a number is a position here."""

    areas: tuple[Area, ...]
    members: tuple[Member, ...]
    area: Mapping[Area, int]
    member: Mapping[Member, int]

    @staticmethod
    def of(cluster: Cluster) -> "Numbers":
        areas = tuple(sorted(chain.from_iterable(cluster.areas.values())))
        members = tuple(sorted({each for level in cluster.areas for of in cluster.level(level).members for each in of}))
        return Numbers(
            areas,
            members,
            {area: number for number, area in enumerate(areas)},
            {member: number for number, member in enumerate(members)},
        )

    def of_areas(self, areas: Iterable[Area]) -> Whole:
        return np.array([self.area[area] for area in areas], dtype=np.int64)

    def of_members(self, members: Iterable[Member]) -> Whole:
        return np.array([self.member[member] for member in members], dtype=np.int64)


@dataclass(frozen=True)
class Cells:
    """Hidden cells of one component, as arrays. moves: cells x witnesses; lowest, highest: how far they reach."""

    component: int
    area: Whole
    member: Whole
    status: Whole
    values: Whole
    need: Whole
    unproven: Truth
    moves: Whole

    @cached_property
    def lowest(self) -> Whole:
        return np.asarray(self.values + self.moves.min(axis=1, initial=0))

    @cached_property
    def highest(self) -> Whole:
        return np.asarray(self.values + self.moves.max(axis=1, initial=0))

    @staticmethod
    def standing(component: int, area: Whole, member: Whole, status: str, values: Whole) -> "Cells":
        """Cells that no witness moves, and that need not move."""
        nothing, moves = np.zeros(len(area), dtype=np.int64), np.zeros((len(area), 0), dtype=np.int64)
        of_status = np.full(len(area), STATUSES.index(status))
        return Cells(component, area, member, of_status, values, nothing, nothing > 0, moves)


def _of_blocks(cascade: Cascade, numbers: Numbers) -> Iterator[Cells]:
    for parent, protected in cascade.blocks.items():
        children = cascade.cluster.figures.children[parent]
        areas = numbers.of_areas(children)
        for number, component in enumerate(cascade.cluster.level(children[0][0]).components):
            own = protected.block.components[number]
            cells = np.nonzero(protected.hidden[own.pattern] & np.array(own.shown))
            unproven = np.zeros(own.values.shape, dtype=bool)
            for each in cascade.limited.get(parent, ()):
                if each.component == number:
                    unproven[each.area, each.member] = True
            yield Cells(
                component,
                areas[cells[0]],
                numbers.of_members(protected.block.patterns[own.pattern].members)[cells[1]],
                why(cascade.cluster, component, protected.block.sensitive(own.pattern)[cells]),
                own.values[cells],
                protected.block.widths(number)[cells],
                unproven[cells],
                moves_of([witness[number][cells] for witness in protected.witnesses], len(cells[0])),
            )


def moves_of(witnesses: Sequence[Whole], cells: int) -> Whole:
    """cells x witnesses."""
    return np.stack(witnesses, axis=1) if witnesses else np.zeros((cells, 0), dtype=np.int64)


def why(cluster: Cluster, component: int, sensitive: Truth) -> Whole:
    """The status of cells of a component, as positions in STATUSES."""
    by_units = any(wanted.owner == component and wanted.kind == UNITS for wanted in cluster.structure.wanted)
    primary = STATUSES.index(DOMINANCE if by_units else SMALL)
    return np.where(sensitive, primary, STATUSES.index(SECONDARY))


def _withheld(whole: Cluster, withheld: Iterable[Withheld], numbers: Numbers) -> Iterator[Cells]:
    for each in withheld_cells(whole, withheld):
        area, member = numbers.of_areas(each.areas)[each.row], numbers.of_members(each.members)[each.column]
        yield Cells.standing(each.component, area, member, WITHHELD, each.values)


def _loose(cascade: Cascade, numbers: Numbers) -> Cells:
    """Areas whose block cannot follow the level above."""
    areas = numbers.of_areas(area or ("country", COUNTRY) for area in cascade.stuck)
    total = numbers.of_members(cascade.cluster.layout.total for _ in cascade.stuck)
    any_of_cluster = cascade.cluster.structure.patterns[cascade.cluster.patterns[0]][0]  # says which cluster it is
    return Cells.standing(any_of_cluster, areas, total, LOOSE, np.zeros_like(areas))


def table_of(year: int, whole: Cluster, numbers: Numbers, found: Sequence[Cells]) -> pa.Table:
    components, pattern_of = whole.structure.components, whole.structure.pattern_of
    component = np.repeat([cells.component for cells in found], [len(cells.area) for cells in found])
    area, member, status, need, lowest, highest, unproven = (
        np.concatenate([getattr(cells, name) for cells in found])
        for name in ("area", "member", "status", "need", "lowest", "highest", "unproven")
    )
    names = numbers.members
    columns = {
        "year": pa.array(np.full(len(area), year, dtype=np.int32)),
        "pattern": pa.array(np.array([pattern_of[at] for at in range(len(components))], dtype=np.int32)[component]),
        "amount": _named([amount.name for amount in components], component),
        "geo_level": _named([level for level, _ in numbers.areas], area),
        "geo_code": _named([code for _, code in numbers.areas], area),
        **{name: _named([each[at] for each in names], member) for at, name in enumerate(whole.layout.dimensions)},
        "status": _named(STATUSES, status),
        "need": pa.array(need),
        "lowest": pa.array(lowest),
        "highest": pa.array(highest),
        "unproven": pa.array(unproven),
        **_lists_of_moves(found),
    }
    return pa.table(columns).take(pa.array(np.lexsort((member, area, component, status == STATUSES.index(LOOSE)))))


def _named(names: Sequence[str], numbers: Whole) -> pa.Array:
    return pc.take(pa.array(names, pa.string()), pa.array(numbers))


def _lists_of_moves(found: Sequence[Cells]) -> dict[str, pa.Array]:
    """Of each cell the witnesses that move it, and how far each does."""
    count = np.concatenate([(cells.moves != 0).sum(axis=1) for cells in found])
    start = pa.array(np.append(0, np.cumsum(count)).astype(np.int32))
    witness = np.concatenate([np.nonzero(cells.moves)[1] for cells in found]).astype(np.int32)
    by = np.concatenate([cells.moves[cells.moves != 0] for cells in found])
    return {
        "witnesses": pa.ListArray.from_arrays(start, pa.array(witness)),
        "moves": pa.ListArray.from_arrays(start, pa.array(by)),
    }

"""What an attacker can work out: the interval of every hidden figure, from all that is shown and all relations."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import highspy

from tests.attacker.amounts import AMOUNTS, DIFFERENCES, NESTED
from tests.attacker.world import TOTAL, Cell, World

_TOLERANCE = 1e-6
_FREE = highspy.kHighsInf

Terms = tuple[tuple[Cell, int], ...]  # cells with their factors


class Relation(NamedTuple):
    """`low` <= sum of factor * figure <= `high`."""

    terms: Terms
    low: float
    high: float


class Interval(NamedTuple):
    least: float
    most: float

    @property
    def width(self) -> float:
        return self.most - self.least


@dataclass
class Knowledge:
    """What is known: figures that are shown, and how figures hang together. `hidden` are the unknowns."""

    world: World
    cells: frozenset[Cell]
    shown: Mapping[Cell, int]
    relations: list[Relation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.relations = [*self._areas(), *self._members(), *self._differences(), *self._nested()]

    def true(self, cell: Cell) -> int:
        return self.world.true.get(cell, 0)

    def _all_published(self, cells: Iterable[Cell]) -> bool:
        return all(cell in self.cells for cell in cells)

    def _sum(self, whole: Cell, parts: list[Cell]) -> Relation:
        """The whole is the sum of its parts and of what is unknown, which the attacker knows."""
        unknown = self.true(whole) - sum(map(self.true, parts))
        return Relation(((whole, 1), *((part, -1) for part in parts)), unknown, unknown)

    def _areas(self) -> Iterator[Relation]:
        children = self.world.children()
        for whole in sorted(self.cells):
            below = children.get((whole.level, whole.area), [])
            parts = [whole._replace(level=level, area=area) for level, area in below]
            if parts and self._all_published(parts):
                yield self._sum(whole, parts)

    def _members(self) -> Iterator[Relation]:
        by_total: dict[tuple[Cell, int], list[Cell]] = defaultdict(list)
        for cell in sorted(self.cells):
            for place, member in enumerate(cell.members):
                if member != TOTAL:
                    members = (*cell.members[:place], TOTAL, *cell.members[place + 1 :])
                    by_total[cell._replace(members=members), place].append(cell)
        for (whole, _), parts in by_total.items():
            if whole in self.cells:
                yield self._sum(whole, parts)

    def shared(self, cell: Cell, other: str) -> Cell | None:
        """The cell of another amount for the same area and members, where it is published."""
        names = dict(zip(AMOUNTS[cell.amount].dimensions, cell.members, strict=True))
        wanted = AMOUNTS[other].dimensions
        if any(member != TOTAL for name, member in names.items() if name not in wanted):
            return None
        found = Cell(other, cell.level, cell.area, tuple(names.get(name, TOTAL) for name in wanted))
        return found if found in self.cells else None

    def _differences(self) -> Iterator[Relation]:
        for rest, whole, part in DIFFERENCES:
            for cell in sorted(each for each in self.cells if each.amount == rest):
                of_whole, of_part = self.shared(cell, whole), self.shared(cell, part)
                if of_whole and of_part:
                    yield Relation(((cell, 1), (of_whole, -1), (of_part, 1)), 0, 0)

    def _nested(self) -> Iterator[Relation]:
        for less, more in NESTED:
            for cell in sorted(each for each in self.cells if each.amount == less):
                other = self.shared(cell, more)
                if other:
                    yield Relation(((other, 1), (cell, -1)), 0, _FREE)


class Components:
    """The unknowns, parted into sets that no relation joins; each is a linear program of its own, kept warm."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._root: dict[Cell, Cell] = {}
        self._rows: dict[Cell, list[Relation]] = defaultdict(list)
        self._programs: dict[Cell, _Program] = {}
        unknown = [relation for relation in knowledge.relations if self._unknown(relation.terms)]
        for relation in unknown:
            first, *others = self._unknown(relation.terms)
            for other in others:
                self._root[self._find(other[0])] = self._find(first[0])
        for relation in unknown:
            self._rows[self._find(self._unknown(relation.terms)[0][0])].append(relation)

    def _unknown(self, terms: Terms) -> Terms:
        return tuple(term for term in terms if term[0] not in self._knowledge.shown)

    def _find(self, cell: Cell) -> Cell:
        root = cell
        while self._root.get(root, root) != root:
            root = self._root[root]
        while self._root.get(cell, cell) != root:
            self._root[cell], cell = root, self._root[cell]
        return root

    def interval(self, terms: Terms) -> Interval:
        """The least and the most that a sum of figures can be, in whole numbers."""
        known = sum(factor * self._knowledge.shown[cell] for cell, factor in terms if cell in self._knowledge.shown)
        least = most = float(known)
        by_component: dict[Cell, list[tuple[Cell, int]]] = defaultdict(list)
        for cell, factor in self._unknown(terms):
            by_component[self._find(cell)].append((cell, factor))
        for root, part in by_component.items():
            if root not in self._programs:
                self._programs[root] = _Program(self._rows[root], self._knowledge.shown)
            low, high = self._programs[root].interval(part)
            least, most = least + low, most + high
        return Interval(least, most)


class _Program:
    """The relations of one component as a linear program over its unknown figures."""

    def __init__(self, relations: Iterable[Relation], shown: Mapping[Cell, int]) -> None:
        self._columns: dict[Cell, int] = {}
        self._solver = highspy.Highs()
        self._solver.silent()
        self._solver.setOptionValue("threads", 1)
        rows: list[tuple[list[tuple[Cell, int]], float, float]] = []
        for relation in relations:
            unknown = [term for term in relation.terms if term[0] not in shown]
            known = sum(factor * shown[cell] for cell, factor in relation.terms if cell in shown)
            rows.append((unknown, relation.low - known, relation.high - known))
            for cell, _ in unknown:
                self._columns.setdefault(cell, len(self._columns))
        for _ in self._columns:
            self._solver.addVar(0, _FREE)
        for unknown, low, high in rows:
            places = [self._columns[cell] for cell, _ in unknown]
            self._solver.addRow(low, high, len(places), places, [float(factor) for _, factor in unknown])

    def interval(self, terms: list[tuple[Cell, int]]) -> Interval:
        if any(cell not in self._columns for cell, _ in terms):
            return Interval(0, math.inf)  # nothing is known of it but that it is no less than none
        return Interval(self._extreme(terms, least=True), self._extreme(terms, least=False))

    def _extreme(self, terms: list[tuple[Cell, int]], least: bool) -> float:
        sense = highspy.ObjSense.kMinimize if least else highspy.ObjSense.kMaximize
        self._solver.changeObjectiveSense(sense)
        for cell, factor in terms:
            self._solver.changeColCost(self._columns[cell], float(factor))
        self._solver.run()
        status = self._solver.getModelStatus()
        found = self._solver.getInfo().objective_function_value
        for cell, _ in terms:
            self._solver.changeColCost(self._columns[cell], 0.0)
        if status in {highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return -math.inf if least else math.inf
        assert status == highspy.HighsModelStatus.kOptimal, f"what is shown contradicts itself: {status}"
        return math.ceil(found - _TOLERANCE) if least else math.floor(found + _TOLERANCE)

"""What an attacker knows: the figures that are shown, and all relations between figures."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.attacker.amounts import AGE, AMOUNTS, DIFFERENCES, NESTED, NESTED_IN_THE_COUNTRY, PRACTICES
from tests.attacker.world import TOTAL, Cell, World

Terms = tuple[tuple[Cell, int], ...]  # cells with their factors


class Relation(NamedTuple):
    """`low` <= sum of factor * figure <= `high`."""

    terms: Terms
    low: float
    high: float


@dataclass
class Knowledge:
    """What is known: figures that are shown, and how figures hang together, shown or not."""

    world: World
    cells: frozenset[Cell]
    shown: Mapping[Cell, int]
    relations: list[Relation] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.relations:  # a copy that shows other figures keeps them
            self.relations = [*self._areas(), *self._members(), *self._differences(), *self._nested()]

    def true(self, cell: Cell) -> int:
        return self.world.true.get(cell, 0)

    def is_of_nobody(self, cell: Cell) -> bool:
        """Public figures say that nobody of that age lives there, or that no practice works there: it is zero."""
        dimensions, members = AMOUNTS[cell.amount].dimensions, cell.members
        if AMOUNTS[cell.amount].unit == PRACTICES:
            around = [Cell("practices", cell.level, cell.area, ())]
        else:
            ages = {TOTAL, *(member for name, member in zip(dimensions, members, strict=True) if name == AGE)}
            around = [Cell("beneficiaries", cell.level, cell.area, (age,)) for age in sorted(ages)]
        return any(self.shown.get(public) == 0 for public in around)

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

    def by_amount(self) -> Mapping[str, list[Cell]]:
        found: dict[str, list[Cell]] = defaultdict(list)
        for cell in sorted(self.cells):
            found[cell.amount].append(cell)
        return found

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
            for cell in self.by_amount()[rest]:
                of_whole, of_part = self.shared(cell, whole), self.shared(cell, part)
                if of_whole and of_part:
                    yield Relation(((cell, 1), (of_whole, -1), (of_part, 1)), 0, 0)

    def _nested(self) -> Iterator[Relation]:
        for cell, other in self.pairs((*NESTED, *NESTED_IN_THE_COUNTRY)):
            yield Relation(((other, 1), (cell, -1)), 0, math.inf)

    def pairs(self, amounts: Iterable[tuple[str, str]]) -> Iterator[tuple[Cell, Cell]]:
        """The cells of two amounts, of which the first lies within the second, for the same area and members."""
        by_amount = self.by_amount()
        for less, more in amounts:
            for cell in by_amount[less]:
                other = self.shared(cell, more)
                if other and (cell.level == "country" or (less, more) not in NESTED_IN_THE_COUNTRY):
                    yield cell, other

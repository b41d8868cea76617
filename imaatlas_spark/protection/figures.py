"""The figures of one year as the solver takes them: which area lies in which, and every amount of every area.

Members are tuples over all dimensions of the configuration, `_T` where an amount is not broken down, so that amounts of
cards with other dimensions meet in the same cells.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.shown import Shown

Area = tuple[str, str]  # level, code
Member = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Which members each amount has at which level of a year, in their order.

    codes: of each dimension, without the total. levels: of each card in the year. withheld: amounts of which a level
    shows the total alone. groups: the group of each municipality that lies in one, by level of grouping.
    """

    shown: tuple[Shown, ...]
    codes: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, frozenset[str]]
    sector_dimensions: int
    withheld: frozenset[tuple[Amount, str]] = frozenset()
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(self.codes)

    @cached_property
    def total(self) -> Member:
        return (TOTAL,) * len(self.codes)

    def members(self, amount: Amount, level: str) -> tuple[Member, ...]:
        """Empty where no card shows the amount at the level."""
        key = amount, level
        if key not in self._members:
            found: dict[Member, None] = {}
            for card in self.shown:
                if amount in {card.above, card.below, card.contributors} and level in self.levels[card.code]:
                    found |= dict.fromkeys(self.members_of(card.dimensions, level))
            self._members[key] = (self.total,) if found and key in self.withheld else tuple(found)
        return self._members[key]

    @cached_property
    def _members(self) -> dict[tuple[Amount, str], tuple[Member, ...]]:
        return {}

    def members_of(self, dimensions: Sequence[str], level: str) -> Iterable[Member]:
        """The combinations of members that a card of `dimensions` shows: the total first; fewer by sector."""
        choices = [(TOTAL, *codes) if name in dimensions else (TOTAL,) for name, codes in self.codes.items()]
        most = self.sector_dimensions if level == SECTOR else len(choices)
        for member in product(*choices):
            if sum(code != TOTAL for code in member) <= most:
                yield member

    def wider(self, member: Member) -> Iterable[Member]:
        """The members that a member lies in: itself, and those with totals in place of codes."""
        return product(*((code,) if code == TOTAL else (code, TOTAL) for code in member))

    def sums_over(self, members: Sequence[Member]) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """(position of a total, positions of its parts) for each sum over one dimension within `members`."""
        position = {member: at for at, member in enumerate(members)}
        found = []
        for member, at in position.items():
            for axis, codes in enumerate(self.codes.values()):
                if member[axis] == TOTAL:
                    parts = [position.get((*member[:axis], code, *member[axis + 1 :])) for code in codes]
                    if all(part is not None for part in parts):
                        found.append((at, tuple(part for part in parts if part is not None)))
        return tuple(found)


Place = tuple[int, Area, Member]  # a cell of a pattern, or of a component


class Before(NamedTuple):
    """What earlier releases have told: cells of patterns that were hidden; cells of components that were shown, with
    the figure that they have now."""

    hidden: frozenset[Place] = frozenset()
    known: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Figures:
    """children: of each area the areas of the next level; of None the country. values: by amount and area, in the order
    of `Layout.members`. dominance: of an amount and area the largest and the second largest unit's part.
    before: what earlier releases have told.
    """

    children: Mapping[Area | None, tuple[Area, ...]]
    values: Mapping[Amount, Mapping[Area, Whole]]
    dominance: Mapping[Amount, Mapping[Area, tuple[int, int]]] = field(default_factory=dict)
    before: Before = field(default_factory=Before)

    @cached_property
    def parent(self) -> dict[Area, Area | None]:
        """The area one level up that an area lies in."""
        return {area: parent for parent, areas in self.children.items() for area in areas}

    def of(self, amount: Amount, areas: Sequence[Area], length: int) -> Whole:
        """areas x members; zeros where an area has no row."""
        rows = self.values.get(amount, {})
        nothing = np.zeros(length, dtype=np.int64)
        return np.stack([rows.get(area, nothing) for area in areas])


@dataclass(frozen=True)
class YearFacts:
    """What the rules need of a year beside the sums.

    contributors: by amount (a count) and area. dominance: by amount and area the largest and second largest unit.
    """

    contributors: Mapping[Amount, Mapping[Area, int]]
    dominance: Mapping[Amount, Mapping[Area, tuple[int, int]]]

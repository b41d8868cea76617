"""Everything sensitive of a year, worked out again from what the cards say and what the tables hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.audit.cells import Published, positions
from imaatlas_spark.protection.audit.ranges import FAR, Ranges, Relations, ranges
from imaatlas_spark.protection.cards.amounts import Amount, Nesting
from imaatlas_spark.protection.cards.shown import Shown

_PERSONS = "person_year"


@dataclass(frozen=True)
class Knowledge:
    """What the audit may read beside rows and witnesses.

    contributors: persons by amount and (level, area). dominance: the largest and second largest unit, likewise.
    groups: the group of each municipality, by level of grouping.
    """

    cards: Mapping[str, Shown]
    protection: Protection
    nesting: Nesting
    contributors: Mapping[Amount, Mapping[tuple[str, str], int]]
    dominance: Mapping[Amount, Mapping[tuple[str, str], tuple[int, int]]]
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Secrets:
    """Cells, less others (-1: less nothing), that must not be known, and how wide the values of each must be."""

    cell: Whole
    less: Whole
    need: Whole

    def at(self, which: Truth | Whole) -> "Secrets":
        return Secrets(self.cell[which], self.less[which], self.need[which])

    def and_also(self, others: "Secrets") -> "Secrets":
        pairs = ((self.cell, others.cell), (self.less, others.less), (self.need, others.need))
        return Secrets(*(np.concatenate(each) for each in pairs))


class Nested(NamedTuple):
    """Two amounts of which the first never exceeds the second, and the cells of both for the same areas and members."""

    small: Amount
    large: Amount
    cells: Whole
    others: Whole


@dataclass(frozen=True)
class Judge:
    found: Published
    knowledge: Knowledge
    pairs: Sequence[Nested]
    relations: Relations

    def secrets(self) -> Secrets:
        """Each once, as wide as the strictest rule asks."""
        nothing = np.zeros(0, dtype=np.int64)
        parts = [(nothing, nothing, nothing), *self._of_rows(), *self._differences()]
        cell, less, need = (np.concatenate(each) for each in zip(*parts, strict=True))
        need = self._reachable(cell, less, need)
        keys, position = np.unique(cell * (len(self.found.keys) + 1) + less + 1, return_inverse=True)
        widest = np.zeros(len(keys), dtype=np.int64)
        np.maximum.at(widest, position, need)
        keys, widest = keys[widest > 0], widest[widest > 0]
        return Secrets(keys // (len(self.found.keys) + 1), keys % (len(self.found.keys) + 1) - 1, widest)

    def _of_rows(self) -> Iterator[tuple[Whole, Whole, Whole]]:
        for code, (area, member) in self.found.rows.items():
            card = self.knowledge.cards[code]
            above = self.found.find(card.above, area, member)
            below = above if card.below is None else self.found.find(card.below, area, member)
            for amount, cells, need in self._judged(card, above, below):
                if amount not in self.found.public:
                    yield cells, np.full_like(cells, -1), need

    def _judged(self, card: Shown, above: Whole, below: Whole) -> Iterator[tuple[Amount, Whole, Whole]]:
        """The sensitive cells of a card, and how wide they have to be. Without a denominator, `below` is `above`."""
        if card.disclosure.protects == "public":
            return
        value, whole = self.found.value, card.below or card.above
        if card.disclosure.protects == "units":
            few = self._is_of_few_units(card.above, above, value[below])
            yield card.above, above[few], self._share(above[few])
            if self._counts_persons(card.above):
                small = self._is_few(value[above])
                yield card.above, above[small], self._width(card.above, above[small])
        elif card.contributors is not None:
            few = self._is_of_few_contributors(card.contributors, above)
            yield card.above, above[few], self._share(above[few])
            yield whole, below[few], self._share(below[few])
        elif card.above.column is None:
            few = self._is_few(value[above])
            yield card.above, above[few], self._width(card.above, above[few])
        elif card.below is not None:
            few = self._is_few(value[below])
            yield whole, below[few], self._width(whole, below[few])
            yield card.above, above[few], self._share(above[few])

    def _differences(self) -> Iterator[tuple[Whole, Whole, Whole]]:
        """Counts of persons that lie within one another: what is left of the larger is a count, too."""
        every = self.knowledge.protection.nested_differences.value
        for small, large, cells, others in self.pairs:
            if not (self._counts_persons(small) and self._counts_persons(large)):
                continue
            if not (every or (small, large) in self._complements):
                continue
            if small in self.found.rests or {small, large} <= self.found.public:
                continue
            few = self._is_few(self.found.value[others] - self.found.value[cells])
            yield others[few], cells[few], self._width(small, cells[few])

    @cached_property
    def _complements(self) -> frozenset[tuple[Amount, Amount | None]]:
        """The two halves of the cards by which those who are not counted are sensitive too."""
        cards = self.knowledge.cards.values()
        return frozenset((card.above, card.below) for card in cards if card.disclosure.complement)

    def _reachable(self, cell: Whole, less: Whole, need: Whole) -> Whole:
        """No more than public figures leave, and never nothing: what is sensitive is not shown for want of room."""
        return np.where(need > 0, np.maximum(np.minimum(need, self.in_the_dark.of(cell, less)), 1), 0)

    @cached_property
    def inhabited(self) -> Truth:
        """Of each cell, whether anybody is known to live (or to practise) there, with its members or wider ones."""
        found = np.ones(len(self.found.keys), dtype=bool)
        for amount in self.found.numbering.amounts:
            cells = self.found.of_amount(amount)
            found[cells] = self._smallest_public(amount.unit, cells) > 0
        return found

    def _counts_persons(self, amount: Amount) -> bool:
        if amount.column is None:
            return amount.unit == _PERSONS
        return amount.column in self.knowledge.protection.persons_columns

    def _is_few(self, number: Whole) -> Truth:
        protection = self.knowledge.protection
        least = 0 if protection.zero_is_sensitive.value else 1
        return np.asarray((number >= least) & (number < protection.threshold.value))

    def _is_of_few_contributors(self, contributors: Amount, cells: Whole) -> Truth:
        counted = self.knowledge.contributors.get(contributors, {})
        number = np.array([counted.get((level, code), 0) for level, code in self.found.numbering.areas])
        of_cell = number[self.found.area[cells]]
        return np.asarray((of_cell >= 1) & (of_cell < self.knowledge.protection.threshold.value))

    def _is_of_few_units(self, amount: Amount, cells: Whole, units: Whole) -> Truth:
        protection, value = self.knowledge.protection, self.found.value[cells]
        parts = self.knowledge.dominance.get(amount, {})
        of_area = np.array([parts.get((level, code), (0, 0)) for level, code in self.found.numbering.areas])
        largest, second = of_area[self.found.area[cells]].T
        dominated = (value - largest - second) * 100 < protection.dominance_percent.value * largest
        few = (units < protection.practices_minimum.value) | dominated
        return np.asarray((units >= 1) & (value >= 1) & few)

    def _share(self, cells: Whole) -> Whole:
        value = self.found.value[cells]
        share = np.ceil(value * float(self.knowledge.protection.magnitude_share.value)).astype(np.int64)
        return np.where(value > 0, np.maximum(share, 1), 0)

    def _width(self, amount: Amount, cells: Whole) -> Whole:
        """Never more than the smallest published count of persons around: of the same members or of wider ones."""
        width = np.full(len(cells), self.knowledge.protection.width.value)
        return np.minimum(width, self._smallest_public(_PERSONS, cells)) if amount.unit == _PERSONS else width

    def _smallest_public(self, unit: str, cells: Whole) -> Whole:
        """The smallest published count of a unit (persons, practices) that each cell lies in."""
        smallest = np.full(len(cells), FAR)
        for public in (each for each in self.found.public if each.unit == unit and each.column is None):
            for wider in self._wider():
                of_public = self.found.find(public, self.found.area[cells], wider[self.found.member[cells]])
                smallest = np.where(of_public >= 0, np.minimum(smallest, self.found.value[of_public]), smallest)
        return smallest

    def _wider(self) -> Iterator[Whole]:
        """Of each combination of members one that it lies in: with totals in place of some codes, or of none."""
        members = self.found.numbering.members
        for kept in product((True, False), repeat=len(members[0])):
            wider = [tuple(code if keep else TOTAL for code, keep in zip(each, kept, strict=True)) for each in members]
            yield positions(wider, members)

    @cached_property
    def in_the_dark(self) -> Ranges:
        """How far everything can be from the truth where nothing is told but what is public, or was before."""
        return ranges(self.found, self.relations, self.known_in_the_dark, self.inhabited)

    @cached_property
    def known_in_the_dark(self) -> Truth:
        return np.isin(self.found.amount, self._numbers(self.found.public)) | self.found.known

    def _numbers(self, amounts: Iterable[Amount]) -> list[int]:
        return [self.found.numbering.amounts.index(each) for each in amounts]

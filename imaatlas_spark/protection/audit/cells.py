"""What would be published of a year as the audit reads it: every amount of every area, each once, in arrays.

An amount, an area and a combination of members are numbers here, in the order of their names: the order of the rows
does not matter. A cell is a position in the arrays of `Published`; -1: nothing is published there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import SupportsIndex

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.configuration.dimensions import TOTAL, UNKNOWN
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.before import ABOVE_IS_KNOWN, BELOW_IS_KNOWN, WAS_HIDDEN
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.schemas.statuses import FREE

_APART = "\t"
Name = tuple[str, ...]


@dataclass(frozen=True)
class Numbering:
    """What areas (level, code), combinations of members and amounts are called: a number is a position here."""

    amounts: tuple[Amount, ...]
    areas: tuple[Name, ...]
    members: tuple[Name, ...]

    def keys(self, amount: Whole | int, area: Whole, member: Whole) -> Whole:
        """One number for the three; -1 where one of them is."""
        key = (amount * len(self.areas) + area) * len(self.members) + member
        return np.where((np.asarray(amount) >= 0) & (area >= 0) & (member >= 0), key, -1)


@dataclass(frozen=True)
class Published:
    """keys, value, shown, hidden: of each cell; shown and hidden in any table. parent: of each area, -1: none.

    contradicted: cells of which tables say different numbers. known: cells that an earlier release shows as they are;
    let_out: that are shown, though an earlier release hides them.
    rows: of each card the areas and members of its rows. public: amounts that are shown whatever they are.
    """

    numbering: Numbering
    keys: Whole
    value: Whole
    shown: Truth
    hidden: Truth
    contradicted: Truth
    known: Truth
    let_out: Truth
    parent: Whole
    rows: Mapping[str, tuple[Whole, Whole]]
    public: frozenset[Amount]

    @cached_property
    def amount(self) -> Whole:
        return self.keys // (len(self.numbering.areas) * len(self.numbering.members))

    @cached_property
    def area(self) -> Whole:
        return self.keys // len(self.numbering.members) % len(self.numbering.areas)

    @cached_property
    def member(self) -> Whole:
        return self.keys % len(self.numbering.members)

    @cached_property
    def level(self) -> Whole:
        """Of each cell, as a position in `levels`."""
        return np.array([self.levels.index(level) for level, _ in self.numbering.areas], dtype=np.int64)[self.area]

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Those of the country, then groupings."""
        return (*LEVELS, *sorted({level for level, _ in self.numbering.areas} - set(LEVELS)))

    @cached_property
    def amount_and_level(self) -> Whole:
        """Of each cell, as one number."""
        return self.amount * len(self.levels) + self.level

    @cached_property
    def is_breakdown(self) -> Truth:
        """Whether a cell has a member that is no total."""
        return np.array([any(code != TOTAL for code in each) for each in self.numbering.members])[self.member]

    @cached_property
    def rests(self) -> Mapping[Amount, Amount]:
        """Of amounts that are a public whole less another one that is published: that other one."""
        halves = {amount: amount.other_half for amount in self.numbering.amounts}
        return {
            amount: half[1]
            for amount, half in halves.items()
            if half is not None and half[0] in self.public and half[1] in halves
        }

    def find(self, amount: Amount | Whole, area: Whole, member: Whole) -> Whole:
        """The cells of an amount (of each its own, as a number) for areas and members."""
        number = self._number(amount) if isinstance(amount, Amount) else amount
        key = self.numbering.keys(number, area, member)
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where(self.keys[at] == key, at, -1)

    def _number(self, amount: Amount) -> int:
        return self.numbering.amounts.index(amount) if amount in self.numbering.amounts else -1

    def other(self, cells: Whole, amount: Amount) -> Whole:
        """The cells of another amount for the same areas and members."""
        return self.find(amount, self.area[cells], self.member[cells])

    def of_amount(self, amount: Amount) -> Whole:
        return np.flatnonzero(self.amount == self._number(amount))

    def name(self, cell: SupportsIndex) -> str:
        level, code = self.numbering.areas[self.area[cell]]
        members = " ".join(code for code in self.numbering.members[self.member[cell]] if code != TOTAL)
        amount = self.numbering.amounts[self.amount[cell]].name
        return f"{amount} of {level} {code}" + (f", {members}" if members else "")


def published(rows: pa.Table, dimensions: Sequence[str], cards: Mapping[str, Shown]) -> Published:
    """`rows`: as `Auditor.faults` takes them. What is unknown is looked at by nobody."""
    rows = _known_places(rows, dimensions)
    areas, area = numbered(rows, ("geo_level", "geo_code"))
    members, member = numbered(rows, dimensions)
    amounts = sorted({amount for card in cards.values() for amount in (card.above, card.below) if amount}, key=_name)
    numbering = Numbering(tuple(amounts), areas, members)
    public = frozenset(amount for card in cards.values() for amount in _public(card))
    codes = rows["code"].to_numpy(zero_copy_only=False)
    free = pc.equal(rows["conf_status"], FREE).to_numpy(zero_copy_only=False)
    was_hidden, *known = (rows[name].to_numpy() for name in (WAS_HIDDEN, ABOVE_IS_KNOWN, BELOW_IS_KNOWN))
    of_card, keys, values, shown, before, let_out = {}, [], [], [], [], []
    for code, card in sorted(cards.items()):
        at = np.flatnonzero(codes == code)
        of_card[code] = area[at], member[at]
        for amount, column, told_before in zip(
            (card.above, card.below), ("numerator", "denominator"), known, strict=True
        ):
            if amount is not None:
                keys.append(numbering.keys(amounts.index(amount), *of_card[code]))
                values.append(rows[column].take(pa.array(at)).combine_chunks().to_numpy())  # refuses a null
                shown.append(free[at] | (amount in public))
                before.append(told_before[at])
                let_out.append(was_hidden[at] & shown[-1] & (amount not in public))
    every, position = np.unique(np.concatenate(keys), return_inverse=True)
    value, told, numbers = np.zeros(len(every), dtype=np.int64), np.concatenate(shown), np.concatenate(values)
    value[position] = numbers

    def in_any(where: Truth) -> Truth:
        return np.isin(np.arange(len(every)), position[where])

    return Published(
        numbering,
        every,
        value,
        in_any(told),
        in_any(~told),
        in_any(numbers != value[position]),
        in_any(np.concatenate(before)),
        in_any(np.concatenate(let_out)),
        _parents(rows, areas, area),
        of_card,
        public,
    )


def _name(amount: Amount) -> str:
    return amount.name


def numbered(rows: pa.Table, columns: Sequence[str]) -> tuple[tuple[Name, ...], Whole]:
    """The combinations of some columns in their order, and the number of each row's."""
    if not columns:
        return ((),), np.zeros(rows.num_rows, dtype=np.int64)
    joined = pc.binary_join_element_wise(*(rows[name].cast(pa.string()) for name in columns), _APART)
    encoded = joined.combine_chunks().dictionary_encode()
    names = [tuple(name.split(_APART)) for name in encoded.dictionary.to_pylist()]
    ordered = sorted(names)
    return tuple(ordered), positions(names, ordered)[encoded.indices.to_numpy()]


def positions(names: Iterable[Name], among: Sequence[Name]) -> Whole:
    """Where each name stands among others; -1: nowhere."""
    at = {name: position for position, name in enumerate(among)}
    return np.array([at.get(name, -1) for name in names], dtype=np.int64)


def _known_places(rows: pa.Table, dimensions: Sequence[str]) -> pa.Table:
    looked_at = pc.is_valid(rows["geo_code"])
    for name in dimensions:
        looked_at = pc.and_(looked_at, pc.not_equal(rows[name], UNKNOWN))
    return rows.filter(looked_at)


def _parents(rows: pa.Table, areas: Sequence[Name], area: Whole) -> Whole:
    """The number of the area one level up, of each area that names it; groups lie in none."""
    numbers, first = np.unique(area, return_index=True)
    codes = rows["parent_code"].take(pa.array(first)).to_pylist()
    above = [("", "")] * len(areas)
    for number, code in zip(numbers, codes, strict=True):
        if code is not None and areas[number][0] in LEVELS:
            above[number] = LEVELS[LEVELS.index(areas[number][0]) - 1], code
    return positions(above, areas)


def _public(card: Shown) -> set[Amount]:
    everything = card.disclosure.protects == "public"
    found = {card.above} if everything else set()
    if card.below is not None and (everything or card.disclosure.denominator == "public"):
        found.add(card.below)
    return found

"""Reads what would be published of a year, with the witnesses, and says what is wrong with it.

Written apart from the solver, of which it knows the cards and the amounts alone: it works out again what is sensitive,
from the sums, and takes nothing of the witnesses for granted. One pass over rows and moves each.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import NamedTuple

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.geography.codes import LEVELS, MUNICIPALITY
from imaatlas_spark.protection.amounts import Amount, Nesting
from imaatlas_spark.protection.structure import Shown

FREE = "F"


class Cell(NamedTuple):
    """An amount for an area and members of all dimensions."""

    amount: Amount
    level: str
    area: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        members = " ".join(member for member in self.members if member != TOTAL)
        return f"{self.amount.name} of {self.level} {self.area}" + (f", {members}" if members else "")


class Row(NamedTuple):
    """A row as it would be published, with the sums that it is made of. parent: code of the area one level up.

    is_known: an earlier release shows it, with the same figures.
    """

    code: str
    level: str
    area: str
    parent: str | None
    members: tuple[str, ...]
    numerator: int
    denominator: int | None
    conf_status: str
    is_known: bool = False


class Move(NamedTuple):
    """How far a cell moves in a witness."""

    cell: Cell
    witness: int
    by: int


class Secret(NamedTuple):
    """A sum of cells with signs that must not be known, and how wide its values must be."""

    terms: tuple[tuple[Cell, int], ...]
    need: int


@dataclass(frozen=True)
class Knowledge:
    """What the audit may read beside rows and moves.

    contributors: persons by amount and (level, area). dominance: the largest and second largest unit, likewise.
    withheld: (amount, level) of which no member is shown. unproven: cells for which the solver found no witnesses that
    reach their need. The areas in which they lie are withheld: the audit looks that they are. loose: areas of whose
    parts nothing is shown; these need not follow the witnesses of the area. groups: (level, code) of the groupings that
    a municipality lies in.
    """

    cards: Mapping[str, Shown]
    protection: Protection
    nesting: Nesting
    contributors: Mapping[Amount, Mapping[tuple[str, str], int]]
    dominance: Mapping[Amount, Mapping[tuple[str, str], tuple[int, int]]]
    withheld: frozenset[tuple[Amount, str]] = frozenset()
    unproven: frozenset[Cell] = frozenset()
    loose: frozenset[tuple[str, str]] = frozenset()
    groups: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass
class Audit:
    """Of one year. `faults` finds what is wrong; none: it may be published."""

    rows: Sequence[Row]
    moves: Iterable[Move]
    knowledge: Knowledge
    values: dict[Cell, int] = field(default_factory=dict)
    shown: set[Cell] = field(default_factory=set)
    hidden: set[Cell] = field(default_factory=set)
    known: set[Cell] = field(default_factory=set)
    parents: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    children: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.public = {amount for card in self.knowledge.cards.values() for amount in _public(card)}
        for row in self.rows:
            self._read(row)
        for child, parent in self.parents.items():
            self.children[parent].append(child)
        amounts = {cell.amount for cell in self.values}
        self.moved: dict[int, dict[Cell, int]] = defaultdict(dict)
        for move in self.moves:
            self.moved[move.witness][move.cell] = move.by
        self.rest = {amount: rest for amount in amounts if (rest := self._rest(amount, amounts)) is not None}
        self.pairs = [
            (small, large)
            for small in sorted(amounts, key=str)
            for large in sorted(amounts, key=str)
            if self.knowledge.nesting.is_within(small, large)
        ]

    def faults(self) -> Iterator[str]:
        for cell in sorted(self.shown & self.hidden, key=str):
            yield f"{cell} is hidden in one table and shown in another"
        for witness in sorted(self.moved):
            yield from self._faults_of(witness)
        yield from self._faults_of_secrets()

    def _read(self, row: Row) -> None:
        card = self.knowledge.cards[row.code]
        free = row.conf_status == FREE
        for amount, value in ((card.above, row.numerator), (card.below, row.denominator)):
            if amount is not None and value is not None:
                cell = Cell(amount, row.level, row.area, row.members)
                self.values[cell] = value
                (self.shown if free or amount in _public(card) else self.hidden).add(cell)
                if row.is_known:
                    self.known.add(cell)
        if row.parent is not None and row.level in LEVELS:
            self.parents[row.level, row.area] = (LEVELS[LEVELS.index(row.level) - 1], row.parent)

    def _rest(self, amount: Amount, amounts: set[Amount]) -> Amount | None:
        """The amount that this one is a public whole less of."""
        half = amount.other_half
        return half[1] if half is not None and half[0] in self.public and half[1] in amounts else None

    def move(self, cell: Cell, witness: int) -> int:
        if cell.amount in self.rest:
            return -self.moved[witness].get(cell._replace(amount=self.rest[cell.amount]), 0)
        return self.moved[witness].get(cell, 0)

    def _faults_of(self, witness: int) -> Iterator[str]:
        moved = [cell for cell, by in self.moved[witness].items() if by]
        derived = {rest: amount for amount, rest in self.rest.items()}
        moved += [cell._replace(amount=derived[cell.amount]) for cell in moved if cell.amount in derived]
        moved = [cell for cell in moved if cell in self.values]
        for cell in moved:
            if cell in self.shown:
                yield f"witness {witness} moves {cell}, which is shown"
            if self.values[cell] + self.move(cell, witness) < 0:
                yield f"witness {witness} makes {cell} negative"
        yield from self._faults_of_sums(moved, witness)
        yield from self._faults_of_groups(moved, witness)
        yield from self._faults_of_nesting(moved, witness)

    def _faults_of_sums(self, moved: Iterable[Cell], witness: int) -> Iterator[str]:
        """The parts of a whole move as it does: areas of an area, members of a total."""
        by_area: dict[Cell, int] = defaultdict(int)
        by_member: dict[tuple[Cell, int], int] = defaultdict(int)
        for cell in moved:
            by = self.move(cell, witness)
            for axis, member in enumerate(cell.members):
                if member == TOTAL:
                    by_member[cell, axis] += 0
                else:
                    by_member[_total(cell, axis), axis] += by
            by_area[cell] += 0
            if (above := self.parents.get((cell.level, cell.area))) is not None:
                by_area[cell._replace(level=above[0], area=above[1])] += by
        for whole, moved_parts in by_area.items():
            if self.move(whole, witness) != moved_parts and self._has_areas(whole):
                yield f"witness {witness}: the areas of {whole} do not move as it does"
        for (whole, axis), moved_parts in by_member.items():
            if self.move(whole, witness) != moved_parts and self._has_members(whole, axis):
                yield f"witness {witness}: the members of {whole} do not move as it does"

    def _faults_of_groups(self, moved: Iterable[Cell], witness: int) -> Iterator[str]:
        """A group of a grouping moves as its municipalities do."""
        by_group: dict[Cell, int] = defaultdict(int)
        for cell in moved:
            by = self.move(cell, witness)
            if cell.level == MUNICIPALITY:
                for level, group in self.knowledge.groups.get(cell.area, ()):
                    by_group[cell._replace(level=level, area=group)] += by
            elif cell.level not in LEVELS:
                by_group[cell] += 0
        for whole, moved_parts in by_group.items():
            if whole in self.values and self.move(whole, witness) != moved_parts:
                yield f"witness {witness}: the municipalities of {whole} do not move as it does"

    def _parts(self, whole: Cell) -> list[Cell]:
        return [
            whole._replace(level=level, area=area) for level, area in self.children.get((whole.level, whole.area), ())
        ]

    def _has_areas(self, whole: Cell) -> bool:
        """Whether a cell is the sum of cells of its areas, and witnesses say how these move."""
        parts = self._parts(whole)
        if (whole.level, whole.area) in self.knowledge.loose and not any(part in self.shown for part in parts):
            return False
        return whole in self.values and bool(parts) and all(self._is_followed(part) for part in parts)

    def _has_members(self, whole: Cell, axis: int) -> bool:
        codes = self._codes[whole.amount, whole.level, axis]
        parts = [whole._replace(members=(*whole.members[:axis], code, *whole.members[axis + 1 :])) for code in codes]
        return whole in self.values and bool(parts) and all(self._is_followed(part) for part in parts)

    def _is_followed(self, cell: Cell) -> bool:
        """Whether witnesses say how a cell moves: of a breakdown that is withheld nothing is shown at all."""
        if (cell.amount, cell.level) in self.knowledge.withheld and any(each != TOTAL for each in cell.members):
            return False
        return cell in self.values

    @cached_property
    def _codes(self) -> Mapping[tuple[Amount, str, int], tuple[str, ...]]:
        """The codes of each dimension that an amount has at a level."""
        found: dict[tuple[Amount, str, int], dict[str, None]] = defaultdict(dict)
        for cell in self.values:
            for axis, member in enumerate(cell.members):
                if member != TOTAL:
                    found[cell.amount, cell.level, axis][member] = None
        return defaultdict(tuple, {key: tuple(codes) for key, codes in found.items()})

    def _faults_of_nesting(self, moved: Sequence[Cell], witness: int) -> Iterator[str]:
        touched = set(moved)
        for small, large in self.pairs:
            for cell in moved:
                if cell.amount in {small, large}:
                    one, other = cell._replace(amount=small), cell._replace(amount=large)
                    if one in self.values and other in self.values and (cell.amount == small or one not in touched):
                        left = self.values[other] + self.move(other, witness)
                        if left < self.values[one] + self.move(one, witness):
                            yield f"witness {witness}: {one} is more than {large.name}"

    def _faults_of_secrets(self) -> Iterator[str]:
        for secret in self.secrets():
            if all(cell in self.shown for cell, _ in secret.terms):
                told = " less ".join(str(cell) for cell, _ in secret.terms)
                yield f"{told} is sensitive and shown"
            elif self.span(secret) < secret.need and not self._is_withheld(secret):
                told = " less ".join(str(cell) for cell, _ in secret.terms)
                yield f"{told}: witnesses span {self.span(secret)}, not {secret.need}"

    def span(self, secret: Secret) -> int:
        moved = [
            sum(sign * self.move(cell, witness) for cell, sign in secret.terms) for witness in self._witnesses(secret)
        ]
        return max([0, *moved]) - min([0, *moved])

    def _witnesses(self, secret: Secret) -> set[int]:
        return {
            witness
            for cell, _ in secret.terms
            for witness in self._witnesses_of[cell._replace(amount=self.rest.get(cell.amount, cell.amount))]
        }

    @cached_property
    def _witnesses_of(self) -> Mapping[Cell, list[int]]:
        found: dict[Cell, list[int]] = defaultdict(list)
        for witness, cells in self.moved.items():
            for cell in cells:
                found[cell].append(witness)
        return found

    def _is_withheld(self, secret: Secret) -> bool:
        """In a breakdown that is withheld at its level; or declared as unproven, and nothing of its area is shown."""
        for cell, _ in secret.terms:
            base = cell._replace(amount=self.rest.get(cell.amount, cell.amount))
            if (base.amount, base.level) in self.knowledge.withheld and any(each != TOTAL for each in base.members):
                return True
            if base in self.knowledge.unproven and (base.amount, base.level, base.area) not in self._shown_places:
                return True
        return False

    @cached_property
    def _shown_places(self) -> set[tuple[Amount, str, str]]:
        """Where something of an amount is shown that somebody could be counted in."""
        return {(cell.amount, cell.level, cell.area) for cell in self.shown if self.values[cell]}

    def secrets(self) -> Iterator[Secret]:
        """Everything sensitive, worked out from the sums."""
        seen: set[tuple[tuple[Cell, int], ...]] = set()
        for secret in (*self._secrets_of_rows(), *self._differences()):
            is_told = all(cell in self.known for cell, _ in secret.terms)
            if secret.need > 0 and not is_told and secret.terms not in seen:
                seen.add(secret.terms)
                yield secret

    def _secrets_of_rows(self) -> Iterator[Secret]:
        for row in self.rows:
            card = self.knowledge.cards[row.code]
            above = Cell(card.above, row.level, row.area, row.members)
            below = None if card.below is None else above._replace(amount=card.below)
            for cell, need in self._judged(card, above, below):
                if cell.amount not in self.public:
                    yield Secret(((cell, 1),), self._reachable(cell, need))

    def _judged(self, card: Shown, above: Cell, below: Cell | None) -> Iterator[tuple[Cell, int]]:
        """What of a row is sensitive, and how wide it has to be."""
        place, least = (above.level, above.area), self.knowledge.protection.threshold.value
        if card.disclosure.protects == "public":
            return
        if card.disclosure.protects == "units":
            if self._is_of_few_units(above, below):
                yield above, self._share(above)
        elif card.contributors is not None:
            if 1 <= self.knowledge.contributors.get(card.contributors, {}).get(place, 0) < least:
                yield above, self._share(above)
                if below is not None:
                    yield below, self._share(below)
        elif card.above.column is None:
            if self._is_few(self.values[above]):
                yield above, self._width(above)
        elif below is not None and self._is_few(self.values[below]):
            yield below, self._width(below)
            yield above, self._share(above)

    def _differences(self) -> Iterator[Secret]:
        """Counts of persons that lie within one another: what is left of the larger is a count, too."""
        for small, large in self.pairs:
            if not (self._counts_persons(small) and self._counts_persons(large)):
                continue
            if small in self.rest or {small, large} <= self.public:
                continue
            for cell in self._cells_of[small]:
                other = cell._replace(amount=large)
                if other in self.values and self._is_few(self.values[other] - self.values[cell]):
                    terms = ((other, 1), (cell, -1))
                    need = self._width(cell)
                    yield Secret(terms, self._reachable(cell, need) if large in self.public else need)

    @cached_property
    def _cells_of(self) -> Mapping[Amount, list[Cell]]:
        found: dict[Amount, list[Cell]] = defaultdict(list)
        for cell in self.values:
            found[cell.amount].append(cell)
        return found

    def _counts_persons(self, amount: Amount) -> bool:
        if amount.column is None:
            return amount.unit == "person_year"
        return amount.column in self.knowledge.protection.persons_columns

    def _is_few(self, number: int) -> bool:
        protection = self.knowledge.protection
        return (0 if protection.zero_is_sensitive.value else 1) <= number < protection.threshold.value

    def _is_of_few_units(self, above: Cell, below: Cell | None) -> bool:
        protection, value = self.knowledge.protection, self.values[above]
        units = 0 if below is None else self.values[below]
        if units < 1 or value < 1:
            return False
        largest, second = self.knowledge.dominance.get(above.amount, {}).get((above.level, above.area), (0, 0))
        dominated = (value - largest - second) * 100 < protection.dominance_percent.value * largest
        return units < protection.practices_minimum.value or dominated

    def _share(self, cell: Cell) -> int:
        value = self.values[cell]
        return max(ceil(value * float(self.knowledge.protection.magnitude_share.value)), 1) if value else 0

    def _width(self, cell: Cell) -> int:
        """Never more than the smallest published count of persons around."""
        populations = [self.knowledge.protection.width.value]
        if cell.amount.unit == "person_year":
            for amount in self.public:
                if amount.unit == cell.amount.unit and amount.column is None:
                    populations += self._around(cell._replace(amount=amount))
        return min(populations)

    def _around(self, cell: Cell) -> Iterator[int]:
        wider: list[tuple[str, ...]] = [()]
        for member in cell.members:
            choices = (member,) if member == TOTAL else (member, TOTAL)
            wider = [(*start, choice) for start in wider for choice in choices]
        for members in wider:
            if (value := self.values.get(cell._replace(members=members))) is not None:
                yield value

    def _reachable(self, cell: Cell, need: int) -> int:
        """No more than public figures leave: what is known to lie in no part of the area does not move."""
        return min(need, self._room(cell))

    def _room(self, cell: Cell) -> int:
        down, up = self._down(cell), 2**53
        for small, large in self.pairs:
            if small == cell.amount and large in self.public:
                other = cell._replace(amount=large)
                up = min(up, self.values.get(other, 2**53) - self.values[cell])
        return down + up

    def _down(self, cell: Cell) -> int:
        """How many of a cell lie in known parts of its area, all the way down."""
        return sum(map(self._down, self._parts(cell))) if self._has_areas(cell) else self.values[cell]


def _total(cell: Cell, axis: int) -> Cell:
    return cell._replace(members=(*cell.members[:axis], TOTAL, *cell.members[axis + 1 :]))


def _public(card: Shown) -> set[Amount]:
    everything = card.disclosure.protects == "public"
    found = {card.above} if everything else set()
    if card.below is not None and (everything or card.disclosure.denominator == "public"):
        found.add(card.below)
    return found

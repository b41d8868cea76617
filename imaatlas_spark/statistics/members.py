"""Members of dimensions while they are summed: a combination of them is one number, added up faster than codes.

Each dimension has a digit: 0 is the total, then its members in the order of their codes, then what is unknown. That is
summed, so that parts and unknown make the total, and never published. A card has the total of every other dimension.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL, Dimension, Dimensions

MEMBERS = "members"  # the column; null: a row of nothing, which stands for every combination
ALL = 0  # the total of every dimension


def dimensions_of(cards: Iterable[Card]) -> tuple[str, ...]:
    """The names of the dimensions of `cards`, each once."""
    return tuple(sorted({name for card in cards for name in card.dimensions}))


@dataclass(frozen=True)
class Members:
    """The members of the dimensions `names`, as digits of a number."""

    names: tuple[str, ...]
    dimensions: Dimensions

    @staticmethod
    def of(cards: Iterable[Card], dimensions: Dimensions) -> "Members":
        return Members(dimensions_of(cards), dimensions)

    def number(self, names: Iterable[str]) -> int:
        """How many combinations of members and totals of `names` are published: as many observations of an area."""
        return prod(len(self._codes(name)) for name in names)

    def combinations(self, names: Iterable[str]) -> list[int]:
        """The combinations of members of `names`, what is unknown among them; totals not."""
        return _sums_of(self._parts_of(name, ALL) for name in names)

    def parts_of_totals(self, names: tuple[str, ...]) -> dict[int, list[int]]:
        """Each combination of members and totals of `names`, with the combinations of members that it is the sum of."""
        every = product(*(range(self._values(name)) for name in names))
        return {
            sum(digit * self._weight(name) for digit, name in zip(digits, names, strict=True)): _sums_of(
                map(self._parts_of, names, digits)
            )
            for digits in every
        }

    def _parts_of(self, name: str, digit: int) -> list[int]:
        """The members that make up a digit of the dimension: itself, or all of them."""
        digits = [digit] if digit != ALL else range(1, self._values(name))
        return [each * self._weight(name) for each in digits]

    def part(self, names: Iterable[str]) -> Column:
        """The members of `names` alone, with the total of every other dimension."""
        return F.expr(self._part(names))

    def of_row(self, names: Iterable[str]) -> Column:
        """Which members of `names` a row of a year table belongs to."""
        digits = (_digit_of_row(self.dimensions[name]) * F.lit(self._weight(name)) for name in names)
        return sum(digits, F.lit(ALL)).cast("bigint")

    def digit(self, name: str) -> Column:
        return F.expr(self._digit(name))

    def without(self, name: str) -> Column:
        """The members, with the total of one dimension."""
        return F.col(MEMBERS) - self.part([name])

    def are_known(self, name: str) -> Column:
        return self.digit(name) < len(self._codes(name))

    def code(self, name: str) -> Column:
        """The published code of the member, or of the total."""
        return F.get(F.array(*map(F.lit, self._codes(name))), self.digit(name).cast("int"))

    def with_totals(self, rows: DataFrame, names: tuple[str, ...]) -> DataFrame:
        """Each row for its members of `names` and the totals; a row of nothing, for everything that is published."""
        if not names:
            return rows.withColumn(MEMBERS, F.lit(ALL).cast("bigint"))
        totals = [self._part(own) for size in range(len(names) + 1) for own in combinations(names, size)]
        every = [f"{number}L" for number in _sums_of(map(self._published, names))]
        of_row = F.when(F.col(MEMBERS).isNull(), _array(every)).otherwise(_array(totals))
        return rows.withColumn(MEMBERS, F.explode(of_row))

    def _published(self, name: str) -> list[int]:
        return [digit * self._weight(name) for digit in range(len(self._codes(name)))]

    def _part(self, names: Iterable[str]) -> str:
        return " + ".join((f"{ALL}L", *(f"{self._digit(name)} * {self._weight(name)}L" for name in names)))

    def _digit(self, name: str) -> str:
        return f"({MEMBERS} div {self._weight(name)}L) % {self._values(name)}L"

    def _weight(self, name: str) -> int:
        return prod(map(self._values, self.names[: self.names.index(name)]))

    def _values(self, name: str) -> int:
        return len(self._codes(name)) + 1  # and what is unknown

    def _codes(self, name: str) -> tuple[str, ...]:
        """What is published, in the order of the digits."""
        return (TOTAL, *self.dimensions[name].codes)


def _sums_of(summands: Iterable[Iterable[int]]) -> list[int]:
    """One of each, in every combination, added up."""
    return [sum(each) for each in product(*summands)]


def _array(numbers: Iterable[str]) -> Column:
    """Written as text: a thousand calls would take a second."""
    return F.expr(f"array({', '.join(numbers)})")


def _digit_of_row(dimension: Dimension) -> Column:
    value = F.col(dimension.column)
    if dimension.classes is None:
        found = [F.when(value == each.value, F.lit(place)) for place, each in enumerate(dimension.members, start=1)]
    else:
        place = F.floor(value / dimension.classes.width).cast("int") + 1
        found = [F.when(value >= 0, F.least(place, F.lit(len(dimension.codes))))]
    return F.coalesce(*found, F.lit(len(dimension.codes) + 1))

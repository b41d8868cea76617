"""Sums for all members and totals of some dimensions, from as few rows as can be.

A row of three dimensions counts in eight sums, with and without the total of each, and finding them is most of the
work. Dimensions of few members therefore lie beside each other, in columns, while rows are summed: of what is left few
rows are different, and each counts twice. The totals of those dimensions are added up where they are asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.statistics.amounts import summed
from imaatlas_spark.statistics.members import MEMBERS, Members

_ROOM = 10  # combinations beside each other: the columns of more would cost more than the rows they save
_NUMBER = "beside"


@dataclass(frozen=True)
class Marginals:
    """How the sums `amounts` are carried for the members of the dimensions `down`, in rows, and `beside`, in columns.

    Folded rows have members of `down` and, of each amount, a column for each combination of members of `beside`, what
    is unknown among them. They add up like any sums.
    """

    members: Members
    down: tuple[str, ...]
    beside: tuple[str, ...]
    amounts: tuple[str, ...]

    @staticmethod
    def of(members: Members, names: Iterable[str], amounts: Iterable[str]) -> "Marginals":
        """For the dimensions `names`: those of fewest members beside each other, as many as there is room for."""
        smallest = sorted(names, key=lambda name: (members.number([name]), name))
        fitting = max(n for n in range(len(smallest) + 1) if len(members.combinations(smallest[:n])) <= _ROOM)
        return Marginals(members, tuple(smallest[fitting:]), tuple(smallest[:fitting]), tuple(amounts))

    @property
    def columns(self) -> dict[str, dict[int, str]]:
        """The columns of each amount, by the combination of members of `beside`."""
        numbers = self.members.combinations(self.beside)
        return {name: {number: f"{name}_{number}" for number in numbers} for name in self.amounts}

    @property
    def side(self) -> str:
        """The column that says of a row which combination of members of `beside` it belongs to."""
        return "_".join((_NUMBER, *self.beside))

    def summed(self, folded: DataFrame, keys: Iterable[str]) -> DataFrame:
        columns = [column for of_amount in self.columns.values() for column in of_amount.values()]
        return summed(folded, (*keys, MEMBERS), columns)

    def with_totals(self, folded: DataFrame) -> DataFrame:
        """Each row (null members: nothing) for its members of `down` and the totals; other dimensions are summed up."""
        return self.members.with_totals(folded, self.down)

    def unfolded(self, folded: DataFrame, keys: Iterable[str]) -> DataFrame:
        """A row for all members: what is published, and what is unknown where there is any of it."""
        amounts = self.columns.items()
        structs = [
            f"struct({number}L AS {_NUMBER}, {', '.join(_added_up(columns, parts, name) for name, columns in amounts)})"
            for number, parts in self.members.parts_of_totals(self.beside).items()
        ]
        rows = folded.select(*keys, MEMBERS, F.inline(F.expr(f"array({', '.join(structs)})")))
        unfolded = rows.withColumn(MEMBERS, F.col(MEMBERS) + F.col(_NUMBER)).drop(_NUMBER)
        published = reduce(Column.__and__, map(self.members.are_known, self.beside), F.lit(True))
        return unfolded.where(published | reduce(Column.__or__, (F.col(name) != 0 for name in self.amounts)))


def _added_up(columns: Mapping[int, str], parts: Iterable[int], name: str) -> str:
    return f"{' + '.join(columns[part] for part in parts)} AS {name}"

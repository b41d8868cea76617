"""What cards ask of the rows of a year table: conditions, and what is counted or summed where they hold."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from imaatlas_spark.conf_faults import shown
from imaatlas_spark.conf_files import Declared
from imaatlas_spark.schemas.spec import Table, TableColumn

Unit = Literal["person_year", "practice_year", "practitioner_year"]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_Whole = Annotated[int, Field(strict=True)]


def _plain(value: Any) -> Any:
    if type(value) not in {bool, int, str}:
        raise ValueError(f"true, false, a whole number or text is expected; found {shown(value)}")
    return value


Value = Annotated[bool | int | str, PlainValidator(_plain)]
_INTEGERS = frozenset({"INT", "BIGINT"})
_PYTHON_TYPES = {"BOOLEAN": bool, "STRING": str, "INT": int, "BIGINT": int}
_QUANTILES = frozenset({"median", "quantile", "quantiles", "percentile", "quartile"})
NO_QUANTILES = (
    "a median or another quantile is no ratio of sums: what is known of parts does not give that of the whole, and it "
    "cannot be protected; publish a mean, or a share above a threshold"
)


class Condition(Declared):
    """A column and exactly one of: is, at_least, at_most, between (both ends count), in. A null meets no condition."""

    column: ColumnName
    equals: Value | None = Field(alias="is", default=None)
    at_least: _Whole | None = None
    at_most: _Whole | None = None
    between: tuple[_Whole, _Whole] | None = None
    one_of: tuple[Value, ...] | None = Field(alias="in", default=None)

    @model_validator(mode="after")
    def _one_operator(self) -> "Condition":
        if sum(each is not None for each in self._operators()) != 1:
            raise ValueError(f"a condition on {self.column} has exactly one of: is, at_least, at_most, between, in")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError(f"between {shown(self.between)} on {self.column} runs backwards: swap the two")
        if self.one_of is not None and len(set(self.one_of)) < max(1, len(self.one_of)):
            raise ValueError(f"in {shown(self.one_of)} on {self.column}: different values are expected, one at least")
        return self

    def _operators(self) -> tuple[object, ...]:
        return (self.equals, self.at_least, self.at_most, self.between, self.one_of)

    def faults(self, unit: str, table: Table) -> Iterator[str]:
        """What does not fit the year table that the condition is asked of."""
        if self.column not in table.column_names:
            yield no_column(unit, self.column, table)
            return
        column = table.column(self.column)
        kind = column.type
        named = {"at_least": self.at_least, "at_most": self.at_most, "between": self.between}
        for name, bound in named.items():
            if bound is not None and kind not in _INTEGERS:
                yield f"{name} needs an integer column; {self.column} is {kind}"
        values = [each for each in (self.equals, *(self.one_of or ())) if each is not None]
        for value in values:
            if type(value) is not _PYTHON_TYPES.get(kind):
                yield f"{self.column} is {kind}: it cannot be {shown(value)}"
            else:
                yield from fault_of_value(column, value)


class Measurement(Declared):
    """What stands above or below the line: rows counted, or a column summed, where conditions hold.

    `unit` is the year table; by default that of the card.
    """

    count: Literal["rows"] | None = None
    sum: ColumnName | None = None
    where: tuple[Condition, ...] = ()
    unit: Unit | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_quantile(cls, data: Any) -> Any:
        if isinstance(data, dict) and _QUANTILES & set(data):
            raise ValueError(NO_QUANTILES)
        return data

    @model_validator(mode="after")
    def _one_measure(self) -> "Measurement":
        if (self.count is None) == (self.sum is None):
            raise ValueError('write either count = "rows" or sum = "column"')
        return self

    def faults(self, unit: str, table: Table) -> Iterator[str]:
        """What does not fit the year table that is counted or summed."""
        if self.sum is not None and self.sum not in table.column_names:
            yield no_column(unit, self.sum, table)
        elif self.sum is not None and table.column(self.sum).type not in _INTEGERS:
            yield f"{self.sum} cannot be summed to a whole number: sum an integer column"
        elif self.sum in {"year", "person_id", "practice_id", "provider_id", "pat_attrib", "attribution_rule"}:
            yield f"{self.sum} is a key or a code: its sum says nothing; count rows, or sum a number"
        for condition in self.where:
            yield from condition.faults(unit, table)


def fault_of_value(column: TableColumn, value: Value) -> Iterator[str]:
    """What is wrong with a value of the right type: the column never has it."""
    if column.values and value not in column.values:
        yield f"{column.name} is never {shown(value)}: write one of {', '.join(map(str, column.values))}"


def no_column(unit: str, column: str, table: Table) -> str:
    return f"{unit} has no column {column}: it has {', '.join(table.column_names)}"

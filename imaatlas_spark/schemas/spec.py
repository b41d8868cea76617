"""What a table is, before any engine is asked: its place in the warehouse, columns, keys, constraints, retention."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class TableColumn:
    name: str
    type: str
    comment: str
    nullable: bool = False
    values: tuple[int | str, ...] = ()  # all that there are, where they are few


@dataclass(frozen=True)
class Table:
    """A Delta table. `keep` says how long old versions live: short for persons' data, ten years for publications."""

    path: str
    comment: str
    columns: tuple[TableColumn, ...]
    partitioned_by: tuple[str, ...] = ("year",)
    checks: Mapping[str, str] = field(default_factory=dict)
    keep: Literal["thirty days", "ten years"] = "thirty days"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> TableColumn:
        return next(column for column in self.columns if column.name == name)


YEAR = TableColumn("year", "INT", "reference year")


def not_negative(*columns: str) -> dict[str, str]:
    """A CHECK constraint for each column of counts."""
    return {f"{column}_not_negative": f"{column} >= 0" for column in columns}

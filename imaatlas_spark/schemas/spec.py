"""What a table is, before any engine is asked: its place in the warehouse, columns, keys, constraints, retention."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableColumn:
    name: str
    type: str
    comment: str
    nullable: bool = False
    values: tuple[int | str, ...] = ()  # all that there are, where they are few


def ddl(columns: Iterable[TableColumn]) -> str:
    """The schema of a frame with these columns, as Spark reads it: `year INT, code STRING`."""
    return ", ".join(f"{column.name} {column.type}" for column in columns)


@dataclass(frozen=True)
class Retention:
    """How long old versions live: the log names them for `log_days`, VACUUM leaves their files for `file_days`."""

    log_days: int
    file_days: int
    readable_for: str  # in words: how long an old version can be read


SHORT = Retention(30, 7, "7 days")  # persons' data
LONG = Retention(3650, 3650, "ten years")  # publications


@dataclass(frozen=True)
class Table:
    """A Delta table."""

    path: str
    comment: str
    columns: tuple[TableColumn, ...]
    partitioned_by: tuple[str, ...] = ("year",)
    checks: Mapping[str, str] = field(default_factory=dict)
    retention: Retention = SHORT

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> TableColumn:
        return next(column for column in self.columns if column.name == name)


YEAR = TableColumn("year", "INT", "reference year")


def not_negative(*columns: str) -> dict[str, str]:
    """A CHECK constraint for each column of counts."""
    return {f"{column}_not_negative": f"{column} >= 0" for column in columns}

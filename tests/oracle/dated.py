"""Periods, and the CSV lists whose rows hold for a period only."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar

from .parameters import RefusedError


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both days inclusive."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, year: int) -> bool:
        return self.first.year <= year <= self.last.year

    @classmethod
    def of(cls, first: date | str | None, last: date | str | None) -> "Period":
        """From dates or ISO text; what is missing is open."""
        days = (
            date.fromisoformat(day) if isinstance(day, str) else day for day in (first or date.min, last or date.max)
        )
        return cls(*days)


class Dated(Protocol):
    """A register row: it holds for a period."""

    @property
    def period(self) -> Period: ...


Row = TypeVar("Row", bound=Dated)


def row_of_year(rows: Iterable[Row], year: int) -> Row | None:
    """definitions, section 3, address: the row valid on 31 December, else the latest that overlaps the year.

    Rows of one thing never overlap, so the row of 31 December is itself the latest of the year.
    """
    of_year = (row for row in rows if row.period.overlaps(year))
    return max(of_year, key=lambda row: row.period.first, default=None)


def read_csv(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that must have these columns."""
    if not path.is_file():
        raise RefusedError(f"{path}: missing")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if absent := set(columns) - set(reader.fieldnames or ()):
            raise RefusedError(f"{path}: no column {sorted(absent)}")
        return list(reader)


def refuse_overlap(periods: Iterable[Period], what: str) -> None:
    """Contract section 2: no two rows of one thing may hold on the same day."""
    for earlier, later in pairwise(sorted(periods, key=lambda period: period.first)):
        if later.first <= earlier.last:
            raise RefusedError(f"{what}: rows overlap on {later.first}")


class CodeList:
    """definitions, section 2.4: a code means something only on dates inside its period."""

    def __init__(self, path: Path, group_column: str) -> None:
        self.periods: dict[tuple[str, str], list[Period]] = defaultdict(list)
        for row in read_csv(path, ("code", group_column, "valid_from", "valid_to")):
            period = Period.of(row["valid_from"], row["valid_to"])
            self.periods[row[group_column], row["code"]].append(period)
        for key, periods in self.periods.items():
            refuse_overlap(periods, f"{path.name} {key}")

    def has(self, group: str, code: str | None, day: date) -> bool:
        """Is this code in the group on that day? A missing code is in no group."""
        return code is not None and any(day in period for period in self.periods.get((group, code), ()))

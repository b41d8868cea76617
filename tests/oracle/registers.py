"""Contract section 1, registers; definitions, section 2.3, the practice of a line."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow.parquet as pq

from .dated import Period, refuse_overlap
from .parameters import Parameters, RefusedError

PRACTICE_TYPES = ("solo", "group", "medical_house")


class Practice(NamedTuple):
    practice: int
    practice_type: str
    institution: int | None
    nis: str | None
    period: Period


class Member(NamedTuple):
    practice: int
    provider: int
    period: Period


class Practitioner(NamedTuple):
    provider: int
    nis: str | None
    period: Period


Row = TypeVar("Row")


def by(rows: Iterable[Row], key: Callable[[Row], int]) -> dict[int, list[Row]]:
    """The rows of each thing."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


class Registers:
    """The three registers, and the practice that a line belongs to."""

    def __init__(self, practices: list[Practice], members: list[Member], practitioners: list[Practitioner]) -> None:
        self.practices = by(practices, lambda row: row.practice)
        self.practitioners = by(practitioners, lambda row: row.provider)
        self.memberships = by(members, lambda row: row.provider)
        self.houses = by((row for row in practices if row.institution is not None), lambda row: row.institution or 0)
        for register in (self.practices, self.practitioners):
            for thing, rows in register.items():
                refuse_overlap((row.period for row in rows), f"register, {thing}")
        if unknown := {row.practice for row in members} - set(self.practices):
            raise RefusedError(f"practice_members: practices that are not in the register: {sorted(unknown)[:5]}")
        if odd := {row.practice_type for row in practices} - set(PRACTICE_TYPES):
            raise RefusedError(f"practices: unknown types {odd}")

    def practice_of_provider(self, provider: int | None, day: date, parameters: Parameters) -> int | None:
        """The practice of which the provider is a member on the day of service."""
        return the_one(self.memberships.get(provider, ()), day, parameters) if provider is not None else None

    def practice_of_institution(self, institution: int | None, day: date, parameters: Parameters) -> int | None:
        """The practice whose institution it is on that day, whatever the practice's type (a reading)."""
        if institution is None:
            return None
        any_type = not parameters.only_medical_houses_have_forfaits
        rows = [row for row in self.houses.get(institution, ()) if any_type or row.practice_type == "medical_house"]
        return the_one(rows, day, parameters)


def the_one(rows: Iterable[Member] | Iterable[Practice], day: date, parameters: Parameters) -> int | None:
    """Of the rows valid on the day: the latest `valid_from` (a reading), then the lowest practice id."""
    sign = -1 if parameters.latest_register_row_decides else 1
    valid = [(sign * row.period.first.toordinal(), row.practice) for row in rows if day in row.period]
    return min(valid)[1] if valid else None


def rows_of(folder: Path, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of all Parquet files of a register."""
    if not (files := sorted(folder.glob("*.parquet"))):
        raise RefusedError(f"{folder}: no Parquet files")
    tables = [pq.ParquetFile(path).read(columns=list(columns)) for path in files]
    return [row for table in tables for row in zip(*(table.column(name).to_pylist() for name in columns), strict=True)]


def read_registers(folder: Path) -> Registers:
    dates = ("valid_from", "valid_to")
    practices = rows_of(folder / "practices", "practice_id", "practice_type", "institution_id", "nis", *dates)
    members = rows_of(folder / "practice_members", "practice_id", "provider_id", *dates)
    practitioners = rows_of(folder / "practitioners", "provider_id", "nis", *dates)
    return Registers(
        [Practice._make((*row, Period.of(first, last))) for *row, first, last in practices],
        [Member._make((*row, Period.of(first, last))) for *row, first, last in members],
        [Practitioner._make((*row, Period.of(first, last))) for *row, first, last in practitioners],
    )

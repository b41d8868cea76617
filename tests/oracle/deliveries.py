"""Contract sections 1 and 2: reading a delivery, and judging its rows one by one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from re import fullmatch
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from .dated import Period, read_csv
from .parameters import STANDARD, Parameters, RefusedError
from .registers import Registers, read_registers

CENT = Decimal("0.01")
KINDS: Mapping[str, Callable[[pa.DataType], bool]] = {
    "integer": pa.types.is_integer,
    "amount": pa.types.is_decimal,
    "date": pa.types.is_date,
    "text": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
}
CLAIM_COLUMNS = {
    "SS00010": "integer",
    "SS00015": "date",
    "SS00020": "text",
    "SS00050": "integer",
    "SS00060": "amount",
    "SS00065": "integer",
    "SS00065B": "text",
    "PRACTITIONER_CAT": "text",
    "SS00075": "integer",
    "NWE_YN": "integer",
    "BOOKED_MONTH": "integer",
}
POPULATION_COLUMNS = {
    "PP0010": "integer",
    "PP0015": "integer",
    "PP0020": "integer",
    "PP0025_0630": "text",
    "PP0025_1231": "text",
    "PP0055_0630": "text",
    "PP0055_1231": "text",
    "MAJOR_COVERAGE_YN": "integer",
}


class Claim(NamedTuple):
    """A billed line; the fields are `CLAIM_COLUMNS`, in that order."""

    person: int
    day: date
    code: str
    cases: int
    amount: Decimal
    provider: int | None
    qualification: str | None
    category: str | None
    institution: int | None
    outside_hours: int
    booked_month: int


class Insured(NamedTuple):
    """A person of the population; the fields are `POPULATION_COLUMNS`, in that order."""

    person: int
    birth_year: int | None
    sex: int | None
    june_nis: str | None
    december_nis: str | None
    june_sector: str | None
    december_sector: str | None
    major_coverage: int | None


@dataclass
class Delivery:
    """The accepted rows of a delivery; what was not accepted, and why."""

    claims: dict[int, list[Claim]]
    population: dict[int, list[Insured]]
    registers: Registers
    medians: dict[tuple[str, int], Decimal]
    sectors: list[tuple[str, Period]]
    quarantine: dict[tuple[str, int], list[tuple[str, tuple[Any, ...]]]] = field(default_factory=dict)
    nulled: Counter[tuple[int, str]] = field(default_factory=Counter)


def values(column: pa.ChunkedArray, kind: str) -> Iterator[Any]:
    """The values as Python objects, each distinct one made once: millions of lines must fit in memory."""
    for chunk in column.chunks:
        encoded = chunk.dictionary_encode()
        meanings = encoded.dictionary.to_pylist()
        if kind == "amount":
            meanings = [in_cents(amount) for amount in meanings]
        indices = encoded.indices.to_pylist()
        yield from (None if index is None else meanings[index] for index in indices)


def in_cents(amount: Decimal) -> Decimal:
    """Contract 1: any decimal scale that fits without loss."""
    if amount != (cents := amount.quantize(CENT)):
        raise RefusedError(f"SS00060: {amount} would lose cents")
    return cents


def read_parquet(folder: Path, columns: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The rows of all files of a folder; columns that are not asked for are ignored."""
    if not (files := sorted(folder.glob("*.parquet"))):
        raise RefusedError(f"{folder}: no Parquet files")
    for path in files:
        table = pq.ParquetFile(path).read(columns=list(columns))
        for name, kind in columns.items():
            if name not in table.column_names:
                raise RefusedError(f"{path}: no column {name}")
            if not KINDS[kind](table.schema.field(name).type):
                raise RefusedError(f"{path}: {name} is no {kind}")
        yield from zip(*(values(table.column(name), kind) for name, kind in columns.items()), strict=True)


def is_month_from(booked: int | None, day: date) -> bool:
    """Is it an accounting month, and not before the month of service?"""
    return booked is not None and 1 <= booked % 100 <= 12 and day.year * 100 + day.month <= booked <= 999912


def is_no_code(text: str | None, digits: int) -> bool:
    """Is it there, but not that many digits?"""
    return text is not None and not fullmatch(f"[0-9]{{{digits}}}", text)


# Contract 2, in its order: a row with several faults is one row, under the first of them.
CLAIM_FAULTS: tuple[tuple[str, Callable[[Claim, int], bool]], ...] = (
    ("no_person", lambda line, year: line.person is None),
    ("date", lambda line, year: line.day is None or line.day.year != year),
    ("code", lambda line, year: not fullmatch("0?[0-9]{6}", line.code or "")),
    ("number_of_cases", lambda line, year: line.cases is None),
    ("amount", lambda line, year: line.amount is None),
    ("outside_hours", lambda line, year: line.outside_hours not in (0, 1)),
    ("booked_month", lambda line, year: not is_month_from(line.booked_month, line.day)),
    ("qualification", lambda line, year: is_no_code(line.qualification, 3)),
    ("category", lambda line, year: is_no_code(line.category, 2)),
)


POPULATION_FAULTS: tuple[tuple[str, Callable[[Insured, int], bool]], ...] = (
    ("no_person", lambda row, year: row.person is None),
)
FAULTS: Mapping[str, Any] = {"claims": CLAIM_FAULTS, "population": POPULATION_FAULTS}


def fault_of(source: str, row: Any, year: int) -> str | None:
    """Why a row goes to quarantine, or None."""
    return next((reason for reason, is_faulty in FAULTS[source] if is_faulty(row, year)), None)


def without_impossible_fields(row: Insured, year: int) -> Insured:
    """Contract 2: a birth year before y - 125 or after y, or a sex other than 1 and 2, nulls the field."""
    possible = range(year - 125, year + 1)
    return row._replace(
        birth_year=row.birth_year if row.birth_year in possible else None,
        sex=row.sex if row.sex in (1, 2) else None,
    )


def read_claims(delivery: Delivery, folder: Path, year: int, parameters: Parameters) -> None:
    """The accepted claim lines of a year; a code of seven digits loses its leading zero."""
    rows = map(Claim._make, read_parquet(folder / f"claims/year={year}", CLAIM_COLUMNS))
    accepted = accept(delivery, "claims", year, rows, parameters)
    delivery.claims[year] = [line if len(line.code) == 6 else line._replace(code=line.code[1:]) for line in accepted]


def read_population(delivery: Delivery, folder: Path, year: int, parameters: Parameters) -> None:
    """The accepted persons of a year, impossible fields nulled and counted."""
    rows = map(Insured._make, read_parquet(folder / f"population/year={year}", POPULATION_COLUMNS))
    accepted = accept(delivery, "population", year, rows, parameters)
    if len({row.person for row in accepted}) < len(accepted):
        raise RefusedError(f"population {year}: two rows for one person")
    cleaned = [without_impossible_fields(row, year) for row in accepted]
    for name in ("birth_year", "sex"):
        pairs = zip(accepted, cleaned, strict=True)
        delivery.nulled[year, name] = sum(getattr(old, name) != getattr(new, name) for old, new in pairs)
    delivery.population[year] = cleaned


def accept(
    delivery: Delivery,
    source: str,
    year: int,
    rows: Iterable[Any],
    parameters: Parameters,
) -> list[Any]:
    """The rows without a fault; the others are kept with their reason. Too many of those: refused."""
    accepted: list[Any] = []
    quarantined: list[tuple[str, tuple[Any, ...]]] = []
    for row in rows:
        reason = fault_of(source, row, year)
        if reason is None:
            accepted.append(row)
        else:
            quarantined.append((reason, row))
    read = len(accepted) + len(quarantined)
    if not read:
        raise RefusedError(f"{source} {year}: empty")
    if len(quarantined) > parameters.max_quarantined_share * read:
        raise RefusedError(f"{source} {year}: {len(quarantined)} of {read} rows in quarantine")
    delivery.quarantine[source, year] = quarantined
    return accepted


def read_medians(path: Path) -> dict[tuple[str, int], Decimal]:
    """(profession group, year) -> FTE median income; positive numbers only."""
    medians: dict[tuple[str, int], Decimal] = {}
    for row in read_csv(path, ("profession_group", "year", "median_eur")):
        key, median = (row["profession_group"], int(row["year"])), Decimal(row["median_eur"])
        if key in medians or not median > 0:
            raise RefusedError(f"{path}: {key} {median}")
        medians[key] = median
    return medians


def read_sectors(path: Path) -> list[tuple[str, Period]]:
    columns = ("sector", "name_nl", "name_fr", "valid_from", "valid_to")
    return [(row["sector"], Period.of(row["valid_from"], row["valid_to"])) for row in read_csv(path, columns)]


def read_delivery(
    folder: Path,
    claim_years: Iterable[int],
    population_years: Iterable[int],
    parameters: Parameters = STANDARD,
) -> Delivery:
    """Everything of a delivery for these years, judged row by row."""
    medians = read_medians(folder / "fte_income_medians.csv")
    delivery = Delivery({}, {}, read_registers(folder), medians, read_sectors(folder / "sectors.csv"))
    for year in claim_years:
        read_claims(delivery, folder, year, parameters)
    for year in population_years:
        read_population(delivery, folder, year, parameters)
    return delivery

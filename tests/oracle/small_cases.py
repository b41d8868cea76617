"""Deliveries of a few lines, written in a test and worked out by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .compute import Tables, compute
from .parameters import Parameters
from .small_country import SECTORS, write_conf, write_csv
from .source_variables import PersonYear, PracticeYear

Row = dict[str, Any]
Run = Callable[..., Tables]
SCHEMAS: dict[str, dict[str, pa.DataType]] = {
    "claims": {
        "SS00010": pa.int64(),
        "SS00015": pa.date32(),
        "SS00020": pa.string(),
        "SS00050": pa.int32(),
        "SS00060": pa.decimal128(12, 2),
        "SS00065": pa.int64(),
        "SS00065B": pa.string(),
        "PRACTITIONER_CAT": pa.string(),
        "SS00075": pa.int64(),
        "NWE_YN": pa.int32(),
        "BOOKED_MONTH": pa.int32(),
    },
    "population": {
        "PP0010": pa.int64(),
        "PP0015": pa.int32(),
        "PP0020": pa.int32(),
        "PP0025_0630": pa.string(),
        "PP0025_1231": pa.string(),
        "PP0055_0630": pa.string(),
        "PP0055_1231": pa.string(),
        "MAJOR_COVERAGE_YN": pa.int32(),
    },
    "practices": {
        "practice_id": pa.int64(),
        "practice_type": pa.string(),
        "institution_id": pa.int64(),
        "nis": pa.string(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    },
    "practice_members": {
        "practice_id": pa.int64(),
        "provider_id": pa.int64(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    },
    "practitioners": {
        "provider_id": pa.int64(),
        "nis": pa.string(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    },
}
LONG_AGO = "2000-01-01"


def day(text: str) -> date:
    return date.fromisoformat(text)


def line(on: str = "2021-03-01", code: str = "101076", by: int | None = 100, **changes: Any) -> Row:
    """A GP's consultation of person 1, booked in the month of service, unless said otherwise."""
    return {
        "SS00010": 1,
        "SS00015": day(on),
        "SS00020": code,
        "SS00050": 1,
        "SS00060": Decimal("20.00"),
        "SS00065": by,
        "SS00065B": "003",
        "PRACTITIONER_CAT": "10",
        "SS00075": None,
        "NWE_YN": 0,
        "BOOKED_MONTH": int(on[:4] + on[5:7]),
        **changes,
    }


def gmd(on: str, by: int = 100, **changes: Any) -> Row:
    return line(on, "102771", by, **changes)


def forfaits(house: int | None, cases: int, on: str = "2021-03-01", **changes: Any) -> Row:
    """So many forfaits, in one line, of the practice with this institution."""
    everything: Row = {"SS00050": cases, "SS00075": house, "SS00065B": None, "PRACTITIONER_CAT": None, **changes}
    return line(on, "109616", None, **everything)


def insured(person: int = 1, nis: str | None = "44084", sector: str | None = None, **changes: Any) -> Row:
    """A woman of 1980 who lives there on both days."""
    return {
        "PP0010": person,
        "PP0015": 1980,
        "PP0020": 2,
        "PP0025_0630": nis,
        "PP0025_1231": nis,
        "PP0055_0630": sector,
        "PP0055_1231": sector,
        "MAJOR_COVERAGE_YN": 0,
        **changes,
    }


def practice(
    practice_id: int, nis: str | None = "44084", first: str = LONG_AGO, last: str | None = None, **changes: Any
) -> Row:
    dates = {"valid_from": day(first), "valid_to": day(last) if last else None}
    return {
        "practice_id": practice_id,
        "practice_type": "group",
        "institution_id": None,
        "nis": nis,
        **dates,
        **changes,
    }


def member(practice_id: int, provider: int, first: str = LONG_AGO, last: str | None = None) -> Row:
    dates = {"valid_from": day(first), "valid_to": day(last) if last else None}
    return {"practice_id": practice_id, "provider_id": provider, **dates}


def practitioner(provider: int, nis: str | None = "44084", first: str = LONG_AGO, last: str | None = None) -> Row:
    dates = {"valid_from": day(first), "valid_to": day(last) if last else None}
    return {"provider_id": provider, "nis": nis, **dates}


def income(amount: str, **changes: Any) -> Row:
    return line(code="888888", by=900, **{"SS00065B": "348", "SS00060": Decimal(amount), **changes})


# Practices 10 (providers 100 and 101), 20 (200), and the houses 30 (300) and 40 (400), institutions 3000 and 4000.
PRACTICES = [
    practice(10, practice_type="solo"),
    practice(20),
    practice(30, practice_type="medical_house", institution_id=3000),
    practice(40, practice_type="medical_house", institution_id=4000),
]
MEMBERS = [member(10, 100), member(10, 101), member(20, 200), member(30, 300), member(40, 400)]
CORRECTION: Row = {"SS00050": -1}
FILLER: Row = {"SS00010": 999, "SS00060": Decimal(0), "SS00065": None}


WRITTEN: dict[Path, list[Row]] = {}


def write_rows(folder: Path, source: str, rows: Iterable[Row]) -> None:
    """One Parquet file with the contract's types. What already stands there is not written again, to be fast."""
    path, rows = folder / "part-0.parquet", list(rows)
    if WRITTEN.get(path) == rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # writing over a file waits for the disk
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(SCHEMAS[source].items())), path)
    WRITTEN[path] = rows


@dataclass(frozen=True)
class Case:
    """A year of a small delivery; `practices` and `members` come on top of the standing ones."""

    claims: Iterable[Row] = ()
    year: int = 2021
    population: Iterable[Row] | None = None
    practices: Iterable[Row] = ()
    members: Iterable[Row] = ()
    practitioners: Iterable[Row] = ()
    medians: Iterable[tuple[str, int, str]] | None = None
    parameters: Parameters = Parameters(active_practice_contacts=1)  # noqa: RUF009
    statistics: Iterable[str] = ()
    release: date | None = None
    first_year: int | None = None


def run(directory: Path, case: Case) -> Tables:
    """Writes the case and computes it."""
    delivery = directory / "delivery"
    of_year: dict[int, list[Row]] = {earlier: [] for earlier in range(case.year - 2, case.year + 1)}
    for row in case.claims:
        of_year[row["SS00015"].year].append(row)
    for earlier, rows in of_year.items():
        # A year without lines is refused; the filler says nothing about anybody.
        filler = line(f"{earlier}-01-01", "999999", **FILLER)
        write_rows(delivery / f"claims/year={earlier}", "claims", [*rows, filler])
    people = [insured()] if case.population is None else case.population
    write_rows(delivery / f"population/year={case.year}", "population", people)
    write_rows(delivery / "practices", "practices", [*PRACTICES, *case.practices])
    write_rows(delivery / "practice_members", "practice_members", [*MEMBERS, *case.members])
    write_rows(delivery / "practitioners", "practitioners", case.practitioners)
    every_year = [("clinical_geneticist", each, "1000.00") for each in range(2019, 2027)]
    write_csv(delivery / "fte_income_medians.csv", "profession_group,year,median_eur", case.medians or every_year)
    sectors = ((sector, "", "", first, last) for sector, first, last in SECTORS)
    write_csv(delivery / "sectors.csv", "sector,name_nl,name_fr,valid_from,valid_to", sectors)
    write_conf(directory / "conf")
    return compute(
        delivery,
        directory / "conf",
        [case.year],
        first_year=case.first_year,
        parameters=case.parameters,
        release_dates={(code, case.year): case.release or date(case.year + 2, 9, 30) for code in case.statistics},
    )


def person(tables: Tables, person_id: int = 1) -> PersonYear:
    return next(row for row in tables.person_year if row.person_id == person_id)


def practice_row(tables: Tables, practice_id: int) -> PracticeYear:
    return next(row for row in tables.practice_year if row.practice_id == practice_id)


def figure(tables: Tables, code: str, area: str = "01000", **dimensions: str) -> tuple[Any, ...]:
    """(numerator, denominator, value) of one area; the arrondissement and province of Brussels share a code."""
    rows = [row for row in tables.statistics[code] if row["geo_code"] == area]
    rows = [row for row in rows if all(row[name] == member for name, member in dimensions.items())]
    return tuple(rows[0][column] for column in ("numerator", "denominator", "value"))

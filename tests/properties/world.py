"""One delivery of everybody, and what came of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from imaatlas_spark.schemas.inputs import PRACTICE_MEMBERS, PRACTICES, PRACTITIONERS
from tests.engine import Engine
from tests.oracle.statistics import STATISTICS
from tests.properties.drawn_lines import ADDED, HOUSE_OF, PRACTICE_OF, Case, Line
from tests.properties.plain_rules import contact_days
from tests.written_rows import Row, write_rows

# Each case lives three times. Odd and even cases in two municipalities that merged in 2019; in two that never did; and
# nowhere known, with a line added to every day in 2019 on which there is a contact already.
MERGED, APART, MORE = 0, 10_000, 20_000
HOMES = {MERGED: ("44001", "44029"), APART: ("44021", "11002"), MORE: (None, None)}
# One of each kind: by sector, by practice, a count, a cube of one dimension, of three. The oracle holds all of them.
PUBLISHED = ("stat_003_007", "stat_003_005", "stat_020_033", "cube_013_007", "cube_003_014")
PERSON_STATISTICS = [code for code in PUBLISHED if STATISTICS[code].unit == "person"]


def with_added_lines(lines: list[Line]) -> list[Line]:
    provider = {10: 101, 20: 200, 30: 300}
    return lines + [Line(day, ADDED, 3, provider=provider[practice]) for practice, day in contact_days(lines, 2019)]


@dataclass(frozen=True)
class World:
    cases: list[Case]
    lines: dict[int, list[Line]]
    engine: Engine
    persons: dict[tuple[int, int], Row]
    practices: dict[tuple[int, int], Row]
    published: dict[str, list[Row]]
    folder: Path

    def figures(self, code: str, year: int, level: str) -> dict[tuple[str, ...], tuple[int, int | None]]:
        """(area, members) to numerator and denominator."""
        names = STATISTICS[code].dimensions
        return {
            (row["geo_code"], *(row[name] for name in names)): (row["numerator"], row["denominator"])
            for row in self.published[code]
            if (row["year"], row["geo_level"]) == (year, level)
        }


def person_row(person: int, case: Case, year: int) -> Row:
    copy = person // 10_000 * 10_000
    home = HOMES[copy][person % 2]
    sector = f"{home}A00-" if home and case.has_sector else None
    born = None if case.age_in_2019 is None else 2019 - case.age_in_2019
    return {
        "PP0010": person,
        "PP0015": born,
        "PP0020": 1 + person % 2,
        "PP0025_0630": home,
        "PP0025_1231": home,
        "PP0055_0630": sector,
        "PP0055_1231": sector,
        "MAJOR_COVERAGE_YN": 0,
    }


def claim_row(person: int, line: Line, amount: str = "20.00") -> Row:
    return {
        "SS00010": person,
        "SS00015": line.day,
        "SS00020": line.code,
        "SS00050": line.cases,
        "SS00060": Decimal(amount),
        "SS00065": line.provider,
        "SS00065B": line.qualification,
        "PRACTITIONER_CAT": "10",
        "SS00075": line.institution,
        "NWE_YN": line.nwe,
        "BOOKED_MONTH": line.booked,
    }


def write_registers(folder: Path) -> None:
    dates = {"valid_from": dt.date(2000, 1, 1), "valid_to": None}
    homes = {10: "44021", 20: "11002", 30: "62063", 40: None}
    institutions = {house: institution for institution, house in HOUSE_OF.items()}
    practices = [
        {"practice_id": each, "practice_type": "group", "institution_id": institutions.get(each), "nis": nis, **dates}
        for each, nis in homes.items()
    ]
    members = [{"practice_id": practice, "provider_id": each, **dates} for each, practice in PRACTICE_OF.items()]
    geneticists = [{"provider_id": each, "nis": nis, **dates} for each, nis in ((900, "44021"), (901, None))]
    for source, rows in ((PRACTICES, practices), (PRACTICE_MEMBERS, members), (PRACTITIONERS, geneticists)):
        write_rows(folder / source.name, source, rows)
    (folder / "fte_income_medians.csv").write_text(
        "profession_group,year,median_eur\nclinical_geneticist,2019,100000.00\n"
    )
    sectors = [f"{home}A00-,,,2001-01-01," for homes in HOMES.values() for home in homes if home]
    (folder / "sectors.csv").write_text("\n".join(["sector,name_nl,name_fr,valid_from,valid_to", *sectors]) + "\n")


def claims_of(lines: Mapping[int, list[Line]], year: int) -> list[Row]:
    """The lines of the year, and those of two active geneticists."""
    geneticists = [Line(dt.date(year, 6, 1), "999999", 1, provider=each, qualification="348") for each in (900, 901)]
    rows = [claim_row(person, line) for person, own in lines.items() for line in own if line.day.year == year]
    return rows + [claim_row(1, line, "9000.00") for line in geneticists]

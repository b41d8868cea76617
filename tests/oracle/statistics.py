"""definitions, section 4: the statistics as a table, and their rows on the complete grid (data contract, section 4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from .geography import LEVELS, Geography
from .source_variables import PersonYear, PracticeYear

TOTAL = "_T"
AGE_CLASSES = (*(f"{age}-{age + 9}" for age in range(0, 90, 10)), "90+")
Shared = dict[str, Any]
Dimension = tuple[tuple[str, ...], Callable[[Any], str | None]]


def age_class(person: PersonYear) -> str | None:
    return None if person.age is None else AGE_CLASSES[min(person.age // 10, 9)]


DIMENSIONS: dict[str, Dimension] = {
    "age_class": (AGE_CLASSES, age_class),
    "sex": (("M", "F"), lambda person: {1: "M", 2: "F"}.get(person.sex)),
    "increased_reimbursement": (
        ("yes", "no"),
        lambda person: {1: "yes", 0: "no"}.get(person.increased_reimbursement),
    ),
}


@dataclass(frozen=True)
class Statistic:
    """A line of the tables of definitions, section 4; the functions read a row of the unit's year table."""

    code: str
    unit: str
    numerator: Callable[[Any], int]
    denominator: Callable[[Any], int] | None
    scale: int
    since: int
    smallest: str = "municipality"
    sector_since: int | None = None
    dimensions: tuple[str, ...] = ()
    where: Callable[[Any], bool] = lambda row: True
    breaks: tuple[int, ...] = ()
    provisional_year_after: bool = False

    def levels(self, year: int) -> tuple[str, ...]:
        """From the smallest level of the year up to the country."""
        has_sectors = self.sector_since is not None and year >= self.sector_since
        return LEVELS[LEVELS.index("sector" if has_sectors else self.smallest) :]

    def status(self, year: int, denominator: int | None, release: date) -> str:
        """M cannot exist, before B break in series, before P provisional, before A normal."""
        if denominator == 0:
            return "M"
        if year in self.breaks:
            return "B"
        return "P" if self.provisional_year_after and year == release.year - 1 else "A"

    def value(self, numerator: int, denominator: int | None) -> float | None:
        if denominator is None:
            return float(numerator)
        return self.scale * numerator / denominator if denominator else None


def each(row: Any) -> int:
    return 1


def outside_houses(person: PersonYear) -> bool:
    return not person.in_medical_house


SMALL_RISKS = (2008,)
DAILY_CAP = (2019,)
AGE = ("age_class",)
AGE_SEX_AND_REIMBURSEMENT = ("age_class", "sex", "increased_reimbursement")


def active_contacts(person: PersonYear) -> int:
    return person.regcontact_active


def seen_by_active(person: PersonYear) -> int:
    return person.regcontact_active >= 1


def is_active(practice: PracticeYear) -> bool:
    return practice.is_active


# What several statistics say in the same words.
CONTACTS: Shared = {"sector_since": 2019, "where": outside_houses, "breaks": DAILY_CAP}
PER_PRACTICE: Shared = {"where": is_active, "breaks": SMALL_RISKS}

# Code, unit, numerator, denominator, scale, since; then what sets it apart.
# fmt: off
STATISTICS = {
    statistic.code: statistic
    for statistic in (
        Statistic("stat_003_014", "person", active_contacts, seen_by_active, 1, 2017, **CONTACTS),
        Statistic("stat_003_005", "practice", lambda row: row.assigned_persons, each, 1, 2003, **PER_PRACTICE),
        Statistic("stat_003_007", "person", lambda row: row.in_medical_house, each, 10_000, 2003, sector_since=2005),
        Statistic(
            "stat_020_033", "practitioner", each, None, 1, 2019,
            smallest="arrondissement", provisional_year_after=True,
            where=lambda row: row.profession_group == "clinical_geneticist" and row.is_active,
        ),
        Statistic("cube_013_007", "person", lambda row: row.imag_spec_n >= 1, each, 100, 2015, dimensions=AGE),
        Statistic(
            "cube_003_014", "person", active_contacts, seen_by_active, 1, 2017,
            dimensions=AGE_SEX_AND_REIMBURSEMENT, **CONTACTS,
        ),
        Statistic("stat_003_001", "person", lambda row: row.has_gmd, each, 100, 2003, breaks=SMALL_RISKS),
        Statistic("stat_003_006", "practice", lambda row: row.gmd_persons, each, 1, 2003, **PER_PRACTICE),
        Statistic(
            "stat_003_011", "person", lambda row: row.assigned_contacts, lambda row: row.all_contacts, 100, 2003,
            where=lambda row: row.has_gmd, breaks=SMALL_RISKS,
        ),
        Statistic(
            "stat_003_012", "person", lambda row: row.assigned_contacts, lambda row: row.all_contacts, 100, 2003,
            where=lambda row: row.pat_attrib is not None, breaks=SMALL_RISKS,
        ),
        Statistic(
            "stat_003_015", "person", lambda row: row.regcontact >= 1, each, 100, 2003,
            where=outside_houses, breaks=SMALL_RISKS,
        ),
        Statistic("stat_013_007", "person", lambda row: row.imag_spec_n >= 1, each, 100, 2015),
        Statistic("cube_013_003", "person", lambda row: row.imag_radio_n >= 1, each, 100, 2015, dimensions=AGE),
        Statistic("cube_013_005", "person", lambda row: row.imag_dent_n >= 1, each, 100, 2015, dimensions=AGE),
    )
}
# fmt: on
ALL = tuple(STATISTICS)


def is_shown(level: str, cell: tuple[str, ...]) -> bool:
    """By sector a cube of several dimensions shows one of them at a time (data contract, section 4)."""
    return level != "sector" or sum(member != TOTAL for member in cell) <= 1


def statistic_rows(
    statistic: Statistic, year: int, units: Iterable[Any], geography: Geography, release: date
) -> list[dict[str, Any]]:
    """The rows of a statistic for a year: every area, every member of every dimension, zeros included."""
    levels = statistic.levels(year)
    dimensions = [DIMENSIONS[name] for name in statistic.dimensions]
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for unit in filter(statistic.where, units):
        numerator = int(statistic.numerator(unit))
        denominator = int(statistic.denominator(unit)) if statistic.denominator else 0
        areas = geography.areas(year, unit.municipality, getattr(unit, "sector", None))
        # A unit counts under its own member and under the total; an unknown one under the total only.
        members = [{TOTAL, member_of(unit) or TOTAL} for _, member_of in dimensions]
        for level in levels:
            for cell in product(*members) if level in areas else ():
                if not is_shown(level, cell):
                    continue
                both = sums[level, areas[level], *cell]
                both[0] += numerator
                both[1] += denominator
    rows = []
    for level, area in geography.grid(year, levels):
        for cell in product(*((*members, TOTAL) for members, _ in dimensions)):
            if not is_shown(level, cell):
                continue
            numerator, denominator_sum = sums.pop((level, area, *cell), (0, 0))
            total = denominator_sum if statistic.denominator else None
            rows.append(
                {
                    "year": year,
                    "geo_level": level,
                    "geo_code": area,
                    "geography": year,
                    **dict(zip(statistic.dimensions, cell, strict=True)),
                    "numerator": numerator,
                    "denominator": total,
                    "value": statistic.value(numerator, total),
                    "obs_status": statistic.status(year, total, release),
                    "conf_status": "F",
                    "release_date": release,
                }
            )
    assert not sums, f"{statistic.code}: counted outside the grid: {list(sums)[:5]}"
    return rows

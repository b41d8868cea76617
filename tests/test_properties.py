"""What holds whatever is delivered: drawn persons, all in one build, against rules written as plain Python."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.deliveries.contract import CLAIMS, POPULATION, PRACTICE_MEMBERS, PRACTICES, PRACTITIONERS, Source
from imaatlas_spark.geography import ancestors
from imaatlas_spark.source_variables.tables import PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.releases import releases
from tests.engine import Engine, conf_with
from tests.oracle.source_variables import PersonYear, PracticeYear, PractitionerYear
from tests.oracle.statistics import DIMENSIONS, STATISTICS, TOTAL
from tests.test_scenarios import ARROW, write_conf

pytestmark = pytest.mark.spark

DELIVERED, YEARS, FIRST_YEAR = (2017, 2018, 2019), (2018, 2019), 2017
CASES, ACTIVE = 160, 100
CODES, GMD, FORFAIT, IMAGE, ADDED = ("101076", "101032"), "102771", "109616", "460670", "103132"
PRACTICE_OF = {100: 10, 101: 10, 200: 20, 300: 30}
HOUSE_OF = {3000: 30, 4000: 40}

Row = dict[str, Any]


class Line(NamedTuple):
    """A billed line of a drawn person."""

    day: dt.date
    code: str
    cases: int
    provider: int | None = None
    institution: int | None = None
    qualification: str = "003"
    nwe: int = 0
    months_late: int = 0

    @property
    def booked(self) -> int:
        months = self.day.year * 12 + self.day.month - 1 + self.months_late
        return months // 12 * 100 + months % 12 + 1


class Case(NamedTuple):
    lines: list[Line]
    age_in_2019: int | None
    has_sector: bool


DAYS = [dt.date(year, month, day) for year in DELIVERED for month, day in ((1, 1), (3, 1), (12, 31))]
LATE = (0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 18, 19, 20, 21)


def drawn_line(rng: Random, kind: str) -> Line:
    day, late = rng.choice(DAYS), rng.choice(LATE)
    provider = rng.choice((100, 100, 100, 101, 101, 200, 200, 300, 300, None))
    if kind == "contact":
        line = Line(day, rng.choice(CODES), rng.choice((-2, -1, 1, 1, 1, 2, 3)), provider, months_late=late)
        return line._replace(qualification=rng.choice(("003",) * 7 + ("010",)), nwe=rng.choice((0,) * 7 + (1,)))
    if kind == "gmd":
        return Line(day, GMD, rng.choice((-1, 1, 1, 1)), provider, months_late=late)
    if kind == "forfait":
        house = rng.choice((3000, 3000, 4000, 5000))
        return Line(day, FORFAIT, rng.choice((-3, -1, 1, 1, 2, 3, 5, 6)), None, house, months_late=late)
    return Line(day, IMAGE, 1, qualification=rng.choice(("100", "003")))


# Of everything; of hardly anything, so that a record of an earlier year can decide; of forfaits above all.
MIXTURES = (
    (("contact",) * 5 + ("gmd", "forfait", "image"), 30),
    (("gmd", "contact"), 6),
    (("forfait", "forfait", "contact", "image"), 10),
)


def drawn_cases(number: int, seed: int = 1) -> list[Case]:
    """The same cases in every run. Hypothesis would draw and shrink one at a time: here one build judges them all."""
    rng = Random(seed)
    cases = []
    for _ in range(number):
        kinds, most = rng.choice(MIXTURES)
        lines = [drawn_line(rng, rng.choice(kinds)) for _ in range(rng.randint(1, most))]
        cases.append(Case(lines, rng.choice((None, *range(2, 100, 7))), rng.random() < 0.5))
    return cases


# --- the rules, in plain Python ---------------------------------------------------------------------------------------


def in_time(line: Line) -> bool:
    """Booked within 21 months from January of the year of service."""
    return line.day.month + line.months_late <= 21


def positive_nets(quantities: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    nets: Counter[Any] = Counter()
    for key, cases in quantities:
        nets[key] += cases
    return {key: net for key, net in nets.items() if net > 0}


def contact_days(lines: list[Line], year: int) -> dict[tuple[int, dt.date], int]:
    """Regular contacts by practice and day: at most one from 2019."""
    regular = [
        line
        for line in lines
        if line.code in (*CODES, ADDED) and line.qualification == "003" and line.nwe == 0 and line.provider
    ]
    of_year = [line for line in regular if line.day.year == year and in_time(line)]
    nets = positive_nets(((PRACTICE_OF[line.provider or 0], line.day, line.code), line.cases) for line in of_year)
    days: Counter[tuple[int, dt.date]] = Counter()
    for (practice, day, _), net in nets.items():
        days[practice, day] += net
    return {key: 1 if year >= 2019 else number for key, number in days.items()}


def forfaits_by_house(lines: list[Line], year: int) -> dict[int, int]:
    of_year = [line for line in lines if line.code == FORFAIT and line.day.year == year and in_time(line)]
    return positive_nets(
        (HOUSE_OF[line.institution or 0], line.cases) for line in of_year if line.institution in HOUSE_OF
    )


def forfait_days(lines: list[Line], year: int) -> set[tuple[int, dt.date]]:
    of_year = [line for line in lines if line.code == FORFAIT and line.day.year == year and in_time(line)]
    return set(
        positive_nets(
            ((HOUSE_OF[line.institution or 0], line.day), line.cases)
            for line in of_year
            if line.institution in HOUSE_OF
        )
    )


def gmd_events(lines: list[Line], year: int) -> list[tuple[dt.date, int]]:
    of_year = [line for line in lines if line.code == GMD and line.day.year == year and in_time(line) and line.provider]
    return list(positive_nets(((line.day, PRACTICE_OF[line.provider or 0]), line.cases) for line in of_year))


def latest(events: Iterable[tuple[dt.date, int]]) -> int:
    """The latest event date, then the lowest practice id."""
    return max(events, key=lambda event: (event[0], -event[1]))[1]


@dataclass(frozen=True)
class Care:
    """What the rules say of one person in one year."""

    regcontact: int
    regcontact_active: int
    ff_mh: int
    in_medical_house: bool
    pat_attrib: int | None
    attribution_rule: int | None
    has_gmd: bool
    assigned_contacts: int
    all_contacts: int
    imag_spec_n: int


def contacts_of(lines: list[Line], year: int) -> Counter[int]:
    """Contacts for assignment and activity: regular contacts and forfaits, by practice."""
    contacts: Counter[int] = Counter(forfaits_by_house(lines, year))
    for (practice, _), number in contact_days(lines, year).items():
        contacts[practice] += number
    return contacts


def assignment(lines: list[Line], year: int) -> tuple[int | None, int | None]:
    """(practice, rule): the first rule that applies decides."""
    contacts, forfaits = contacts_of(lines, year), forfaits_by_house(lines, year)
    now, before = gmd_events(lines, year), [*gmd_events(lines, year - 1), *gmd_events(lines, year - 2)]
    if now:
        return latest(now), 1
    if seen := [event for event in before if contacts[event[1]] > 0]:
        return latest(seen), 2
    if before and not contacts:
        return latest(before), 3
    if sum(forfaits.values()) >= 6:
        return house_of(forfaits), 4
    if contacts:
        days = {*contact_days(lines, year), *(each for each in forfait_days(lines, year) if each[0] in forfaits)}
        first = {practice: min(day for each, day in days if each == practice) for practice in contacts}
        return min(contacts, key=lambda practice: (-contacts[practice], first[practice], practice)), 5
    return None, None


def house_of(forfaits: Mapping[int, int]) -> int | None:
    return min(forfaits, key=lambda house: (-forfaits[house], house), default=None)


def care(lines: list[Line], year: int, active: set[int]) -> Care:
    contacts, forfaits, days = contacts_of(lines, year), forfaits_by_house(lines, year), contact_days(lines, year)
    practice, rule = assignment(lines, year)
    in_house = sum(forfaits.values()) >= 6 and practice == house_of(forfaits)
    images = [line for line in lines if line.code == IMAGE and line.qualification == "100" and line.day.year == year]
    return Care(
        regcontact=sum(days.values()),
        regcontact_active=sum(number for (each, _), number in days.items() if each in active),
        ff_mh=sum(forfaits.values()),
        in_medical_house=in_house,
        pat_attrib=practice,
        attribution_rule=rule,
        has_gmd=rule in (1, 2, 3) or in_house,
        assigned_contacts=contacts[practice] if practice else 0,
        all_contacts=sum(contacts.values()),
        imag_spec_n=len(images),
    )


# --- one delivery of everybody ----------------------------------------------------------------------------------------

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


def write(folder: Path, source: Source, rows: list[Row], files: int = 1) -> None:
    folder.mkdir(parents=True)
    schema = pa.schema([(column.name, ARROW.get(column.type, pa.decimal128(12, 2))) for column in source.columns])
    for file in range(files):
        pq.write_table(pa.Table.from_pylist(rows[file::files], schema=schema), folder / f"part-{file}.parquet")


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
        write(folder / source.name, source, rows)
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


@pytest.fixture(scope="module")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("properties")
    cases = drawn_cases(CASES)
    lines = {
        copy + number: with_added_lines(case.lines) if copy == MORE else case.lines
        for copy in HOMES
        for number, case in enumerate(cases)
    }
    write_registers(folder / "delivery")
    for year in DELIVERED:
        write(folder / f"delivery/claims/year={year}", CLAIMS, claims_of(lines, year))
        people = [person_row(person, cases[person % 10_000], year) for person in lines]
        write(folder / f"delivery/population/year={year}", POPULATION, people)
    conf = conf_with(write_conf(folder / "shipped"), folder / "conf", active_practice_contacts=str(ACTIVE))
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(folder / "delivery", DELIVERED)
    engine.build(YEARS, FIRST_YEAR)
    planned = releases(engine.run.configuration, None, YEARS, None)
    build_statistics(engine.run, engine.warehouse, {code: planned[code] for code in PUBLISHED})
    return World(
        cases,
        lines,
        engine,
        {(row["year"], row["person_id"]): row for row in engine.rows(PERSON_YEAR, YEARS)},
        {(row["year"], row["practice_id"]): row for row in engine.rows(PRACTICE_YEAR, YEARS)},
        {code: engine.statistic(code) for code in PUBLISHED},
        folder,
    )


def test_drawn_cases_reach_every_rule() -> None:
    """A draw that never meets a rule would test nothing."""
    cases = drawn_cases(CASES)
    rules = Counter(assignment(case.lines, year)[1] for case in cases for year in YEARS)
    assert len(cases) == CASES
    assert set(rules) == {1, 2, 3, 4, 5, None}
    capped = [case for case in cases if any(number > 1 for number in contact_days(case.lines, 2018).values())]
    assert capped, "the daily cap would change nothing"


@pytest.mark.parametrize("year", YEARS)
def test_activity_is_the_sum_of_everybodys_contacts(world: World, year: int) -> None:
    contacts: Counter[int] = Counter()
    for lines in world.lines.values():
        contacts.update(contacts_of(lines, year))
    found = {practice: row for (each, practice), row in world.practices.items() if each == year}
    assert {practice: row["contacts"] for practice, row in found.items()} == {each: contacts[each] for each in found}
    assert all(row["is_active"] == (row["contacts"] >= ACTIVE) for row in found.values())


@pytest.mark.parametrize("year", YEARS)
def test_persons_are_as_the_plain_rules_say(world: World, year: int) -> None:
    active = {practice for (each, practice), row in world.practices.items() if each == year and row["is_active"]}
    wrong = []
    for person, lines in world.lines.items():
        expected, row = care(lines, year, active).__dict__, world.persons[year, person]
        differs = {name: (row[name], value) for name, value in expected.items() if row[name] != value}
        if differs:
            wrong.append(f"(found, expected) {differs} of {[line for line in lines if line.day.year <= year]}")
    assert not wrong, f"{len(wrong)} persons, the first: {min(wrong, key=len)}"


def test_adding_a_line_on_a_day_with_a_contact_changes_nothing_from_2019(world: World) -> None:
    apart_from = {"person_id", "municipality", "sector"}
    added = 0
    for number in range(CASES):
        added += len(world.lines[MORE + number]) - len(world.lines[MERGED + number])
        before, after = world.persons[2019, MERGED + number], world.persons[2019, MORE + number]
        assert {k: before[k] for k in before.keys() - apart_from} == {k: after[k] for k in after.keys() - apart_from}
    assert added > 10


@pytest.mark.parametrize("code", PERSON_STATISTICS)
def test_relabelling_municipalities_permutes_their_rows(world: World, code: str) -> None:
    """In 2018, when the two have not merged yet."""
    found = world.figures(code, 2018, "municipality")
    for old, new in zip(HOMES[MERGED], HOMES[APART], strict=True):
        of_old, of_new = ({k[1:]: v for k, v in found.items() if k[0] == home} for home in (old, new))
        assert of_old == of_new
    assert any(denominator for key, (_, denominator) in found.items() if key[0] == "44021")


@pytest.mark.parametrize("code", PERSON_STATISTICS)
def test_merging_two_municipalities_adds_their_counts(world: World, code: str) -> None:
    found = world.figures(code, 2019, "municipality")
    assert not {"44001", "44029"} & {key[0] for key in found}
    one, other = HOMES[APART]
    for members in {key[1:] for key in found}:
        parts = [found[(home, *members)] for home in (one, other)]
        assert found[("44084", *members)] == tuple(sum(part) for part in zip(*parts, strict=True))


UNITS = {
    "person": (PERSON_YEAR, PersonYear),
    "practice": (PRACTICE_YEAR, PracticeYear),
    "practitioner": (PRACTITIONER_YEAR, PractitionerYear),
}


@pytest.mark.parametrize("code", PUBLISHED)
def test_children_and_the_unknown_make_their_parent(world: World, code: str) -> None:
    statistic, geography = STATISTICS[code], world.engine.run.configuration.geography
    table, make = UNITS[statistic.unit]
    for year in (each for each in YEARS if each >= statistic.since):
        levels = world.engine.run.configuration.cards[code].levels(year)
        units = [make(**row) for row in world.engine.rows(table, [year])]
        for upper, lower in pairwise(levels):
            parents, children = world.figures(code, year, upper), world.figures(code, year, lower)
            sums = unknown_of(statistic, upper, units)
            above_of = {} if lower == "sector" else parents_of(geography.municipalities_in(year), lower, upper)
            for (area, *members), (numerator, denominator) in children.items():
                above = geography.recode(area[:5], year) if lower == "sector" else above_of[area]
                sums[(above, *members)] = add(sums[(above, *members)], (numerator, denominator or 0))
            wrong = {
                key: (figures, sums[key])
                for key, figures in parents.items()
                if add((0, 0), (figures[0], figures[1] or 0)) != sums[key]
            }
            assert not wrong, f"{code} {year}: {upper} is not the sum of its {lower}s: {wrong}"


def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def parents_of(municipalities: Iterable[str], lower: str, upper: str) -> dict[str, str]:
    return {ancestors(nis)[lower]: ancestors(nis)[upper] for nis in municipalities}


def unknown_of(statistic: Any, upper: str, units: Iterable[Any]) -> defaultdict[tuple[str, ...], tuple[int, int]]:
    """What counts for an area of `upper` and for none below it, by area and members."""
    sums: defaultdict[tuple[str, ...], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for unit in filter(statistic.where, units):
        if upper == "country" and unit.municipality is None:
            area = "01000"
        elif upper == "municipality" and unit.municipality is not None and getattr(unit, "sector", None) is None:
            area = unit.municipality
        else:
            continue
        denominator = int(statistic.denominator(unit)) if statistic.denominator else 0
        own = [{TOTAL, DIMENSIONS[name][1](unit)} - {None} for name in statistic.dimensions]
        for members in product(*own):
            sums[(area, *members)] = add(sums[(area, *members)], (int(statistic.numerator(unit)), denominator))
    return sums


@pytest.mark.parametrize("year", YEARS)
def test_age_classes_and_the_unknown_make_the_total(world: World, year: int) -> None:
    rows = world.figures("cube_013_007", year, "country")
    persons = [row for (each, _), row in world.persons.items() if each == year and row["age"] is None]
    unknown = (sum(row["imag_spec_n"] >= 1 for row in persons), len(persons))
    classes = [figures for (_, member), figures in rows.items() if member != TOTAL]
    sums = tuple(sum(part) for part in zip(unknown, *classes, strict=True))
    assert unknown[1] > 0
    assert rows["01000", TOTAL] == sums


def test_order_and_partitioning_of_the_files_do_not_matter(world: World) -> None:
    """The last test of the world: it delivers 2019 again, shuffled, in several files, and builds it again."""
    shuffled, rng = world.folder / "shuffled", Random(7)
    write_registers(shuffled)
    claims = claims_of(world.lines, 2019)
    people = [person_row(person, world.cases[person % 10_000], 2019) for person in world.lines]
    rng.shuffle(claims)
    rng.shuffle(people)
    write(shuffled / "claims/year=2019", CLAIMS, claims, files=5)
    write(shuffled / "population/year=2019", POPULATION, people, files=3)
    tables = (PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR)
    before = [as_set(world.engine.rows(table, YEARS)) for table in tables]
    world.engine.ingest(shuffled, [2019])
    world.engine.build([2019], FIRST_YEAR)
    assert [as_set(world.engine.rows(table, YEARS)) for table in tables] == before


def as_set(rows: list[Row]) -> set[tuple[Any, ...]]:
    found = {tuple(row.values()) for row in rows}
    assert len(found) == len(rows)
    return found

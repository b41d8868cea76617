"""What holds whatever is delivered: drawn persons, all in one build, against rules written as plain Python."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise, product
from random import Random
from typing import Any

import pytest

from imaatlas_spark.geography import ancestors
from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION
from imaatlas_spark.schemas.year_tables import PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR
from tests.oracle.source_variables import PersonYear, PracticeYear, PractitionerYear
from tests.oracle.statistics import DIMENSIONS, STATISTICS, TOTAL
from tests.properties.drawn_lines import ACTIVE, CASES, FIRST_YEAR, YEARS, drawn_cases
from tests.properties.plain_rules import assignment, care, contact_days, contacts_of
from tests.properties.world import (
    APART,
    HOMES,
    MERGED,
    MORE,
    PERSON_STATISTICS,
    PUBLISHED,
    World,
    claims_of,
    person_row,
    write_registers,
)
from tests.written_rows import Row, write_rows

pytestmark = pytest.mark.spark


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
        rows = world.engine.rows(table, [year])  # with the counters that only scenarios have
        units = [make(**{name: row[name] for name in make._fields}) for row in rows]
        for upper, lower in pairwise(levels):
            parents, children = world.figures(code, year, upper), world.figures(code, year, lower)
            sums = unknown_of(statistic, upper, units)
            above_of = {} if lower == "sector" else parents_of(geography.municipalities_in(year), lower, upper)
            for (area, *members), (numerator, denominator) in children.items():
                above = geography.recode(area[:5], year) if lower == "sector" else above_of[area]
                sums[(above, *members)] = add(sums[(above, *members)], (numerator, denominator or 0))
            shown = {key[1:] for key in children}
            assert shown == {
                key[1:] for key in parents if lower != "sector" or sum(each != TOTAL for each in key[1:]) < 2
            }
            wrong = {
                key: (figures, sums[key])
                for key, figures in parents.items()
                if key[1:] in shown and add((0, 0), (figures[0], figures[1] or 0)) != sums[key]
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
    write_rows(shuffled / "claims/year=2019", CLAIMS, claims, files=5)
    write_rows(shuffled / "population/year=2019", POPULATION, people, files=3)
    tables = (PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR)
    before = [as_set(world.engine.rows(table, YEARS)) for table in tables]
    world.engine.ingest(shuffled, [2019])
    world.engine.build([2019], FIRST_YEAR)
    assert [as_set(world.engine.rows(table, YEARS)) for table in tables] == before


def as_set(rows: list[Row]) -> set[tuple[Any, ...]]:
    found = {tuple(row.values()) for row in rows}
    assert len(found) == len(rows)
    return found

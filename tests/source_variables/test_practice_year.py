"""GP practices in a year (definitions, sections 3.4, 3.5, 3.12 and 4.2)."""

import pytest

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.practice_year import (
    active_practices,
    assigned_by_practice,
    contacts_by_practice,
    houses,
    practice_year,
)
from tests.source_variables.frames import YEAR, Frame, assert_same_rows, day, turned

pytestmark = pytest.mark.spark

LONG_AGO = day("2000-01-01")


@pytest.mark.parametrize(
    ("activity_of_houses", "expected"),
    [("forfaits", [(10, 5), (30, 7)]), ("regular_contacts", [(10, 5), (30, 1)])],
)
def test_contacts_are_those_of_everybody_and_forfaits(
    frame: Frame, rules: YearRules, activity_of_houses: str, expected: list[tuple[int, int]]
) -> None:
    person_practice = frame(
        "person_id BIGINT, practice_id BIGINT, activity_contacts BIGINT, forfaits BIGINT",
        (1, 10, 2, 0),
        (2, 10, 3, 0),
        (1, 20, 0, 0),
        (1, 30, 1, 6),
        (1, None, 0, 0),
    )
    found = contacts_by_practice(person_practice, turned(rules, activity_of_houses=activity_of_houses))
    assert_same_rows(found, frame("practice_id BIGINT, contacts BIGINT", *expected))


def test_a_practice_is_active_from_1250_contacts_on(frame: Frame, rules: YearRules) -> None:
    assert rules.active_practice_contacts == 1250
    contacts = frame("practice_id BIGINT, contacts BIGINT", (10, 1249), (20, 1250), (30, 1251))
    assert_same_rows(active_practices(contacts, rules), frame("practice_id BIGINT", (20,), (30,)))


PERSONS = "person_id BIGINT, pat_attrib BIGINT, attribution_rule INT, has_gmd BOOLEAN, in_medical_house BOOLEAN"
CARE = "person_id BIGINT, practice_id BIGINT, forfaits BIGINT"
ASSIGNED = "practice_id BIGINT, assigned_persons BIGINT, gmd_persons BIGINT"


def test_persons_and_persons_with_a_gmd_are_counted_where_they_are_assigned(frame: Frame, rules: YearRules) -> None:
    persons = frame(
        PERSONS,
        (1, 10, 1, True, False),
        (2, 10, 5, False, False),
        (3, 30, 4, True, True),
        (4, None, None, False, False),
    )
    found = assigned_by_practice(persons, frame(CARE, (3, 30, 6)), turned(rules, medical_house_rule="after_gmd"))
    assert_same_rows(found, frame(ASSIGNED, (10, 2, 1), (30, 1, 1)))


def test_where_forfaits_are_contacts_the_record_is_still_at_the_house(frame: Frame, rules: YearRules) -> None:
    as_contacts = turned(rules, medical_house_rule="as_contacts")
    persons = frame(PERSONS, (1, 10, 5, True, True), (2, 30, 5, True, True), (3, 10, 2, True, False))
    care = frame(CARE, (1, 30, 6), (1, 10, 0), (2, 30, 6))
    found = assigned_by_practice(persons, care, as_contacts)
    assert_same_rows(found, frame(ASSIGNED, (10, 2, 1), (30, 1, 2)))


def test_the_house_has_most_forfaits_then_the_lowest_number(frame: Frame) -> None:
    care = frame(CARE, (1, 40, 3), (1, 30, 3), (1, 20, 2), (2, 30, 1), (2, 40, 5), (3, 30, 0), (4, None, 9))
    assert_same_rows(houses(care), frame("person_id BIGINT, practice_id BIGINT", (1, 30), (2, 40)))


def test_a_practice_is_there_by_its_row_its_contacts_or_its_persons(frame: Frame, rules: YearRules) -> None:
    register = frame(
        "practice_id BIGINT, practice_type STRING, institution_id BIGINT, nis STRING, valid_from DATE, valid_to DATE",
        (10, "group", None, "11007", LONG_AGO, None),  # an old code
        (20, "solo", None, "99999", LONG_AGO, day("03-01")),
        (50, "solo", None, "11002", LONG_AGO, day("2020-12-31")),
    )
    recoding = frame("code STRING, municipality STRING", ("11002", "11002"), ("11007", "11002"))
    contacts = frame("practice_id BIGINT, contacts BIGINT", (10, 1250), (40, 3))
    assigned = frame(ASSIGNED, (10, 2, 1), (60, 1, 0))
    found = practice_year(register, contacts, assigned, recoding, rules)
    expected = frame(
        "year INT, practice_id BIGINT, practice_type STRING, municipality STRING, contacts BIGINT, is_active BOOLEAN, "
        "assigned_persons BIGINT, gmd_persons BIGINT",
        (YEAR, 10, "group", "11002", 1250, True, 2, 1),
        (YEAR, 20, "solo", None, 0, False, 0, 0),
        (YEAR, 40, None, None, 3, False, 0, 0),
        (YEAR, 60, None, None, 0, False, 1, 0),
    )
    assert_same_rows(found, expected)

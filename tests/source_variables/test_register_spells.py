"""Dated registers (definitions, sections 2.3 and 3.12)."""

import pytest

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.periods import END_OF_TIME
from imaatlas_spark.source_variables.register_spells import practice_spells, row_of_year, with_practice_of
from tests.source_variables.frames import YEAR, Frame, assert_same_rows, day, turned

pytestmark = pytest.mark.spark

MEMBERS = "practice_id BIGINT, provider_id BIGINT, valid_from DATE, valid_to DATE"
LONG_AGO = day("2000-01-01")


def test_of_two_memberships_the_one_that_began_latest_holds(frame: Frame, rules: YearRules) -> None:
    members = frame(
        MEMBERS,
        (10, 100, LONG_AGO, None),
        (20, 100, day("04-01"), day("06-30")),
    )
    assert practice_spells(members, "provider_id", rules) == [
        (100, 10, LONG_AGO, day("03-31")),
        (100, 20, day("04-01"), day("06-30")),
        (100, 10, day("07-01"), END_OF_TIME),
    ]
    earliest = practice_spells(members, "provider_id", turned(rules, register_priority="earliest_start"))
    assert {practice for _, practice, _, _ in earliest} == {10}
    assert (earliest[0][2], earliest[-1][3]) == (LONG_AGO, END_OF_TIME)


def test_of_two_that_began_together_the_lowest_practice_holds(frame: Frame, rules: YearRules) -> None:
    members = frame(MEMBERS, (30, 100, LONG_AGO, None), (20, 100, LONG_AGO, day("06-30")))
    assert practice_spells(members, "provider_id", rules) == [
        (100, 20, LONG_AGO, day("06-30")),
        (100, 30, day("07-01"), END_OF_TIME),
    ]


def test_rows_of_other_years_and_without_a_key_are_no_spells(frame: Frame, rules: YearRules) -> None:
    members = frame(
        MEMBERS,
        (10, 100, LONG_AGO, day("2020-12-31")),
        (10, 101, day("2022-01-01"), None),
        (10, None, LONG_AGO, None),
        (10, 103, LONG_AGO, day("01-01")),
        (10, 104, day("12-31"), None),
    )
    assert practice_spells(members, "provider_id", rules) == [
        (103, 10, LONG_AGO, day("01-01")),
        (104, 10, day("12-31"), END_OF_TIME),
    ]


def test_a_line_has_the_practice_of_its_day(frame: Frame) -> None:
    spells = [(100, 10, LONG_AGO, day("03-31")), (100, 20, day("04-02"), END_OF_TIME)]
    schema = "provider_id BIGINT, service_date DATE"
    rows = [
        (100, day("03-31"), 10),
        (100, day("04-01"), None),  # between two memberships
        (100, day("04-02"), 20),
        (999, day("04-02"), None),
        (None, day("04-02"), None),
    ]
    lines = frame(schema, *(row[:2] for row in rows))
    found = with_practice_of(lines, spells, "provider_id", "practice_id")
    assert_same_rows(found, frame(f"{schema}, practice_id BIGINT", *rows))


def test_the_address_of_a_year_is_that_of_its_end_or_else_the_latest(frame: Frame) -> None:
    register = frame(
        "practice_id BIGINT, nis STRING, valid_from DATE, valid_to DATE",
        (10, "11002", LONG_AGO, day("06-30")),
        (10, "44021", day("07-01"), None),
        (20, "11002", LONG_AGO, day("02-28")),
        (20, "44021", day("03-01"), day("12-30")),  # ended the day before the last
        (30, "11002", LONG_AGO, day("2020-12-31")),
        (40, "11002", day("2022-01-01"), None),
        (50, None, day("12-31"), day("12-31")),  # no older row is looked at
        (50, "11002", LONG_AGO, day("12-30")),
    )
    expected = frame("practice_id BIGINT, nis STRING", (10, "44021"), (20, "44021"), (50, None))
    assert_same_rows(row_of_year(register, "practice_id", YEAR), expected)

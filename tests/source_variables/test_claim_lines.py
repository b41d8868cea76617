"""Claim lines as the rules see them (definitions, section 2)."""

import pytest
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.claim_lines import (
    has_category,
    in_booking_window,
    with_code_groups,
    with_qualification_groups,
)
from tests.source_variables.frames import YEAR, Frame, assert_same_rows, code_list, day, turned

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(("months", "last"), [(21, 202209), (24, 202212), (12, 202112), (13, 202201)])
def test_lines_are_booked_within_so_many_months_from_january(
    frame: Frame, rules: YearRules, months: int, last: int
) -> None:
    booked = (202101, 202112, 202201, 202208, 202209, 202210, 202212, 202301)
    lines = frame("booked_month INT", *((month,) for month in booked))
    found = in_booking_window(lines, turned(rules, booking_window_months=months))
    assert_same_rows(found, frame("booked_month INT", *((month,) for month in booked if month <= last)))


def test_a_code_belongs_to_the_groups_of_its_day(frame: Frame) -> None:
    codes = code_list(
        ("101076", "contact", "2000-01-01", "2021-06-30"),
        ("101076", "dear", "2021-06-01", ""),
        ("102771", "gmd", "", ""),
        ("103132", "contact", "", "2020-12-31"),
    )
    lines = frame(
        "person_id BIGINT, code STRING, service_date DATE",
        (1, "101076", day("05-31")),
        (2, "101076", day("06-01")),
        (3, "101076", day("06-30")),
        (4, "101076", day("07-01")),
        (5, "102771", day("06-15")),  # of a group that is not asked for
        (6, "103132", day("01-01")),  # its code has ended
        (7, "999999", day("06-15")),
    )
    expected = frame(
        "person_id BIGINT, code INT, service_date DATE, code_in_contact BOOLEAN, code_in_dear BOOLEAN",
        (1, 101076, day("05-31"), True, False),
        (2, 101076, day("06-01"), True, True),
        (3, 101076, day("06-30"), True, True),
        (4, 101076, day("07-01"), False, True),
    )
    assert_same_rows(with_code_groups(lines, codes, ("contact", "dear"), YEAR), expected)


def test_a_qualification_belongs_to_the_groups_of_its_day_and_no_line_is_lost(frame: Frame) -> None:
    qualifications = code_list(("003", "gp", "", "2021-06-30"), ("348", "geneticist", "", ""))
    schema = "qualification STRING, service_date DATE"
    lines = (("003", day("06-30")), ("003", day("07-01")), ("348", day("07-01")), ("999", day("06-30")))
    no_qualification = (None, day("06-30"))
    found = with_qualification_groups(
        frame(schema, *lines, no_qualification), qualifications, ("gp", "geneticist"), YEAR
    )
    flags = ((True, False), (False, False), (False, True), (False, False))
    expected = frame(
        f"{schema}, qualified_gp BOOLEAN, qualified_geneticist BOOLEAN",
        *(line + flag for line, flag in zip(lines, flags, strict=True)),
        (*no_qualification, False, False),
    )
    assert_same_rows(found, expected)


def test_a_group_may_be_called_like_a_column_of_a_line(frame: Frame) -> None:
    """Neither the column nor the group is taken for the other."""
    lines = frame(
        "code STRING, category STRING, qualification STRING, service_date DATE", ("101076", "10", "003", day("06-30"))
    )
    with_codes = with_code_groups(lines, code_list(("101076", "category", "", "")), ("category", "code"), YEAR)
    found = with_qualification_groups(with_codes, code_list(("003", "code", "", "")), ("code", "category"), YEAR)
    expected = frame(
        "code INT, category STRING, qualification STRING, service_date DATE, code_in_category BOOLEAN, "
        "code_in_code BOOLEAN, qualified_code BOOLEAN, qualified_category BOOLEAN",
        (101076, "10", "003", day("06-30"), True, False, True, False),
    )
    assert_same_rows(found, expected)


def test_a_line_without_a_category_has_none_of_them(frame: Frame) -> None:
    rows = [("10", True), ("19", True), ("30", False), ("1", False), (None, False)]
    lines = frame("category STRING", *((category,) for category, _ in rows))
    found = lines.select("category", has_category(("10", "19")).alias("has"))
    assert_same_rows(found, frame("category STRING, has BOOLEAN", *rows))
    assert found.where(F.col("has").isNull()).count() == 0

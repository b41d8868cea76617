"""Practitioners of a profession group (definitions, section 3.10)."""

from decimal import Decimal

import pytest

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.practitioner_year import income_of_group, practitioner_year
from tests.source_variables.frames import YEAR, Frame, assert_same_rows, claims, code_list, day, turned

pytestmark = pytest.mark.spark

GROUP, CATEGORIES = "clinical_geneticist", ("10", "19")
QUALIFICATIONS = code_list(("348", GROUP, "", "2021-06-30"), ("003", "gp", "", ""))
GENETICIST = {"SS00065B": "348", "PRACTITIONER_CAT": "10"}


@pytest.mark.parametrize("reading", ["all_lines", "listed"])
def test_a_provider_is_of_the_group_by_qualification_and_category_of_the_day(
    frame: Frame, rules: YearRules, reading: str
) -> None:
    lines = claims(
        frame,
        {"SS00065": 1, **GENETICIST},
        {"SS00065": 2, **GENETICIST, "PRACTITIONER_CAT": "30"},
        {"SS00065": 3, **GENETICIST, "PRACTITIONER_CAT": None},
        {"SS00065": 4, **GENETICIST, "SS00065B": "003"},
        {"SS00065": 5, **GENETICIST, "SS00015": day("07-01")},  # the code has ended
        {"SS00065": None, **GENETICIST},
        {"SS00065": 7, **GENETICIST, "SS00050": -1},  # a correction is a line
    )
    found = income_of_group(lines, GROUP, CATEGORIES, QUALIFICATIONS, turned(rules, practitioner_income=reading))
    assert_same_rows(found.select("provider_id"), frame("provider_id BIGINT", (1,), (7,)))


@pytest.mark.parametrize(("reading", "income"), [("all_lines", "77.10"), ("listed", "67.05")])
def test_income_is_of_all_lines_of_the_provider_or_of_those_listed(
    frame: Frame, rules: YearRules, reading: str, income: str
) -> None:
    lines = claims(
        frame,
        {"SS00065": 1, **GENETICIST, "SS00060": Decimal("100.05")},
        {"SS00065": 1, **GENETICIST, "SS00060": Decimal("-40.00"), "SS00050": -1},
        {"SS00065": 1, "SS00065B": "003", "SS00060": Decimal("10.05")},
        {"SS00065": 1, **GENETICIST, "SS00060": Decimal("7.00"), "PRACTITIONER_CAT": None},  # listed all the same
        {"SS00065": 1, **GENETICIST, "SS00060": Decimal("500.00"), "BOOKED_MONTH": 202210},  # booked too late
        {"SS00065": 2, "SS00065B": "003", "SS00060": Decimal("900.00")},  # of no group
    )
    found = income_of_group(lines, GROUP, CATEGORIES, QUALIFICATIONS, turned(rules, practitioner_income=reading))
    assert_same_rows(found, frame("provider_id BIGINT, income DECIMAL(18,2)", (1, Decimal(income))))


def test_five_percent_of_the_median_make_a_practitioner_active(frame: Frame, rules: YearRules) -> None:
    """5 % of 100,000.20 is 5,000.01, to the cent."""
    assert rules.active_income_share == Decimal("0.05")
    income = frame(
        "provider_id BIGINT, income DECIMAL(18,2)",
        (1, Decimal("5000.00")),
        (2, Decimal("5000.01")),
        (3, Decimal("5000.02")),
    )
    practitioners = frame(
        "provider_id BIGINT, nis STRING, valid_from DATE, valid_to DATE",
        (1, "11007", day("2000-01-01"), None),
        (2, "99999", day("2000-01-01"), None),
        (9, "11002", day("2000-01-01"), None),
    )
    medians = frame(
        "profession_group STRING, year INT, median_eur DECIMAL(18,2)",
        (GROUP, YEAR, Decimal("100000.20")),
        (GROUP, 2020, Decimal("1.00")),
        ("another", YEAR, Decimal("2.00")),
    )
    recoding = frame("code STRING, municipality STRING", ("11007", "11002"), ("11002", "11002"))
    found = practitioner_year(income, practitioners, medians, recoding, GROUP, rules)
    median = Decimal("100000.20")
    expected = frame(
        "year INT, provider_id BIGINT, profession_group STRING, municipality STRING, income DECIMAL(18,2), "
        "median_income DECIMAL(18,2), is_active BOOLEAN",
        (YEAR, 1, GROUP, "11002", Decimal("5000.00"), median, False),
        (YEAR, 2, GROUP, None, Decimal("5000.01"), median, True),
        (YEAR, 3, GROUP, None, Decimal("5000.02"), median, True),
    )
    assert_same_rows(found, expected)

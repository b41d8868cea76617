"""Contacts, forfaits and counters of a person with each practice (definitions, sections 2.2, 3.1, 3.2 and 3.14)."""

import pytest
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.person_practice import (
    CONTACT,
    FIRST_COUNTER,
    FORFAIT,
    GMD_UNPLACED,
    counted_lines,
    is_counted,
    is_regular_contact,
    marked_every_net,
    marked_first_of_day,
    may_be_house,
    net_quantities,
    summed_by_practice,
)
from tests.source_variables.frames import YEAR, Frame, assert_same_rows, day, turned

pytestmark = pytest.mark.spark

LINES = "person_id BIGINT, kind INT, practice_id BIGINT, service_date DATE, code INT, cases INT"
NETS = "person_id BIGINT, practice_id BIGINT, kind INT, service_date DATE, code INT, net BIGINT, lines BIGINT"
MARCH, APRIL = day("03-01"), day("04-01")
CONTACTS = (
    "code_in_gp_contact BOOLEAN, code_in_gp_remote_contact BOOLEAN, category STRING, qualified_gp BOOLEAN, nwe INT, "
    "on_duty BOOLEAN"
)
CONTACT_LINES = [
    (True, False, "10", True, 0, False),
    (True, False, "19", True, 0, False),
    (False, True, "10", True, 0, False),  # at a distance
    (False, False, "10", True, 0, False),
    (True, False, "30", True, 0, False),
    (True, False, None, True, 0, False),
    (True, False, "10", False, 0, False),
    (True, False, "10", True, 1, False),
    (True, False, "10", True, 0, True),
]


@pytest.mark.parametrize(("remote", "numbers"), [("counted", [0, 1, 2]), ("not_counted", [0, 1])])
def test_a_regular_contact_is_of_a_gp_in_regular_hours(
    frame: Frame, rules: YearRules, remote: str, numbers: list[int]
) -> None:
    lines = frame(f"number INT, {CONTACTS}", *((number, *line) for number, line in enumerate(CONTACT_LINES)))
    found = lines.where(is_regular_contact(turned(rules, remote_contacts=remote))).select("number")
    assert_same_rows(found, frame("number INT", *((number,) for number in numbers)))


def test_a_house_of_forfaits_is_of_any_type_or_not(frame: Frame, rules: YearRules) -> None:
    register = frame("practice_type STRING", ("solo",), ("medical_house",), (None,))
    assert register.where(may_be_house(turned(rules, houses_of_forfaits="any_practice"))).count() == 3
    of_type = register.where(may_be_house(turned(rules, houses_of_forfaits="medical_houses")))
    assert_same_rows(of_type, frame("practice_type STRING", ("medical_house",)))


# Of each line: category, qualification, is it a GP's, a radiologist's; which counters it is one of.
IMAGING = [
    ("10", "500", False, False, {"imag_spec_n"}),
    ("10", "003", True, False, set()),
    ("10", "930", False, True, {"imag_radio_n"}),
    ("10", None, False, False, set()),  # who did it is not known
    ("30", "500", False, False, {"imag_dent_n"}),
    (None, "500", False, False, set()),
]


@pytest.mark.parametrize("column", ["imag_spec_n", "imag_radio_n", "imag_dent_n"])
def test_imaging_is_told_apart_by_who_did_it(frame: Frame, configuration: Configuration, column: str) -> None:
    (counter,) = (each for each in configuration.counters.values() if each.column == column)
    lines = frame(
        "number INT, category STRING, qualification STRING, qualified_gp BOOLEAN, qualified_radiologist BOOLEAN",
        *((number, *line[:4]) for number, line in enumerate(IMAGING)),
    ).withColumns({f"code_in_{each.code_group}": F.lit(True) for each in configuration.counters.values()})
    found = lines.where(is_counted(counter, configuration.rules.at(YEAR))).select("number")
    of_counter = [(number,) for number, line in enumerate(IMAGING) if column in line[-1]]
    assert_same_rows(found, frame("number INT", *of_counter))
    other_code = lines.withColumn(f"code_in_{counter.code_group}", F.lit(False))
    assert other_code.where(is_counted(counter, configuration.rules.at(YEAR))).count() == 0


def test_a_line_counts_as_whatever_it_is_with_the_practice_that_matters(
    frame: Frame, configuration: Configuration
) -> None:
    rules, counters = configuration.rules.at(YEAR), tuple(configuration.counters.values())
    groups = [f"code_in_{each.code_group}" for each in counters]
    flags = ["code_in_gp_contact", "code_in_gp_remote_contact", "code_in_medical_house_forfait", "code_in_gmd", *groups]
    schema = ", ".join(f"{name} BOOLEAN" for name in dict.fromkeys(flags))

    def line(person: int, true: str, member: int | None, house: int | None, qualification: str) -> tuple[object, ...]:
        is_gp, is_radiologist = qualification == "003", qualification == "930"
        who = ("10", qualification, is_gp, is_radiologist, 0, False)
        return (person, member, house, MARCH, 1, 1, *who, *(name == true for name in dict.fromkeys(flags)))

    imaging = counters[0]
    lines = frame(
        "person_id BIGINT, member_practice BIGINT, house BIGINT, service_date DATE, code INT, cases INT, "
        "category STRING, qualification STRING, qualified_gp BOOLEAN, qualified_radiologist BOOLEAN, nwe INT, "
        f"on_duty BOOLEAN, {schema}",
        line(1, "code_in_gp_contact", 10, 30, "003"),
        line(2, "code_in_gp_contact", None, 30, "003"),
        line(3, "code_in_medical_house_forfait", 10, 30, "003"),
        line(4, "code_in_gmd", None, None, "003"),
        line(5, "code_in_gmd", 10, None, "003"),  # an event, and no matter of this table
        line(6, f"code_in_{imaging.code_group}", 10, None, "500"),
        line(7, "code_in_gp_contact", 10, None, "500"),
    )
    expected = frame(
        LINES,
        (1, CONTACT, 10, MARCH, 1, 1),
        (2, CONTACT, None, MARCH, 1, 1),
        (3, FORFAIT, 30, MARCH, 1, 1),
        (4, GMD_UNPLACED, None, MARCH, 1, 1),
        (6, FIRST_COUNTER, None, MARCH, 1, 1),
    )
    assert imaging.column == "imag_spec_n"
    assert_same_rows(counted_lines(lines, counters, rules), expected)


def test_corrections_are_added_up_by_practice_day_and_code(frame: Frame) -> None:
    lines = frame(
        LINES,
        (1, CONTACT, 10, MARCH, 101076, 2),
        (1, CONTACT, 10, MARCH, 101076, -1),
        (1, CONTACT, 10, MARCH, 103132, 1),
        (1, CONTACT, 20, MARCH, 101076, -1),
        (1, CONTACT, 10, APRIL, 101076, 1),
        (1, CONTACT, None, APRIL, 101076, 1),
        (2, CONTACT, 10, MARCH, 101076, 1),
    )
    expected = frame(
        "person_id BIGINT, practice_id BIGINT, kind INT, service_date DATE, code INT, net BIGINT, lines BIGINT",
        (1, 10, CONTACT, MARCH, 101076, 1, 2),
        (1, 10, CONTACT, MARCH, 103132, 1, 1),
        (1, 20, CONTACT, MARCH, 101076, -1, 1),
        (1, 10, CONTACT, APRIL, 101076, 1, 1),
        (1, None, CONTACT, APRIL, 101076, 1, 1),
        (2, 10, CONTACT, MARCH, 101076, 1, 1),
    )
    assert_same_rows(net_quantities(lines), expected)


def test_of_a_day_with_a_practice_one_row_is_the_first(frame: Frame) -> None:
    """(practice, day, code, net); positive; whether it is the first of its day."""
    rows: list[tuple[tuple[int | None, object, int, int], int, bool]] = [
        ((10, MARCH, 1, -2), 0, False),  # less than nothing comes to nothing, and takes nothing from what follows
        ((10, MARCH, 2, 3), 3, True),
        ((10, MARCH, 3, 1), 1, False),
        ((10, APRIL, 1, 0), 0, False),
        ((20, MARCH, 1, 1), 1, True),
        ((None, MARCH, 1, 1), 1, True),
    ]
    schema = "practice_id BIGINT, service_date DATE, code INT, net BIGINT"
    nets = frame(schema, *(row for row, _, _ in rows)).select(
        F.lit(1).cast("bigint").alias("person_id"), F.lit(CONTACT).alias("kind"), "*"
    )
    shown = ("practice_id", "service_date", "code", "net", "positive")
    uncapped = marked_every_net(nets).select(*shown).withColumn("positive", F.col("positive").cast("bigint"))
    assert_same_rows(uncapped, frame(f"{schema}, positive BIGINT", *((*row, positive) for row, positive, _ in rows)))
    capped = marked_first_of_day(nets).select("practice_id", "service_date", "code", "first_of_day")
    assert_same_rows(
        capped,
        frame(
            "practice_id BIGINT, service_date DATE, code INT, first_of_day BOOLEAN",
            *((*row[:3], first) for row, _, first in rows),
        ),
    )


SUMS = ("practice_id", "regular_contacts", "activity_contacts", "forfaits", "first_contact", "contact_lines_unplaced")
OF_NETS = [
    (1, 10, CONTACT, MARCH, 1, 2, 1),
    (1, 10, CONTACT, MARCH, 2, 1, 1),
    (1, 10, CONTACT, APRIL, 1, 1, 1),
    (1, 20, CONTACT, MARCH, 1, -1, 1),
    (1, 30, FORFAIT, MARCH, 9, -1, 1),
    (1, 30, FORFAIT, APRIL, 9, 3, 2),
    (1, 40, FORFAIT, MARCH, 9, 1, 1),
    (1, 40, FORFAIT, APRIL, 9, -2, 1),
    (1, None, CONTACT, MARCH, 1, 1, 3),
    (1, None, FORFAIT, MARCH, 9, 6, 2),
]


@pytest.mark.parametrize(
    ("year", "activity", "regular", "of_activity"),
    [(2018, "capped", 4, 4), (2019, "capped", 2, 2), (2019, "uncapped", 2, 4)],
)
def test_days_count_from_2019_and_cases_before(
    frame: Frame, configuration: Configuration, year: int, activity: str, regular: int, of_activity: int
) -> None:
    rules = turned(configuration.rules.at(year), activity_contacts=activity)
    nets = marked_first_of_day(frame(NETS, *OF_NETS))
    found = summed_by_practice(nets, (), rules).select(*SUMS, "forfait_lines_unplaced")
    expected = frame(
        "practice_id BIGINT, regular_contacts BIGINT, activity_contacts BIGINT, forfaits BIGINT, first_contact DATE, "
        "contact_lines_unplaced BIGINT, forfait_lines_unplaced BIGINT",
        (10, regular, of_activity, 0, MARCH, 0, 0),
        (20, 0, 0, 0, None, 0, 0),
        (30, 0, 0, 2, APRIL, 0, 0),  # the first day on which forfaits were left
        (40, 0, 0, 0, None, 0, 0),  # less than none: no forfait and no contact
        (None, 0, 0, 0, None, 3, 2),
    )
    assert_same_rows(_as_big(found), expected)


def test_forfaits_without_a_house_may_count_for_the_person(frame: Frame, rules: YearRules) -> None:
    counted = turned(rules, forfaits_without_house="counted")
    found = summed_by_practice(marked_first_of_day(frame(NETS, *OF_NETS)), (), counted)
    without_practice = found.where(F.col("practice_id").isNull()).select("forfaits", "first_contact")
    assert_same_rows(_as_big(without_practice), frame("forfaits BIGINT, first_contact DATE", (6, None)))


def _as_big(rows: DataFrame) -> DataFrame:
    """Counts as whole numbers of one width: the table that they are written to has them so."""
    counts = [name for name, kind in rows.dtypes if kind == "int"]
    columns: dict[str, Column] = {name: F.col(name).cast("bigint") for name in counts}
    return rows.withColumns(columns) if columns else rows

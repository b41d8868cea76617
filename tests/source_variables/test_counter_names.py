"""A counter may be called like any column that is made beside it: neither takes the other's place."""

import pytest
from pyspark.sql import DataFrame

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.schemas.year_tables import PERSON_PRACTICE_YEAR, PERSON_YEAR
from imaatlas_spark.source_variables.person_practice import (
    CONTACT,
    FIRST_COUNTER,
    marked_first_of_day,
    summed_by_practice,
)
from imaatlas_spark.source_variables.person_year import care_of_persons, person_year
from tests.source_variables.frames import Frame, day

pytestmark = pytest.mark.spark

MARCH = day("03-01")
BETWEEN = (
    *("contacts", "uncapped_contacts", "first_regular", "first_forfait", "kind", "net", "positive", "lines"),
    *("practice_contacts", "person_contacts", "person_forfaits", "most_forfaits", "event_of_year", "event_before"),
    *("event_date", "is_house", "is_active", "active_practice", "rule", "is_assigned", "lives_abroad", "pp0015"),
)
POPULATION = (
    "year INT, PP0010 BIGINT, PP0015 INT, PP0020 INT, PP0025_0630 STRING, PP0025_1231 STRING, "
    "PP0055_0630 STRING, PP0055_1231 STRING, MAJOR_COVERAGE_YN INT"
)


def person_of(rows: DataFrame, frame: Frame, rules: YearRules) -> dict[str, object]:
    events = frame("person_id BIGINT, practice_id BIGINT, event_date DATE")
    care = care_of_persons(rows, events, events, frame("practice_id BIGINT", (10,)), rules)
    population = frame(POPULATION, (rules.year, 1, 1980, 2, "44021", "44021", None, None, 0))
    recoding = frame("code STRING, municipality STRING", ("44021", "44021"))
    sectors = frame("sector STRING, municipality STRING")
    return person_year(population, care, recoding, sectors, rules).collect()[0].asDict()


def test_counters_with_names_of_columns_between_stand_beside_what_the_rules_say(
    frame: Frame, configuration: Configuration, rules: YearRules
) -> None:
    pattern = configuration.counters["imag_spec_n"]
    counters = [pattern.model_copy(update={"column": name}) for name in BETWEEN]
    nets = frame(
        "person_id BIGINT, practice_id BIGINT, kind INT, service_date DATE, code INT, net BIGINT, lines BIGINT",
        (1, 10, CONTACT, MARCH, 1, 2, 1),
        *((1, None, FIRST_COUNTER + number, MARCH, 9, number + 1, 1) for number in range(len(counters))),
    )
    by_practice = summed_by_practice(marked_first_of_day(nets), counters, rules)
    assert by_practice.columns == [*PERSON_PRACTICE_YEAR.column_names, *BETWEEN]
    person = person_of(by_practice, frame, rules)
    assert list(person) == [*PERSON_YEAR.column_names, *BETWEEN]
    assert [person[name] for name in BETWEEN] == list(range(1, len(counters) + 1))
    without = person_of(by_practice.select(*PERSON_PRACTICE_YEAR.column_names), frame, rules)
    assert {name: person[name] for name in PERSON_YEAR.column_names} == without
    assert (without["regcontact_active"], without["pat_attrib"], without["attribution_rule"]) == (1, 10, 5)

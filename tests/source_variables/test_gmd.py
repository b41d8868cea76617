"""GMD events (definitions, section 3.3)."""

from typing import Any

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import END_OF_TIME
from imaatlas_spark.source_variables.gmd import gmd_events, may_be_gmd
from tests.source_variables.frames import YEAR, Frame, assert_same_rows, claims, day, turned

pytestmark = pytest.mark.spark

# Providers 100 and 101 are of practice 10, 200 of practice 20; 900 is of none.
SPELLS = [(provider, provider // 100 * 10, day("2000-01-01"), END_OF_TIME) for provider in (100, 101, 200)]
EVENTS = "year INT, person_id BIGINT, practice_id BIGINT, event_date DATE"


def record(date: str = "03-01", **changes: Any) -> dict[str, Any]:
    return {"SS00015": day(date), "SS00020": "102771", **changes}


def test_an_event_is_a_positive_net_quantity(frame: Frame, configuration: Configuration) -> None:
    lines = claims(
        frame,
        record(SS00010=1),
        record(SS00010=2),
        record(SS00010=2, SS00050=-1, SS00065=101),  # a colleague of the practice takes it back
        record(SS00010=3),
        record(SS00010=3, SS00050=-1, SS00065=200),  # another practice takes nothing back
        record(SS00010=4, SS00065=900),
        record(SS00010=5, BOOKED_MONTH=202210),
        record(SS00010=6, SS00020="101076"),
        record(SS00010=7, PRACTITIONER_CAT=None, SS00065B="999", NWE_YN=1),
    )
    found = gmd_events(lines, SPELLS, YEAR, configuration)
    assert_same_rows(found, frame(EVENTS, *((YEAR, person, 10, day("03-01")) for person in (1, 3, 7))))


def test_of_several_events_with_a_practice_the_latest_is_told(frame: Frame, configuration: Configuration) -> None:
    lines = claims(
        frame,
        record("02-01"),
        record("05-01"),
        record("06-01"),
        record("06-01", SS00050=-1),
        record("04-01", SS00065=200),
    )
    found = gmd_events(lines, SPELLS, YEAR, configuration)
    assert_same_rows(found, frame(EVENTS, (YEAR, 1, 10, day("05-01")), (YEAR, 1, 20, day("04-01"))))


def test_whose_lines_are_looked_at_is_a_reading(frame: Frame, configuration: Configuration) -> None:
    lines = frame("category STRING", ("10",), ("30",), (None,))
    rules = configuration.rules.at(YEAR)
    assert lines.where(may_be_gmd(turned(rules, gmd_lines="all_lines"))).count() == 3
    by_physicians = lines.where(may_be_gmd(turned(rules, gmd_lines="by_physicians")))
    assert_same_rows(by_physicians, frame("category STRING", ("10",)))

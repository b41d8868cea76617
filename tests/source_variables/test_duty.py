"""Contacts during organised duty, known by a supplement beside them (definitions, sections 2.2 and 3.1)."""

import pytest

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.claim_lines import named
from imaatlas_spark.source_variables.duty import encounters_on_duty, marked_on_duty
from tests.source_variables.frames import Frame, assert_same_rows, claims, day, turned

pytestmark = pytest.mark.spark

FIRST, SECOND = "101091", "101113"


def test_each_supplement_is_netted_by_itself_and_a_day_stands_once(frame: Frame, rules: YearRules) -> None:
    """A correction of one code takes nothing from another; two supplements make no contact two."""
    two_codes = turned(rules, duty_contacts="left_out", duty_supplements=(FIRST, SECOND))
    supplements = [
        (1, FIRST, 1),
        (1, SECOND, -1),
        (2, FIRST, 1),
        (2, SECOND, 1),
        (3, FIRST, 1),
        (3, FIRST, -1),
        (4, "101076", 1),
    ]
    lines = named(claims(frame, *({"SS00010": p, "SS00020": code, "SS00050": n} for p, code, n in supplements)))
    schema = "person_id BIGINT, provider_id BIGINT, service_date DATE"
    expected = frame(f"{schema}, on_duty BOOLEAN", (1, 100, day("03-01"), True), (2, 100, day("03-01"), True))
    assert_same_rows(encounters_on_duty(lines, two_codes), expected)
    contacts = frame(schema, *((person, 100, day("03-01")) for person in (1, 2, 3)))
    marked = frame(f"{schema}, on_duty BOOLEAN", *((person, 100, day("03-01"), person != 3) for person in (1, 2, 3)))
    assert_same_rows(marked_on_duty(contacts, lines, two_codes).select(*marked.columns), marked)

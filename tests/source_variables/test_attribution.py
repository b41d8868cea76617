"""PAT_ATTRIB and the medical-house person, rule by rule (definitions, sections 3.6 and 3.7)."""

from typing import Any

import pytest

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.attribution import attributed, candidates, is_medical_house_person
from tests.source_variables.frames import Frame, assert_same_rows, day, turned

pytestmark = pytest.mark.spark

MARCH, APRIL, MAY = day("03-01"), day("04-01"), day("05-01")
BEFORE, LONG_BEFORE = day("2020-06-01"), day("2019-06-01")

CANDIDATE = {
    "person_id": ("BIGINT", 1),
    "practice_id": ("BIGINT", 10),
    "first_contact": ("DATE", None),
    "event_of_year": ("DATE", None),
    "event_before": ("DATE", None),
    "practice_contacts": ("BIGINT", 0),
    "person_contacts": ("BIGINT", 0),
    "person_forfaits": ("BIGINT", 0),
    "is_house": ("BOOLEAN", False),
    "is_active": ("BOOLEAN", True),
}


def of(practice: int | None, **values: Any) -> dict[str, Any]:
    return {"practice_id": practice, **values}


def contact(practice: int, number: int, first: Any = MARCH, **values: Any) -> dict[str, Any]:
    return of(practice, **{"practice_contacts": number, "first_contact": first, "person_contacts": 9, **values})


FORFAITS = {"person_forfaits": 6, "person_contacts": 6}

# Name: the candidates of one person, the practice that is expected, the rule that says so.
CASES: dict[str, tuple[list[dict[str, Any]], int | None, int | None]] = {
    "rule 1: a record of the year": ([of(20, event_of_year=MARCH), contact(10, 5)], 20, 1),
    "rule 1: the latest": ([of(10, event_of_year=MARCH), of(20, event_of_year=APRIL)], 20, 1),
    "rule 1: of one day the lowest": ([of(20, event_of_year=MARCH), of(10, event_of_year=MARCH)], 10, 1),
    "rule 2: a record before and a contact": ([contact(20, 1, event_before=BEFORE), contact(10, 5)], 20, 2),
    "rule 2: the latest of those with a contact": (
        [contact(10, 5, event_before=LONG_BEFORE), contact(20, 1, event_before=BEFORE), of(30, event_before=MAY)],
        20,
        2,
    ),
    "a record before without a contact there": (
        [of(20, event_before=BEFORE, person_contacts=5), contact(10, 5)],
        10,
        5,
    ),
    "rule 3: a record before and no contact at all": ([of(20, event_before=BEFORE)], 20, 3),
    "rule 3: the latest": ([of(10, event_before=LONG_BEFORE), of(20, event_before=BEFORE)], 20, 3),
    "rule 4: six forfaits": ([contact(30, 6, is_house=True, **FORFAITS), contact(10, 9, person_forfaits=6)], 30, 4),
    "five forfaits are contacts among others": (
        [contact(30, 5, is_house=True, person_forfaits=5), contact(10, 6, person_forfaits=5)],
        10,
        5,
    ),
    "rule 5: most contacts": ([contact(10, 1), contact(20, 2)], 20, 5),
    "rule 5: as many, first contacted": ([contact(10, 2, APRIL), contact(20, 2, MARCH)], 20, 5),
    "rule 5: as many from one day on, the lowest": ([contact(20, 2), contact(10, 2)], 10, 5),
    "nothing that counts": ([of(None), of(10)], None, None),
}


def candidate_rows(frame: Frame, *changes: dict[str, Any]) -> Any:
    schema = ", ".join(f"{name} {kind}" for name, (kind, _) in CANDIDATE.items())
    usual = {name: value for name, (_, value) in CANDIDATE.items()}
    return frame(schema, *(tuple((usual | {"person_contacts": 0} | change).values()) for change in changes))


def assigned(frame: Frame, rules: YearRules, cases: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """All cases in one frame, a person each."""
    names = list(cases)
    rows = [{**row, "person_id": person} for person, name in enumerate(names) for row in cases[name]]
    found = attributed(candidate_rows(frame, *rows), rules).where("is_assigned").collect()
    chosen = {names[row["person_id"]]: (row["practice_id"], row["rule"]) for row in found}
    assert len(chosen) == len(found), "a person is assigned to one practice"
    return {name: chosen.get(name, (None, None)) for name in names}


def test_the_first_rule_that_applies_decides(frame: Frame, rules: YearRules) -> None:
    found = assigned(frame, rules, {name: rows for name, (rows, _, _) in CASES.items()})
    assert found == {name: (practice, rule) for name, (_, practice, rule) in CASES.items()}


def test_readings_of_the_assignment(frame: Frame, rules: YearRules) -> None:
    record = [of(10, event_of_year=MARCH), of(20, event_of_year=APRIL)]
    house = [contact(30, 6, is_house=True, **FORFAITS), contact(10, 9, person_forfaits=6)]
    closed = [contact(10, 9, is_active=False), contact(20, 1)]

    def with_reading(rows: list[dict[str, Any]], **readings: Any) -> Any:
        return assigned(frame, turned(rules, **readings), {"": rows})[""]

    assert with_reading(record, gmd_event_priority="earliest") == (10, 1)
    assert with_reading(house, medical_house_rule="as_contacts") == (10, 5)
    assert with_reading(closed) == (10, 5)
    assert with_reading(closed, attribution_among="active_practices") == (20, 5)


def test_candidates_are_practices_with_a_contact_a_forfait_or_a_record(frame: Frame, rules: YearRules) -> None:
    person_practice = frame(
        "person_id BIGINT, practice_id BIGINT, regular_contacts BIGINT, forfaits BIGINT, first_contact DATE",
        (1, 10, 2, 0, MARCH),
        (1, 30, 0, 4, APRIL),
        (1, 40, 0, 4, APRIL),  # as many forfaits: the house is the lowest
        (2, 10, 1, 0, MAY),
        (2, None, 0, 0, None),
    )
    events = "person_id BIGINT, practice_id BIGINT, event_date DATE"
    of_year = frame(events, (1, 10, APRIL))
    before = frame(events, (1, 20, BEFORE), (1, 20, LONG_BEFORE), (3, 20, BEFORE))
    found = candidates(person_practice, of_year, before, rules).select(
        *("person_id", "practice_id", "first_contact", "event_of_year", "event_before"),
        *("practice_contacts", "person_contacts", "person_forfaits", "is_house"),
    )
    expected = frame(
        "person_id BIGINT, practice_id BIGINT, first_contact DATE, event_of_year DATE, event_before DATE, "
        "practice_contacts BIGINT, person_contacts BIGINT, person_forfaits BIGINT, is_house BOOLEAN",
        (1, 10, MARCH, APRIL, None, 2, 10, 8, False),
        (1, 20, None, None, BEFORE, 0, 10, 8, False),
        (1, 30, APRIL, None, None, 4, 10, 8, True),
        (1, 40, APRIL, None, None, 4, 10, 8, False),
        (2, 10, MAY, None, None, 1, 1, 0, False),
        (2, None, None, None, None, 0, 1, 0, False),
        (3, 20, None, None, BEFORE, 0, 0, 0, False),
    )
    assert_same_rows(found, expected)


# Person: forfaits, the rule and whether its practice is the house; medical-house person?
HOUSES = [
    (1, 6, 4, True, True),
    (2, 5, 5, True, False),
    (3, 6, 1, True, True),  # a record at the house itself
    (4, 6, 1, False, False),  # a record elsewhere
    (5, 6, 3, False, False),
    (6, 6, 5, False, True),  # assigned elsewhere, but by contacts
    (7, 12, None, False, True),
]


def test_a_medical_house_person_has_six_forfaits_and_no_record_elsewhere(frame: Frame, rules: YearRules) -> None:
    rows = [
        row
        for person, forfaits, rule, at_house, _ in HOUSES
        for row in (
            (person, forfaits, rule is not None, rule, at_house),
            (person, forfaits, False, None, not at_house),  # a practice that is not the one
        )
    ]
    schema = "person_id INT, person_forfaits BIGINT, is_assigned BOOLEAN, rule INT, is_house BOOLEAN"
    found = frame(schema, *rows).groupBy("person_id").agg(is_medical_house_person(rules).alias("in_house"))
    expected = ((person, in_house) for person, _, _, _, in_house in HOUSES)
    assert_same_rows(found, frame("person_id INT, in_house BOOLEAN", *expected))

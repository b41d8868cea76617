"""Contacts, forfaits and assignment, worked out by hand from the definitions: an oracle nobody checked is no oracle."""

from typing import Any

import pytest

from .parameters import Parameters, RefusedError
from .small_cases import (
    CORRECTION,
    Row,
    Run,
    figure,
    forfaits,
    gmd,
    insured,
    line,
    member,
    person,
    practice,
    practice_row,
)

REGULAR_CONTACTS: dict[str, tuple[list[Row], int]] = {
    "a visit": ([line()], 1),
    "two codes on a day are one contact": ([line(), line(code="101032")], 1),
    "the same code twice on a day is one contact": ([line(), line()], 1),
    "before 2019 each code counts": ([line("2018-03-01"), line("2018-03-01", "101032")], 2),
    "from 2019 they are one": ([line("2019-03-01"), line("2019-03-01", "101032")], 1),
    "before 2019 quantities count": ([line("2018-03-01", SS00050=3), line("2018-03-01", **CORRECTION)], 2),
    "two practices on a day are two contacts": ([line(), line(by=200)], 2),
    "two days are two contacts": ([line(), line("2021-03-02")], 2),
    "category 19": ([line(PRACTITIONER_CAT="19")], 1),
    "category 20": ([line(PRACTITIONER_CAT="20")], 0),
    "category 09": ([line(PRACTITIONER_CAT="09")], 0),
    "no category": ([line(PRACTITIONER_CAT=None)], 0),
    "no GP's qualification": ([line(SS00065B="580")], 0),
    "no qualification": ([line(SS00065B=None)], 0),
    "the last day of a qualification": ([line(SS00065B="009")], 1),
    "a qualification that ended": ([line("2021-03-02", SS00065B="009")], 0),
    "the last day of a code": ([line(code="103316")], 1),
    "a code that ended": ([line("2021-03-02", "103316")], 0),
    "at a distance": ([line(code="101135")], 1),
    "at a distance before there was such a thing": ([line("2020-03-13", "101135")], 0),
    "at a distance on the first day": ([line("2020-03-14", "101135")], 1),
    "at a distance by a specialist": ([line(code="101135", SS00065B="580")], 0),
    "at a distance at night": ([line(code="101135", NWE_YN=1)], 0),
    "at a distance and at the office on a day": ([line(code="101135"), line()], 1),
    "night, weekend or holiday": ([line(NWE_YN=1)], 0),
    "a night code": ([line(code="104230")], 0),
    "a supplement": ([line(code="101113")], 0),
    "seven digits": ([line(code="0101076")], 1),
    "corrected": ([line(), line(**CORRECTION)], 0),
    "corrected under seven digits": ([line(), line(code="0101076", **CORRECTION)], 0),
    "corrected in part": ([line(SS00050=3), line(SS00050=-2)], 1),
    "corrected too much": ([line(), line(SS00050=-2), line("2021-03-02")], 1),
    "a quantity of zero": ([line(SS00050=0)], 0),
    "corrected by a colleague": ([line(), line(by=101, **CORRECTION)], 0),
    "corrected by another practice": ([line(), line(by=200, **CORRECTION)], 1),
    "corrected with another GP's qualification": ([line(), line(SS00065B="004", **CORRECTION)], 0),
    "corrected with a specialist's qualification": ([line(), line(SS00065B="580", **CORRECTION)], 1),
    "corrected without qualification": ([line(), line(SS00065B=None, **CORRECTION)], 1),
    "corrected without category": ([line(), line(PRACTITIONER_CAT=None, **CORRECTION)], 1),
    "corrected as at night": ([line(), line(NWE_YN=1, **CORRECTION)], 1),
    "corrected under another code": ([line(), line(code="101032", **CORRECTION)], 1),
    "corrected on another day": ([line(), line("2021-03-02", **CORRECTION)], 1),
    "one code corrected, one left": ([line(), line(**CORRECTION), line(code="101032")], 1),
    "booked in the 21st month": ([line(BOOKED_MONTH=202209)], 1),
    "booked in the 22nd month": ([line(BOOKED_MONTH=202210)], 0),
    "corrected in the 22nd month": ([line(), line(BOOKED_MONTH=202210, **CORRECTION)], 1),
    "the first and the last day": ([line("2021-01-01"), line("2021-12-31")], 2),
    "no provider": ([line(by=None)], 0),
    "a provider without a practice": ([line(by=555)], 0),
    "somebody else's": ([line(SS00010=2)], 0),
    "forfaits are no regular contacts": ([forfaits(3000, 6)], 0),
}


@pytest.mark.parametrize("case", REGULAR_CONTACTS)
def test_regular_contacts(computed: Run, case: str) -> None:
    lines, expected = REGULAR_CONTACTS[case]
    assert person(computed(lines, year=lines[0]["SS00015"].year)).regcontact == expected


# (memberships of provider 500, practice of a line of 2021-03-01)
PRACTICE_OF_LINE: dict[str, tuple[list[Row], int | None]] = {
    "begins on the day": ([member(20, 500, "2021-03-01")], 20),
    "ends on the day": ([member(20, 500, "2020-01-01", "2021-03-01")], 20),
    "begins the day after": ([member(20, 500, "2021-03-02")], None),
    "ended the day before": ([member(20, 500, "2020-01-01", "2021-02-28")], None),
    "two: the latest": ([member(10, 500, "2020-01-01"), member(20, 500, "2020-06-01")], 20),
    "two of one day: the lowest": ([member(20, 500, "2020-01-01"), member(10, 500, "2020-01-01")], 10),
    "a later one that ended": ([member(10, 500), member(20, 500, "2020-06-01", "2021-02-28")], 10),
}


@pytest.mark.parametrize("case", PRACTICE_OF_LINE)
def test_practice_of_a_line(computed: Run, case: str) -> None:
    members, expected = PRACTICE_OF_LINE[case]
    tables = computed([line(by=500)], members=members)
    assert [row.practice_id for row in tables.practice_year if row.contacts] == ([expected] if expected else [])


def test_house_of_a_forfait_is_the_latest_practice_of_the_institution_of_whatever_type(computed: Run) -> None:
    practices = [
        practice(50, institution_id=5000),
        practice(60, institution_id=5000, first="2020-01-01", last="2021-03-01"),
        practice(59, institution_id=5000, first="2020-01-01", last="2021-03-01"),
    ]
    tables = computed([forfaits(5000, 2), forfaits(5000, 4, "2021-03-02")], practices=practices)
    assert (practice_row(tables, 59).contacts, practice_row(tables, 50).contacts) == (2, 4)
    assert person(tables)[9:13] == (6, True, 50, 4)


# (lines, ff_mh, in_medical_house)
FORFAITS: dict[str, tuple[list[Row], int, bool]] = {
    "five": ([forfaits(3000, 5)], 5, False),
    "six": ([forfaits(3000, 6)], 6, True),
    "seven less one": ([forfaits(3000, 7), forfaits(3000, -1, "2021-05-01")], 6, True),
    "six less one": ([forfaits(3000, 6), forfaits(3000, -1, "2021-05-01")], 5, False),
    "negative is zero": ([forfaits(3000, -2), forfaits(4000, 6)], 6, True),
    "two houses together": ([forfaits(3000, 3), forfaits(4000, 3)], 6, True),
    "house not known": ([forfaits(7777, 6), forfaits(None, 6)], 0, False),
    "of any category and hour": ([forfaits(3000, 6, NWE_YN=1, PRACTITIONER_CAT="99")], 6, True),
    "booked late": ([forfaits(3000, 5), forfaits(3000, 1, BOOKED_MONTH=202210)], 5, False),
    "GMD elsewhere": ([forfaits(3000, 6), gmd("2021-05-01", 100)], 6, False),
    "GMD at the house": ([forfaits(3000, 6), gmd("2021-05-01", 300)], 6, True),
    "GMD at the other house": ([forfaits(3000, 4), forfaits(4000, 3), gmd("2021-05-01", 400)], 7, False),
    "old GMD elsewhere, no contact there": ([forfaits(3000, 6), gmd("2020-05-01", 100)], 6, True),
    "old GMD elsewhere, still seen": ([forfaits(3000, 6), gmd("2020-05-01", 100), line()], 6, False),
}


@pytest.mark.parametrize("case", FORFAITS)
def test_forfaits_and_medical_house_persons(computed: Run, case: str) -> None:
    lines, ff_mh, in_medical_house = FORFAITS[case]
    row = person(computed(lines))
    assert (row.ff_mh, row.in_medical_house) == (ff_mh, in_medical_house)


# (lines, pat_attrib, attribution_rule, has_gmd, assigned_contacts, all_contacts)
ASSIGNMENT: dict[str, tuple[list[Row], tuple[Any, ...]]] = {
    "1: GMD of the year before contacts": ([gmd("2021-01-01", 200), line()], (20, 1, True, 0, 1)),
    "1: the latest": ([gmd("2021-02-01", 100), gmd("2021-02-02", 200)], (20, 1, True, 0, 0)),
    "1: of one day the lowest": ([gmd("2021-02-01", 200), gmd("2021-02-01", 100)], (10, 1, True, 0, 0)),
    "1: corrected": ([gmd("2021-02-01"), gmd("2021-02-01", 101, **CORRECTION)], (None, None, False, 0, 0)),
    "1: no filter on who": ([gmd("2021-02-01", SS00065B=None, PRACTITIONER_CAT="30", NWE_YN=1)], (10, 1, True, 0, 0)),
    "1: no practice, no event": ([gmd("2021-02-01", 555)], (None, None, False, 0, 0)),
    "1: booked too late": ([gmd("2021-02-01", BOOKED_MONTH=202210)], (None, None, False, 0, 0)),
    "2: last year, still seen": (
        [gmd("2020-02-01", 200), line(by=200), line(), line("2021-04-01")],
        (20, 2, True, 1, 3),
    ),
    "2: seen through forfaits": ([gmd("2019-02-01", 300), forfaits(3000, 1)], (30, 2, True, 1, 1)),
    "2: the latest of those seen": (
        [gmd("2019-02-01", 200), gmd("2020-02-01", 100), gmd("2020-12-31", 400), line(), line(by=200)],
        (10, 2, True, 1, 2),
    ),
    "2: of one day the lowest": (
        [gmd("2020-02-01", 200), gmd("2020-02-01", 100), line(), line(by=200)],
        (10, 2, True, 1, 2),
    ),
    "2: not seen, but seen elsewhere": ([gmd("2020-02-01", 200), line()], (10, 5, False, 1, 1)),
    "2: a night visit is no contact": ([gmd("2020-02-01", 200), line(by=200, NWE_YN=1)], (20, 3, True, 0, 0)),
    "3: no contact at all": ([gmd("2019-02-01", 200)], (20, 3, True, 0, 0)),
    "3: the latest": ([gmd("2019-12-31", 100), gmd("2020-01-01", 200)], (20, 3, True, 0, 0)),
    "3: of one day the lowest": ([gmd("2020-01-01", 200), gmd("2020-01-01", 100)], (10, 3, True, 0, 0)),
    "3: own booking window": ([gmd("2019-02-01", BOOKED_MONTH=202009)], (10, 3, True, 0, 0)),
    "3: late in its own year": ([gmd("2019-02-01", BOOKED_MONTH=202010)], (None, None, False, 0, 0)),
    "3: forfaits of nobody are no contact": ([gmd("2019-02-01"), forfaits(7777, 6)], (10, 3, True, 0, 0)),
    "3: forfaits that sum to 0 are no contact": (
        [gmd("2019-02-01"), forfaits(3000, 2), forfaits(3000, -2, "2021-04-01")],
        (10, 3, True, 0, 0),
    ),
    "4: the house, not most contacts": (
        [forfaits(3000, 6), *(line(f"2021-04-{number:02}") for number in range(1, 9))],
        (30, 4, True, 6, 14),
    ),
    "4: most forfaits": ([forfaits(3000, 3), forfaits(4000, 4)], (40, 4, True, 4, 7)),
    "4: equal forfaits: the lowest": ([forfaits(4000, 3), forfaits(3000, 3)], (30, 4, True, 3, 6)),
    "5: most contacts": ([line(by=200), line("2021-04-01", by=200), line("2021-01-01")], (20, 5, False, 2, 3)),
    "5: forfaits are contacts": ([forfaits(3000, 2), line("2021-01-01")], (30, 5, False, 2, 3)),
    "5: equal: seen first": ([line("2021-03-02"), line("2021-03-01", by=200)], (20, 5, False, 1, 2)),
    "5: equal on one day: the lowest": ([line(by=200), line()], (10, 5, False, 1, 2)),
    "5: a corrected day is not the first": (
        [line("2021-01-01"), line("2021-01-01", **CORRECTION), line("2021-05-01"), line("2021-04-01", by=200)],
        (20, 5, False, 1, 2),
    ),
    "5: forfait days count for the first": ([forfaits(3000, 1, "2021-02-01"), line()], (30, 5, False, 1, 2)),
    "5: only with a positive net": (
        [forfaits(3000, -1, "2021-02-01"), forfaits(3000, 2, "2021-04-01"), line()],
        (10, 5, False, 1, 2),
    ),
    "5: not of a house that sums to 0": (
        # The house was paid in January and paid back in May: what is left there is one visit in April.
        [forfaits(3000, 1, "2021-01-01"), forfaits(3000, -1, "2021-05-01"), line("2021-04-01", by=300), line()],
        (10, 5, False, 1, 2),
    ),
    "6: nothing": ([], (None, None, False, 0, 0)),
}


@pytest.mark.parametrize("case", ASSIGNMENT)
def test_assignment(computed: Run, case: str) -> None:
    lines, expected = ASSIGNMENT[case]
    row = person(computed(lines))
    got = (row.pat_attrib, row.attribution_rule, row.has_gmd, row.assigned_contacts, row.all_contacts)
    assert got == expected


def test_gmd_of_three_years_ago_is_forgotten(computed: Run) -> None:
    assert person(computed([gmd("2018-12-31")], year=2020)).attribution_rule == 3
    # The line of 2018 is still in the delivery when 2021 is written beside it.
    assert person(computed([], year=2021)).attribution_rule is None


def test_what_lies_before_the_first_year_is_absent(computed: Run) -> None:
    assert person(computed([gmd("2020-05-01")], first_year=2020)).attribution_rule == 3
    assert person(computed([gmd("2020-05-01")], first_year=2021)).attribution_rule is None
    with pytest.raises(RefusedError, match="first year"):
        computed([], first_year=2022)


def test_assigned_before_2019_by_uncapped_contacts(computed: Run) -> None:
    lines = [line("2018-05-01", SS00050=3, by=200), line("2018-03-01"), line("2018-04-01")]
    assert person(computed(lines, year=2018))[11:16] == (20, 5, False, 3, 5)


def test_contacts_make_a_practice_active_after_the_cap_with_forfaits_and_persons_not_insured(computed: Run) -> None:
    lines = [
        *(line(f"2021-03-{number:02}", SS00010=77) for number in range(1, 4)),
        line("2021-03-03", "101032", SS00010=77),
        *(line(f"2021-03-{number:02}", SS00010=77, by=200) for number in range(1, 5)),
        forfaits(3000, 3, SS00010=77),
        line(by=300),
    ]
    tables = computed(lines, parameters=Parameters(active_practice_contacts=4), statistics=["stat_003_005"])
    rows = {row.practice_id: (row.contacts, row.is_active, row.assigned_persons) for row in tables.practice_year}
    assert rows == {10: (3, False, 0), 20: (4, True, 0), 30: (4, True, 1), 40: (0, False, 0)}
    assert person(tables).regcontact_active == 1
    assert figure(tables, "stat_003_005") == (1, 2, 0.5)


def test_practice_rows_and_their_addresses(computed: Run) -> None:
    practices = [
        practice(50, "44029", last="2021-06-30"),
        practice(51, "21004", last="2021-06-30"),
        practice(51, "11002", first="2021-07-01", last="2021-12-30"),
        practice(52, "11002", last="2021-12-30"),
        practice(52, None, first="2021-12-31", practice_type="solo"),
        practice(53, last="2020-12-31"),
        practice(54, last="2020-12-31"),
        practice(55, "150"),
        practice(56, last="2020-12-31"),
    ]
    members = [member(53, 530), member(54, 540), member(56, 560)]
    lines = [line(by=530, SS00010=77), gmd("2020-05-05", 540, SS00010=2), line(by=560), line(by=560, **CORRECTION)]
    tables = computed(lines, practices=practices, members=members, population=[insured(1), insured(2)])
    rows = {row.practice_id: (row.practice_type, row.municipality) for row in tables.practice_year}
    assert {number: row for number, row in rows.items() if number >= 50} == {
        50: ("group", "44084"),
        51: ("group", "11002"),
        52: ("solo", None),
        53: (None, None),
        54: (None, None),
        55: ("group", None),
    }
    assert practice_row(tables, 54)[-2:] == (1, 1)

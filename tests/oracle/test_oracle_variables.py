"""Imaging, incomes, residence and age, worked out by hand from definitions, section 3."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from .parameters import Parameters, RefusedError
from .small_cases import Row, Run, figure, income, insured, line, person, practitioner

SPECIALIST: Row = {"SS00065B": "580"}
# (lines, imag_spec_n, imag_radio_n, imag_dent_n)
IMAGING: dict[str, tuple[list[Row], tuple[int, int, int]]] = {
    "a specialist": ([line(code="459115", **SPECIALIST)], (1, 0, 0)),
    "a radiologist": ([line(code="459115", SS00065B="670")], (0, 1, 0)),
    "a radiologist but no physician": (
        [line(code="459115", SS00065B="670", PRACTITIONER_CAT="20")],
        (0, 0, 0),
    ),
    "a radiologist with a specialist's code": ([line(code="450015", SS00065B="670")], (0, 0, 0)),
    "a GP": ([line(code="459115")], (0, 0, 0)),
    "a GP whose qualification ended": ([line("2021-03-02", "459115", SS00065B="009")], (1, 0, 0)),
    "without qualification": ([line(code="459115", SS00065B=None)], (0, 0, 0)),
    "a dentist with a specialist's code": ([line(code="459115", SS00065B="580", PRACTITIONER_CAT="30")], (0, 0, 0)),
    "a dentist, also without qualification": ([line(code="377016", SS00065B=None, PRACTITIONER_CAT="39")], (0, 0, 1)),
    "category 40": ([line(code="377016", PRACTITIONER_CAT="40")], (0, 0, 0)),
    "without category": ([line(code="459115", SS00065B="580", PRACTITIONER_CAT=None)], (0, 0, 0)),
    "no practice is asked for": ([line(code="459115", by=None, **SPECIALIST)], (1, 0, 0)),
    "positive nets add up": (
        [line(code="459115", SS00050=2, **SPECIALIST), line(code="450015", **SPECIALIST, NWE_YN=1)],
        (3, 0, 0),
    ),
    "a day's net below zero takes nothing from another": (
        [line(code="459115", **SPECIALIST), line("2021-03-02", "459115", SS00050=-1, **SPECIALIST)],
        (1, 0, 0),
    ),
    "another code corrects nothing": (
        [line(code="459115", **SPECIALIST), line(code="450015", SS00050=-1, **SPECIALIST)],
        (1, 0, 0),
    ),
    "corrected by another specialist": (
        [line(code="459115", **SPECIALIST), line(code="459115", by=200, SS00065B="599", SS00050=-1)],
        (0, 0, 0),
    ),
    "a radiologist corrects nothing of a specialist": (
        [line(code="459115", **SPECIALIST), line(code="459115", SS00065B="670", SS00050=-1)],
        (1, 0, 0),
    ),
}


@pytest.mark.parametrize("case", IMAGING)
def test_imaging(computed: Run, case: str) -> None:
    lines, expected = IMAGING[case]
    assert person(computed(lines))[-3:] == expected


# The median is 1000: five percent is 50.00. (lines, (income, is_active))
INCOMES: dict[str, tuple[list[Row], tuple[str, bool] | None]] = {
    "exactly the share": ([income("50.00")], ("50.00", True)),
    "a cent less": ([income("49.99")], ("49.99", False)),
    "signed": ([income("60.00"), income("-10.01", SS00050=-1)], ("49.99", False)),
    "all his lines": ([income("10"), income("40", SS00065B=None, PRACTITIONER_CAT=None)], ("50.00", True)),
    "not what was booked late": ([income("50"), income("10", BOOKED_MONTH=202210)], ("50.00", True)),
    "wholly corrected is still a member": ([income("50"), income("-50", SS00050=-1)], ("0.00", False)),
    "no physician": ([income("50", PRACTITIONER_CAT="20")], None),
    "another qualification": ([income("50", SS00065B="580")], None),
    "qualification and category on two lines": (
        [income("50", PRACTITIONER_CAT=None), income("50", SS00065B="580")],
        None,
    ),
    "a qualification of the day after": ([income("50", SS00065B="811")], None),
    "only late lines": ([income("50", BOOKED_MONTH=202210)], None),
}


@pytest.mark.parametrize("case", INCOMES)
def test_geneticists(computed: Run, case: str) -> None:
    lines, expected = INCOMES[case]
    rows = computed(lines, practitioners=[practitioner(900)]).practitioner_year
    got = [(row.provider_id, row.income, row.is_active) for row in rows]
    assert got == ([(900, Decimal(expected[0]), expected[1])] if expected else [])


def test_geneticists_are_counted_at_their_address_from_the_arrondissement_up(computed: Run) -> None:
    register = [
        practitioner(900, "11056", last="2021-06-30"),
        practitioner(901, "11002"),
        practitioner(902, "46030"),
        practitioner(903, "21004", last="2020-12-31"),
    ]
    lines = [income("50", SS00065=number) for number in (900, 901, 902, 903)] + [income("1", SS00065=904)]
    tables = computed(lines, practitioners=register, statistics=["stat_020_033"])
    assert [row.municipality for row in tables.practitioner_year] == ["11056", "11002", None, None, None]
    assert figure(tables, "stat_020_033", "11000") == (2, None, 2.0)
    assert figure(tables, "stat_020_033") == (4, None, 4.0)
    levels = {row["geo_level"] for row in tables.statistics["stat_020_033"]}
    assert levels == {"arrondissement", "province", "region", "country"}


def test_a_year_without_a_median_stops_the_run(computed: Run) -> None:
    with pytest.raises(RefusedError, match="median"):
        computed([], medians=[("clinical_geneticist", 2020, "1000")])
    assert not computed([], year=2018, medians=[("clinical_geneticist", 2020, "1000")]).practitioner_year


# (year, (nis, sector) in June, the same in December, (municipality, sector) of the year)
RESIDENCE: dict[str, tuple[int, Sequence[str | None], Sequence[str | None], tuple[str | None, str | None]]] = {
    "December first": (2021, ("21004", None), ("44084", "44001A00-"), ("44084", "44001A00-")),
    "missing: June, with June's sector": (2021, ("21004", "21004A00-"), (None, "44001A00-"), ("21004", "21004A00-")),
    "empty: June": (2021, ("21004", None), ("", None), ("21004", None)),
    "no municipality of the year: June": (2021, ("21004", None), ("98765", None), ("21004", None)),
    "a future code: June": (2018, ("21004", None), ("44084", None), ("21004", None)),
    "an older code is recoded": (2021, ("21004", None), ("44029", "44029A00-"), ("44084", "44029A00-")),
    "recoded in its own year only": (2018, (None, None), ("44029", "44029A00-"), ("44029", "44029A00-")),
    "abroad is known": (2021, ("21004", None), ("150", None), (None, None)),
    "100 and 998 are abroad": (2021, ("998", None), ("100", None), (None, None)),
    "995 is unknown": (2021, ("21004", None), ("995", None), ("21004", None)),
    "999 is unknown": (2021, ("21004", None), ("999", None), ("21004", None)),
    "99 is unknown": (2021, ("21004", None), ("99", None), ("21004", None)),
    "a code with zeros before it is not abroad": (2021, ("21004", None), ("00150", None), ("21004", None)),
    "June abroad": (2021, ("150", None), (None, None), (None, None)),
    "nothing": (2021, (None, None), (None, None), (None, None)),
    "a sector of another municipality": (2021, (None, None), ("44084", "21004A00-"), ("44084", None)),
    "not localisable": (2021, (None, None), ("44084", "44084ZZZZ"), ("44084", None)),
    "an unlisted sector": (2021, (None, None), ("44084", "44084X00-"), ("44084", None)),
    "a sector that ended": (2021, (None, None), ("44084", "44084C00-"), ("44084", None)),
    "a sector of the other half": (2021, (None, None), ("44084", "44084D00-"), ("44084", "44084D00-")),
    "a sector of half a year": (2021, (None, None), ("44084", "44084B00-"), ("44084", "44084B00-")),
    "another prefix of the merged municipality": (2018, (None, None), ("44001", "44029A00-"), ("44001", None)),
}


@pytest.mark.parametrize("case", RESIDENCE)
def test_residence(computed: Run, case: str) -> None:
    year, june, december, expected = RESIDENCE[case]
    places: Row = {
        "PP0025_0630": june[0],
        "PP0055_0630": june[1],
        "PP0025_1231": december[0],
        "PP0055_1231": december[1],
    }
    row = person(computed([], year=year, population=[insured(**places)]))
    assert (row.municipality, row.sector) == expected


@pytest.mark.parametrize(
    ("birth_year", "sex", "expected"),
    [
        (1980, 1, (41, 1)),
        (2021, 2, (0, 2)),
        (2022, 2, (None, 2)),
        (1896, 2, (125, 2)),
        (1895, 3, (None, None)),
        (None, None, (None, None)),
    ],
)
def test_age_and_sex(computed: Run, birth_year: int | None, sex: int | None, expected: tuple[Any, ...]) -> None:
    tables = computed([], population=[insured(PP0015=birth_year, PP0020=sex)])
    assert person(tables)[4:6] == expected
    assert sum(tables.delivery.nulled.values()) == [birth_year, sex].count(3) + (birth_year in (2022, 1895))


@pytest.mark.parametrize(("birth_year", "age"), [(1911, 110), (1910, None), (1896, None)])
def test_the_oldest_age_is_a_matter_of_the_age_and_empties_nothing(
    computed: Run, birth_year: int, age: int | None
) -> None:
    parameters = Parameters(active_practice_contacts=1, oldest_age=110)
    tables = computed([], population=[insured(PP0015=birth_year)], parameters=parameters)
    assert person(tables)[4] == age
    assert sum(tables.delivery.nulled.values()) == 0

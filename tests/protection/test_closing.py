"""Where a secret can be worked out, what tells of it is closed, and nothing else."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.closing import closed_for_arithmetic, none_too_many
from imaatlas_spark.protection.figures import YearFacts
from tests.protection.small import IN_HOUSE, PERSONS, PROTECTION, WITH_GMD, card, houses
from tests.protection.test_audit import MANY, YEAR, Row, in_house, laid_out

STRUCTURE = structure_of(
    [
        card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons"),
        card("cube_000_002", PERSONS, None, ("sex",), protects="public"),
    ],
    PROTECTION,
)
AUDITOR = Auditor(STRUCTURE, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)


def row(area: str, sex: str, numerator: int, people: int) -> list[Row]:
    """Who lives in a medical house, and everybody. In M all is hidden, of the sectors and of A all is shown."""
    return [
        Row("cube_000_001", area, sex, numerator, None, "C" if area == "M" else "F"),
        Row("cube_000_002", area, sex, people, None, "F"),
    ]


@pytest.mark.parametrize("of_sectors", [44, 30])
def test_everybody_in_the_sectors_tells_of_the_few_of_an_age(of_sectors: int) -> None:
    """88 of 88 in two sectors are the 3 of 3 of one sex, whatever A shows of either sex; 60 of 88 are not."""
    total = 2 * of_sectors
    rows = [*row("M1", "_T", of_sectors, 44), *row("M2", "_T", of_sectors, 44)]
    rows += [*row("M", "_T", total, 88), *row("M", "p", 3, 3), *row("M", "q", total - 3, 85)]
    rows += [*row("A", "_T", 50, 60), *row("A", "p", 20, 25), *row("A", "q", 30, 35)]
    statuses = {(IN_HOUSE, "M", sex): ("W" if sex in "pq" else "D", False) for sex in ("_T", "p", "q")}
    audit = AUDITOR.audit(YEAR, *laid_out(rows, [], statuses))
    told = audit.worked_out()
    closed = closed_for_arithmetic(audit, told, STRUCTURE)
    assert closed == ({(0, ("municipality", "M"))} if of_sectors == 44 else set())


def test_a_group_is_shown_anew_and_asks_for_no_more_than_its_municipalities() -> None:
    """The group is M alone and shows the 3 of it: once A is hidden beside M it will be hidden as well."""
    structure = structure_of([houses(), WITH_GMD], PROTECTION)
    auditor = Auditor(structure, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION, {YEAR: {"zone": {"M": "Z"}}})
    figures = {"M": (3, "C"), "A": (50, "F"), "Z": (3, "F"), "M1": (3, "C"), "M2": (0, "C")}
    rows = [in_house(area, number, status) for area, (number, status) in figures.items()]
    rows += [Row("stat_003_001", area, "_T", 500, MANY, "F") for area in ("M1", "M2")]
    audit = auditor.audit(YEAR, *laid_out(rows, []))
    at = structure.patterns_of_card("stat_003_007")
    assert closed_for_arithmetic(audit, audit.worked_out(), structure) == {(at, None)}


@given(st.sets(st.frozensets(st.integers(0, 40), min_size=1, max_size=3), min_size=1, max_size=4))
def test_none_of_those_that_are_enough_can_be_left_out(enough: set[frozenset[int]]) -> None:
    tried = []

    def is_enough(among: Sequence[int]) -> bool:
        tried.append(among)
        return any(each <= set(among) for each in enough)

    found = none_too_many(range(41), is_enough)
    assert frozenset(found) in enough
    assert max(found) == min(max(each) for each in enough if each), "the first are preferred"
    assert len(tried) <= 40


def test_where_not_even_all_are_enough_all_are_closed() -> None:
    assert none_too_many(range(5), lambda _: False) == [0, 1, 2, 3, 4]

"""Which block is closed for a secret: the lowest that still shows something which may be hidden."""

import pytest

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.closing import Closed, closed_for_programs
from imaatlas_spark.protection.figures import YearFacts
from tests.protection.small import PROTECTION, WITH_GMD, houses
from tests.protection.test_audit import MANY, YEAR, Row, in_house, laid_out

STRUCTURE = structure_of([houses(), WITH_GMD], PROTECTION)
AUDITOR = Auditor(STRUCTURE, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
HOUSE_AT, GMD_AT = (STRUCTURE.patterns_of_card(code) or 0 for code in ("stat_003_007", "stat_003_001"))
SECTORS, ABOVE = ("municipality", "M"), None


def closed(*rows: Row) -> frozenset[Closed]:
    audit = AUDITOR.audit(YEAR, *laid_out(rows, []))
    return closed_for_programs(audit, audit.secrets, STRUCTURE, 1)


@pytest.mark.parametrize(
    ("sibling", "block"),
    [
        (in_house("M2", 57, "F"), SECTORS),
        (in_house("M2", 57, "F", above_is_known=True), ABOVE),  # an earlier release has told: it is of no use
        (in_house("M2", 0, "F", people=0), ABOVE),  # nobody lives there
        (in_house("M2", 57, "C"), ABOVE),  # is hidden already
    ],
)
def test_a_block_that_shows_nothing_that_may_be_hidden_is_passed_over(sibling: Row, block: Closed) -> None:
    assert closed(in_house("M", 60, "F", 2 * MANY), in_house("M1", 3, "C"), sibling) == {(HOUSE_AT, block)}


def test_where_nothing_of_a_pattern_is_shown_those_it_lies_within_are_closed() -> None:
    rows = [in_house("M", 60, "C", 2 * MANY), in_house("M1", 3, "C"), in_house("M2", 57, "C")]
    rows += [Row("stat_003_001", area, "_T", 500, MANY, "F") for area in ("M1", "M2")]
    assert closed(*rows) == {(GMD_AT, SECTORS)}


def test_for_those_who_are_not_counted_the_block_of_the_count_is_closed() -> None:
    """997 of 1,000: everybody may know the 1,000."""
    rows = [in_house("M", 1100, "F", 2 * MANY), in_house("M1", 997, "C"), in_house("M2", 103, "F")]
    assert closed(*rows) == {(HOUSE_AT, SECTORS)}

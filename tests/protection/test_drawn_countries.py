"""Small countries drawn by chance: nothing small is shown, the audit finds nothing, nothing is withheld as a whole."""

import pytest

from tests.protection.drawn_country import CARDS, Protected, Row, protected

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[9, 11, 13, 20, 21, 23, 35, 38])
def country(request: pytest.FixtureRequest) -> Protected:
    """Each of these once had a fault: parts of a withheld block, limits that cross, parts where nobody lives, or
    what is hidden and worked out from what is shown around it."""
    return protected(request.param)


def test_the_audit_finds_nothing(country: Protected) -> None:
    assert country.faults == []


def test_something_is_shown_unless_there_is_hardly_anybody(country: Protected) -> None:
    persons = max(row["denominator"] for row in country.rows if row["code"] == "stat_003_001")
    assert any(row["conf_status"] == "F" and row["numerator"] > 0 for row in country.rows) or persons < 40


def is_small(row: Row) -> bool:
    card = CARDS[row["code"]]
    if card.disclosure.protects != "persons" or card.above.column is not None:
        return False
    complement = row["denominator"] - row["numerator"] if card.disclosure.complement else 0
    return 1 <= row["numerator"] <= 4 or 1 <= complement <= 4


def test_no_count_of_a_few_persons_is_shown(country: Protected) -> None:
    small = [row for row in country.rows if is_small(row)]
    assert small
    assert {row["conf_status"] for row in small} == {"C"}

"""Which amounts can never exceed which, whoever is counted (docs/protection.md, section 3)."""

import pytest

from imaatlas_spark.protection.cards.amounts import AT_LEAST, AT_MOST, IN, IS, Amount, Holds, Nesting
from tests.protection.small import PROTECTION

NESTING = Nesting.of(PROTECTION)


def persons(*conditions: Holds, of: str | None = None) -> Amount:
    """Persons who meet the conditions, or the sum of a column over them."""
    return Amount("person_year", of, frozenset(conditions))


HOUSE, GMD = ("in_medical_house", IS, True), ("has_gmd", IS, True)
ASSIGNED = ("attribution_rule", AT_LEAST, 1)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (persons(HOUSE), persons()),
        (persons(HOUSE, ("sex", IS, 1)), persons(HOUSE)),  # more conditions, fewer persons
        (persons(HOUSE), persons(GMD)),  # has_gmd holds in a medical house
        (persons(HOUSE), persons(ASSIGNED)),  # and who has one is assigned
        (persons(("regcontact", AT_LEAST, 3)), persons(("regcontact", AT_LEAST, 1))),
        (persons(("regcontact", AT_LEAST, 3)), persons(ASSIGNED)),  # as follows from one contact
        (persons(("regcontact_active", AT_LEAST, 1)), persons(("regcontact", AT_LEAST, 1))),
        (persons(("regcontact_active", AT_LEAST, 1)), persons(("all_contacts", AT_LEAST, 1))),
        (persons(("age", AT_MOST, 10)), persons(("age", AT_MOST, 20))),
        (persons(("group", IS, "a")), persons(("group", IN, ("a", "b")))),
        (persons(of="regcontact_active"), persons(of="regcontact")),
        (persons(of="regcontact_active"), persons(of="all_contacts")),  # contacts of contacts
        (persons(HOUSE, of="all_contacts"), persons(GMD, of="all_contacts")),
        (persons(of="regcontact"), persons(("regcontact", AT_LEAST, 1), of="regcontact")),  # others add nothing
        (persons(("regcontact", AT_LEAST, 1)), persons(of="regcontact")),  # each has one contact at least
    ],
)
def test_the_first_lies_within_the_second_and_not_the_other_way(small: Amount, large: Amount) -> None:
    assert NESTING.is_within(small, large)
    both_ways = small.column is not None and small.column == large.column and GMD not in large.conditions
    assert NESTING.is_within(large, small) is both_ways


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (persons(HOUSE), persons(HOUSE)),  # the same is no relation
        (persons(HOUSE), persons(("in_medical_house", IS, False))),
        (persons(HOUSE), Amount("practice_year", None, frozenset())),  # persons and practices are not compared
        (persons(of="regcontact"), persons(("regcontact", AT_LEAST, 1))),  # a person may have many
        (persons(HOUSE), persons(of="regcontact")),  # or none
        (persons(("group", IN, ("a", "c"))), persons(("group", IN, ("a", "b")))),
        (persons(("group", IS, "c")), persons(("group", IN, ("a", "b")))),
    ],
)
def test_what_may_be_more_is_not_within(small: Amount, large: Amount) -> None:
    assert not NESTING.is_within(small, large)


def test_what_follows_from_many_does_not_follow_from_fewer() -> None:
    loyal = ("is_loyal", IS, True)
    nesting = Nesting({("contacts", AT_LEAST, 5): frozenset({loyal})}, frozenset(), {})
    for least, is_within in ((4, False), (5, True), (6, True)):
        assert nesting.is_within(persons(("contacts", AT_LEAST, least)), persons(loyal)) is is_within

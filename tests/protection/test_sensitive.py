"""What is sensitive, and how far it must be able to move (docs/protection.md, section 2): the solver and the audit,
each by itself, say of one municipality what the rules say."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.cards.amounts import AT_LEAST, IS, Amount
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import YearFacts
from tests.protection.small import (
    ASSIGNED,
    CONTACTS,
    EVERYBODY,
    GMD,
    IN_HOUSE,
    LISTS,
    OF_OUTSIDE,
    OUTSIDE,
    PERSONS,
    PRACTICES,
    PROTECTION,
    WITH_ACTIVE,
    WITH_CONTACT,
    WITH_GMD,
    Country,
    as_table,
    card,
    houses,
)

YEAR = 2021
Numbers = Mapping[Amount, int]
Needs = dict[Amount, int]
Of = Callable[..., Needs]

COUNT = card("stat_000_002", IN_HOUSE, None, protects="persons")
MEAN = card("stat_003_014", CONTACTS, WITH_ACTIVE, protects="persons")
OF_PRACTICE = Amount("person_year", "assigned_contacts", frozenset())
EVERYWHERE = Amount("person_year", "all_contacts", frozenset())
ANYWHERE = Amount("person_year", None, frozenset({("all_contacts", AT_LEAST, 1)}))
LOYALTY = replace(card("stat_003_011", OF_PRACTICE, EVERYWHERE, protects="persons"), contributors=ANYWHERE)


def with_values(**values: object) -> Protection:
    """Some parameters have other values."""
    changed = {name: getattr(PROTECTION, name).model_copy(update={"value": value}) for name, value in values.items()}
    return PROTECTION.model_copy(update=changed)


def of_solver(
    cards: tuple[Shown, ...],
    of_municipality: Numbers,
    parts: tuple[int, int] = (0, 0),
    protection: Protection = PROTECTION,
    level: str = "municipality",
) -> Needs:
    """The width of each amount that the solver is to hide for what it holds itself."""
    values = {amount: {"01000": number, "M": number} for amount, number in of_municipality.items()}
    dominance = {ASSIGNED: {"M": parts, "01000": parts}}
    country = Country({"M": ()}, cards, values, {}, levels=("country", "municipality"), dominance=dominance)
    structure = structure_of(cards, protection)
    patterns = tuple(range(len(structure.patterns)))
    cluster = Cluster(structure, patterns, country.layout(protection), country.figures(structure), protection)
    block, components = cluster.of_level(level), cluster.level(level).components
    widths = {structure.components[of]: int(block.widths(at).max()) for at, of in enumerate(components)}
    return {amount: width for amount, width in widths.items() if width}


def of_audit(
    cards: tuple[Shown, ...],
    of_municipality: Numbers,
    parts: tuple[int, int] = (0, 0),
    protection: Protection = PROTECTION,
    level: str = "municipality",
) -> Needs:
    """The need of each secret of the audit; of a difference it is put down to the smaller count."""
    place = {"geo_level": level, "geo_code": "M", "parent_code": None, "conf_status": "C"}
    rows = [
        {
            "code": each.code,
            "numerator": of_municipality[each.above],
            "denominator": None if each.below is None else of_municipality[each.below],
            **place,
            **dict.fromkeys(MARKS, False),
        }
        for each in cards
    ]
    contributors = {ANYWHERE: {(level, "M"): of_municipality.get(ANYWHERE, 0)}}
    facts = YearFacts(contributors, {ASSIGNED: {(level, "M"): parts}})
    structure = structure_of(cards, protection)
    nothing = pa.table(
        {
            **{name: pa.array([], pa.string()) for name in ("geo_level", "geo_code", "amount", "status")},
            "unproven": pa.array([], pa.bool_()),
            "witnesses": pa.array([], pa.list_(pa.int32())),
            "moves": pa.array([], pa.list_(pa.int64())),
        }
    )
    audit = Auditor(structure, (), {YEAR: facts}, protection).audit(YEAR, as_table(rows), nothing)
    secrets, amounts = audit.secrets, audit.found.numbering.amounts
    needs: Needs = {}
    for cell, need in zip(np.where(secrets.less >= 0, secrets.less, secrets.cell), secrets.need, strict=True):
        amount = amounts[audit.found.amount[cell]]
        needs[amount] = max(needs.get(amount, 0), int(need))
    return needs


of_both = pytest.mark.parametrize("needs", [of_solver, of_audit], ids=["solver", "audit"])


@of_both
@pytest.mark.parametrize(("number", "need"), [(0, 0), (1, 5), (4, 5), (5, 0)])
def test_a_count_of_one_to_four_persons_is_sensitive(needs: Of, number: int, need: int) -> None:
    assert needs((COUNT, EVERYBODY), {IN_HOUSE: number, PERSONS: 1000}) == ({IN_HOUSE: need} if need else {})


@of_both
def test_nobody_is_sensitive_where_the_parameter_says_so(needs: Of) -> None:
    figures = {IN_HOUSE: 0, PERSONS: 1000}
    assert needs((COUNT, EVERYBODY), figures, protection=with_values(zero_is_sensitive=True)) == {IN_HOUSE: 5}


@of_both
@pytest.mark.parametrize(("number", "is_told"), [(995, False), (996, True), (999, True), (1000, False)])
def test_the_one_to_four_who_are_not_counted_are_sensitive(needs: Of, number: int, is_told: bool) -> None:
    assert needs((houses(),), {IN_HOUSE: number, PERSONS: 1000}) == ({IN_HOUSE: 5} if is_told else {})


@of_both
def test_those_not_counted_are_sensitive_by_the_card_whatever_is_said_of_nested_counts(needs: Of) -> None:
    protection = with_values(nested_differences=False)
    figures = {IN_HOUSE: 996, PERSONS: 1000}
    assert needs((houses(),), figures, protection=protection) == {IN_HOUSE: 5}
    assert needs((COUNT, EVERYBODY), figures, protection=protection) == {}


@of_both
def test_a_count_moves_no_farther_than_all_who_live_there(needs: Of) -> None:
    """Of three persons two are in a house: nobody will believe more than three."""
    assert needs((COUNT, EVERYBODY), {IN_HOUSE: 2, PERSONS: 3}) == {IN_HOUSE: 3}


@of_both
def test_what_is_left_moves_no_farther_than_all_who_live_there(needs: Of) -> None:
    """All three have a GMD, one of them in a house; of the two others, too, nobody will believe more than three."""
    with_gmd = card("stat_000_003", GMD, None, protects="persons")
    found = needs((COUNT, with_gmd, EVERYBODY), {IN_HOUSE: 1, GMD: 3, PERSONS: 3})
    assert found == {IN_HOUSE: 3, GMD: 3}


def test_a_member_moves_no_farther_than_all_who_live_there() -> None:
    """The same of men alone, of whom nobody knows how many there are."""
    cards = (
        card("cube_000_002", IN_HOUSE, None, ("sex",), protects="persons"),
        card("cube_000_003", GMD, None, ("sex",), protects="persons"),
        EVERYBODY,
    )
    values = {IN_HOUSE: [1, 1, 0], GMD: [3, 3, 0], PERSONS: 3}
    of_areas = {amount: {"01000": number, "M": number} for amount, number in values.items()}
    country = Country({"M": ()}, cards, of_areas, {"sex": ("M", "F")}, levels=("country", "municipality"))
    structure = structure_of(cards, PROTECTION)
    patterns = tuple(range(len(structure.patterns)))
    cluster = Cluster(structure, patterns, country.layout(PROTECTION), country.figures(structure), PROTECTION)
    block = cluster.of_level("municipality")
    assert [block.widths(at).tolist() for at in range(2)] == [[[3, 3, 0]]] * 2


@of_both
@pytest.mark.parametrize(
    ("persons", "contacts", "expected"),
    [
        (4, 60, {WITH_ACTIVE: 5, CONTACTS: 12}),
        (4, 61, {WITH_ACTIVE: 5, CONTACTS: 13}),  # a fifth of 61 is 12.2
        (1, 2, {WITH_ACTIVE: 5, CONTACTS: 1}),
        (5, 60, {}),
        (0, 0, {}),
    ],
)
def test_of_few_persons_what_they_sum_to_is_sensitive_too(
    needs: Of, persons: int, contacts: int, expected: Needs
) -> None:
    assert needs((MEAN, EVERYBODY), {WITH_ACTIVE: persons, CONTACTS: contacts, PERSONS: 1000}) == expected


@of_both
@pytest.mark.parametrize(
    ("contributors", "expected"),
    [
        (0, {}),
        (1, {OF_PRACTICE: 6, EVERYWHERE: 12}),
        (4, {OF_PRACTICE: 6, EVERYWHERE: 12}),
        (5, {}),
    ],
)
def test_both_sums_of_few_who_contribute_are_sensitive(needs: Of, contributors: int, expected: Needs) -> None:
    """30 of 60 contacts look like many; they may be those of one person."""
    figures = {OF_PRACTICE: 30, EVERYWHERE: 60, ANYWHERE: contributors, PERSONS: 1000}
    assert needs((LOYALTY, EVERYBODY), figures) == expected


@of_both
def test_nothing_of_a_few_is_no_secret_about_them(needs: Of) -> None:
    """Two persons had 60 contacts, none with their own practice."""
    figures = {OF_PRACTICE: 0, EVERYWHERE: 60, ANYWHERE: 2, PERSONS: 1000}
    assert needs((LOYALTY, EVERYBODY), figures) == {EVERYWHERE: 12}


@of_both
@pytest.mark.parametrize(
    ("practices", "assigned", "parts", "need"),
    [
        (1, 2000, (2000, 0), 400),
        (2, 2000, (1000, 1000), 400),
        (3, 2000, (900, 700), 0),
        (9, 1600, (1000, 500), 0),  # the second knows the largest to 100 of its 1,000
        (9, 1599, (1000, 500), 320),  # to 99: closer than 10 %
        (9, 2000, (1000, 950), 400),  # to 50, though 1,000 are not of the largest
        (3, 5, (2, 2), 0),
        (3, 4, (2, 1), 5),  # four persons, of whatever practices
        (0, 0, (0, 0), 0),
    ],
)
def test_a_figure_of_few_practices_or_of_one_that_outweighs_is_sensitive(
    needs: Of, practices: int, assigned: int, parts: tuple[int, int], need: int
) -> None:
    figures = {ASSIGNED: assigned, PRACTICES: practices, PERSONS: 10_000}
    assert needs((LISTS, EVERYBODY), figures, parts) == ({ASSIGNED: need} if need else {})


@of_both
def test_two_practices_are_too_few_however_they_share(needs: Of) -> None:
    """The p % rule says so too, of two; it is off here."""
    protection = with_values(dominance_percent=0)
    for practices, expected in ((2, {ASSIGNED: 400}), (3, {})):
        figures = {ASSIGNED: 2000, PRACTICES: practices, PERSONS: 10_000}
        assert needs((LISTS, EVERYBODY), figures, (1000, 900), protection) == expected


@of_both
def test_what_is_left_between_nested_counts_is_sensitive(needs: Of) -> None:
    """503 had a contact, 500 of them with an active practice: three had none."""
    figures = {WITH_CONTACT: 503, WITH_ACTIVE: 500, CONTACTS: 900, OUTSIDE: 900, IN_HOUSE: 100, PERSONS: 1000}
    assert needs((MEAN, OF_OUTSIDE, houses()), figures) == {WITH_ACTIVE: 5}
    assert needs((MEAN, OF_OUTSIDE, houses()), {**figures, WITH_CONTACT: 505}) == {}


@of_both
def test_persons_that_practices_count_are_nested_counts_too(needs: Of) -> None:
    """Of 500 assigned persons 497 have a GMD at their practice."""
    with_gmd = Amount("practice_year", "gmd_persons", frozenset())
    of_gmd = card("stat_003_006", with_gmd, PRACTICES, protects="units", denominator="public")
    figures = {ASSIGNED: 500, with_gmd: 497, PRACTICES: 9, PERSONS: 10_000}
    assert needs((LISTS, of_gmd, EVERYBODY), figures, (100, 100)) == {with_gmd: 5}
    assert needs((LISTS, of_gmd, EVERYBODY), {**figures, with_gmd: 495}, (100, 100)) == {}


@of_both
@pytest.mark.parametrize(("at_practices", "need"), [(500, 0), (499, 5), (496, 5), (495, 0)])
def test_persons_of_practices_that_are_not_counted_are_left_over_in_the_country(
    needs: Of, at_practices: int, need: int
) -> None:
    """500 persons have a GMD; in a part of the country others than its own may have theirs there."""
    at_active = Amount("practice_year", "gmd_persons", frozenset({("is_active", IS, True)}))
    of_gmd = card("stat_003_006", at_active, PRACTICES, protects="units", denominator="public")
    figures = {at_active: at_practices, PRACTICES: 9, GMD: 500, PERSONS: 10_000}
    expected = {at_active: need} if need else {}
    assert needs((of_gmd, WITH_GMD), figures, (100, 100), level="country") == expected
    assert needs((of_gmd, WITH_GMD), figures, (100, 100)) == {}


@of_both
def test_what_is_public_is_not_sensitive_however_few_it_is(needs: Of) -> None:
    """Three persons live there and two practices are there: everybody may know. None of the three is in a house."""
    found = needs((houses(), LISTS), {PERSONS: 3, IN_HOUSE: 0, PRACTICES: 2, ASSIGNED: 0})
    assert found == {IN_HOUSE: 3}


@of_both
def test_of_few_persons_that_are_public_what_they_sum_to_is_sensitive(needs: Of) -> None:
    """Three persons live there, as everybody may know, and had 40 contacts."""
    contacts = Amount("person_year", "regcontact", frozenset())
    mean = card("stat_000_003", contacts, PERSONS, protects="persons", denominator="public")
    assert needs((mean,), {contacts: 40, PERSONS: 3}) == {contacts: 8}

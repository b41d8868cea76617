"""What is protected together, and who is asked, as it follows from the cards."""

import numpy as np
import pytest

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.amounts import AT_LEAST, AT_MOST, IS, Amount
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.clusters.hidden import why
from imaatlas_spark.protection.figures import Figures, Layout, YearFacts
from imaatlas_spark.schemas.protection import DOMINANCE, SECONDARY, SMALL, STATUSES
from tests.protection.drawn_country import CARDS
from tests.protection.small import (
    ASSIGNED,
    IN_HOUSE,
    LISTS,
    PERSONS,
    PROTECTION,
    WITH_GMD,
    card,
    houses,
)
from tests.protection.test_audit import MANY, YEAR, Row, laid_out


def test_amounts_that_lie_within_one_another_are_protected_together_and_no_others() -> None:
    structure = structure_of([houses(), WITH_GMD, LISTS], PROTECTION)
    of_card = [structure.patterns_of_card(code) for code in ("stat_003_001", "stat_003_005", "stat_003_007")]
    gmd, lists, house = (next(of for of in structure.clusters if pattern in of) for pattern in of_card)
    assert gmd == house != lists


def test_a_fault_is_put_down_to_the_cluster_of_what_it_names() -> None:
    structure = structure_of([houses(), LISTS], PROTECTION)
    auditor = Auditor(structure, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
    for amount, row in (
        (IN_HOUSE, Row("stat_003_007", "M", "_T", 3, MANY, "F")),
        (ASSIGNED, Row("stat_003_005", "M", "_T", 500, 2, "F")),
    ):
        (cluster,) = auditor.faults(YEAR, *laid_out([row], []))["cluster"].to_pylist()
        of_cluster = [at for pattern in structure.clusters[cluster] for at in structure.patterns[pattern]]
        assert [structure.components[at] for at in of_cluster] == [amount]


def persons(*conditions: tuple[str, str, object]) -> Amount:
    return Amount("person_year", None, frozenset(conditions))


@pytest.mark.parametrize(
    ("condition", "opposite"),
    [
        (("in_medical_house", IS, False), ("in_medical_house", IS, True)),
        (("imag_spec_n", IS, 0), ("imag_spec_n", AT_LEAST, 1)),
        (("regcontact", AT_MOST, 3), ("regcontact", AT_LEAST, 4)),
        (("in_medical_house", IS, True), None),  # the other one is told by this
        (("regcontact", AT_LEAST, 4), None),
        (("regcontact", IS, 2), None),
        (("age", AT_MOST, 17), None),  # who is of unknown age is in neither half
    ],
)
def test_two_halves_of_opposite_conditions(
    condition: tuple[str, str, object], opposite: tuple[str, str, object] | None
) -> None:
    also = ("has_gmd", IS, True)
    expected = None if opposite is None else (persons(also), persons(also, opposite))
    assert persons(also, condition).other_half == expected


def test_opposite_halves_of_a_public_whole_are_protected_together() -> None:
    some, none = persons(("imag_spec_n", AT_LEAST, 1)), persons(("imag_spec_n", IS, 0))
    cards = [
        card(code, of, PERSONS, protects="persons", complement=True, denominator="public")
        for code, of in (("with_images", some), ("without", none))
    ]
    structure = structure_of(cards, PROTECTION)
    assert structure.patterns_of_card("with_images") == structure.patterns_of_card("without")


def test_who_contributes_is_counted_among_those_below_the_line() -> None:
    """The figure is of those with a GMD: others who had contacts contribute nothing to it."""
    for card_of in (CARDS["stat_003_011"], CARDS["stat_003_012"]):
        assert card_of.below is not None
        assert card_of.contributors is not None
        assert card_of.below.conditions
        assert card_of.contributors.conditions == card_of.below.conditions | {("all_contacts", AT_LEAST, 1)}
        assert card_of.contributors.column is None


def test_why_a_cell_is_hidden_is_told_inside() -> None:
    """A: of few persons; G: of few practices, or of one that outweighs; D: covers others."""
    structure = structure_of([houses(), LISTS], PROTECTION)
    cluster = Cluster(structure, (0, 1), Layout((), {}, {}, 1), Figures({}, {}), PROTECTION)
    for amount, expected in ((IN_HOUSE, [SMALL, SECONDARY]), (ASSIGNED, [DOMINANCE, SECONDARY])):
        told = why(cluster, structure.components.index(amount), np.array([True, False]))
        assert [STATUSES[at] for at in told] == expected

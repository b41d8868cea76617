"""What is protected together, and who is asked, as it follows from the cards."""

import numpy as np

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.amounts import AT_LEAST
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
    PROTECTION,
    WITH_GMD,
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

"""What is protected together, and who is asked, as it follows from the cards."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from imaatlas_spark.configuration.cards import SmallestLevel
from imaatlas_spark.errors import ConfigurationRefused
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
    OF_OUTSIDE,
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
        (("imag_spec_n", IS, 0), ("imag_spec_n", AT_LEAST, 1)),
        (("regcontact", AT_MOST, 3), ("regcontact", AT_LEAST, 4)),
    ],
)
def test_two_halves_that_a_number_tells_are_refused(
    condition: tuple[str, str, object], opposite: tuple[str, str, object]
) -> None:
    """997 of 1,000 without an image: three have had one."""
    one, other = (
        card(code, persons(of), PERSONS, protects="persons", complement=True, denominator="public")
        for code, of in (("own_a", condition), ("own_b", opposite))
    )
    structure_of([one], PROTECTION)
    structure_of([other], PROTECTION)
    with pytest.raises(ConfigurationRefused, match="they would be protected as if nobody knew; leave one of the two"):
        structure_of([one, other], PROTECTION)


def test_what_may_be_unknown_is_in_neither_half() -> None:
    young, old = persons(("age", AT_MOST, 17)), persons(("age", AT_LEAST, 18))
    cards = [
        card(code, of, PERSONS, protects="persons", denominator="public") for code, of in (("a", young), ("b", old))
    ]
    assert len(structure_of(cards, PROTECTION).patterns) == 2


def down_to(*steps: tuple[int, str]) -> tuple[SmallestLevel, ...]:
    """From each year on, the smallest level."""
    return tuple(SmallestLevel.model_validate({"from": year, "level": level}) for year, level in steps)


@pytest.mark.parametrize(
    ("of_half", "of_rest", "refused"),
    [
        ("municipality", "municipality", False),
        ("municipality", "sector", False),
        ("municipality", "arrondissement", True),
        ("sector", "municipality", True),
    ],
)
def test_a_half_is_shown_at_no_level_at_which_its_rest_is_not(of_half: str, of_rest: str, refused: bool) -> None:
    outside = replace(OF_OUTSIDE, smallest_level=down_to((2003, of_half)))
    inside = replace(houses(), smallest_level=down_to((2003, of_rest)))
    with pytest.raises(ConfigurationRefused, match=f"of 2003 by {of_half}, but no card") if refused else nullcontext():
        structure_of([outside, inside], PROTECTION)


def test_a_half_is_shown_in_no_year_in_which_its_rest_is_not() -> None:
    outside = replace(OF_OUTSIDE, smallest_level=down_to((2003, "municipality")))
    inside = replace(houses(), smallest_level=down_to((2003, "region"), (2005, "municipality")))
    with pytest.raises(ConfigurationRefused, match="of 2003 by municipality, but no card"):
        structure_of([outside, inside], PROTECTION)
    later = replace(outside, smallest_level=down_to((2005, "municipality")))
    structure_of([later, inside], PROTECTION)


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

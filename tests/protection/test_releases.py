"""A year that is released again: what was told before counts."""

from dataclasses import replace

import pyarrow as pa

from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Before
from tests.protection.small import CONTACTS, PERSONS, PROTECTION, WITH_ACTIVE, Country, card, houses
from tests.protection.test_rows import hidden_of, sums

Place = tuple[object, object]


def places(hidden: pa.Table) -> set[Place]:
    return set(zip(hidden["geo_level"].to_pylist(), hidden["geo_code"].to_pylist(), strict=True))


def told(hid: set[Place], changed: dict[Place, int] | None = None) -> list[dict[str, object]]:
    """The sums of a second release, with what the first told; `changed`: figures that were others then."""
    rows = sums()
    for row in rows:
        place = row["geo_level"], row["geo_code"]
        row["was_hidden"] = place in hid
        row["above_is_known"] = place not in hid and place not in (changed or {})
        row["below_is_known"] = place not in hid
    return rows


def test_the_same_figures_are_hidden_again_and_no_more() -> None:
    first = hidden_of(sums())
    assert hidden_of(told(places(first))).equals(first)


def test_what_an_earlier_release_hid_for_other_reasons_stays_hidden() -> None:
    first = places(hidden_of(sums()))
    more = ("sector", "11004-0"), ("sector", "11004-1")
    assert not first & set(more)
    assert first | set(more) <= places(hidden_of(told(first | set(more))))


def test_a_small_figure_that_an_earlier_release_shows_stays_shown() -> None:
    """Whoever has the earlier release knows it: hiding it protects nobody, and other cells would be hidden for it."""
    first = places(hidden_of(sums()))
    shown_then = ("sector", "11001-0")
    assert shown_then in first
    assert shown_then not in places(hidden_of(told(first - {shown_then})))


def test_what_was_shown_covers_nothing_unless_its_figure_has_changed() -> None:
    small, sibling = ("sector", "11001-0"), ("sector", "11001-1")
    hidden = hidden_of(told({small}))
    assert places(hidden) == {small}
    assert hidden["unproven"].to_pylist() == [True]  # there is nothing that could cover it
    changed = hidden_of(told({small}, changed={sibling: 41}))
    assert places(changed) == {small, sibling}
    assert not any(changed["unproven"].to_pylist())


def test_a_number_that_was_shown_covers_nothing_also_where_its_denominator_has_changed() -> None:
    """What the row shows has changed; how many are in a medical house has not, and whoever has both releases knows."""
    small, sibling = ("sector", "11001-0"), ("sector", "11001-1")
    rows = told({small})
    (of_sibling,) = [row for row in rows if (row["geo_level"], row["geo_code"]) == sibling]
    assert of_sibling["above_is_known"]
    of_sibling["below_is_known"] = False
    assert sibling not in places(hidden_of(rows))


def test_a_row_of_which_one_half_is_known_can_be_hidden_for_the_other() -> None:
    """Everything is hidden again for a figure that has become small; what is known stands still meanwhile."""
    rows = told(set())
    for row in rows:
        row["above_is_known"] = False
    hidden = hidden_of(rows)
    assert hidden.equals(hidden_of(sums()))


def test_the_half_of_a_row_that_is_known_never_moves_though_the_row_is_hidden() -> None:
    """Late lines have changed the contacts of C, not its persons: it may cover for contacts alone."""
    values = {
        PERSONS: {"01000": 4_000, "A": 1_000, "B": 1_000, "C": 1_000, "D": 1_000},
        WITH_ACTIVE: {"01000": 133, "A": 3, "B": 50, "C": 40, "D": 40},
        CONTACTS: {"01000": 609, "A": 9, "B": 200, "C": 200, "D": 200},
    }
    mean = card("stat_003_014", CONTACTS, WITH_ACTIVE, protects="persons", denominator="protected")
    country = Country(dict.fromkeys("ABCD", ()), (mean, houses()), values, {})
    structure = structure_of(country.cards, PROTECTION)
    persons = structure.components.index(WITH_ACTIVE)
    known = frozenset((persons, ("municipality", area), ()) for area in "CD")
    figures = replace(country.figures(structure), before=Before(frozenset(), known))
    (patterns,) = [tuple(at for cluster in structure.clusters for at in cluster if persons in structure.patterns[at])]
    cascade = Cascade(Cluster(structure, patterns, country.layout(PROTECTION), figures, PROTECTION))
    cascade.protect()
    block = cascade.blocks["country", "01000"]
    at = block.block.components.index(next(each for each in block.block.components if each.name == WITH_ACTIVE.name))
    assert any(witness[at].any() for witness in block.witnesses) or block.lacking()
    assert not any(witness[at][2:].any() for witness in block.witnesses)

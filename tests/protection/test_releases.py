"""A year that is released again: what was told before counts."""

import pyarrow as pa

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
        row["is_known"] = place not in hid and place not in (changed or {})
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

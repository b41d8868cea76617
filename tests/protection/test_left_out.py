"""What is looked at by nobody (unknown places and members, areas where nobody lives), and what counts as hidden."""

import pyarrow as pa

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.before import before_of, is_kept
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Before, Figures, Layout, YearFacts
from imaatlas_spark.protection.rows import figures_of, with_status
from tests.protection.small import (
    ASSIGNED,
    CONTACTS,
    IN_HOUSE,
    LISTS,
    OF_OUTSIDE,
    PERSONS,
    PRACTICES,
    PROTECTION,
    WITH_ACTIVE,
    WITH_GMD,
    Country,
    card,
    houses,
)
from tests.protection.test_audit import BY_SEX, MANY, Move, Row, faults, laid_out, of_both_sexes
from tests.protection.test_rows import FACTS, SOLVER, STRUCTURE, YEAR, hidden_of, sums


def test_persons_of_nowhere_change_nothing() -> None:
    nowhere = {**sums()[-1], "geo_code": None, "numerator": 2}
    assert hidden_of([*sums(), nowhere]).equals(hidden_of(sums()))
    rows, hidden = laid_out(of_both_sexes("F"), [Move(IN_HOUSE, "M", "M", 0, 5), Move(IN_HOUSE, "M", "F", 0, -5)])
    nobodys = {**rows.to_pylist()[0], "geo_code": None, "numerator": 2, "conf_status": "F"}
    auditor = Auditor(structure_of([BY_SEX], PROTECTION), ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
    assert auditor.faults(YEAR, pa.Table.from_pylist([*rows.to_pylist(), nobodys]), hidden).num_rows == 0


def test_unknown_members_stand_still_and_are_looked_at_by_nobody() -> None:
    unknown = Row("cube_000_001", "M", "_U", 2, None, "F")
    moves = [Move(IN_HOUSE, "M", "M", 0, 5), Move(IN_HOUSE, "M", "F", 0, -5)]
    assert faults([*of_both_sexes("F"), unknown], moves, BY_SEX) == []
    structure = structure_of([BY_SEX], PROTECTION)
    layout = Layout(structure.shown, {"sex": ("M", "F")}, {"cube_000_001": frozenset(LEVELS)}, 1)
    row = {"code": "cube_000_001", "geo_level": "country", "geo_code": "01000", "parent_code": None, "denominator": 0}
    rows = [{**row, "sex": sex, "numerator": number} for sex, number in (("_T", 60), ("M", 3), ("F", 55), ("_U", 2))]
    figures = figures_of(pa.Table.from_pylist(rows), structure, layout, FACTS[YEAR])
    assert figures.values[IN_HOUSE]["country", "01000"].tolist() == [60, 3, 55]
    only = figures_of(pa.Table.from_pylist([{**rows[-1], "geo_code": "02000"}, *rows]), structure, layout, FACTS[YEAR])
    assert only.values[IN_HOUSE].keys() == {("country", "01000")}


def test_where_nobody_lives_a_zero_is_shown_though_nothing_else_is() -> None:
    rows = [{**row, "denominator": 0} if row["geo_code"] == "11001-3" else row for row in sums()]
    hidden = SOLVER.nothing_shown(YEAR, 0, pa.Table.from_pylist(rows))["geo_code"].to_pylist()
    assert {str(row["geo_code"]) for row in rows} - set(hidden) == {"11001-3"}


def test_where_no_practice_is_a_zero_covers_nothing() -> None:
    """It would be the cheapest cover; everybody knows that there is no practice."""
    values = {
        PRACTICES: {"01000": 20, "A": 2, "B": 9, "C": 0, "D": 9},
        ASSIGNED: {"01000": 14_000, "A": 2_000, "B": 6_000, "C": 0, "D": 6_000},
    }
    parts = {"A": (1000, 1000), **dict.fromkeys(("01000", "B", "D"), (1000, 900))}
    country = Country(dict.fromkeys("ABCD", ()), (LISTS,), values, {}, dominance={ASSIGNED: parts})
    year = country.protected()
    assert year.hidden(ASSIGNED, "A")
    assert not year.hidden(ASSIGNED, "C")
    assert year.failed() == 0


def test_no_more_is_asked_of_an_area_than_its_parts_can_move() -> None:
    """Its only sector has four inhabitants, three of them in a house: it is known to be 0 to 4 of the thousand."""
    values = {"01000": 303, "H": 3, "B": 300, "H1": 3, "B1": 150, "B2": 150}
    persons = {"01000": 3 * MANY, "H": MANY, "B": 2 * MANY, "H1": 4, "B1": MANY, "B2": MANY}
    tree = {"H": ("H1",), "B": ("B1", "B2")}
    year = Country(tree, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {}).protected()
    assert year.hidden(IN_HOUSE, "H")
    assert year.hidden(IN_HOUSE, "H1")
    assert year.failed() == 0
    moves = [witness[0][0, 0] for witness in year.cascade.blocks["country", "01000"].witnesses]
    assert (min(moves), max(moves)) == (-3, 1)


def test_a_row_is_hidden_with_its_own_pattern_and_not_with_another() -> None:
    """Nor where its area follows nothing: that is said of its parts."""
    structure = structure_of([houses(), WITH_GMD], PROTECTION)
    layout = Layout(structure.shown, {}, {each.code: frozenset(LEVELS) for each in structure.shown}, 1)
    ((patterns),) = structure.clusters
    cluster = Cluster(structure, patterns, layout, Figures({}, {}), PROTECTION)
    house, gmd = (structure.patterns_of_card(code) for code in ("stat_003_007", "stat_003_001"))
    place = {"geo_level": "sector", "geo_code": "11001-0"}
    rows = pa.Table.from_pylist([{**place, "code": code} for code in ("stat_003_007", "stat_003_001")])
    cells = [{**place, "pattern": house, "status": "X"}, {**place, "pattern": gmd, "status": "A"}]
    schema = pa.schema(
        [("pattern", pa.int32()), *((name, pa.string()) for name in ("geo_level", "geo_code", "status"))]
    )
    told = with_status(rows, pa.Table.from_pylist(cells, schema), cluster)
    assert told["conf_status"].to_pylist() == ["F", "C"]


def test_an_area_that_follows_nothing_is_not_kept_hidden_by_that() -> None:
    before = Before(frozenset({(0, ("sector", "11001-0"), ())}), frozenset())
    for status, expected in (("D", True), ("X", False)):
        cells = pa.table({"pattern": [0], "geo_level": ["sector"], "geo_code": ["11001-0"], "status": [status]})
        assert is_kept(before, cells, STRUCTURE, ()) is expected


def test_what_an_earlier_release_tells_need_not_be_closed() -> None:
    auditor = Auditor(STRUCTURE, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
    for is_known, number in ((False, 1), (True, 0)):
        row = Row("stat_003_007", "M", "_T", 3, MANY, "F", above_is_known=is_known)
        assert len(auditor.audit(YEAR, *laid_out([row], [])).worked_out().cell) == number


def test_a_denominator_that_was_told_is_known_and_so_is_the_half_it_tells_of() -> None:
    """900 outside, of whom 800 have changed to 801: the 100 in a house are known."""
    mean = card("stat_003_014", CONTACTS, WITH_ACTIVE, protects="persons")
    structure = structure_of([houses(), OF_OUTSIDE, mean], PROTECTION)
    layout = Layout(structure.shown, {}, {}, 1)
    place = {"geo_level": "sector", "geo_code": "11001-0", "was_hidden": False, "above_is_known": False}
    for code, told in (("stat_003_015", IN_HOUSE), ("stat_003_014", WITH_ACTIVE)):
        rows = pa.Table.from_pylist([{**place, "code": code, "below_is_known": True}])
        at = structure.components.index(told)
        expected = Before(frozenset(), frozenset({(at, ("sector", "11001-0"), ())}))
        assert before_of(rows, structure, layout) == expected

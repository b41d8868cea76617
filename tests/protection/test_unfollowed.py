"""Where no witness can be had, or none can be followed, nothing is shown; and of what is closed all is hidden."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection import solver
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.blocks.suppression import Rows, Suppression
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Before, Layout
from imaatlas_spark.protection.proofs import Proofs
from imaatlas_spark.protection.rows import with_status
from imaatlas_spark.protection.solver import Solver
from tests.protection.small import (
    EVERYBODY,
    IN_HOUSE,
    LISTS,
    PERSONS,
    PROTECTION,
    Country,
    card,
    houses,
)
from tests.protection.test_groupings import INSIDE, solver_with, sums_of
from tests.protection.test_rows import FACTS, LAYOUT, STRUCTURE, YEAR, hidden_of, sums

MANY = 1000
IN_M, WITH_M = ("municipality", "M"), ("country", "01000")


def cluster_of(values: dict[str, int], persons: dict[str, int], closed: frozenset[tuple[int, Area | None]]) -> Cluster:
    """Sectors M1, M2, ... of M, beside N; of M3 an earlier release has told."""
    tree = {"M": [code for code in values if code[0] == "M" and code != "M"], "N": []}
    country = Country(tree, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {})
    structure = structure_of(country.cards, PROTECTION)
    before = Before(frozenset(), frozenset({(0, ("sector", "M3"), ())}))
    figures = replace(country.figures(structure), before=before)
    return Cluster(structure, (0,), country.layout(PROTECTION), figures, PROTECTION, closed)


def test_of_a_closed_block_all_is_hidden_but_what_is_told_or_where_nobody_lives() -> None:
    values = {"01000": 300, "M": 200, "N": 100, "M1": 50, "M2": 60, "M3": 90, "M4": 0}
    persons = {code: 0 if code == "M4" else 5 * MANY for code in values}
    cluster = cluster_of(values, persons, frozenset({(0, IN_M)}))
    assert cluster.block(IN_M).patterns[0].hidden.ravel().tolist() == [True, True, False, False]
    assert not cluster.block(WITH_M).patterns[0].hidden.any()


def test_what_was_hidden_where_nobody_lives_any_more_is_shown() -> None:
    values = {IN_HOUSE: {"01000": 100, "A": 100, "B": 0}, PERSONS: {"01000": MANY, "A": MANY, "B": 0}}
    before = {("stat_003_007", code): (True, False) for code in "AB"}
    year = Country({"A": (), "B": ()}, (houses(),), values, {}, before=before).protected()
    assert year.hidden(IN_HOUSE, "A")
    assert not year.hidden(IN_HOUSE, "B")


SEXES = ("M", "F")


def test_everything_of_an_area_is_hidden_where_a_cell_of_it_has_no_witness() -> None:
    """An earlier release has told of the country and of B, so nothing of A can move: nothing of A is shown."""
    counted = card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons")
    values = {
        IN_HOUSE: {"01000": [100, 40, 60], "A": [33, 3, 30], "B": [67, 37, 30]},
        PERSONS: {"01000": 2 * MANY, "A": MANY, "B": MANY},
    }
    cards = (counted, EVERYBODY)
    country = Country({"A": (), "B": ()}, cards, values, {"sex": SEXES}, levels=("country", "municipality"))
    structure = structure_of(cards, PROTECTION)
    told = [(area, (sex,)) for area in (WITH_M, ("municipality", "B")) for sex in ("_T", *SEXES)]
    figures = replace(country.figures(structure), before=Before(frozenset(), frozenset((0, *place) for place in told)))
    cascade = Cascade(Cluster(structure, (0,), country.layout(PROTECTION), figures, PROTECTION))
    cascade.protect()
    assert cascade.blocks[WITH_M].hidden[0].tolist() == [[True] * 3, [False] * 3]


def protected_without(monkeypatch: pytest.MonkeyPatch, always: bool) -> Cascade:
    """M and N cover for each other. The sectors of M follow no witness that moves M, or none at all (`always`)."""
    follow = Suppression._follow

    def without(block: Suppression, number: int, rows: Rows) -> None:
        if block.block.parent == "municipality:M" and (always or any(row is not None for row in rows)):
            block.witnesses.append(block._still)
            block.stuck.append(number)
        else:
            follow(block, number, rows)

    monkeypatch.setattr(Suppression, "_follow", without)
    values = {"01000": 200, "M": 90, "N": 3, "O": 107, "M1": 40, "M2": 50}
    persons = dict.fromkeys(values, 10 * MANY)
    tree = {"M": ("M1", "M2"), "N": (), "O": ()}
    return Country(tree, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {}).protected().cascade


def test_an_area_whose_parts_cannot_follow_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """M is the cheapest cover of N; when its sectors cannot follow, O covers."""
    cascade = protected_without(monkeypatch, always=False)
    assert cascade.stuck == {}
    block = cascade.blocks[WITH_M]
    assert block.lacking() == []
    assert not any(moves[0][0].any() for moves in block.witnesses)
    assert block.hidden[0].ravel().tolist()[1:] == [True, True]


def test_of_parts_that_cannot_follow_whatever_stands_still_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    cascade = protected_without(monkeypatch, always=True)
    assert cascade.stuck.keys() == {IN_M}
    assert cascade.blocks[IN_M].hidden[0].all()


def test_what_programs_work_out_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it found that the 1 and 1 of 11002 can be worked out as they are hidden, all of its sectors would be."""
    found: list[Proofs] = []
    proofs_of = solver.proofs_of

    def first_lacking(audit: Audit, amounts: Iterable[Amount]) -> Proofs:
        found.append(proofs_of(audit, amounts))
        secrets = audit.secrets
        areas = [audit.found.numbering.areas[area] for area in audit.found.area[secrets.cell]]
        which = np.array([code.startswith("11002") and len(found) == 1 for _, code in areas])
        return replace(found[-1], lacking=secrets.at(which))

    sectors = {f"11002-{at}" for at in range(5)}
    assert not sectors <= set(hidden_of(sums())["geo_code"].to_pylist())
    monkeypatch.setattr(solver, "proofs_of", first_lacking)
    assert sectors <= set(hidden_of(sums())["geo_code"].to_pylist())
    assert len(found) == 2


def test_what_is_of_another_cluster_counts_as_hidden() -> None:
    """Each cluster is looked at by itself, and must not lean on what another one may hide."""
    cards = (houses(), LISTS, EVERYBODY)
    structure = structure_of(cards, PROTECTION)
    layout = Layout(structure.shown, {}, {each.code: frozenset(LEVELS) for each in cards}, 1)
    rows = pa.Table.from_pylist([{**sums()[0], "code": each.code} for each in cards])
    own = next(at for at, of in enumerate(structure.clusters) if structure.patterns_of_card("stat_003_007") in of)
    cluster = Solver(structure, {YEAR: layout}, FACTS, PROTECTION)._cluster(
        YEAR, own, Country({}, (), {}, {}).figures(structure)
    )
    nothing = hidden_of(sums()).slice(0, 0)
    told = with_status(rows, nothing, cluster)
    assert told["conf_status"].to_pylist() == ["F", "C", "F"]


def test_by_sector_no_more_dimensions_are_shown_at_once_than_is_said() -> None:
    codes = {"age_class": ("young", "old"), "sex": SEXES}
    for most, expected in ((0, 1), (1, 5), (2, 9)):
        layout = Layout((), codes, {}, most)
        assert len(list(layout.members_of(("age_class", "sex"), "sector"))) == expected
        assert len(list(layout.members_of(("age_class", "sex"), "municipality"))) == 9


TOGETHER = {"11001": "Z1", "11002": "Z2", "11004": "Z1", "11005": "Z1"}


def zones_hidden(solver_of: Solver, rows: list[dict[str, object]]) -> set[str]:
    hidden = solver_of.protected(YEAR, 0, pa.Table.from_pylist(rows)).to_pylist()
    return {row["geo_code"] for row in hidden if row["geo_level"] == "zone"}


def test_a_zone_of_municipalities_that_follow_nothing_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = sums_of(TOGETHER, INSIDE)
    assert zones_hidden(solver_with(TOGETHER), rows) == set()
    monkeypatch.setattr(Cascade, "stuck", {("arrondissement", "11000"): 1})
    assert zones_hidden(solver_with(TOGETHER), rows) == {"Z1", "Z2"}


def test_a_zone_of_what_no_municipality_shows_is_hidden() -> None:
    """Nothing tells how it moves."""
    levels = {"stat_003_007": frozenset({"country", "region", "province", "arrondissement", "zone"})}
    layout = replace(LAYOUT, levels=levels, groups={"zone": TOGETHER})
    rows = [row for row in sums_of(TOGETHER, INSIDE) if row["geo_level"] != "municipality"]
    assert zones_hidden(Solver(STRUCTURE, {YEAR: layout}, FACTS, PROTECTION), rows) == {"Z1", "Z2"}


def test_a_small_zone_is_hidden_though_no_witness_moves_it() -> None:
    """Everything else was told before, so that its only municipality, of three, cannot move."""
    zones = {"11001": "Z1", "11002": "Z2", "11004": "Z2", "11005": "Z2"}
    rows = sums_of(zones, INSIDE)
    for row in rows:
        row["above_is_known"] = row["below_is_known"] = row["geo_code"] not in {"11001", "Z1"}
    assert zones_hidden(solver_with(zones), rows) == {"Z1"}

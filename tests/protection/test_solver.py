"""A year with two dimensions and zones through the solver: what a withheld breakdown, an area without witnesses and an
earlier release ask of everything around them."""

from collections.abc import Mapping
from itertools import product

import pytest

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection import solver as solver_module
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.figures import Layout, YearFacts
from imaatlas_spark.protection.solver import Solver
from tests.protection.small import IN_HOUSE, PERSONS, PROTECTION, as_table, card
from tests.protection.test_rows import YEAR

CODES = {"age_class": ("young", "old"), "sex": ("M", "F")}
MEMBERS = tuple(product(("_T", "young", "old"), ("_T", "M", "F")))
COUNTED = card("cube_000_001", IN_HOUSE, None, ("age_class", "sex"), protects="persons")
EVERYBODY = card("cube_013_005", PERSONS, None, ("age_class",), protects="public")
ABOVE = (("country", "01000", None), ("region", "02000", "01000"), ("province", "10000", "02000"))
ZONE = {"11001": "Z1", "11002": "Z1"}
Cell = tuple[str, str, str]


def cells_of(
    municipality: list[int], everybody: list[int], known: frozenset[str] = frozenset(), zones: Mapping[str, str] = ZONE
) -> set[Cell]:
    """What is hidden (code, age, sex) of two municipalities alike, which are all of the country and of the zone.

    municipality: of each all, M, F; then of the young, then of the old. everybody: all, the young, the old.
    known: areas of which an earlier release shows everything.
    """
    places = [(*place, 2) for place in (*ABOVE, ("arrondissement", "11000", "10000"))]
    places += [("municipality", "11001", "11000", 1), ("municipality", "11002", "11000", 1)]
    places += [("zone", zone, "01000", list(zones.values()).count(zone)) for zone in sorted(set(zones.values()))]
    rows = []
    for level, code, parent, times in places:
        place = {"geo_level": level, "geo_code": code, "parent_code": parent, "denominator": None}
        told = {**dict.fromkeys(MARKS, False), "above_is_known": code in known}
        for (age, sex), number in zip(MEMBERS, municipality, strict=True):
            of_members = {"age_class": age, "sex": sex, "numerator": number * times}
            rows.append({"code": "cube_000_001", **place, **told, **of_members})
        for age, number in zip(("_T", *CODES["age_class"]), everybody, strict=True):
            of_members = {"age_class": age, "sex": "_T", "numerator": number * times}
            rows.append({"code": "cube_013_005", **place, **told, **of_members})
    levels = frozenset({*LEVELS[:-1], "zone"})
    structure = structure_of([COUNTED, EVERYBODY], PROTECTION)
    groups = {"zone": zones} if zones else {}
    layout = Layout(structure.shown, CODES, dict.fromkeys(("cube_000_001", "cube_013_005"), levels), 1, groups=groups)
    solver = Solver(structure, {YEAR: layout}, {YEAR: YearFacts({}, {})}, PROTECTION)
    hidden = solver.protected(YEAR, 0, as_table(rows))
    names = ("geo_code", "age_class", "sex")
    return {(row[names[0]], row[names[1]], row[names[2]]) for row in hidden.to_pylist() if row["status"] != "X"}


SMALL = [12, 8, 4, 4, 4, 0, 8, 4, 4]  # 4 is sensitive: five of eight that are not empty
NEARLY_ALL = [20, 4, 16]  # the young are 4 of 4
INSIDE_OF = {(age, sex) for age, sex in MEMBERS if (age, sex) != ("_T", "_T")}


def test_all_of_a_withheld_breakdown_is_hidden_and_what_tells_of_it_above() -> None:
    """8 of 8 young in the arrondissement would tell of both municipalities; the totals stay."""
    hidden = cells_of(SMALL, NEARLY_ALL, zones={})
    for code in ("11001", "11002"):
        assert {(code, *members) for members in INSIDE_OF} <= hidden
    for code in ("11000", "10000", "02000", "01000"):
        assert (code, "young", "_T") in hidden
        assert (code, "_T", "_T") not in hidden


def test_what_the_solver_has_not_seen_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, had nobody asked for it: arithmetic tells of the 4 of 4, so everything above is hidden."""
    monkeypatch.setattr(solver_module, "asked_for", lambda *_: ())
    hidden = cells_of(SMALL, NEARLY_ALL, zones={})
    assert {("11000", "young", "_T"), ("01000", "young", "_T")} <= hidden


def test_of_a_zone_nothing_is_shown_that_is_withheld_in_its_municipalities() -> None:
    """Both municipalities are the zone: what is shown of it as a whole would tell of both."""
    hidden = cells_of(SMALL, [1000, 500, 500])
    assert {("Z1", *members) for members in INSIDE_OF} <= hidden


LARGE = [70, 33, 37, 33, 3, 30, 37, 30, 7]  # of the young, three are men


def test_everything_of_a_zone_is_hidden_where_a_cell_of_it_has_no_witness() -> None:
    """All but 11001, which is zone Z1, was told before: nothing of the two can move."""
    zones = {"11001": "Z1", "11002": "Z2"}
    known = frozenset({"01000", "02000", "10000", "11000", "11002", "Z2"})
    hidden = cells_of(LARGE, [1000, 500, 500], known, zones)
    assert hidden == {(code, *members) for code in ("11001", "Z1") for members in MEMBERS}

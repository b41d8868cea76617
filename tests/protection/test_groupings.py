"""Groupings: sums over municipalities that cross the areas of the country."""

from dataclasses import replace

import pyarrow as pa

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.solver import Solver
from tests.protection.ranges import World
from tests.protection.small import PROTECTION
from tests.protection.test_rows import FACTS, LAYOUT, STRUCTURE, YEAR

PEOPLE = 1000
ALONE = {"11001": "Z1", "11002": "Z2", "11004": "Z2", "11005": "Z2"}
INSIDE = {"11001": 3, "11002": 60, "11004": 50, "11005": 40}  # one small municipality


def hidden_of(zones: dict[str, str]) -> set[str]:
    """The codes that are hidden when `zones` are published beside the levels of the country."""
    return set(made_of(zones)["geo_code"].to_pylist())


def made_of(zones: dict[str, str], nothing_shown: bool = False) -> pa.Table:
    solver = solver_with(zones)
    make = solver.nothing_shown if nothing_shown else solver.protected
    return make(YEAR, 0, pa.Table.from_pylist(sums_of(zones, INSIDE)))


def solver_with(zones: dict[str, str]) -> Solver:
    levels = {"stat_003_007": frozenset({*LEVELS[:-1], "zone"})}
    return Solver(STRUCTURE, {YEAR: replace(LAYOUT, levels=levels, groups={"zone": zones})}, FACTS, PROTECTION)


def sums_of(zones: dict[str, str], inside: dict[str, int]) -> list[dict[str, object]]:
    above = [("country", "01000", None), ("region", "02000", "01000"), ("province", "10000", "02000")]
    above.append(("arrondissement", "11000", "10000"))
    places = [(*place, sum(inside.values()), PEOPLE * len(inside)) for place in above]
    places += [("municipality", nis, "11000", number, PEOPLE) for nis, number in inside.items()]
    for zone in sorted(set(zones.values())):
        members = [nis for nis, of in zones.items() if of == zone]
        places.append(("zone", zone, "01000", sum(inside[nis] for nis in members), PEOPLE * len(members)))
    names = ("geo_level", "geo_code", "parent_code", "numerator", "denominator")
    new = {"code": "stat_003_007", **dict.fromkeys(MARKS, False)}
    return [new | dict(zip(names, place, strict=True)) for place in places]


def width(zones: dict[str, str], hidden: set[str]) -> float:
    """What an attacker knows of the small municipality, the zones included."""
    sums = [("11000", tuple(INSIDE))]
    values = {**INSIDE, "11000": sum(INSIDE.values())}
    for zone in sorted(set(zones.values())):
        members = tuple(nis for nis, of in zones.items() if of == zone)
        sums.append((zone, members))
        values[zone] = sum(INSIDE[nis] for nis in members)
    return World(values, tuple(sums)).width("11001", hidden)


def test_zones_that_would_tell_of_a_hidden_municipality_are_hidden() -> None:
    cover = hidden_of({}) - {"11001"}
    assert len(cover) == 1
    (other,) = cover
    apart = {nis: "Z2" if nis == other else "Z1" for nis in INSIDE}
    assert width(apart, {"11001", other}) == 0  # through the zones, if these were shown
    hidden = hidden_of(apart)
    assert {"Z1", "Z2"} <= hidden
    assert width(apart, hidden) >= 5


def test_a_zone_that_holds_a_municipality_and_its_cover_is_shown() -> None:
    (other,) = hidden_of({}) - {"11001"}
    together = {nis: "Z1" if nis in {"11001", other} else "Z2" for nis in INSIDE}
    hidden = hidden_of(together)
    assert not hidden & {"Z1", "Z2"}
    assert width(together, hidden) >= 5


def test_a_zone_of_few_is_hidden_as_any_area() -> None:
    hidden = hidden_of(ALONE)
    assert {"Z1", "Z2"} <= hidden
    assert width(ALONE, hidden) >= 5


def test_what_is_kept_of_a_hidden_zone_is_its_own_value_and_need() -> None:
    zones = {row["geo_code"]: row for row in made_of(ALONE).to_pylist() if row["geo_level"] == "zone"}
    values = {code: row["lowest"] - min(0, *row["moves"]) for code, row in zones.items()}
    assert values == {"Z1": 3, "Z2": 150}
    assert {code: (row["status"], row["need"]) for code, row in zones.items()} == {"Z1": ("A", 5), "Z2": ("D", 0)}
    assert zones["Z1"]["highest"] - zones["Z1"]["lowest"] >= 5


def test_where_nothing_is_shown_no_zone_is() -> None:
    assert {"Z1", "Z2"} <= set(made_of(ALONE, nothing_shown=True)["geo_code"].to_pylist())


def test_a_zone_that_an_earlier_release_hides_stays_hidden() -> None:
    """74 of zone 2 less 54 are the 20 that both releases hide; and 483 - 400 - 60 - 20 were the 3 of the first one."""
    zones = {"11001": "Z1", "11002": "Z1", "11004": "Z2", "11005": "Z2"}
    first, second = ({"11001": 3, "11002": 400, "11004": 20, "11005": 60}, {"11001": 9, "11002": 400, "11004": 20})
    second["11005"] = 54
    solver = solver_with(zones)
    hidden = set(solver.protected(YEAR, 0, pa.Table.from_pylist(sums_of(zones, first)))["geo_code"].to_pylist())
    assert {"11001", "11004", "Z1", "Z2"} <= hidden
    then = {str(row["geo_code"]): row["numerator"] for row in sums_of(zones, first)}
    rows = sums_of(zones, second)
    for row in rows:
        code = str(row["geo_code"])
        row["was_hidden"], row["above_is_known"] = code in hidden, code not in hidden and row["numerator"] == then[code]
    assert hidden <= set(solver.protected(YEAR, 0, pa.Table.from_pylist(rows))["geo_code"].to_pylist())

"""Groupings: sums over municipalities that cross the areas of the country."""

from dataclasses import replace

import pyarrow as pa

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.rows import Solver
from tests.protection.ranges import World
from tests.protection.small import PROTECTION
from tests.protection.test_rows import FACTS, LAYOUT, STRUCTURE, YEAR

PEOPLE = 1000
INSIDE = {"11001": 3, "11002": 60, "11004": 50, "11005": 40}  # one small municipality


def hidden_of(zones: dict[str, str]) -> set[str]:
    """The codes that are hidden when `zones` are published beside the levels of the country."""
    levels = {"stat_003_007": frozenset({*LEVELS[:-1], "zone"})}
    solver = Solver(STRUCTURE, {YEAR: replace(LAYOUT, levels=levels, groups={"zone": zones})}, FACTS, PROTECTION)
    above = [("country", "01000", None), ("region", "02000", "01000"), ("province", "10000", "02000")]
    above.append(("arrondissement", "11000", "10000"))
    places = [(*place, sum(INSIDE.values()), PEOPLE * len(INSIDE)) for place in above]
    places += [("municipality", nis, "11000", number, PEOPLE) for nis, number in INSIDE.items()]
    for zone in sorted(set(zones.values())):
        members = [nis for nis, of in zones.items() if of == zone]
        places.append(("zone", zone, "01000", sum(INSIDE[nis] for nis in members), PEOPLE * len(members)))
    names = ("geo_level", "geo_code", "parent_code", "numerator", "denominator")
    new = {"code": "stat_003_007", "was_hidden": False, "is_known": False}
    rows = [new | dict(zip(names, place, strict=True)) for place in places]
    return set(solver.protected(YEAR, 0, pa.Table.from_pylist(rows))["geo_code"].to_pylist())


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
    alone = {"11001": "Z1", "11002": "Z2", "11004": "Z2", "11005": "Z2"}
    hidden = hidden_of(alone)
    assert {"Z1", "Z2"} <= hidden
    assert width(alone, hidden) >= 5

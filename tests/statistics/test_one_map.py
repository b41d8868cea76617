"""A series on one map, and what a user adds by configuration alone: one warehouse, figures from plain Python."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.reader import Atlas
from imaatlas_spark.statistics.series import compare_over_time, published_rows
from imaatlas_spark.statistics.tables import statistic_table
from tests.engine import Engine
from tests.moving_country import (
    PLACES,
    YEARS,
    ZONES,
    Area,
    World,
    areas_of,
    expected_ages,
    expected_persons,
    with_impossible_card,
)

pytestmark = pytest.mark.spark

MAP = 2025
HOUSES, CONTACTS, PRACTICES, GENETICISTS, ONCOLOGISTS, AGES = (
    "stat_003_007",
    "stat_003_014",
    "stat_003_005",
    "stat_020_033",
    "stat_999_002",
    "cube_999_001",
)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def world(spark: SparkSession, moving: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    root = shutil.copytree(moving / "warehouse", tmp_path_factory.mktemp("one_map") / "warehouse")
    engine = Engine.at(spark, moving / "conf", root)
    series, cards = (HOUSES, CONTACTS, PRACTICES), engine.run.configuration.cards
    engine.publish(YEARS, series)
    engine.publish((2019,), cards.keys() - series)
    own = {code: engine.statistic(code) for code in cards}
    engine.publish(YEARS, series, geography=MAP)
    engine.publish((2019,), (GENETICISTS,), geography=MAP)
    return World(engine, own, own | {code: engine.statistic(code) for code in (*series, GENETICISTS)})


# --- one map ----------------------------------------------------------------------------------------------------------

MUNICIPALITIES = {2018: 589, 2019: 581, 2025: 565}


@pytest.mark.parametrize(("year", "geography"), [*((year, year) for year in YEARS), (2018, MAP), (2019, MAP)])
def test_every_area_of_the_map_has_its_figures(world: World, year: int, geography: int) -> None:
    figures = world.figures(HOUSES, year, geography)
    counts = {level: sum(area[0] == level for area in figures) for level, _ in figures}
    above = {"country": 1, "region": 3, "province": 11, "arrondissement": 43, "care_zone": 2}
    sectors = 4 if geography == MAP else 5  # one ended in 2020
    assert counts == {**above, "municipality": MUNICIPALITIES[geography], "sector": sectors}
    expected = expected_persons(year, geography)
    assert {area: pair for area, pair in figures.items() if pair != (0, 0) and area[0] != "care_zone"} == expected
    for (level, code), row in world.rows(HOUSES, year, geography).items():
        enrolled, people = figures[level, code]
        assert row["value"] == (10_000 * enrolled / people if people else None)


# Medical-house persons and persons in 2018, on the map of 2018 and on that of 2025; None: no such area.
MOVED_2018: dict[Area, tuple[tuple[int, int] | None, tuple[int, int] | None]] = {
    ("municipality", "11002"): ((2, 7), (3, 10)),  # Antwerp absorbs
    ("municipality", "11007"): ((1, 3), None),  # Borsbeek
    ("arrondissement", "11000"): ((5, 14), (3, 10)),  # which loses Zwijndrecht
    ("province", "10000"): ((5, 14), (3, 10)),
    ("municipality", "11056"): ((2, 4), None),  # to another province,
    ("municipality", "46003"): ((1, 5), None),  # with Beveren
    ("municipality", "46030"): (None, (3, 9)),
    ("arrondissement", "46000"): ((1, 5), (3, 9)),
    ("province", "40000"): ((4, 11), (6, 15)),
    ("municipality", "73006"): ((1, 4), None),  # Bilzen
    ("municipality", "73032"): ((1, 2), None),  # and Hoeselt
    ("municipality", "73110"): (None, (2, 6)),
    ("municipality", "55022"): ((2, 5), None),  # La Louvière, since 2019 in an arrondissement that is new
    ("municipality", "58001"): (None, (2, 5)),
    ("arrondissement", "58000"): (None, (2, 5)),
    ("municipality", "55039"): ((1, 3), None),  # Silly
    ("municipality", "51068"): (None, (1, 3)),
    ("arrondissement", "51000"): ((0, 0), (1, 3)),
    ("arrondissement", "55000"): ((3, 10), (0, 2)),
    ("municipality", "82003"): ((1, 2), None),  # Bastogne
    ("municipality", "82005"): ((0, 1), None),  # and Bertogne
    ("municipality", "82039"): (None, (1, 3)),
    ("sector", "62063A00-"): ((2, 6), None),  # ended in 2020
    ("care_zone", "A"): ((3, 12), (4, 15)),  # Antwerp is in it, and brings Borsbeek, which was in none
}


def test_two_maps_differ_exactly_where_an_area_moved(world: World) -> None:
    own, moved = world.figures(HOUSES, 2018, 2018), world.figures(HOUSES, 2018, MAP)
    differ = {area: (own.get(area), moved.get(area)) for area in own.keys() | moved.keys()}
    inhabited = {area: pair for area, pair in differ.items() if set(pair) - {None, (0, 0)}}
    assert {area: pair for area, pair in inhabited.items() if pair[0] != pair[1]} == MOVED_2018
    arrondissement = ("arrondissement", "54000")
    assert arrondissement in own
    assert arrondissement not in moved


@pytest.mark.parametrize("year", [2018, 2019])
def test_unchanged_areas_have_the_same_figures_on_both_maps(world: World, year: int) -> None:
    geography = world.engine.run.configuration.geography
    for code in (HOUSES, CONTACTS, PRACTICES):
        own, moved = world.figures(code, year, year), world.figures(code, year, MAP)
        areas = [area for area in moved if area[0] != "sector"]
        same = [(level, nis) for level, nis in areas if geography.is_unchanged(nis, level, year, MAP)]
        assert {area: moved[area] for area in same} == {area: own[area] for area in same}
        assert {level for level, _ in areas if level in {"country", "region"}} <= {level for level, _ in same}
        assert len(same) > 550


def test_practices_and_practitioners_move_with_their_address(world: World) -> None:
    """In 2018 practice 10 in Borsbeek, 20 in Zwijndrecht, the house in La Louvière; a geneticist in Hoeselt."""
    enrolled = sum(place.enrolled_in(2018) for place in PLACES.values())
    zwijndrecht = PLACES["Zwijndrecht"].people - PLACES["Zwijndrecht"].enrolled_in(2018)
    others = sum(place.people for place in PLACES.values()) - enrolled - zwijndrecht
    own, moved = world.figures(PRACTICES, 2018, 2018), world.figures(PRACTICES, 2018, MAP)
    assert own["municipality", "11007"] == moved["municipality", "11002"] == (others, 1)
    assert own["municipality", "11056"] == moved["municipality", "46030"] == (zwijndrecht, 1)
    assert own["arrondissement", "55000"] == moved["arrondissement", "58000"] == (enrolled, 1)
    assert own["province", "10000"] == (others + zwijndrecht, 2)
    assert (moved["province", "10000"], moved["province", "40000"]) == ((others, 1), (zwijndrecht, 1))
    assert own["country", "01000"] == moved["country", "01000"] == (others + zwijndrecht + enrolled, 3)
    found = {area for area, (number, _) in world.figures(GENETICISTS, 2019, MAP).items() if number}
    assert found == {*areas_above("73110"), ("care_zone", "B")}


def areas_above(nis: str) -> set[Area]:
    return {(level, code) for level, code in areas_of(nis).items() if level != "municipality"}


# Where a strip of land went elsewhere, as far as anybody lives there.
INEXACT = {
    2018: {("municipality", code) for code in ("51068", "58001", "82039")}
    | {("arrondissement", code) for code in ("51000", "55000", "58000")},
    2019: {("municipality", "82039")},
    2025: set(),
}


@pytest.mark.parametrize("year", YEARS)
def test_inexact_recodings_are_marked(world: World, year: int) -> None:
    """M before E before B: nobody lives in 55085, where figures would not be exact either; 2019 is a break."""
    houses, contacts = world.rows(HOUSES, year, MAP), world.rows(CONTACTS, year, MAP)
    otherwise = "B" if year == 2019 else "A"
    for rows, normal in ((houses, "A"), (contacts, otherwise)):
        for area, row in rows.items():
            expected = "M" if row["denominator"] == 0 else "E" if area in INEXACT[year] else normal
            assert row["obs_status"] == expected, area
    assert houses["municipality", "55085"]["obs_status"] == "M"
    own = [row for row in world.both[HOUSES] if row["geography"] == row["year"]]
    assert {row["obs_status"] for row in own} == {"A", "M"}


def sorted_rows(rows: list[Row]) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in rows), key=repr)


def test_maps_lie_side_by_side_and_publishing_again_replaces_one(world: World) -> None:
    both = world.both[HOUSES]
    own_maps = {(year, year) for year in YEARS}
    assert {(row["year"], row["geography"]) for row in both} == {*own_maps, (2018, MAP), (2019, MAP)}
    assert sorted_rows([row for row in both if row["geography"] == row["year"]]) == sorted_rows(world.own[HOUSES])
    world.engine.publish((2018,), (HOUSES,), geography=MAP)
    assert sorted_rows(world.engine.statistic(HOUSES)) == sorted_rows(both)


def test_a_series_of_an_area_on_one_map(world: World) -> None:
    """Two contacts on one day are one from 2019 on: the card's break. Of each year the latest release."""
    configuration = world.engine.run.configuration
    card = configuration.cards[CONTACTS]
    published = world.engine.warehouse.read(statistic_table(card, configuration.dimensions)).cache()
    break_of_2019 = card.breaks[0].en
    seen = {year: 5 - PLACES["La Louvière"].enrolled_in(year) for year in YEARS}  # five people, some in the house

    def series(code: str, years: tuple[int, ...] = YEARS, rows: Any = published) -> list[tuple[Any, ...]]:
        of_years = rows.where(F.col("year").isin(*years))
        return [tuple(row) for row in compare_over_time(of_years, card, "municipality", code, MAP).collect()]

    assert series("58001") == [
        (2018, 2 * seen[2018], seen[2018], 2.0, "E", None),
        (2019, seen[2019], seen[2019], 1.0, "B", break_of_2019),
        (2025, seen[2025], seen[2025], 1.0, "A", None),
    ]
    assert [row[-1] for row in series("58001", (2018, 2025))] == [None, break_of_2019]
    assert [row[-1] for row in series("58001", (2019, 2025))] == [None, None]
    assert [row[0] for row in series("11002")] == [2018, 2019, 2025]
    assert series("55022") == []
    later = published.where("year = 2019").withColumns(
        {"release_date": F.lit(dt.date(2030, 1, 1)), "numerator": F.col("numerator") + 1}
    )
    revised = series("58001", rows=published.unionByName(later))
    assert [row[1] for row in revised] == [2 * seen[2018], seen[2019] + 1, seen[2025]]
    published.unpersist()


def test_a_series_of_one_member_of_a_dimension(world: World) -> None:
    configuration = world.engine.run.configuration
    card = configuration.cards[AGES]
    published = world.engine.warehouse.read(statistic_table(card, configuration.dimensions))
    enrolled, people = expected_ages(2019, 20, 80)
    for member, members in (("_T", {}), ("20-39", {"age_class_20": "20-39"})):
        (row,) = compare_over_time(published, card, "country", "01000", 2019, **members).collect()
        assert (row.year, row.numerator, row.denominator) == (2019, enrolled[member], people[member])
    with pytest.raises(ValueError, match="sex"):
        compare_over_time(published, card, "country", "01000", 2019, sex="F")


@pytest.mark.parametrize("code", [HOUSES, CONTACTS])
def test_the_reader_shows_the_same_series_row_for_row(world: World, spark: SparkSession, code: str) -> None:
    root, card = world.engine.warehouse.root, world.engine.run.configuration.cards[code]
    published, atlas = published_rows(spark, root, code), Atlas(root)
    areas = [("country", "01000"), ("province", "10000"), ("municipality", "58001"), ("municipality", "11002")]
    for level, area in areas:
        expected = [tuple(row) for row in compare_over_time(published, card, level, area, MAP).collect()]
        series = atlas.series(code, area, level=level, map=MAP, names="en")
        shown = series.select("year", "numerator", "denominator", "value", "obs_status", "break_since").rows()
        assert shown == expected
        assert [row[0] for row in expected] == list(YEARS)


def test_the_reader_takes_a_member_as_spark_does(world: World, spark: SparkSession) -> None:
    root, card = world.engine.warehouse.root, world.engine.run.configuration.cards[AGES]
    rows = compare_over_time(published_rows(spark, root, AGES), card, "country", "01000", 2019, age_class_20="20-39")
    series = Atlas(root).series(AGES, "01000", level="country", age_class_20="20-39")
    assert series.select("year", "numerator", "denominator", "value").rows() == [
        tuple(row)[:4] for row in rows.collect()
    ]
    assert len(series) == 1


# --- by configuration alone -------------------------------------------------------------------------------------------


def test_a_level_of_the_users_own_is_published_with_every_statistic(world: World) -> None:
    """A zone has the sums of its municipalities, whatever the statistic and its dimensions."""
    cards = world.engine.run.configuration.cards
    assert cards.keys() >= {HOUSES, PRACTICES, GENETICISTS, ONCOLOGISTS, AGES}
    for code, card in cards.items():
        rows = [row for row in world.own[code] if row["year"] == 2019]
        zones = {row["geo_code"] for row in rows if row["geo_level"] == "care_zone"}
        assert zones == {"A", "B"}, code
        if card.levels(2019)[-1] == "arrondissement":
            continue
        sums: dict[tuple[str, ...], list[int]] = {}
        for row in rows:
            zone = ZONES.get(row["geo_code"]) if row["geo_level"] == "municipality" else None
            if zone is not None:
                key = (zone, *(row[name] for name in card.dimensions))
                before = sums.get(key, [0, 0])
                sums[key] = [before[0] + row["numerator"], before[1] + row["denominator"]]
        published = {
            (row["geo_code"], *(row[name] for name in card.dimensions)): [row["numerator"], row["denominator"]]
            for row in rows
            if row["geo_level"] == "care_zone"
        }
        assert published == sums, code


def test_zones_and_what_lies_in_none_make_the_country(world: World) -> None:
    figures = world.figures(HOUSES, 2019, 2019)
    in_none = [place for place in PLACES.values() if place.code(2019) not in ZONES]
    assert (figures["care_zone", "A"], figures["care_zone", "B"]) == ((5, 12), (3, 12))
    assert figures["country", "01000"] == (
        5 + 3 + sum(place.enrolled_in(2019) for place in in_none),
        12 + 12 + sum(place.people for place in in_none),
    )


def test_a_dimension_of_the_users_own(world: World) -> None:
    enrolled, people = expected_ages(2019, 20, 80)
    codes = ("0-19", "20-39", "40-59", "60-79", "80+", "_T")
    country = [row for row in world.own[AGES] if row["geo_level"] == "country"]
    found = {row["age_class_20"]: (row["numerator"], row["denominator"]) for row in country}
    assert found == {code: (enrolled[code], people[code]) for code in codes}
    assert all(people[code] for code in codes if code != "40-59")
    assert sum(people[code] for code in codes[:-1]) < people["_T"], "somebody's age is unknown"


def test_a_profession_of_the_users_own(world: World) -> None:
    counted = {area: number for area, (number, _) in world.figures(ONCOLOGISTS, 2019, 2019).items()}
    assert {area for area, number in counted.items() if number == 1} == areas_above("82005")
    assert set(counted.values()) == {0, 1}


def test_a_contradiction_stops_the_whole_release(world: World, tmp_path: Path) -> None:
    """A percentage of 200: nothing is published, neither it nor the statistics beside it."""
    conf = with_impossible_card(world.engine.run.configuration.folder, tmp_path / "conf")
    engine = Engine.at(world.engine.run.spark, conf, Path(world.engine.warehouse.root))
    before = {code: engine.warehouse.version(table_of(engine, code)) for code in (HOUSES, PRACTICES)}
    with pytest.raises(ReleaseRefused, match=r"stat_999_003.* proportion .* in 2018"):
        engine.publish((2018,), (PRACTICES, "stat_999_003", HOUSES))
    again = Engine.at(world.engine.run.spark, conf, Path(world.engine.warehouse.root))
    assert {code: again.warehouse.version(table_of(again, code)) for code in before} == before
    assert not again.warehouse.holds(table_of(again, "stat_999_003"))


def table_of(engine: Engine, code: str) -> Any:
    return statistic_table(engine.run.configuration.cards[code], engine.run.configuration.dimensions)

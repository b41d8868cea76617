"""Sums upwards: municipalities and sectors to every area of the map, on a grid without holes."""

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.run import Run
from imaatlas_spark.statistics.areas import Grid, Territory, level_above, on_the_map, parent_level, sums_of_areas
from imaatlas_spark.statistics.publication import Publication
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP

pytestmark = pytest.mark.spark

YEAR = 2019
HOUSES, COUNT, AGES = "stat_003_007", "stat_020_033", "cube_013_007"
SECTORS = [(YEAR, "11002", "11002A00-"), (YEAR, "11002", "11002A01-"), (YEAR, "21004", "21004A00-")]
SUMS = (
    "code STRING, year INT, municipality STRING, sector STRING, age_class STRING, numerator BIGINT, denominator BIGINT"
)
Key = tuple[Any, ...]


@pytest.fixture(scope="module")
def territory(spark: SparkSession, configuration: Configuration) -> Territory:
    sectors = local_frame(spark, SECTORS, "year INT, municipality STRING, sector STRING")
    return Territory.of(configuration.geography, {YEAR: YEAR}, sectors)


@pytest.fixture
def publication(spark: SparkSession, configuration: Configuration, tmp_path: Path) -> Publication:
    run = Run(spark, configuration, "tests")
    chosen = releases(configuration, (HOUSES, COUNT, AGES), (YEAR,), None)
    return Publication.of(run, Warehouse(spark, str(tmp_path), STAMP), chosen)


def summed_up(
    rows: list[tuple[Any, ...]], territory: Territory, publication: Publication
) -> dict[Key, tuple[Any, Any]]:
    """(code, level, area, parent, age class) to numerator and denominator, of sums by sector and age class."""
    sectors = local_frame(publication.run.spark, [(row[0], YEAR, *row[1:]) for row in rows], SUMS)
    keys = ("code", "year", "municipality", "age_class")
    municipalities = sectors.groupBy(*keys).agg(
        F.sum("numerator").alias("numerator"), F.sum("denominator").alias("denominator")
    )
    found = sums_of_areas(municipalities, sectors, territory, Grid.of(publication)).collect()
    by_key = {
        (row.code, row.geo_level, row.geo_code, row.parent_code, row.age_class): (row.numerator, row.denominator)
        for row in found
    }
    assert len(by_key) == len(found)
    return by_key


def test_the_level_above_in_a_column_is_the_level_above(spark: SparkSession) -> None:
    levels = (*LEVELS, "care_zone")
    rows = local_frame(spark, [(level,) for level in levels], "geo_level STRING")
    found = dict(rows.select("geo_level", level_above("geo_level")).collect())
    assert found == {level: parent_level(level) for level in levels}
    assert (found["country"], found["sector"], found["care_zone"]) == (None, "municipality", "country")


def test_without_a_row_every_area_and_member_is_a_zero(territory: Territory, publication: Publication) -> None:
    found = summed_up([], territory, publication)
    assert {figures for (code, *_), figures in found.items() if code == COUNT} == {(0, None)}
    assert {figures for (code, *_), figures in found.items() if code != COUNT} == {(0, 0)}
    upper = 1 + 3 + 11 + 43
    areas = {code: [key for key in found if key[0] == code] for code in (HOUSES, COUNT, AGES)}
    assert len(areas[HOUSES]) == upper + 581 + 3
    assert len(areas[COUNT]) == upper
    assert len(areas[AGES]) == (upper + 581) * 11
    assert (HOUSES, "sector", "21004A00-", "21004", "_T") in found
    assert not [key for key in found if key[2] is None or key[4] == "_U"], "what is unknown is there when somebody is"


def test_sums_are_those_of_everything_that_lies_in_an_area(territory: Territory, publication: Publication) -> None:
    """Antwerp with a known and an unknown sector, Brussels, and somebody of unknown residence."""
    rows: list[tuple[Any, ...]] = [
        (HOUSES, "11002", "11002A00-", "_T", 1, 10),
        (HOUSES, "11002", None, "_T", 2, 20),
        (HOUSES, "21004", "21004A00-", "_T", 4, 40),
        (HOUSES, None, None, "_T", 8, 80),
    ]
    found = summed_up(rows, territory, publication)
    assert {key[1:4]: figures for key, figures in found.items() if figures[0]} == {
        ("country", "01000", None): (15, 150),
        ("region", "02000", "01000"): (3, 30),
        ("region", "04000", "01000"): (4, 40),
        ("region", None, "01000"): (8, 80),
        ("province", "10000", "02000"): (3, 30),
        ("province", "21000", "04000"): (4, 40),
        ("arrondissement", "11000", "10000"): (3, 30),
        ("arrondissement", "21000", "21000"): (4, 40),
        ("municipality", "11002", "11000"): (3, 30),
        ("municipality", "21004", "21000"): (4, 40),
        ("sector", "11002A00-", "11002"): (1, 10),
        ("sector", None, "11002"): (2, 20),
        ("sector", "21004A00-", "21004"): (4, 40),
    }


def test_levels_and_members_that_are_not_published_have_no_sums(territory: Territory, publication: Publication) -> None:
    """The count ends at the arrondissement, the cube at the municipality; what is unknown is there to be checked."""
    rows: list[tuple[Any, ...]] = [
        (COUNT, "11002", None, "_T", 3, None),
        (AGES, "11002", "11002A00-", "_U", 1, 2),
        (AGES, "11002", "11002A00-", "_T", 1, 2),
        (HOUSES, "11002", "11002A00-", "90+", 1, 2),
    ]
    found = {key: figures for key, figures in summed_up(rows, territory, publication).items() if figures[0]}
    assert {key[1] for key in found if key[0] == COUNT} == {"country", "region", "province", "arrondissement"}
    assert {figures for key, figures in found.items() if key[0] == COUNT} == {(3, None)}
    assert {key[1] for key in found if key[0] == AGES} == set(LEVELS) - {"sector"}
    assert {key[4] for key in found if key[0] == AGES} == {"_U", "_T"}
    assert not [key for key in found if key[0] == HOUSES], "it has no age classes"


def placed(spark: SparkSession, territory: Territory, *places: tuple[str | None, str | None]) -> set[Key]:
    schema = "year INT, municipality STRING, sector STRING, amount_0 BIGINT"
    cells: DataFrame = local_frame(spark, [(YEAR, *place, 1) for place in places], schema)
    return {(row.municipality, row.sector) for row in on_the_map(cells, territory).collect()}


def test_a_sector_that_is_not_on_the_map_is_unknown(spark: SparkSession, territory: Territory) -> None:
    places = (("11002", "11002A00-"), ("21004", "21004B99-"), ("44021", None), (None, None))
    assert placed(spark, territory, *places) == {("11002", "11002A00-"), ("21004", None), ("44021", None), (None, None)}


def test_a_municipality_is_recoded_to_the_map(spark: SparkSession, configuration: Configuration) -> None:
    """Borsbeek of 2019 lies in Antwerp on the map of 2025, as its sectors do; a code that no map knows stays."""
    sectors = local_frame(spark, [(YEAR, "11002", "11007A00-")], "year INT, municipality STRING, sector STRING")
    later = Territory.of(configuration.geography, {YEAR: 2025}, sectors)
    assert placed(spark, later, ("11007", "11007A00-"), ("99999", None)) == {("11002", "11007A00-"), ("99999", None)}

"""The complete grid: every area of a map at a statistic's levels, for every member of every dimension."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.dimensions import TOTAL, Dimensions
from imaatlas_spark.geography import COUNTRY, LEVELS, Geography
from imaatlas_spark.local_frames import local_frame

Maps = Mapping[int, int]  # the year of the data to the year whose map gives the codes


def parent_level(level: str) -> str | None:
    """The level above; a grouping of the user's own lies directly below the country."""
    if level not in LEVELS:
        return LEVELS[0]
    return LEVELS[LEVELS.index(level) - 1] if level != LEVELS[0] else None


def places(spark: SparkSession, geography: Geography, maps: Maps) -> DataFrame:
    """Where each municipality of a data year lies on the map. Grain: place_year, place (null: unknown), geo_level.

    Columns beside: geo_code (null: in no area of the level) and parent_code (null: the country has none).
    """
    levels = (*LEVELS[: LEVELS.index("sector")], *geography.groupings)
    rows: list[tuple[int, str | None, str, str | None, str | None]] = []
    for year, map_year in maps.items():
        for old, new in geography.recoding_between(year, map_year).items():
            at = {level: geography.place(new, level, map_year) for level in levels}
            rows += [(year, old, level, at[level], at.get(parent_level(level) or "")) for level in levels]
        rows.append((year, None, LEVELS[0], COUNTRY, None))
        rows += [(year, None, level, None, COUNTRY) for level in levels if parent_level(level) == LEVELS[0]]
    return local_frame(
        spark, rows, "place_year INT, place STRING, geo_level STRING, geo_code STRING, parent_code STRING"
    )


def grid(card: Card, maps: Maps, geography: Geography, sectors: DataFrame, dimensions: Dimensions) -> DataFrame:
    """Columns: year, geo_level, geo_code, the dimensions. `sectors` are those of the maps (year, sector)."""
    levels = {year: (*card.levels(year), *geography.groupings) for year in maps}
    areas = [(year, *area) for year, map_year in maps.items() for area in geography.areas(map_year, levels[year])]
    listed = sectors.where(F.col("year").isin(*(year for year in maps if LEVELS[-1] in levels[year])))
    rows = local_frame(sectors.sparkSession, areas, "year INT, geo_level STRING, geo_code STRING").unionByName(
        listed.select("year", F.lit(LEVELS[-1]).alias("geo_level"), F.col("sector").alias("geo_code"))
    )
    for name in card.dimensions:
        members = [F.lit(code) for code in (*dimensions[name].codes, TOTAL)]
        rows = rows.withColumn(name, F.explode(F.array(*members)))
    return rows

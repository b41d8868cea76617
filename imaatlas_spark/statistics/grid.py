"""The complete grid: every area of a year at a statistic's levels, for every member of every dimension."""

from collections.abc import Iterable

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.dimensions import TOTAL, Dimensions
from imaatlas_spark.geography import LEVELS, Geography, ancestors
from imaatlas_spark.local_frames import local_frame


def places(spark: SparkSession, geography: Geography, years: Iterable[int]) -> DataFrame:
    """Where each municipality of a year lies, below the country. Grain: year, municipality, level."""
    rows = [
        (year, nis, level, code)
        for year in years
        for nis in geography.municipalities_in(year)
        for level, code in ancestors(nis).items()
        if level != "country"
    ]
    return local_frame(spark, rows, "year INT, municipality STRING, geo_level STRING, geo_code STRING")


def grid(
    card: Card, years: Iterable[int], geography: Geography, sectors: DataFrame, dimensions: Dimensions
) -> DataFrame:
    """Columns: year, geo_level, geo_code, the dimensions. `sectors` are those of the years (year, sector)."""
    spark, years = sectors.sparkSession, tuple(years)
    areas = [(year, *area) for year in years for area in geography.areas(year, card.levels(year))]
    with_sectors = [year for year in years if LEVELS[-1] in card.levels(year)]
    listed = sectors.where(F.col("year").isin(*with_sectors))
    rows = local_frame(spark, areas, "year INT, geo_level STRING, geo_code STRING").unionByName(
        listed.select("year", F.lit(LEVELS[-1]).alias("geo_level"), F.col("sector").alias("geo_code"))
    )
    for name in card.dimensions:
        members = [F.lit(code) for code in (*dimensions[name].codes, TOTAL)]
        rows = rows.withColumn(name, F.explode(F.array(*members)))
    return rows

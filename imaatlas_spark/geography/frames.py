"""The map of a year as small frames, for joins by broadcast: recoding, municipalities of codes, sectors."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.geography.codes import ABROAD, NOT_LOCALISABLE
from imaatlas_spark.geography.maps import Geography
from imaatlas_spark.periods import first_day, last_day
from imaatlas_spark.storage.local_frames import local_frame


def recoding_frame(spark: SparkSession, geography: Geography, year: int) -> DataFrame:
    """Every code that is, or has become, a municipality of `year`. Columns: code, municipality."""
    rows = list(geography.recoding(year).items())
    return local_frame(spark, rows, "code STRING, municipality STRING")


def with_municipality(rows: DataFrame, recoding: DataFrame, code: str, name: str) -> DataFrame:
    """`code` recoded forward to the municipality of the year, as `name`; null: none."""
    map_of_year = F.broadcast(recoding.select(F.col("code").alias("old_code"), F.col("municipality").alias(name)))
    return rows.join(map_of_year, F.col(code) == F.col("old_code"), "left").drop("old_code")


def is_abroad(code: Column) -> Column:
    """A known residence abroad; nothing is none."""
    return F.coalesce(code.rlike(rf"^{ABROAD}\z"), F.lit(False))


def overlaps_year(year: int) -> Column:
    """Whether a dated row (valid_from, valid_to) is valid on some day of `year`, as `periods.overlaps_year`."""
    is_open = F.col("valid_to").isNull()
    return (F.col("valid_from") <= F.lit(last_day(year))) & (is_open | (F.col("valid_to") >= F.lit(first_day(year))))


def sectors_of_year(sectors: DataFrame, recoding: DataFrame, year: int) -> DataFrame:
    """The sectors that can be lived in during `year`, each with the municipality that its prefix has become.

    Rows of the list that overlap the year, without `ZZZZ`, whose prefix recodes to a municipality of the year.
    Grain: sector. Columns: sector, municipality.
    """
    of_places = overlaps_year(year) & ~F.col("sector").endswith(NOT_LOCALISABLE)
    sector_codes = sectors.where(of_places).select("sector").dropDuplicates()
    sectors_with_prefix = sector_codes.withColumn("prefix", F.substring("sector", 1, 5))
    sectors_with_municipality = sectors_with_prefix.transform(with_municipality, recoding, "prefix", "municipality")
    return sectors_with_municipality.where(F.col("municipality").isNotNull()).select("sector", "municipality")

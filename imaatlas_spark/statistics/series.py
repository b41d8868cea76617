"""The years of a published statistic beside each other, on one map."""

from functools import reduce

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.folders import full_path
from imaatlas_spark.schemas.ledger import RELEASES
from imaatlas_spark.storage.local_frames import local_frame


def published_rows(spark: SparkSession, warehouse: str, code: str) -> DataFrame:
    """The rows of a statistic that are published: of each release those in the version that `releases` names.

    Raises WarehouseRefused where nothing of it is published.
    """
    root = full_path(warehouse)
    releases = spark.read.format("delta").load(f"{root}/{RELEASES.path}").where(F.col("statistic") == code)
    keys = ("year", "geography", "release_date")
    versions = sorted(row.version for row in releases.select("version").distinct().collect())
    if not versions:
        raise WarehouseRefused(f"nothing of {code} is published in {root}: run build_statistics.py")
    table = f"{root}/statistics/{code}"
    frames = (
        spark.read.format("delta")
        .option("versionAsOf", version)
        .load(table)
        .join(F.broadcast(releases.where(F.col("version") == version).select(*keys)), [*keys], "left_semi")
        for version in versions
    )
    return reduce(DataFrame.unionByName, frames)


def compare_over_time(
    published: DataFrame, card: Card, level: str, code: str, geography: int, **members: str
) -> DataFrame:
    """The series of one area on the map of `geography`, by year: of every year its latest release on that map.

    `published` are the rows of `card` that are published (see `published_rows`). Of each dimension the total is taken,
    unless `members` names another code: `age_class="90+"`. Columns: year, numerator, denominator, value, obs_status,
    break_since: why the figures do not compare with those of the row before (null: they do).
    """
    unknown = members.keys() - set(card.dimensions)
    if unknown:
        raise ValueError(f"{card.code} is not broken down by {', '.join(sorted(unknown))}")
    wanted: dict[str, str | int] = {"geo_level": level, "geo_code": code, "geography": geography}
    wanted |= {name: members.get(name, TOTAL) for name in card.dimensions}
    rows = published
    for name, value in wanted.items():
        rows = rows.where(F.col(name) == value)
    latest = F.max("release_date").over(Window.partitionBy("year"))
    series = rows.withColumn("latest", latest).where(F.col("release_date") == F.col("latest"))
    series = series.withColumn("year_before", F.lag("year").over(Window.partitionBy("geo_code").orderBy("year")))
    breaks = local_frame(
        published.sparkSession, [(each.year, each.en) for each in card.breaks], "break_year INT, break_since STRING"
    )
    between = (F.col("break_year") > F.col("year_before")) & (F.col("break_year") <= F.col("year"))
    columns = ("year", "numerator", "denominator", "value", "obs_status")
    return (
        series.join(F.broadcast(breaks), between, "left")
        .groupBy(*columns)
        .agg(F.concat_ws(" ", F.sort_array(F.collect_list("break_since"))).alias("break_since"))
        .withColumn("break_since", F.nullif(F.col("break_since"), F.lit("")))
        .orderBy("year")
    )

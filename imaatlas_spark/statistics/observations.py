"""Sums on the grid to observations: value, status, release (contract, section 4)."""

import datetime as dt
from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card

NORMAL, CANNOT_EXIST, BREAK, PROVISIONAL = "A", "M", "B", "P"


def observations(grid: DataFrame, sums: DataFrame, card: Card, release_dates: Mapping[int, dt.date]) -> DataFrame:
    """Every row of the grid with its sums, zeros included; columns as `tables.statistic_table`.

    The ratio is the last step: `scale * numerator / denominator`, the numerator itself for a count.
    """
    keys = ["year", "geo_level", "geo_code", *card.dimensions]
    numerator = F.coalesce(F.col("numerator"), F.lit(0))
    joined = grid.join(sums, keys, "left").withColumn("numerator", numerator)
    if card.denominator is None:
        joined = joined.withColumn("denominator", F.lit(None).cast("bigint"))
        value = F.col("numerator").cast("double")
    else:
        joined = joined.withColumn("denominator", F.coalesce(F.col("denominator"), F.lit(0)))
        scaled = (F.lit(card.scale) * F.col("numerator")).cast("double")
        value = F.when(F.col("denominator") > 0, scaled / F.col("denominator"))
    return joined.select(
        "year",
        "geo_level",
        "geo_code",
        F.col("year").alias("geography"),
        *card.dimensions,
        "numerator",
        "denominator",
        value.alias("value"),
        _status(card, release_dates).alias("obs_status"),
        _by_year(release_dates).alias("release_date"),
    )


def _status(card: Card, release_dates: Mapping[int, dt.date]) -> Column:
    """M before B before P, else A. Only a ratio can fail to exist: the denominator of a count is null."""
    breaks = [year for year in release_dates if card.has_break_in(year)]
    provisional = [year for year, date in release_dates.items() if card.release.is_provisional(year, date)]
    return (
        F.when(F.col("denominator") == 0, CANNOT_EXIST)
        .when(F.col("year").isin(*breaks), BREAK)
        .when(F.col("year").isin(*provisional), PROVISIONAL)
        .otherwise(NORMAL)
    )


def _by_year(dates: Mapping[int, dt.date]) -> Column:
    return F.coalesce(*(F.when(F.col("year") == year, F.lit(date)) for year, date in sorted(dates.items())))

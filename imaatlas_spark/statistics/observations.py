"""Sums on the grid to observations: value, status, release (contract, section 4)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.geography import Geography
from imaatlas_spark.local_frames import local_frame
from imaatlas_spark.statistics.cells import denominator_of, numerator_of
from imaatlas_spark.statistics.grid import Maps

NORMAL, CANNOT_EXIST, BREAK, PROVISIONAL, ESTIMATED = "A", "M", "B", "P", "E"


def observations(
    grid: DataFrame,
    sums: DataFrame,
    card: Card,
    release_dates: Mapping[int, dt.date],
    maps: Maps,
    geography: Geography,
) -> DataFrame:
    """Every row of the grid with its sums, zeros included; columns as `tables.statistic_table`.

    The ratio is the last step: `scale * numerator / denominator`, the numerator itself for a count.
    """
    keys = ["year", "geo_level", "geo_code", *card.dimensions]
    joined = (
        grid.join(_sums_of(sums, card, keys), keys, "left")
        .transform(_with_inexact, maps, geography)
        .withColumn("numerator", F.coalesce(F.col("numerator"), F.lit(0)))
    )
    if card.denominator is None:
        value = F.col("numerator").cast("double")
    else:
        joined = joined.withColumn("denominator", F.coalesce(F.col("denominator"), F.lit(0)))
        scaled = (F.lit(card.scale) * F.col("numerator")).cast("double")
        value = F.when(F.col("denominator") > 0, scaled / F.col("denominator"))
    return joined.select(
        "year",
        "geo_level",
        "geo_code",
        _by_year(maps).alias("geography"),
        *card.dimensions,
        "numerator",
        "denominator",
        value.alias("value"),
        _status(card, release_dates).alias("obs_status"),
        _by_year(release_dates).alias("release_date"),
    )


def _sums_of(sums: DataFrame, card: Card, keys: list[str]) -> DataFrame:
    """The sums of known areas as numerator and denominator; the denominator of a count is null."""
    below = F.lit(None).cast("bigint") if card.denominator is None else F.col(denominator_of(card))
    known = sums.where(F.col("geo_code").isNotNull())
    return known.select(*keys, F.col(numerator_of(card)).alias("numerator"), below.alias("denominator"))


def _with_inexact(rows: DataFrame, maps: Maps, geography: Geography) -> DataFrame:
    """Adds `inexact`: the area's figures were recoded from another map, and part of its territory went elsewhere."""
    redrawn = [(year, *area) for year, map_year in maps.items() for area in sorted(geography.inexact(year, map_year))]
    if not redrawn:
        return rows.withColumn("inexact", F.lit(False))
    marked = local_frame(rows.sparkSession, redrawn, "year INT, geo_level STRING, geo_code STRING")
    known = F.broadcast(marked.withColumn("marked", F.lit(True)))
    joined = rows.join(known, ["year", "geo_level", "geo_code"], "left")
    return joined.withColumn("inexact", F.coalesce(F.col("marked"), F.lit(False)))


def _status(card: Card, release_dates: Mapping[int, dt.date]) -> Column:
    """M before E before B before P, else A. Only a ratio can fail to exist: the denominator of a count is null."""
    breaks = [year for year in release_dates if card.has_break_in(year)]
    provisional = [year for year, date in release_dates.items() if card.release.is_provisional(year, date)]
    return (
        F.when(F.col("denominator") == 0, CANNOT_EXIST)
        .when(F.col("inexact"), ESTIMATED)
        .when(F.col("year").isin(*breaks), BREAK)
        .when(F.col("year").isin(*provisional), PROVISIONAL)
        .otherwise(NORMAL)
    )


def _by_year(values: Mapping[int, Any]) -> Column:
    return F.coalesce(*(F.when(F.col("year") == year, F.lit(value)) for year, value in sorted(values.items())))

"""Sums on the grid to observations: value, status, release (definitions, section 4; data contract, section 4)."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.geography import Geography
from imaatlas_spark.schemas.statuses import (
    BREAK,
    CANNOT_EXIST,
    CONFIDENTIAL,
    ESTIMATED,
    NORMAL,
    PROVISIONAL,
    SUPPRESSED,
)
from imaatlas_spark.statistics.publication import Maps, Publication
from imaatlas_spark.statistics.releases import ReleaseDates
from imaatlas_spark.storage.local_frames import local_frame


def observations(figures: DataFrame, card: Card, publication: Publication) -> DataFrame:
    """The complete grid of a statistic, zeros included; columns as `tables.statistic_table`.

    `figures` are the sums of all cards as a `Protector` returns them. The ratio is the last step:
    `scale * numerator / denominator`, the numerator itself for a count.
    """
    value = F.col("numerator").cast("double")
    if card.denominator is not None:
        scaled = F.lit(float(card.scale)) * value
        value = F.when(F.col("denominator") > 0, scaled / F.col("denominator"))
    maps, release_dates = publication.maps_of(card), publication.releases[card.code]
    rows = _published(figures, card).transform(_with_inexact, maps, publication.geography)
    return rows.select(
        "year",
        "geo_level",
        "geo_code",
        by_year(maps).alias("geography"),
        *card.dimensions,
        "numerator",
        "denominator",
        value.alias("value"),
        _status(card, release_dates).alias("obs_status"),
        "conf_status",
        by_year(release_dates).alias("release_date"),
    )


def _published(figures: DataFrame, card: Card) -> DataFrame:
    """The card's figures of known areas and members."""
    known = [F.col("geo_code").isNotNull(), *(F.col(name) != UNKNOWN for name in card.dimensions)]
    return figures.where((F.col("code") == card.code) & reduce(Column.__and__, known))


def _with_inexact(rows: DataFrame, maps: Maps, geography: Geography) -> DataFrame:
    """Adds `inexact`: the area's figures were recoded from another map, and part of its territory went elsewhere."""
    redrawn = [(year, *area) for year, map_year in maps.items() for area in sorted(geography.inexact(year, map_year))]
    if not redrawn:
        return rows.withColumn("inexact", F.lit(False))
    inexact_areas = local_frame(rows.sparkSession, redrawn, "year INT, geo_level STRING, geo_code STRING")
    mark_of_area = F.broadcast(inexact_areas.withColumn("marked", F.lit(True)))
    rows_with_mark = rows.join(mark_of_area, ["year", "geo_level", "geo_code"], "left")
    return rows_with_mark.withColumn("inexact", F.coalesce(F.col("marked"), F.lit(False)))


def _status(card: Card, release_dates: ReleaseDates) -> Column:
    """M before Q before E before B before P, else A. Only a ratio can fail to exist: a count has no denominator."""
    breaks = [year for year in release_dates if card.has_break_in(year)]
    provisional = [year for year, date in release_dates.items() if card.release.is_provisional(year, date)]
    return (
        F.when(F.col("denominator") == 0, CANNOT_EXIST)
        .when(F.col("conf_status") == CONFIDENTIAL, SUPPRESSED)
        .when(F.col("inexact"), ESTIMATED)
        .when(F.col("year").isin(*breaks), BREAK)
        .when(F.col("year").isin(*provisional), PROVISIONAL)
        .otherwise(NORMAL)
    )


def by_year(values: Mapping[int, Any]) -> Column:
    """What a mapping says of the year of a row; null for other years."""
    return F.coalesce(*(F.when(F.col("year") == year, F.lit(value)) for year, value in sorted(values.items())))

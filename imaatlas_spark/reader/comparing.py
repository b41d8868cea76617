"""Figures beside figures: the years of a series, and what two releases say of the same."""

from collections.abc import Sequence

import polars as pl

from imaatlas_spark.reader.areas import Areas
from imaatlas_spark.reader.names import Names

_COMPARED = ("value", "obs_status", "numerator", "denominator")


def with_breaks(series: pl.DataFrame, breaks: Sequence[tuple[int, str]], areas: Areas, names: Names) -> pl.DataFrame:
    """The rows of one area by year, with break_since and redrawn (see `Atlas.series`)."""
    since: list[str | None] = []
    redrawn: list[str | None] = []
    before: tuple[int, int] | None = None
    for year, geography, level, code in series.select("year", "geography", "geo_level", "geo_code").iter_rows():
        told = sorted(text for at, text in breaks if before is not None and before[0] < at <= year)
        since.append(" ".join(told) or None)
        redrawn.append(None if before is None else areas.redrawn(level, code, before[1], geography, names))
        before = year, geography
    return series.with_columns(
        pl.Series("break_since", since, dtype=pl.String), pl.Series("redrawn", redrawn, dtype=pl.String)
    )


def changed(before: pl.DataFrame, after: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """The rows that two publications of a statistic do not have alike; columns as `Atlas.changes`.

    Grain: year, geography, area, members. A difference is null where either figure is not shown.
    """
    labels = [f"{name}_label" for name in dimensions]
    key = ["year", "geo_level", "geo_code", "geography", *dimensions]
    shown = [*key[:3], "area_name", "geography", *(column for name in dimensions for column in (name, f"{name}_label"))]
    told = [*_COMPARED, "release_date"]
    left = before.select(*key, pl.lit(True).alias("was"), *(pl.col(name).alias(f"{name}_before") for name in told))
    right = after.select(*key, pl.lit(True).alias("is"), *(pl.col(name).alias(f"{name}_after") for name in told))
    words = pl.concat([before, after]).select(*key, "area_name", *labels).unique(key, keep="first")
    both = left.join(right, on=key, how="full", coalesce=True).join(words, on=key, how="left")
    differs = pl.any_horizontal(pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in _COMPARED)
    change = (
        pl.when(pl.col("was").is_null()).then(pl.lit("added")).when(pl.col("is").is_null()).then(pl.lit("removed"))
    ).otherwise(pl.lit("changed"))
    return (
        both.filter(differs | pl.col("was").is_null() | pl.col("is").is_null())
        .with_columns(change.alias("change"), (pl.col("value_after") - pl.col("value_before")).alias("difference"))
        .sort(key)
        .select(
            *(*shown, "change", "value_before", "value_after", "difference", "obs_status_before", "obs_status_after"),
            *("numerator_before", "numerator_after", "denominator_before", "denominator_after"),
            *("release_date_before", "release_date_after"),
        )
        .rename({"release_date_before": "release_before", "release_date_after": "release_after"})
    )

"""Which release of which year, on which map: one row a year, so that nothing is counted twice."""

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.periods import in_words, parse_date
from imaatlas_spark.reader.store import Store
from imaatlas_spark.schemas.ledger import RELEASES

LATEST = "latest"


def releases_of(store: Store, code: str) -> pl.DataFrame:
    """The releases of a statistic, by year, geography and release date; columns as the ledger's."""
    return store.frame(RELEASES).filter(pl.col("statistic") == code).sort("year", "geography", "release_date")


def as_of(release: str | dt.date) -> dt.date | None:
    """The day whose releases are asked for; None: today's."""
    if isinstance(release, dt.date):
        return release
    if release == LATEST:
        return None
    try:
        return parse_date(release)
    except ValueError as error:
        raise NotInAtlas(f"release {error}, or 'latest'") from error


def chosen_releases(
    store: Store, code: str, years: Iterable[int] | None, map_year: int | None, release: str | dt.date
) -> pl.DataFrame:
    """One release a year: the latest one (of those on or before the day `release`), on one map.

    On the map of `map_year`; None: each year on its own, or where it was not published on that, on the latest it has.
    Columns: year, geography, release_date, version, maps (how many the year is published on), older (how many releases
    of the year on this map are not taken).
    Raises NotInAtlas where a year of `years` has no such release, or no year has.
    """
    every = releases_of(store, code)
    day = as_of(release)
    known = every if day is None else every.filter(pl.col("release_date") <= day)
    if known.is_empty():
        first = min(every["release_date"].to_list())
        raise NotInAtlas(f"{code} has no release on or before {day}: the first is of {first}")
    latest = (
        known.sort("release_date")
        .group_by("year", "geography", maintain_order=True)
        .agg(pl.col("release_date", "version").last(), (pl.len() - 1).alias("older"))
        .with_columns(pl.len().over("year").alias("maps"))
    )
    if map_year is None:
        preferred = (pl.col("geography") == pl.col("year")).cast(pl.Int8)
        chosen = latest.sort(preferred, "geography").unique("year", keep="last", maintain_order=True)
    else:
        chosen = latest.filter(pl.col("geography") == map_year)
    wanted = None if years is None else sorted(set(years))
    _refuse_missing(code, chosen["year"].to_list(), wanted, map_year, known)
    if wanted is not None:
        chosen = chosen.filter(pl.col("year").is_in(wanted))
    return chosen.sort("year")


def _refuse_missing(
    code: str, found: Sequence[int], wanted: Sequence[int] | None, map_year: int | None, known: pl.DataFrame
) -> None:
    missing = [year for year in wanted or () if year not in found]
    if found and not missing:
        return
    of_years = f" for {in_words(tuple(missing))}" if missing else ""
    on_map = "" if map_year is None else f" on the map of {map_year}"
    by_map = known.group_by("geography").agg(pl.col("year").unique().sort()).sort("geography").iter_rows()
    published = "; ".join(f"{in_words(tuple(of_map))} on the map of {geography}" for geography, of_map in by_map)
    raise NotInAtlas(f"{code} is not published{of_years}{on_map}: published are {published}")


def rows_of(store: Store, code: str, chosen: pl.DataFrame) -> pl.LazyFrame:
    """The rows of the chosen releases, each from the version of the table that the ledger names."""
    parts = []
    for (version,), of_version in chosen.group_by("version", maintain_order=True):
        keys = of_version.select("year", "geography", "release_date").lazy()
        rows = store.statistic(code, int(str(version)), of_version["year"].to_list())
        parts.append(rows.join(keys, on=["year", "geography", "release_date"], how="semi"))
    return pl.concat(parts)

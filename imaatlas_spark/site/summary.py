"""What the pages of areas and the first page need of a statistic: its totals, year by year, with ranks."""

from dataclasses import dataclass

import polars as pl

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.geography.codes import SECTOR

_DECIMALS = {"percentage": 1, "rate_per_10000": 1, "count": 0}


@dataclass(frozen=True)
class Point:
    """The total of one area in one year. `rank` among `ranked` areas of its level; None: no value."""

    year: int
    value: float | None
    status: str
    rank: int | None
    ranked: int


@dataclass(frozen=True)
class Summary:
    card: Card
    decimals: int
    series: dict[tuple[str, str], tuple[Point, ...]]

    def points(self, level: str, code: str) -> tuple[Point, ...]:
        """The years of an area, each on its own map where the year is published on it."""
        return self.series.get((level, code), ())

    def at(self, level: str, code: str, year: int) -> Point | None:
        return next((point for point in self.points(level, code) if point.year == year), None)


def summarise(card: Card, observations: pl.DataFrame) -> Summary:
    """The summary of the latest releases of a statistic; sectors are left out."""
    totals = observations.filter(pl.col("geo_level") != SECTOR, *[pl.col(name) == TOTAL for name in card.dimensions])
    on_own_map = totals.filter((pl.col("geography") == pl.col("year")).any().over("year").not_() | _own())
    of_level = ("year", "geography", "geo_level")
    ranked = on_own_map.with_columns(
        pl.col("value").rank("min", descending=True).over(of_level).alias("rank"),
        pl.col("value").count().over(of_level).alias("ranked"),
    ).sort("geo_level", "geo_code", "year", "geography")
    series: dict[tuple[str, str], list[Point]] = {}
    columns = ("geo_level", "geo_code", "year", "value", "obs_status", "rank", "ranked")
    for level, code, year, value, status, rank, count in ranked.select(columns).iter_rows():
        series.setdefault((level, code), []).append(Point(year, value, status, rank, count))
    return Summary(card, _decimals(card, series), {area: tuple(points) for area, points in series.items()})


def _own() -> pl.Expr:
    return pl.col("geography") == pl.col("year")


def _decimals(card: Card, series: dict[tuple[str, str], list[Point]]) -> int:
    """So many decimals that about three figures are seen; a percentage has one."""
    if card.measure in _DECIMALS:
        return _DECIMALS[card.measure]
    values = [point.value for point in series.get(("country", COUNTRY), []) if point.value is not None]
    typical = max(values, default=0.0)
    return 2 if typical < 20 else 1 if typical < 100 else 0

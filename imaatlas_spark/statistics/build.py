"""Year tables to published statistics: what `build_statistics.py` does."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.deliveries.contract import SECTORS
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.job import Run
from imaatlas_spark.source_variables.build import recoding_of
from imaatlas_spark.source_variables.residence import sectors_of_year
from imaatlas_spark.source_variables.tables import PERSON_YEAR, YEAR_TABLES
from imaatlas_spark.statistics.cells import cells_of_unit, summed_upwards
from imaatlas_spark.statistics.grid import grid, places
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.releases import Releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.tables import Warehouse
from imaatlas_spark.years import in_words


def build_statistics(run: Run, warehouse: Warehouse, chosen: Releases) -> None:
    """Build and publish the statistics of `chosen`: one pass over each year table, one commit for each statistic."""
    by_unit: dict[str, list[Card]] = defaultdict(list)
    for code in chosen:
        by_unit[run.configuration.cards[code].unit].append(run.configuration.cards[code])
    all_years = tuple(sorted({year for dates in chosen.values() for year in dates}))
    _refuse_missing_years(warehouse, all_years)
    sectors = _sectors(run, warehouse, all_years).cache()
    for unit, cards in by_unit.items():
        years = tuple(sorted({year for card in cards for year in chosen[card.code]}))
        rows = warehouse.read(YEAR_TABLES[unit]).where(F.col("year").isin(*years))
        cells = cells_of_unit(rows, cards, run.configuration.dimensions).cache()
        for card in cards:
            _publish(run, warehouse, card, cells, sectors, chosen[card.code])
        cells.unpersist()
    sectors.unpersist()


def _refuse_missing_years(warehouse: Warehouse, years: tuple[int, ...]) -> None:
    missing = tuple(sorted(set(years) - warehouse.years(PERSON_YEAR)))
    if missing:
        raise WarehouseRefused(f"{PERSON_YEAR.path} has no {in_words(missing)}: run build_source_variables.py for it")


def _sectors(run: Run, warehouse: Warehouse, years: Iterable[int]) -> DataFrame:
    listed = warehouse.read(SECTORS.table)
    of_years = [
        sectors_of_year(listed, recoding_of(run, year), year).select(F.lit(year).alias("year"), "sector")
        for year in years
    ]
    return reduce(DataFrame.unionByName, of_years)


def _publish(
    run: Run,
    warehouse: Warehouse,
    card: Card,
    cells: DataFrame,
    sectors: DataFrame,
    dates: Mapping[int, dt.date],
) -> None:
    geography, dimensions = run.configuration.geography, run.configuration.dimensions
    sums = summed_upwards(cells, card, places(run.spark, geography, dates))
    rows = observations(grid(card, dates, geography, sectors, dimensions), sums, card, dates)
    table = statistic_table(card, dimensions)
    warehouse.create_if_missing(table)
    kept = _other_releases(warehouse.read(table), dates)
    warehouse.replace_years(table, rows.unionByName(kept), dates, (YEAR_TABLES[card.unit], SECTORS.table))
    run.say(f"{card.code}: {in_words(tuple(sorted(dates)))} published")


def _other_releases(published: DataFrame, dates: Mapping[int, dt.date]) -> DataFrame:
    """Rows of the same years that stay: published on another date, or on another map than the year's own.

    They are written again beside the new ones, so that a year is replaced as a whole, in one commit.
    """
    same = [
        (F.col("year") == year) & (F.col("release_date") == F.lit(date)) & (F.col("geography") == year)
        for year, date in dates.items()
    ]
    return published.where(F.col("year").isin(*dates) & ~reduce(Column.__or__, same))

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
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.job import Run
from imaatlas_spark.source_variables.build import recoding_of
from imaatlas_spark.source_variables.residence import sectors_of_year
from imaatlas_spark.source_variables.tables import PERSON_YEAR, YEAR_TABLES
from imaatlas_spark.statistics.cells import cells_of_unit, summed_upwards
from imaatlas_spark.statistics.grid import Maps, grid, places
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.plausibility import refuse_contradictions, refuse_unequal_totals
from imaatlas_spark.statistics.releases import Releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.tables import Warehouse
from imaatlas_spark.years import in_words


def build_statistics(run: Run, warehouse: Warehouse, chosen: Releases, map_year: int | None = None) -> None:
    """Build and publish the statistics of `chosen`: one pass over each year table, one commit for each statistic.

    All years on the map of `map_year`; None: each on its own. Everything is checked before anything is published.
    """
    by_unit: dict[str, list[Card]] = defaultdict(list)
    for code in chosen:
        by_unit[run.configuration.cards[code].unit].append(run.configuration.cards[code])
    maps = {year: map_year or year for year in sorted({year for dates in chosen.values() for year in dates})}
    _refuse_missing_years(warehouse, tuple(maps))
    sectors = _sectors(run, warehouse, maps).cache()
    checked: list[tuple[tuple[Card, ...], DataFrame]] = []
    for unit, cards in by_unit.items():
        years = {year: maps[year] for year in sorted({year for card in cards for year in chosen[card.code]})}
        rows = warehouse.read(YEAR_TABLES[unit]).where(F.col("year").isin(*years))
        cells = cells_of_unit(rows, cards, run.configuration.dimensions).cache()
        for alike in _with_same_dimensions(cards):
            checked.append((alike, _plausible_sums(run, cells, alike, years, sectors)))
        cells.unpersist()
    refuse_unequal_totals(checked)
    for alike, sums in checked:
        for card in alike:
            _publish(run, warehouse, card, sums, sectors, chosen[card.code], maps)
        sums.unpersist()
    sectors.unpersist()


def _with_same_dimensions(cards: Iterable[Card]) -> list[tuple[Card, ...]]:
    groups: dict[tuple[str, ...], list[Card]] = defaultdict(list)
    for card in cards:
        groups[card.dimensions].append(card)
    return [tuple(group) for group in groups.values()]


def _refuse_missing_years(warehouse: Warehouse, years: tuple[int, ...]) -> None:
    missing = tuple(sorted(set(years) - warehouse.years(PERSON_YEAR)))
    if missing:
        raise WarehouseRefused(f"{PERSON_YEAR.path} has no {in_words(missing)}: run build_source_variables.py for it")


def _sectors(run: Run, warehouse: Warehouse, maps: Maps) -> DataFrame:
    """The sectors on the map of each year of the data. Columns: year, sector."""
    listed = warehouse.read(SECTORS.table)
    of_years = [
        sectors_of_year(listed, recoding_of(run, map_year), map_year).select(F.lit(year).alias("year"), "sector")
        for year, map_year in maps.items()
    ]
    return reduce(DataFrame.unionByName, of_years)


def _plausible_sums(run: Run, cells: DataFrame, cards: tuple[Card, ...], maps: Maps, sectors: DataFrame) -> DataFrame:
    geography = run.configuration.geography
    sums = summed_upwards(cells, cards, places(run.spark, geography, maps), sectors).cache()
    refuse_contradictions(cells, sums, cards, (*LEVELS, *geography.groupings))
    return sums


def _publish(
    run: Run,
    warehouse: Warehouse,
    card: Card,
    sums: DataFrame,
    sectors: DataFrame,
    dates: Mapping[int, dt.date],
    maps: Maps,
) -> None:
    geography, dimensions = run.configuration.geography, run.configuration.dimensions
    own_maps = {year: maps[year] for year in dates}
    rows = observations(grid(card, own_maps, geography, sectors, dimensions), sums, card, dates, own_maps, geography)
    table = statistic_table(card, dimensions)
    if warehouse.years(table) & dates.keys():
        rows = rows.unionByName(_other_releases(warehouse.read(table), dates, own_maps))
    warehouse.replace_years(table, rows, dates, (YEAR_TABLES[card.unit], SECTORS.table))
    run.say(f"{card.code}: {in_words(tuple(sorted(dates)))} published")


def _other_releases(published: DataFrame, dates: Mapping[int, dt.date], maps: Maps) -> DataFrame:
    """Rows of the same years that stay: published on another date, or on another map.

    They are written again beside the new ones, so that a year is replaced as a whole, in one commit.
    """
    same = [
        (F.col("year") == year) & (F.col("release_date") == F.lit(date)) & (F.col("geography") == maps[year])
        for year, date in dates.items()
    ]
    return published.where(F.col("year").isin(*dates) & ~reduce(Column.__or__, same))

"""Year tables to published statistics: what `build_statistics.py` does."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.deliveries.contract import SECTORS
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.geography import LEVELS, Geography
from imaatlas_spark.job import Run
from imaatlas_spark.source_variables.build import recoding_of
from imaatlas_spark.source_variables.residence import sectors_of_year
from imaatlas_spark.source_variables.tables import PERSON_YEAR, YEAR_TABLES
from imaatlas_spark.statistics.cells import cells_of_unit, everybody, members_of, on_the_map, summed_upwards
from imaatlas_spark.statistics.grid import Maps, Territory
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.plausibility import areas_of, contradictions, refuse_any, unequal_totals
from imaatlas_spark.statistics.releases import Releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.tables import Warehouse
from imaatlas_spark.years import in_words

_MEMBERS_TO_A_FILE = 8  # and years: a file of a hundred thousand rows or two
_PUBLISHED_AT_ONCE = 4  # most of a commit is waiting: for a plan, for files, for the log


def build_statistics(run: Run, warehouse: Warehouse, chosen: Releases, map_year: int | None = None) -> None:
    """Build and publish the statistics of `chosen`: one pass over each year table, one commit for each statistic.

    All years on the map of `map_year`; None: each on its own. Everything is checked before anything is published.
    """
    maps = {year: map_year or year for year in sorted({year for dates in chosen.values() for year in dates})}

    _refuse_missing_years(warehouse, tuple(maps))
    try:
        checked = _checked_sums(run, warehouse, chosen, maps)
        with ThreadPoolExecutor(_PUBLISHED_AT_ONCE) as pool:
            publications = [
                pool.submit(_publish, run, warehouse, card, sums, chosen[card.code], maps) for card, sums in checked
            ]
            for publication in publications:
                run.say(publication.result())
    finally:
        run.spark.catalog.clearCache()


def _checked_sums(run: Run, warehouse: Warehouse, chosen: Releases, maps: Maps) -> list[tuple[Card, DataFrame]]:
    """Each card with the sums that its figures are taken from, after all of them were held against each other."""
    geography, dimensions = run.configuration.geography, run.configuration.dimensions
    sectors = _sectors(run, warehouse, maps).cache()
    found: list[tuple[Card, DataFrame]] = []
    proofs: list[tuple[tuple[Card, ...], DataFrame]] = []
    faults: list[DataFrame] = []
    for unit, cards in _by_unit(run, chosen).items():
        maps_of_unit = {year: maps[year] for year in sorted({year for card in cards for year in chosen[card.code]})}
        rows = warehouse.read(YEAR_TABLES[unit]).where(F.col("year").isin(*maps_of_unit))
        territory = Territory.of(geography, maps_of_unit, sectors)
        cells = cells_of_unit(rows, cards, dimensions).transform(on_the_map, territory).cache()
        counted = everybody(rows, cards).cache()
        for alike in _with_same_dimensions(cards):
            levels = _levels(alike, maps_of_unit, geography)
            sums = summed_upwards(cells, alike, dimensions, territory, by_sector=LEVELS[-1] in levels)
            proof = areas_of(sums, alike).cache()
            faults += contradictions(counted, proof, alike, levels)
            found += [(card, sums) for card in alike]
            proofs.append((alike, proof))
    refuse_any([*faults, *unequal_totals(proofs)])
    return found


def _by_unit(run: Run, chosen: Releases) -> dict[str, list[Card]]:
    by_unit: dict[str, list[Card]] = defaultdict(list)
    for code in chosen:
        by_unit[run.configuration.cards[code].unit].append(run.configuration.cards[code])
    return by_unit


def _levels(cards: Iterable[Card], maps: Maps, geography: Geography) -> tuple[str, ...]:
    """The levels that sums are made for: sectors only where one of `cards` is published by sector."""
    published = {level for card in cards for year in maps for level in card.levels(year)}
    made = [level for level in LEVELS if level != LEVELS[-1] or level in published]
    return (*made, *geography.groupings)


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
    """The sectors on the map of each year of the data. Columns: year, municipality, sector."""
    listed = warehouse.read(SECTORS.table)
    of_years = [
        sectors_of_year(listed, recoding_of(run, map_year), map_year).select(
            F.lit(year).alias("year"), "municipality", "sector"
        )
        for year, map_year in maps.items()
    ]
    return reduce(DataFrame.unionByName, of_years)


def _publish(
    run: Run, warehouse: Warehouse, card: Card, sums: DataFrame, dates: Mapping[int, dt.date], maps: Maps
) -> str:
    own_maps = {year: maps[year] for year in dates}
    rows = observations(sums, card, dates, own_maps, run.configuration.geography)
    table = statistic_table(card, run.configuration.dimensions)
    if warehouse.years(table) & dates.keys():
        rows = rows.unionByName(_other_releases(warehouse.read(table), dates, own_maps))
    files = 1 + len(dates) * members_of(card, run.configuration.dimensions) // _MEMBERS_TO_A_FILE
    warehouse.replace_years(table, rows.coalesce(files), dates, (YEAR_TABLES[card.unit], SECTORS.table))
    return f"{card.code}: {in_words(tuple(sorted(dates)))} published"


def _other_releases(published: DataFrame, dates: Mapping[int, dt.date], maps: Maps) -> DataFrame:
    """Rows of the same years that stay: published on another date, or on another map.

    They are written again beside the new ones, so that a year is replaced as a whole, in one commit.
    """
    same = [
        (F.col("year") == year) & (F.col("release_date") == F.lit(date)) & (F.col("geography") == maps[year])
        for year, date in dates.items()
    ]
    return published.where(F.col("year").isin(*dates) & ~reduce(Column.__or__, same))

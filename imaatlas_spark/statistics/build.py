"""Year tables to published statistics: what `build_statistics.py` does."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from math import prod
from typing import TypeVar

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.geography import Geography
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.geography.frames import recoding_frame, sectors_of_year
from imaatlas_spark.periods import in_words
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.year_tables import PERSON_YEAR, YEAR_TABLES
from imaatlas_spark.statistics.amounts import amounts_of
from imaatlas_spark.statistics.cells import cells_of_unit, everybody, on_the_map
from imaatlas_spark.statistics.grid import Territory
from imaatlas_spark.statistics.members import MEMBERS, Members
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.plausibility import areas_of, contradictions, refuse_any, unequal_totals
from imaatlas_spark.statistics.publication import Maps, Protection, Publication
from imaatlas_spark.statistics.releases import Releases
from imaatlas_spark.statistics.sums import Homes, kept, marginals_of, sums_of_areas, sums_of_homes, sums_of_nothing
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage.warehouse import Warehouse

Kind = TypeVar("Kind", bound=Hashable)
_MEMBERS_TO_A_FILE = 8  # and years: a file of a hundred thousand rows or two
_PUBLISHED_AT_ONCE = 4  # most of a commit is waiting: for a plan, for files, for the log


def build_statistics(publication: Publication, protect: Protection) -> None:
    """Build and publish statistics: one pass over each year table, one commit for each statistic.

    Everything is checked, and `protect` has said what may be shown, before anything is published.
    """
    run, warehouse, maps = publication.run, publication.warehouse, publication.maps
    members = Members(publication.dimension_names, publication.dimensions)
    _refuse_missing_years(warehouse, tuple(maps))
    sums = _checked_sums(run, warehouse, publication.releases, maps, members)
    coded = {name: F.coalesce(members.code(name), F.lit(UNKNOWN)) for name in members.names}
    figures = protect(sums.withColumns(coded).drop(MEMBERS) if coded else sums.drop(MEMBERS), publication)
    with ThreadPoolExecutor(_PUBLISHED_AT_ONCE) as pool:
        commits = [pool.submit(_publish, publication, card, figures) for card in publication.cards]
        for commit in commits:
            run.say(commit.result())


def _checked_sums(run: Run, warehouse: Warehouse, chosen: Releases, maps: Maps, members: Members) -> DataFrame:
    """The sums that all figures are taken from (see `sums_of_areas`), after they were held against each other."""
    configuration = run.configuration
    cards = [configuration.cards[code] for code in chosen]
    levels = {card.code: _levels(card, chosen[card.code], configuration.geography) for card in cards}
    with_sectors = {code for code, made in levels.items() if SECTOR in made}
    territory = Territory.of(configuration.geography, maps, kept(_sectors(run, warehouse, maps)))
    counted: list[DataFrame] = []
    homes: list[Homes] = []
    nothing: list[DataFrame] = []
    for unit, of_unit in _grouped(cards, lambda card: card.unit).items():
        years = sorted({year for card in of_unit for year in chosen[card.code]})
        rows = warehouse.read(YEAR_TABLES[unit]).where(F.col("year").isin(*years))
        on_maps, amounts = territory.within(years), amounts_of(of_unit)
        groups = list(_grouped(of_unit, lambda card: card.dimensions).values())
        marginals = [marginals_of(alike, amounts, members) for alike in groups]
        cells = kept(on_the_map(cells_of_unit(rows, amounts, members, marginals), on_maps))
        counted.append(everybody(rows, of_unit, amounts))
        for alike, each in zip(groups, marginals, strict=True):
            homes.append(sums_of_homes(cells, alike, amounts, each, with_sectors))
            nothing.append(sums_of_nothing(on_maps.areas, alike, amounts, members))
    sums = sums_of_areas(homes, _all_of(nothing), territory)
    areas = kept(areas_of(sums, cards, members))
    refuse_any([*contradictions(_all_of(counted), areas, levels, members.names), *unequal_totals(areas, cards)])
    return sums


def _all_of(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames)


def _grouped(cards: Iterable[Card], alike: Callable[[Card], Kind]) -> dict[Kind, list[Card]]:
    groups: dict[Kind, list[Card]] = defaultdict(list)
    for card in cards:
        groups[alike(card)].append(card)
    return groups


def _levels(card: Card, years: Iterable[int], geography: Geography) -> tuple[str, ...]:
    """The levels that sums of the card are made for: sectors only where a year is published by sector."""
    by_sector = any(SECTOR in card.levels(year) for year in years)
    return (*geography.levels, *([SECTOR] if by_sector else []))


def _refuse_missing_years(warehouse: Warehouse, years: tuple[int, ...]) -> None:
    missing = tuple(sorted(set(years) - warehouse.years(PERSON_YEAR)))
    if missing:
        raise WarehouseRefused(f"{PERSON_YEAR.path} has no {in_words(missing)}: run build_source_variables.py for it")


def _sectors(run: Run, warehouse: Warehouse, maps: Maps) -> DataFrame:
    """The sectors on the map of each year of the data. Columns: year, municipality, sector."""
    listed = warehouse.read(SECTORS.table)
    of_years = [
        sectors_of_year(listed, recoding_frame(run.spark, run.configuration.geography, map_year), map_year).select(
            F.lit(year).alias("year"), "municipality", "sector"
        )
        for year, map_year in maps.items()
    ]
    return _all_of(of_years)


def _publish(publication: Publication, card: Card, figures: DataFrame) -> str:
    warehouse, dates = publication.warehouse, publication.releases[card.code]
    rows = observations(figures, card, publication)
    table = statistic_table(card, publication.dimensions)
    if warehouse.years(table) & dates.keys():
        rows = rows.unionByName(_other_releases(warehouse.read(table), dates, publication.maps))
    members = prod(1 + len(publication.dimensions[name].codes) for name in card.dimensions)
    files = 1 + len(dates) * members // _MEMBERS_TO_A_FILE
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

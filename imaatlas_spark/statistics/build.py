"""Year tables to published statistics: what `build_statistics.py` does."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card, dimension_names
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.geography.frames import recoding_frame, sectors_of_year
from imaatlas_spark.periods import in_words
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.source_variables.origins import refuse_stale
from imaatlas_spark.statistics.areas import Grid, Territory, on_the_map, sums_of_areas
from imaatlas_spark.statistics.beside import refuse_other_parts, refuse_what_was_broken_off, withdrawn
from imaatlas_spark.statistics.consistency import refuse_contradictions
from imaatlas_spark.statistics.cube import cells, everybody, with_totals
from imaatlas_spark.statistics.measures import amounts_of, by_card, summed
from imaatlas_spark.statistics.publication import ProtectedBy, Protector, Publication
from imaatlas_spark.statistics.publish import earlier_releases, publish
from imaatlas_spark.storage.recording import recorded


def build_statistics(publication: Publication, protect: Protector, by: ProtectedBy | None = None) -> None:
    """Build and publish statistics: one pass over each year table, one commit for each statistic.

    Everything is checked, and `protect` has said what may be shown, before anything is published. `by`: what `releases`
    says of that protection; None: nothing is protected.
    """
    with recorded(publication.warehouse, publication.maps, publication.run.say):
        _refuse_missing_years(publication)
        looked_at = publication.with_all_cards() if by else publication
        _take_inputs(looked_at)
        earlier = earlier_releases(publication)
        gone = withdrawn(earlier, publication, by)
        stay = [each for each in earlier if each not in gone]
        refuse_what_was_broken_off(publication, by)
        if by is not None:
            refuse_other_parts(stay, looked_at)
        publish(protect(consistent_sums(looked_at), looked_at, stay), publication, stay, by)


def consistent_sums(publication: Publication) -> DataFrame:
    """The sums that all figures are taken from (`areas.sums_of_areas`), after they were held against each other."""
    territory = Territory.of(publication.geography, publication.maps, checkpointed(_sectors(publication)))
    grid = Grid.of(publication)
    units = [sums_of_unit(unit, cards, publication, territory) for unit, cards in _by_unit(publication.cards).items()]
    by_sector = [each.sectors for each in units if each.sectors is not None]
    sums = checkpointed(
        sums_of_areas(
            _all_of((each.municipalities for each in units), grid.names),
            _all_of(by_sector, grid.names) if by_sector else None,
            territory,
            grid,
        )
    )
    refuse_contradictions(_all_of((each.everybody for each in units), ()), sums, publication.cards, grid)
    return sums


@dataclass(frozen=True)
class UnitSums:
    """What the cards of a unit add up. Columns: code, year, the place, the dimensions, numerator, denominator.

    everybody: over all rows of a year, without a place. municipalities: by municipality (null: unknown). sectors: by
    municipality and sector (null: unknown); None where no card is published by sector.
    """

    everybody: DataFrame
    municipalities: DataFrame
    sectors: DataFrame | None


def sums_of_unit(unit: str, cards: Sequence[Card], publication: Publication, territory: Territory) -> UnitSums:
    """One pass over the rows of a year table for all its cards; then everything comes from the cells."""
    years = sorted({year for card in cards for year in publication.releases[card.code]})
    rows = publication.warehouse.read(publication.source(unit)).where(F.col("year").isin(*years))
    amounts = amounts_of(cards, unit)
    dimensions = {name: publication.dimensions[name] for name in dimension_names(cards)}
    sector_cells = checkpointed(on_the_map(cells(rows, amounts, dimensions), territory))
    place = ("year", "municipality")
    municipality_cells = summed(sector_cells, (*place, *dimensions), amounts.values())
    municipalities = with_totals(
        municipality_cells, place, cards, amounts, _breakdowns(cards, "municipality", publication)
    )
    by_sector = [card for card in cards if _is_by_sector(card, publication)]
    sets = _breakdowns(by_sector, SECTOR, publication)
    sectors = with_totals(sector_cells, (*place, SECTOR), by_sector, amounts, sets) if by_sector else None
    return UnitSums(
        everybody(rows, cards, amounts),
        by_card(municipalities, cards, amounts),
        None if sectors is None else by_card(sectors, by_sector, amounts),
    )


def checkpointed(rows: DataFrame) -> DataFrame:
    """The rows, computed when they are first asked for and then held by the executors; what made them is forgotten.

    A cached frame would bring its plan along. Plans of frames that are made of cached frames, which are made of cached
    frames, grow to millions of lines, and Spark describes them anew at each step of each query: a sixth of a job.
    An executor that is lost takes its rows along and ends the job; what was published until then is whole.
    """
    return rows.localCheckpoint(eager=False)


def _all_of(frames: Iterable[DataFrame], names: Iterable[str]) -> DataFrame:
    """Rows of several units in one frame; a dimension that a unit has not is the total."""
    totals = {name: F.lit(TOTAL) for name in names}
    completed = [
        frame.withColumns({name: total for name, total in totals.items() if name not in frame.columns})
        for frame in frames
    ]
    return reduce(DataFrame.unionByName, completed)


def _by_unit(cards: Iterable[Card]) -> dict[str, list[Card]]:
    """The cards that count in each unit: one that counts in two stands with both."""
    units: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        for unit in card.units:
            units[unit].append(card)
    return units


def _breakdowns(cards: Iterable[Card], level: str, publication: Publication) -> list[tuple[str, ...]]:
    """The sets of dimensions that one of the cards is broken down by at a level, each once."""
    sets = {tuple(sorted(names)) for card in cards for names in publication.breakdowns(card, level)}
    return sorted(sets)


def _is_by_sector(card: Card, publication: Publication) -> bool:
    return any(SECTOR in publication.levels(card, year) for year in publication.releases[card.code])


def _refuse_missing_years(publication: Publication) -> None:
    person_year = publication.source("person_year")
    missing = tuple(sorted(set(publication.maps) - publication.warehouse.years(person_year)))
    if missing:
        raise WarehouseRefused(f"{person_year.path} has no {in_words(missing)}: run build_source_variables.py for it")


def _take_inputs(publication: Publication) -> None:
    """All that the run reads must be as a completed run left it; it stays so while the run lasts."""
    for unit, cards in _by_unit(publication.cards).items():
        years = {year for card in cards for year in publication.releases[card.code]}
        publication.warehouse.take(publication.source(unit), years)
    for year in publication.maps:
        refuse_stale(publication.warehouse, publication.run.configuration, year, publication.cards)
    publication.warehouse.take(SECTORS.table)


def _sectors(publication: Publication) -> DataFrame:
    """The sectors on the map of each year of the data. Columns: year, municipality, sector."""
    sector_list, spark = publication.warehouse.read(SECTORS.table), publication.run.spark
    of_years = [
        sectors_of_year(sector_list, recoding_frame(spark, publication.geography, map_year), map_year).select(
            F.lit(year).alias("year"), "municipality", "sector"
        )
        for year, map_year in publication.maps.items()
    ]
    return _all_of(of_years, ())

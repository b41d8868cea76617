"""Cells to sums: what every card has above and below the line, for every area and all members of its dimensions.

All cards are rows of one frame, so that what is checked and published of them is asked once, however many they are.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.statistics.amounts import SUMS, Amounts, amounts_of, by_card, summed
from imaatlas_spark.statistics.grid import Territory
from imaatlas_spark.statistics.marginals import Marginals
from imaatlas_spark.statistics.members import MEMBERS, Members

_MUNICIPALITY = ("year", "municipality")
_SECTOR = ("year", "municipality", "sector")


def marginals_of(cards: Iterable[Card], amounts: Amounts, members: Members) -> Marginals:
    """How the amounts of `cards`, which have the same dimensions, are carried until they are sums."""
    cards = tuple(cards)
    return Marginals.of(members, cards[0].dimensions, _columns_of(cards, amounts))


@dataclass(frozen=True)
class Homes:
    """Sums by where people live or practices are. Columns: code, year, municipality, members, numerator, denominator.

    municipalities: by municipality (null: unknown). sectors: by sector as well (null: unknown) in those that are known;
    None where no card is published by sector.
    """

    municipalities: DataFrame
    sectors: DataFrame | None


def sums_of_homes(
    cells: DataFrame, cards: Iterable[Card], amounts: Amounts, marginals: Marginals, with_sectors: Container[str]
) -> Homes:
    """The cells (see `on_the_map`) summed for `cards`, which have the same dimensions, and for all members and totals.

    By sector for those `with_sectors` alone. The denominator of a count is null.
    """
    cards = tuple(cards)
    by_sector = [card for card in cards if card.code in with_sectors]
    homes = marginals.with_totals(cells)
    if by_sector:
        homes = kept(marginals.summed(homes, _SECTOR))
    municipalities = marginals.unfolded(marginals.summed(homes, _MUNICIPALITY), _MUNICIPALITY)
    of_cards = by_card(municipalities, cards, amounts)
    if not by_sector:
        return Homes(of_cards, None)
    sectors = marginals.unfolded(homes.where(F.col("municipality").isNotNull()), _SECTOR)
    return Homes(of_cards, by_card(sectors, by_sector, amounts))


def sums_of_nothing(areas: DataFrame, cards: Iterable[Card], amounts: Amounts, members: Members) -> DataFrame:
    """A zero for every area and every member that `cards` publish: it makes the grid complete without a join."""
    cards = tuple(cards)
    nothing = {name: F.lit(0).cast("bigint") for name in _columns_of(cards, amounts)}
    rows = areas.withColumns(nothing | {MEMBERS: F.lit(None).cast("bigint")})
    return by_card(members.with_totals(rows, cards[0].dimensions), cards, amounts)


def _columns_of(cards: Iterable[Card], amounts: Amounts) -> list[str]:
    return [amounts[amount] for amount in amounts_of(cards)]


def sums_of_areas(homes: Iterable[Homes], nothing: DataFrame, territory: Territory) -> DataFrame:
    """The sums of homes and of nothing, of all cards, for every area of the map.

    Columns: code, year, geo_level, geo_code (null: the unknown part of the parent), parent_code (null: the country),
    members, numerator, denominator.
    """
    homes = tuple(homes)
    keys = ("code", "year", "geo_level", "geo_code", "parent_code", MEMBERS)
    municipalities = reduce(DataFrame.unionByName, (each.municipalities for each in homes))
    at = (F.col("year") == F.col("place_year")) & F.col("municipality").eqNullSafe(F.col("place"))
    counted = municipalities.join(F.broadcast(territory.places), at).select(*keys, *SUMS)
    made_of_municipalities = kept(summed(counted.unionByName(nothing), keys))
    sectors = (_as_areas(each.sectors) for each in homes if each.sectors is not None)
    return reduce(DataFrame.unionByName, sectors, made_of_municipalities)


def _as_areas(sectors: DataFrame) -> DataFrame:
    named = sectors.withColumnsRenamed({"sector": "geo_code", "municipality": "parent_code"})
    return named.withColumn("geo_level", F.lit(SECTOR))


def kept(rows: DataFrame) -> DataFrame:
    """The rows, computed when they are first asked for and then held by the executors; what made them is forgotten.

    A cached frame would bring its plan along. Plans of frames that are made of kept frames, which are made of kept
    frames, grow to millions of lines, and Spark describes them anew at each step of each query: a sixth of a job.
    An executor that is lost takes its rows along and ends the job; what was published until then is whole.
    """
    return rows.localCheckpoint(eager=False)

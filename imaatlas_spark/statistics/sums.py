"""Cells to sums: what every card has above and below the line, for every area and all members of its dimensions.

All cards are rows of one frame, so that what is checked and published of them is asked once, however many they are.
"""

from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.nis import SECTOR
from imaatlas_spark.statistics.amounts import Amounts, amounts_of, by_card
from imaatlas_spark.statistics.grid import Territory
from imaatlas_spark.statistics.members import MEMBERS, Members

SUMS = ("numerator", "denominator")


def sums_of_homes(
    cells: DataFrame, cards: Iterable[Card], amounts: Amounts, members: Members, by_sector: bool
) -> DataFrame:
    """The cells (see `on_the_map`) summed for `cards`, which have the same dimensions, and for all members and totals.

    Columns: code, year, municipality (null: unknown), sector (null: unknown, or not asked for), members, numerator,
    denominator (null: a count).
    """
    cards = tuple(cards)
    homes = cells if by_sector else cells.withColumn("sector", F.lit(None).cast("string"))
    rows = members.with_totals(homes, cards[0].dimensions)
    sums = summed(rows, ("year", "municipality", "sector", MEMBERS), _columns_of(cards, amounts))
    return by_card(sums, cards, amounts)


def sums_of_nothing(areas: DataFrame, cards: Iterable[Card], amounts: Amounts, members: Members) -> DataFrame:
    """A zero for every area and every member that `cards` publish: it makes the grid complete without a join."""
    cards = tuple(cards)
    nothing = {name: F.lit(0).cast("bigint") for name in _columns_of(cards, amounts)}
    rows = areas.withColumns(nothing | {MEMBERS: F.lit(None).cast("bigint")})
    return by_card(members.with_totals(rows, cards[0].dimensions), cards, amounts)


def _columns_of(cards: Iterable[Card], amounts: Amounts) -> list[str]:
    return [amounts[amount] for amount in amounts_of(cards)]


def sums_of_areas(homes: DataFrame, nothing: DataFrame, territory: Territory, with_sectors: Iterable[str]) -> DataFrame:
    """The sums of homes and of nothing, of all cards, for every area of the map. Kept in memory: checked and published.

    Columns: code, year, geo_level, geo_code (null: the unknown part of the parent), parent_code (null: the country),
    members, numerator, denominator. Sectors are those of the cards `with_sectors`.
    """
    keys = ("code", "year", "geo_level", "geo_code", "parent_code", MEMBERS)
    something = reduce(Column.__or__, (F.coalesce(F.col(name), F.lit(0)) != 0 for name in SUMS))
    municipalities = summed(homes.where(something), ("code", "year", "municipality", MEMBERS))
    at = (F.col("year") == F.col("place_year")) & F.col("municipality").eqNullSafe(F.col("place"))
    counted = municipalities.join(F.broadcast(territory.places), at).select(*keys, *SUMS)
    made_of_municipalities = summed(counted.unionByName(nothing), keys).cache()
    sectors = homes.where(F.col("municipality").isNotNull() & F.col("code").isin(*with_sectors)).withColumnsRenamed(
        {"sector": "geo_code", "municipality": "parent_code"}
    )
    return made_of_municipalities.unionByName(sectors.withColumn("geo_level", F.lit(SECTOR)))


def summed(rows: DataFrame, keys: Iterable[str], sums: Iterable[str] = SUMS) -> DataFrame:
    return rows.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in sums))

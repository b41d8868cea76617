"""Year tables to sums: every statistic of a unit in one pass, at the smallest level, then upwards (cards, rules.md 4).

A person has one residence and a practice one address in a year, so that sums over nested areas add up: persons are
read once, and everything above the smallest level is summed from the small frame of cells.
"""

from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card, Condition, Measurement
from imaatlas_spark.dimensions import TOTAL, Dimension, Dimensions

UNKNOWN = "_U"  # a member that is summed, so that parts and unknown make the total, and never published


def cells_of_unit(rows: DataFrame, cards: Iterable[Card], dimensions: Dimensions) -> DataFrame:
    """The rows of a year table summed by year, municipality, sector and every dimension that a card asks for.

    Columns: year, municipality, sector (null: unknown), the dimensions (UNKNOWN where they are), and for each card
    <code>_numerator and, unless it is a count, <code>_denominator.
    """
    cards = tuple(cards)
    names = sorted({name for card in cards for name in card.dimensions})
    sector = F.col("sector") if "sector" in rows.columns else F.lit(None).cast("string")
    keys = [F.col("year"), F.col("municipality"), sector.alias("sector")]
    members = [F.coalesce(member_of(dimensions[name]), F.lit(UNKNOWN)).alias(name) for name in names]
    return rows.groupBy(*keys, *members).agg(*(total for card in cards for total in totals_of(card)))


def totals_of(card: Card) -> list[Column]:
    """What the card puts above and below the line, as sums over rows of its unit."""
    takes_part = _all_hold(card.where)
    if card.profession_group is not None:
        takes_part &= F.col("profession_group") == card.profession_group
    totals = [_total(card.numerator, takes_part).alias(numerator_of(card))]
    if card.denominator is not None:
        totals.append(_total(card.denominator, takes_part).alias(denominator_of(card)))
    return totals


def numerator_of(card: Card) -> str:
    return f"{card.code}_numerator"


def denominator_of(card: Card) -> str:
    return f"{card.code}_denominator"


def amounts_of(cards: Iterable[Card]) -> list[str]:
    """The columns that hold the sums of `cards`."""
    return [
        name
        for card in cards
        for name in (numerator_of(card), *([] if card.denominator is None else [denominator_of(card)]))
    ]


def _total(measurement: Measurement, takes_part: Column) -> Column:
    measured = F.lit(1) if measurement.sum is None else F.col(measurement.sum)
    return F.sum(F.when(takes_part & _all_hold(measurement.where), measured).otherwise(0)).cast("bigint")


def _all_hold(conditions: Iterable[Condition]) -> Column:
    return reduce(Column.__and__, map(_holds, conditions), F.lit(True))


def _holds(condition: Condition) -> Column:
    column = F.col(condition.column)
    if condition.at_least is not None:
        return F.coalesce(column >= condition.at_least, F.lit(False))
    return column.eqNullSafe(F.lit(condition.equals))


def member_of(dimension: Dimension) -> Column:
    """The code of the member that a row belongs to; null where the value is unknown."""
    value = F.col(dimension.column)
    if dimension.classes is None:
        return F.coalesce(*(F.when(value == member.value, F.lit(member.code)) for member in dimension.members))
    width, open_from = dimension.classes.width, dimension.classes.open_from
    low = (F.floor(value / width) * width).cast("int")
    closed = F.concat_ws("-", low, low + (width - 1))
    return F.when(value >= open_from, F.lit(f"{open_from}+")).when(value >= 0, closed)


def summed_upwards(cells: DataFrame, cards: tuple[Card, ...], places: DataFrame, sectors: DataFrame) -> DataFrame:
    """The cells of `cards`, which have the same dimensions, summed over every area and every dimension.

    `places` says where each municipality of a year lies (see `grid.places`), `sectors` which sectors a year has.
    Columns: year, geo_level, geo_code (null: the unknown part of the parent), parent_code (null: the country), the
    dimensions with TOTAL and UNKNOWN, the amounts of the cards.
    """
    names, amounts = cards[0].dimensions, [F.sum(name).alias(name) for name in amounts_of(cards)]
    members = {name: F.explode(F.array(F.col(name), F.lit(TOTAL))) for name in names}
    own = cells.groupBy("year", "municipality", "sector", *names).agg(*amounts)
    for name, own_and_total in members.items():
        own = own.withColumn(name, own_and_total)
    smallest = own.groupBy("year", "municipality", "sector", *names).agg(*amounts)
    of_year = (F.col("year") == F.col("place_year")) & F.col("municipality").eqNullSafe(F.col("place"))
    whole = smallest.groupBy("year", "municipality", *names).agg(*amounts).join(F.broadcast(places), of_year)
    municipality = F.col("geo_level") == "municipality"
    parts = (
        smallest.join(F.broadcast(sectors.withColumn("listed", F.lit(True))), ["year", "sector"], "left")
        .join(F.broadcast(places.where(municipality)), of_year)
        .withColumns(
            {
                "geo_level": F.lit("sector"),
                "parent_code": F.col("geo_code"),
                "geo_code": F.when(F.col("listed"), F.col("sector")),
            }
        )
    )
    keys = ("year", "geo_level", "geo_code", "parent_code", *names)
    spread = whole.select(*keys, *amounts_of(cards)).unionByName(parts.select(*keys, *amounts_of(cards)))
    return spread.groupBy(*keys).agg(*amounts)

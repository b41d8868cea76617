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
from imaatlas_spark.geography import COUNTRY


def cells_of_unit(rows: DataFrame, cards: Iterable[Card], dimensions: Dimensions) -> DataFrame:
    """The rows of a year table summed by year, municipality, sector and every dimension that a card asks for.

    Columns: year, municipality, sector (null: unknown), the dimensions (null: unknown), and for each card
    <code>_numerator and, unless it is a count, <code>_denominator.
    """
    cards = tuple(cards)
    names = sorted({name for card in cards for name in card.dimensions})
    sector = F.col("sector") if "sector" in rows.columns else F.lit(None).cast("string")
    keys = [F.col("year"), F.col("municipality"), sector.alias("sector")]
    members = [member_of(dimensions[name]).alias(name) for name in names]
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


def summed_upwards(cells: DataFrame, card: Card, places: DataFrame) -> DataFrame:
    """The cells of one statistic, summed over every area that holds them and over every dimension.

    `places` says in which areas a municipality of a year lies (year, municipality, geo_level, geo_code). Cells without
    a municipality count for the country only, those without a sector from the municipality upwards, unknown members in
    the total only. Columns: year, geo_level, geo_code, the dimensions, numerator, denominator.
    """
    amounts = [F.sum(numerator_of(card)).alias("numerator")]
    if card.denominator is not None:
        amounts.append(F.sum(denominator_of(card)).alias("denominator"))
    own = cells.groupBy("year", "municipality", "sector", *card.dimensions).agg(*amounts)
    sums = ("numerator",) if card.denominator is None else ("numerator", "denominator")
    country = own.withColumns({"geo_level": F.lit("country"), "geo_code": F.lit(COUNTRY)})
    within = own.join(F.broadcast(places), ["year", "municipality"], "inner")
    sectors = own.where(F.col("sector").isNotNull()).withColumns(
        {"geo_level": F.lit("sector"), "geo_code": F.col("sector")}
    )
    spread = reduce(DataFrame.unionByName, (country, within, sectors))
    for name in card.dimensions:
        spread = spread.withColumn(name, F.explode(F.array_compact(F.array(F.col(name), F.lit(TOTAL)))))
    return spread.groupBy("year", "geo_level", "geo_code", *card.dimensions).agg(*(F.sum(s).alias(s) for s in sums))

"""Year tables to sums: every statistic of a unit in one pass, at the smallest level, then upwards (cards, rules.md 4).

A person has one residence and a practice one address in a year, so that sums over nested areas add up: persons are
read once, and everything above the smallest level is summed from the small frame of cells.
"""

from collections.abc import Iterable
from functools import reduce
from itertools import product
from math import prod

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card, Condition, Measurement
from imaatlas_spark.dimensions import TOTAL, Dimension, Dimensions
from imaatlas_spark.statistics.grid import Territory

UNKNOWN = "_U"  # a member that is summed, so that parts and unknown make the total, and never published
_AMOUNTS = ("_numerator", "_denominator")


def cells_of_unit(rows: DataFrame, cards: Iterable[Card], dimensions: Dimensions) -> DataFrame:
    """The rows of a year table summed by year, municipality, sector and every dimension that a card asks for.

    Rows of a municipality are brought together first: few are alike, so that tasks could add up little beforehand.
    Columns: year, municipality, sector (null: unknown), the dimensions (see `place_of_member`), and for each card
    <code>_numerator and, unless it is a count, <code>_denominator.
    """
    cards = tuple(cards)
    names = sorted({name for card in cards for name in card.dimensions})
    sector = F.col("sector") if "sector" in rows.columns else F.lit(None).cast("string")
    keys = [F.col("year"), F.col("municipality"), sector.alias("sector")]
    members = [place_of_member(dimensions[name]).alias(name) for name in names]
    together = rows.repartition("year", "municipality")
    return together.groupBy(*keys, *members).agg(*(total for card in cards for total in totals_of(card)))


def everybody(rows: DataFrame, cards: Iterable[Card]) -> DataFrame:
    """The same sums over all rows of a year, whoever lives where. Grain: year."""
    return rows.groupBy("year").agg(*(total for card in cards for total in totals_of(card)))


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
    return f"{card.code}{_AMOUNTS[0]}"


def denominator_of(card: Card) -> str:
    return f"{card.code}{_AMOUNTS[1]}"


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


def _published_and_unknown(dimension: Dimension) -> tuple[str, ...]:
    """Every member that is summed. Sums are made by the places of members here: numbers are added up faster."""
    return (*dimension.codes, TOTAL, UNKNOWN)


def members_of(card: Card, dimensions: Dimensions) -> int:
    """How many observations of an area in a year the card has: one for each combination of members and totals."""
    return prod(len(dimensions[name].codes) + 1 for name in card.dimensions)


def place_of_member(dimension: Dimension) -> Column:
    """Which member a row belongs to: its place in `_published_and_unknown`."""
    value = F.col(dimension.column)
    if dimension.classes is None:
        found = [F.when(value == member.value, F.lit(place)) for place, member in enumerate(dimension.members)]
    else:
        last = len(dimension.codes) - 1
        found = [F.when(value >= 0, F.least(F.floor(value / dimension.classes.width).cast("int"), F.lit(last)))]
    return F.coalesce(*found, F.lit(_published_and_unknown(dimension).index(UNKNOWN)))


def _with_codes_of_members(rows: DataFrame, names: tuple[str, ...], dimensions: Dimensions) -> DataFrame:
    codes = {name: F.array(*map(F.lit, _published_and_unknown(dimensions[name]))) for name in names}
    return rows.withColumns({name: F.get(of_places, F.col(name)) for name, of_places in codes.items()})


def on_the_map(cells: DataFrame, territory: Territory) -> DataFrame:
    """The cells by municipality and sector of the map, and a row of nothing for every sector that there is on it.

    A row of nothing has no member of a dimension (null); it makes the grid complete without a join. A municipality that
    the map does not have keeps its code, and is missed by the checks.
    Rows of a municipality lie together: what is summed within it crosses the network no more.
    """
    listed = territory.sectors.select("year", "sector", F.lit(True).alias("listed"))
    placed = (
        cells.withColumnRenamed("municipality", "old")
        .join(F.broadcast(territory.recoding), ["year", "old"], "left")
        .join(F.broadcast(listed), ["year", "sector"], "left")
        .withColumn("municipality", F.coalesce("new", "old"))
        .withColumn("sector", F.when(F.col("listed"), F.col("sector")))
        .drop("old", "new", "listed")
    )
    nothing = {name: F.lit(0) for name in cells.columns if name.endswith(_AMOUNTS)}
    both = placed.unionByName(territory.sectors.withColumns(nothing), allowMissingColumns=True)
    return both.repartition("year", "municipality")


def summed_upwards(
    cells: DataFrame, cards: tuple[Card, ...], dimensions: Dimensions, territory: Territory, by_sector: bool
) -> DataFrame:
    """The cells (see `on_the_map`) of `cards`, which have the same dimensions, summed over every area and dimension.

    Every area of the map is there with every member. Kept in memory, to be checked and then published.
    Columns: year, geo_level, geo_code (null: the unknown part of the parent), parent_code (null: the country), the
    dimensions with TOTAL and UNKNOWN, the amounts of the cards.
    """
    names, amounts = cards[0].dimensions, amounts_of(cards)
    home = ("year", "municipality", "sector") if by_sector else ("year", "municipality")
    smallest = _summed(_for_all_members(cells, names, dimensions), (*home, *names), amounts)
    if not by_sector:
        return _above(smallest, names, amounts, dimensions, territory).cache()
    smallest.cache()
    sectors = smallest.where(F.col("municipality").isNotNull()).withColumnsRenamed(
        {"sector": "geo_code", "municipality": "parent_code"}
    )
    at_sectors = sectors.transform(_with_codes_of_members, names, dimensions).withColumn("geo_level", F.lit("sector"))
    return _above(smallest, names, amounts, dimensions, territory).cache().unionByName(at_sectors)


def _summed(rows: DataFrame, keys: tuple[str, ...], amounts: list[str]) -> DataFrame:
    return rows.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in amounts))


def _above(
    smallest: DataFrame, names: tuple[str, ...], amounts: list[str], dimensions: Dimensions, territory: Territory
) -> DataFrame:
    """From the smallest sums to every area that is made of municipalities."""
    something = reduce(Column.__or__, (F.col(name) != 0 for name in amounts))
    municipalities = _summed(smallest.where(something), ("year", "municipality", *names), amounts)
    at = (F.col("year") == F.col("place_year")) & F.col("municipality").eqNullSafe(F.col("place"))
    keys = ("year", "geo_level", "geo_code", "parent_code", *names)
    counted = municipalities.join(F.broadcast(territory.places), at).select(*keys, *amounts)
    rows_of_nothing = territory.areas.withColumns(
        {name: F.lit(0).cast("bigint") for name in amounts} | {name: F.lit(None).cast("int") for name in names}
    )
    nothing = _for_all_members(rows_of_nothing, names, dimensions).select(*keys, *amounts)
    return _summed(counted.unionByName(nothing), keys, amounts).transform(_with_codes_of_members, names, dimensions)


def _for_all_members(rows: DataFrame, names: tuple[str, ...], dimensions: Dimensions) -> DataFrame:
    """Each row for its own members and the totals; a row of nothing, for everything that is published."""
    if not names:
        return rows
    of_names = [_published_and_unknown(dimensions[name]) for name in names]
    own = [(name, str(known.index(TOTAL))) for name, known in zip(names, of_names, strict=True)]
    every = [[str(place) for place, code in enumerate(known) if code != UNKNOWN] for known in of_names]

    def combinations(members: Iterable[Iterable[str]]) -> Column:
        each = (zip(one, names, strict=True) for one in product(*members))
        structs = (f"struct({', '.join(f'{place} AS {name}' for place, name in one)})" for one in each)
        return F.expr(f"array({', '.join(structs)})")  # as text: a thousand calls would take a second

    members = F.when(F.col(names[0]).isNull(), combinations(every)).otherwise(combinations(own))
    return rows.select(*(name for name in rows.columns if name not in names), F.inline(members))

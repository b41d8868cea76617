"""What must hold before anything is published: parts make their whole, a proportion lies between nothing and all."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.cards import Card
from imaatlas_spark.dimensions import TOTAL
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography import COUNTRY, LEVELS
from imaatlas_spark.local_frames import local_frame
from imaatlas_spark.statistics.cells import amounts_of, denominator_of, numerator_of
from imaatlas_spark.statistics.grid import parent_level

_PROPORTIONS = ("percentage", "rate_per_10000")


def refuse_contradictions(cells: DataFrame, sums: DataFrame, cards: tuple[Card, ...], levels: Iterable[str]) -> None:
    """Hold the sums of `cards` (see `cells.summed_upwards`) against each other and against the cells.

    Raises ReleaseRefused with an area that contradicts itself.
    """
    names, amounts = cards[0].dimensions, amounts_of(cards)
    found = [
        _lost(cells, sums, names, amounts),
        _parts_of_areas(sums, names, amounts, levels),
        *(_parts_of_dimension(sums, name, names, amounts) for name in names),
        _above_all(sums, cards),
    ]
    _refuse_first(reduce(DataFrame.unionByName, found), cards)


def refuse_unequal_totals(sums_of_cards: Iterable[tuple[tuple[Card, ...], DataFrame]]) -> None:
    """A statistic equals the total of the cube that counts the same, in every area (rules.md, section 4)."""
    same: dict[tuple[object, ...], list[tuple[Card, DataFrame]]] = defaultdict(list)
    for cards, sums in sums_of_cards:
        for card in cards:
            counted = (card.unit, card.where, card.profession_group, card.numerator, card.denominator)
            same[counted].append((card, sums))
    for (card, sums), *others in same.values():
        for other, sums_of_other in others:
            left = _totals(sums, card, 1).unionByName(_totals(sums_of_other, other, -1))
            difference = left.groupBy("year", "geo_level", "geo_code").agg(F.sum("n").alias("n"), F.sum("d").alias("d"))
            _refuse_first(_faults(difference, "the totals differ", _any_left(("n", "d"))), (card, other))


def _totals(sums: DataFrame, card: Card, sign: int) -> DataFrame:
    below = F.lit(0) if card.denominator is None else F.col(denominator_of(card))
    amounts = ((sign * F.col(numerator_of(card))).alias("n"), (sign * below).alias("d"))
    known = sums.where(F.col("geo_code").isNotNull() & _all_total(card.dimensions))
    return known.select("year", "geo_level", "geo_code", *amounts)


def _refuse_first(faults: DataFrame, cards: Iterable[Card]) -> None:
    first = faults.limit(1).collect()
    if first:
        fault, year, level, code = first[0]
        raise ReleaseRefused(
            f"{', '.join(card.code for card in cards)}: {fault} at {level} {code} in {year}: nothing is published; "
            "build the source variables of that year again, and look at the geography"
        )


def _faults(rows: DataFrame, fault: str | Column, wrong: Column) -> DataFrame:
    text = F.lit(fault) if isinstance(fault, str) else fault
    return rows.where(wrong).select(text.alias("fault"), "year", "geo_level", "geo_code")


def _with_unknown_named(sums: DataFrame) -> DataFrame:
    """Areas that are the unknown part of another get a code that says so."""
    return sums.withColumn("geo_code", F.coalesce("geo_code", F.concat(F.lit("(unknown) of "), "parent_code")))


def _any_left(amounts: Iterable[str]) -> Column:
    return reduce(Column.__or__, (F.col(name) != 0 for name in amounts))


def _lost(cells: DataFrame, sums: DataFrame, names: tuple[str, ...], amounts: list[str]) -> DataFrame:
    """The total of the country is the sum over everybody."""
    everybody = cells.select("year", *amounts)
    total = sums.where((F.col("geo_level") == LEVELS[0]) & _all_total(names))
    counted = total.select("year", *(-F.col(name) for name in amounts)).toDF("year", *amounts)
    left = everybody.unionByName(counted).groupBy("year").agg(*(F.sum(name).alias(name) for name in amounts))
    at_country = left.withColumns({"geo_level": F.lit(LEVELS[0]), "geo_code": F.lit(COUNTRY)})
    return _faults(at_country, "somebody was lost or counted twice", _any_left(amounts))


def _all_total(names: Iterable[str]) -> Column:
    return reduce(Column.__and__, (F.col(name) == TOTAL for name in names), F.lit(True))


def _parts_of_areas(sums: DataFrame, names: tuple[str, ...], amounts: list[str], levels: Iterable[str]) -> DataFrame:
    """The areas of a level, and what lies in none of them, make the areas of the level above."""
    pairs = [(parent, level) for level in levels if (parent := parent_level(level)) is not None]
    above = F.broadcast(local_frame(sums.sparkSession, pairs, "geo_level STRING, child_level STRING"))
    keys = ("child_level", "year", "geo_code", *names)
    wholes = sums.where(F.col("geo_code").isNotNull()).join(above, "geo_level").select(*keys, *amounts)
    parts = sums.where(F.col("parent_code").isNotNull()).select(
        "geo_level", "year", "parent_code", *names, *(-F.col(name) for name in amounts)
    )
    both = wholes.unionByName(parts.toDF(*keys, *amounts))
    left = both.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in amounts)).join(above, "child_level")
    fault = F.concat(F.lit("what lies below, by "), "child_level", F.lit(", does not add up"))
    return _faults(left, fault, _any_left(amounts))


def _parts_of_dimension(sums: DataFrame, name: str, names: tuple[str, ...], amounts: list[str]) -> DataFrame:
    """The members of a dimension and the unknown make its total, whatever the other dimensions."""
    sign = F.when(F.col(name) == TOTAL, 1).otherwise(-1)
    others = [other for other in names if other != name]
    left = sums.groupBy("year", "geo_level", "geo_code", "parent_code", *others).agg(
        *(F.sum(sign * F.col(amount)).alias(amount) for amount in amounts)
    )
    return _faults(_with_unknown_named(left), f"the members of {name} do not add up", _any_left(amounts))


def _above_all(sums: DataFrame, cards: tuple[Card, ...]) -> DataFrame:
    """A proportion counts some of those below the line: never more than there are, never less than none."""
    wrong = [
        (F.col(numerator_of(card)) > F.col(denominator_of(card))) | (F.col(numerator_of(card)) < 0)
        for card in cards
        if card.measure in _PROPORTIONS
    ]
    return _faults(
        _with_unknown_named(sums), "a proportion lies outside its bounds", reduce(Column.__or__, wrong, F.lit(False))
    )

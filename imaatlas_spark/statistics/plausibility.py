"""What must hold before anything is published: parts make their whole, a proportion lies between nothing and all.

The sums are read once. Of every area only a few numbers are kept, and those are held against each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
_WEIGHTS = 65_521  # a prime


def areas_of(sums: DataFrame, cards: tuple[Card, ...]) -> DataFrame:
    """What the checks need to know of each area. Grain: year, geo_level, geo_code, parent_code, as `sums`.

    For each amount of `cards`: total_<amount>, its total over the dimensions; all_<amount>, everything it is broken
    down into, weighted (see `_weight`); and for each dimension left_<dimension>_<amount>, the weighted sum of members
    minus totals, zero where they add up. Beside them: out_of_bounds, the number of impossible proportions.
    """
    names, amounts = cards[0].dimensions, amounts_of(cards)
    checks = [
        F.sum(F.when(_all_total(names), F.col(amount)).otherwise(0)).alias(f"total_{amount}") for amount in amounts
    ]
    checks += [F.sum(_weight(names) * F.col(amount)).alias(f"all_{amount}") for amount in amounts]
    for name in names:
        sign = F.when(F.col(name) == TOTAL, -1).otherwise(1)
        weight = sign * _weight(tuple(other for other in names if other != name))
        checks += [F.sum(weight * F.col(amount)).alias(f"left_{name}_{amount}") for amount in amounts]
    checks.append(F.count_if(_out_of_bounds(cards)).alias("out_of_bounds"))
    return sums.groupBy("year", "geo_level", "geo_code", "parent_code").agg(*checks)


def refuse_any(faults: Iterable[DataFrame]) -> None:
    """Raise ReleaseRefused with one of the faults, where there is any. One query for all: they share what is summed."""
    first = reduce(DataFrame.unionByName, faults).limit(1).collect()
    if first:
        cards, fault, year, level, code = first[0]
        raise ReleaseRefused(
            f"{cards}: {fault} at {level} {code} in {year}: nothing is published; "
            "build the source variables of that year again, and look at the geography"
        )


def contradictions(
    everybody: DataFrame, areas: DataFrame, cards: tuple[Card, ...], levels: Iterable[str]
) -> list[DataFrame]:
    """The areas (see `areas_of`) held against each other, and the country against the sums over `everybody`.

    Columns: cards, fault, year, geo_level, geo_code (of an area that contradicts itself).
    """
    amounts = amounts_of(cards)
    named = areas.withColumn("geo_code", F.coalesce("geo_code", F.concat(F.lit("(unknown) of "), "parent_code")))
    found = [
        _lost(everybody, areas, amounts),
        _parts_of_areas(areas, amounts, levels),
        *(
            _faults(named, f"the members of {name} do not add up", _any_left(f"left_{name}_{each}" for each in amounts))
            for name in cards[0].dimensions
        ),
        _faults(named, "a proportion lies outside its bounds", F.col("out_of_bounds") > 0),
    ]
    return [_of_cards(faults, cards) for faults in found]


def unequal_totals(areas_of_cards: Iterable[tuple[tuple[Card, ...], DataFrame]]) -> Iterator[DataFrame]:
    """Where a statistic differs from the total of the cube that counts the same; columns as `contradictions`.

    They are equal in every area (rules.md, section 4).
    """
    same: dict[tuple[object, ...], list[tuple[Card, DataFrame]]] = defaultdict(list)
    for cards, areas in areas_of_cards:
        for card in cards:
            counted = (card.unit, card.where, card.profession_group, card.numerator, card.denominator)
            same[counted].append((card, areas))
    for (card, areas), *others in same.values():
        for other, areas_of_other in others:
            yield _of_cards(_unequal(_totals(areas, card), _totals(areas_of_other, other)), (card, other))


def _totals(areas: DataFrame, card: Card) -> DataFrame:
    below = F.lit(0) if card.denominator is None else F.col(f"total_{denominator_of(card)}")
    amounts = (F.col(f"total_{numerator_of(card)}").alias("above"), below.alias("below"))
    return areas.where(F.col("geo_code").isNotNull()).select("year", "geo_level", "geo_code", *amounts)


def _unequal(totals: DataFrame, of_other: DataFrame) -> DataFrame:
    """Areas of both that have other totals. (One is published by sector, the other need not be.)"""
    other = of_other.withColumnsRenamed({"above": "above_of_other", "below": "below_of_other"})
    both = totals.join(other, ["year", "geo_level", "geo_code"])
    differ = (F.col("above") != F.col("above_of_other")) | (F.col("below") != F.col("below_of_other"))
    return _faults(both, "the totals differ", differ)


def _of_cards(faults: DataFrame, cards: Iterable[Card]) -> DataFrame:
    return faults.select(F.lit(", ".join(card.code for card in cards)).alias("cards"), *faults.columns)


def _faults(rows: DataFrame, fault: str | Column, wrong: Column) -> DataFrame:
    text = F.lit(fault) if isinstance(fault, str) else fault
    return rows.where(wrong).select(text.alias("fault"), "year", "geo_level", "geo_code")


def _any_left(amounts: Iterable[str]) -> Column:
    return reduce(Column.__or__, (F.col(name) != 0 for name in amounts))


def _all_total(names: Iterable[str]) -> Column:
    return reduce(Column.__and__, (F.col(name) == TOTAL for name in names), F.lit(True))


def _weight(names: tuple[str, ...]) -> Column:
    """A number of its own for each combination of members, so that one sum tells whether all of them agree.

    A single error always shows; several hide each other once in some sixty thousand times.
    """
    return F.pmod(F.xxhash64(*names), F.lit(_WEIGHTS)) + 1 if names else F.lit(1)


def _out_of_bounds(cards: Iterable[Card]) -> Column:
    """A proportion counts some of those below the line: never more than there are, never less than none."""
    wrong = [
        (F.col(numerator_of(card)) > F.col(denominator_of(card))) | (F.col(numerator_of(card)) < 0)
        for card in cards
        if card.measure in _PROPORTIONS
    ]
    return reduce(Column.__or__, wrong, F.lit(False))


def _lost(everybody: DataFrame, areas: DataFrame, amounts: list[str]) -> DataFrame:
    """The total of the country is the sum over everybody."""
    counted = areas.where(F.col("geo_level") == LEVELS[0]).select(
        "year", *(-F.col(f"total_{each}") for each in amounts)
    )
    both = everybody.select("year", *amounts).unionByName(counted.toDF("year", *amounts))
    left = both.groupBy("year").agg(*(F.sum(name).alias(name) for name in amounts))
    at_country = left.withColumns({"geo_level": F.lit(LEVELS[0]), "geo_code": F.lit(COUNTRY)})
    return _faults(at_country, "somebody was lost or counted twice", _any_left(amounts))


def _parts_of_areas(areas: DataFrame, amounts: list[str], levels: Iterable[str]) -> DataFrame:
    """The areas of a level, and what lies in none of them, make the areas of the level above."""
    pairs = [(parent, level) for level in levels if (parent := parent_level(level)) is not None]
    above = F.broadcast(local_frame(areas.sparkSession, pairs, "geo_level STRING, child_level STRING"))
    keys, weighted = ("child_level", "year", "geo_code"), [f"all_{amount}" for amount in amounts]
    wholes = areas.where(F.col("geo_code").isNotNull()).join(above, "geo_level").select(*keys, *weighted)
    parts = areas.where(F.col("parent_code").isNotNull()).select(
        "geo_level", "year", "parent_code", *(-F.col(name) for name in weighted)
    )
    both = wholes.unionByName(parts.toDF(*keys, *weighted))
    left = both.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in weighted)).join(above, "child_level")
    fault = F.concat(F.lit("what lies below, by "), "child_level", F.lit(", does not add up"))
    return _faults(left, fault, _any_left(weighted))

"""What must hold before anything is published: parts make their whole, a proportion lies between nothing and all.

The sums are read once. Of every area only a few numbers are kept, and those are held against each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography import COUNTRY, LEVELS
from imaatlas_spark.statistics.amounts import SUMS, Amount, summed
from imaatlas_spark.statistics.grid import parent_level
from imaatlas_spark.statistics.members import ALL, MEMBERS, Members
from imaatlas_spark.storage.local_frames import local_frame

_PROPORTIONS = ("percentage", "rate_per_10000")
_WEIGHTS = 65_521  # a prime
_AREA = ("code", "year", "geo_level", "geo_code", "parent_code")


def areas_of(sums: DataFrame, cards: Iterable[Card], members: Members) -> DataFrame:
    """What the checks need to know of each area. Grain: code, year, geo_level, geo_code, parent_code, as `sums`.

    Of numerator and denominator: total_<>, the total over the dimensions; all_<>, everything it is broken down into,
    weighted (see `_weight`); for each dimension left_<dimension>_<>, the weighted sum of members minus totals, zero
    where they add up. Beside them: out_of_bounds, the number of impossible proportions.
    """
    cards = tuple(cards)
    total, everything = F.when(F.col(MEMBERS) == ALL, 1).otherwise(0), _weight(F.col(MEMBERS))
    checks = [F.sum(total * F.col(each)).alias(f"total_{each}") for each in SUMS]
    checks += [F.sum(everything * F.col(each)).alias(f"all_{each}") for each in SUMS]
    for name in members.names:
        broken_down = F.col("code").isin(*(card.code for card in cards if name in card.dimensions))
        sign = F.when(~broken_down, 0).when(members.digit(name) == ALL, -1).otherwise(1)
        checks += [
            F.sum(sign * _weight(members.without(name)) * F.col(each)).alias(f"left_{name}_{each}") for each in SUMS
        ]
    checks.append(F.count_if(_out_of_bounds(cards)).alias("out_of_bounds"))
    return sums.groupBy(*_AREA).agg(*checks)


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
    everybody: DataFrame, areas: DataFrame, levels: Mapping[str, Iterable[str]], names: Iterable[str]
) -> list[DataFrame]:
    """The areas (see `areas_of`) held against each other, and the country against the sums over `everybody`.

    `levels`: those of each card. `names`: the dimensions. Columns: cards, fault, year, geo_level, geo_code (of an area
    that contradicts itself).
    """
    return [_lost(everybody, areas), _parts_of_areas(areas, levels), _within_areas(areas, names)]


def unequal_totals(areas: DataFrame, cards: Iterable[Card]) -> list[DataFrame]:
    """Where a statistic differs from the total of the cube that counts the same; columns as `contradictions`.

    They are equal in every area (rules.md, section 4) that both have. (One is published by sector, the other need not
    be.)
    """
    same: dict[tuple[str, Amount, Amount | None], list[str]] = defaultdict(list)
    for card in cards:
        same[card.unit, Amount.above(card), Amount.below(card)].append(card.code)
    pairs = [(first, other) for first, *others in same.values() for other in others]
    if not pairs:
        return []
    area = ("year", "geo_level", "geo_code")
    totals = areas.where(F.col("geo_code").isNotNull()).select("code", *area, "total_numerator", "total_denominator")
    of_other = totals.toDF("other", *area, "above_of_other", "below_of_other")
    paired = totals.join(F.broadcast(local_frame(areas.sparkSession, pairs, "code STRING, other STRING")), "code")
    equal = F.col("total_numerator").eqNullSafe(F.col("above_of_other")) & F.col("total_denominator").eqNullSafe(
        F.col("below_of_other")
    )
    both = paired.join(of_other, ["other", *area]).withColumn("cards", F.concat_ws(", ", "code", "other"))
    return [_faults(both, F.when(~equal, "the totals differ"), "cards")]


def _faults(rows: DataFrame, fault: Column, cards: str = "code") -> DataFrame:
    """The rows that have a fault (null: none)."""
    found = rows.select(F.col(cards).alias("cards"), fault.alias("fault"), "year", "geo_level", "geo_code")
    return found.where(F.col("fault").isNotNull())


def _any_left(sums: Iterable[str]) -> Column:
    return reduce(Column.__or__, (F.col(name) != 0 for name in sums))


def _weight(members: Column) -> Column:
    """A number of its own for each combination of members, so that one sum tells whether all of them agree.

    A single error always shows; several hide each other once in some sixty thousand times.
    """
    return F.pmod(F.xxhash64(members), F.lit(_WEIGHTS)) + 1


def _out_of_bounds(cards: Iterable[Card]) -> Column:
    """A proportion counts some of those below the line: never more than there are, never less than none."""
    proportions = F.col("code").isin(*(card.code for card in cards if card.measure in _PROPORTIONS))
    return proportions & ((F.col("numerator") > F.col("denominator")) | (F.col("numerator") < 0))


def _lost(everybody: DataFrame, areas: DataFrame) -> DataFrame:
    """The total of the country is the sum over everybody."""
    counted = areas.where(F.col("geo_level") == LEVELS[0]).select(
        "code", "year", *(-F.col(f"total_{each}") for each in SUMS)
    )
    both = everybody.select("code", "year", *SUMS).unionByName(counted.toDF("code", "year", *SUMS))
    at_country = summed(both, ("code", "year")).withColumns({"geo_level": F.lit(LEVELS[0]), "geo_code": F.lit(COUNTRY)})
    return _faults(at_country, F.when(_any_left(SUMS), "somebody was lost or counted twice"))


def _parts_of_areas(areas: DataFrame, levels: Mapping[str, Iterable[str]]) -> DataFrame:
    """The areas of a level, and what lies in none of them, make the areas of the level above."""
    pairs = [
        (code, parent, level)
        for code, made in levels.items()
        for level in made
        if (parent := parent_level(level)) is not None
    ]
    above = local_frame(areas.sparkSession, pairs, "code STRING, geo_level STRING, child_level STRING")
    keys, weighted = ("code", "child_level", "year", "geo_code"), [f"all_{each}" for each in SUMS]
    wholes = areas.where(F.col("geo_code").isNotNull()).join(F.broadcast(above), ["code", "geo_level"])
    parts = areas.where(F.col("parent_code").isNotNull()).select(
        "code", "geo_level", "year", "parent_code", *(-F.col(name) for name in weighted)
    )
    both = wholes.select(*keys, *weighted).unionByName(parts.toDF(*keys, *weighted))
    fault = F.concat(F.lit("what lies below, by "), "child_level", F.lit(", does not add up"))
    at_wholes = summed(both, keys, weighted).join(F.broadcast(above), ["code", "child_level"])
    return _faults(at_wholes, F.when(_any_left(weighted), fault))


def _within_areas(areas: DataFrame, names: Iterable[str]) -> DataFrame:
    """Members and what is unknown make the total of each dimension; no proportion is out of its bounds."""
    wrong = [
        F.when(_any_left(f"left_{name}_{each}" for each in SUMS), f"the members of {name} do not add up")
        for name in names
    ]
    wrong.append(F.when(F.col("out_of_bounds") > 0, "a proportion lies outside its bounds"))
    named = areas.withColumn("geo_code", F.coalesce("geo_code", F.concat(F.lit("(unknown) of "), "parent_code")))
    return _faults(named, F.coalesce(*wrong))

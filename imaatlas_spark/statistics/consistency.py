"""What must hold before anything is published: parts make their whole, a proportion lies between nothing and all.

Each check that one sum equals others is a balance: the sum with a minus, the others with a plus, and all of it must add
up to zero. The entries of all checks are one frame, added up once.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL, UNKNOWN
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography.codes import COUNTRY, COUNTRY_LEVEL
from imaatlas_spark.statistics.areas import Grid, level_above
from imaatlas_spark.statistics.measures import SUMS, Amount, summed

_PROPORTIONS = ("percentage", "rate_per_10000")
_WHERE = ("cards", "fault", "year", "geo_level", "geo_code")  # what a refusal tells


def refuse_contradictions(everybody: DataFrame, sums: DataFrame, cards: Iterable[Card], grid: Grid) -> None:
    """Raise ReleaseRefused with the first fault of the sums, where there is any. One query for all checks.

    `everybody`: code, year, numerator, denominator over all rows of a year (`cube.everybody`). `sums`: as
    `areas.sums_of_areas`.
    """
    cards = tuple(cards)
    nonzero_sums = sums.where((F.col("numerator") != 0) | (F.col("denominator") != 0))  # zeros change no sum
    entries = [
        everybody_is_counted_once(everybody, nonzero_sums, grid),
        parts_make_their_area(nonzero_sums, grid),
        *(members_make_their_total(nonzero_sums, grid, name) for name in grid.names),
        *totals_of_cubes(nonzero_sums, cards, grid),
    ]
    faults = unbalanced(reduce(DataFrame.unionByName, entries), grid).unionByName(out_of_bounds(nonzero_sums, cards))
    first = faults.orderBy(*_WHERE).limit(1).collect()
    if first:
        codes, fault, year, level, code = first[0]
        raise ReleaseRefused(
            f"{codes}: {fault} at {level} {code} in {year}: nothing is published; "
            "build the source variables of that year again, and look at the geography"
        )


def unbalanced(entries: DataFrame, grid: Grid) -> DataFrame:
    """Where the entries of a balance do not add up to zero. Columns: `_WHERE`."""
    left = reduce(Column.__or__, (F.coalesce(F.col(name), F.lit(0)) != 0 for name in SUMS))
    return summed(entries, (*_WHERE, *grid.names)).where(left).select(*_WHERE)


def everybody_is_counted_once(everybody: DataFrame, sums: DataFrame, grid: Grid) -> DataFrame:
    """The total of the country is the sum over everybody, in each year that a statistic is published for."""
    is_total_of_country = (F.col("geo_level") == COUNTRY_LEVEL) & _is_total(grid.names)
    country = sums.where(is_total_of_country)
    published = grid.combinations.where(is_total_of_country).select("code", "year")
    everybody_published = everybody.join(F.broadcast(published), ["code", "year"], "left_semi")
    of_country = {
        "geo_level": F.lit(COUNTRY_LEVEL),
        "geo_code": F.lit(COUNTRY),
        "parent_code": F.lit(None),
        **dict.fromkeys(grid.names, F.lit(TOTAL)),
    }
    fault = F.lit("somebody was lost or counted twice")
    return _entries(everybody_published.withColumns(of_country), grid, fault).unionByName(
        _entries(_negated(country), grid, fault)
    )


def parts_make_their_area(sums: DataFrame, grid: Grid) -> DataFrame:
    """The areas of a level, and what lies in none of them, make the areas of the level above, member by member."""
    keys = ["code", "year", *grid.names]
    members_below = grid.combinations.where(F.col("parent_level").isNotNull()).select(
        *keys, F.col("geo_level").alias("part_level"), F.col("parent_level").alias("geo_level")
    )
    wholes = sums.where(F.col("geo_code").isNotNull()).join(F.broadcast(members_below), [*keys, "geo_level"])
    parts = sums.where(F.col("parent_code").isNotNull()).withColumns(
        {"part_level": F.col("geo_level"), "geo_level": level_above("geo_level"), "geo_code": F.col("parent_code")}
    )
    fault = F.concat(F.lit("what lies below, by "), "part_level", F.lit(", does not add up"))
    return _entries(_negated(wholes), grid, fault).unionByName(_entries(parts, grid, fault))


def members_make_their_total(sums: DataFrame, grid: Grid, name: str) -> DataFrame:
    """The members of a dimension and what is unknown make its total, wherever it is broken down by that dimension."""
    keys = ["code", "year", "geo_level", *grid.names]
    broken_down_totals = grid.combinations.where(F.col(name) == UNKNOWN).withColumn(name, F.lit(TOTAL)).select(*keys)
    totals = sums.join(F.broadcast(broken_down_totals), keys, "left_semi")
    members = sums.where(F.col(name) != TOTAL).withColumn(name, F.lit(TOTAL))
    fault = F.lit(f"the members of {name} do not add up")
    return _entries(_negated(totals), grid, fault).unionByName(_entries(members, grid, fault))


def totals_of_cubes(sums: DataFrame, cards: Iterable[Card], grid: Grid) -> list[DataFrame]:
    """A statistic equals the total of the cube that counts the same (definitions, section 4).

    In every area that both have: one is published by sector, the other need not be.
    """
    alike: dict[tuple[Amount, Amount | None], list[str]] = defaultdict(list)
    for card in cards:
        alike[Amount.above(card), Amount.below(card)].append(card.code)
    pairs = [(first, other) for first, *others in alike.values() for other in others]
    totals = sums.where(_is_total(grid.names))
    fault = F.lit("the totals differ")
    entries = []
    for first, other in pairs:
        levels_of_both = grid.levels[first] & grid.levels[other]
        at_level_of_both = reduce(
            Column.__or__,
            ((F.col("year") == year) & (F.col("geo_level") == level) for year, level in sorted(levels_of_both)),
            F.lit(False),
        )
        common_totals = totals.where(at_level_of_both)
        of_first, of_other = (common_totals.where(F.col("code") == code) for code in (first, other))
        for rows in (of_first, _negated(of_other)):
            entries.append(_entries(rows.withColumn("code", F.lit(f"{first}, {other}")), grid, fault))
    return entries


def out_of_bounds(sums: DataFrame, cards: Iterable[Card]) -> DataFrame:
    """A proportion counts some of those below the line: never more than there are, never less than none."""
    proportions = F.col("code").isin(*(card.code for card in cards if card.measure in _PROPORTIONS))
    impossible = (F.col("numerator") > F.col("denominator")) | (F.col("numerator") < 0)
    fault = F.lit("a proportion lies outside its bounds")
    return sums.where(proportions & impossible).select(*_told(fault))


def _is_total(names: Iterable[str]) -> Column:
    return reduce(Column.__and__, (F.col(name) == TOTAL for name in names), F.lit(True))


def _negated(sums: DataFrame) -> DataFrame:
    """The sums with a minus."""
    return sums.withColumns({name: -F.col(name) for name in SUMS})


def _entries(sums: DataFrame, grid: Grid, fault: Column) -> DataFrame:
    """Sums as entries of a balance. Columns: `_WHERE`, the dimensions, numerator, denominator."""
    return sums.select(*_told(fault), *grid.names, *SUMS)


def _told(fault: Column) -> list[Column]:
    """What a refusal tells of a sum. An unknown part of an area is named after it."""
    area = F.coalesce("geo_code", F.concat(F.lit("(unknown) of "), "parent_code"))
    return [
        F.col("code").alias("cards"),
        fault.alias("fault"),
        F.col("year"),
        F.col("geo_level"),
        area.alias("geo_code"),
    ]

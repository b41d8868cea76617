"""Sums that contradict themselves are refused with the area and the year; sums that do not are let through."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import reduce
from itertools import product
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.statistics.areas import Grid, parent_level
from imaatlas_spark.statistics.consistency import refuse_contradictions, totals_of_cubes, unbalanced
from imaatlas_spark.storage.local_frames import local_frame

pytestmark = pytest.mark.spark

CODE = "cube_013_007"
Area = tuple[str, str | None, str | None]
Key = tuple[int, Area, str]  # year, area, age class

# Level, code (None: what lies in no area of the level), the area it is a part of.
COUNTRY: Area = ("country", "01000", None)
FLANDERS: Area = ("region", "02000", "01000")
NO_REGION: Area = ("region", None, "01000")
ZONE: Area = ("care_zone", "A", "01000")
NO_ZONE: Area = ("care_zone", None, "01000")
PROVINCE: Area = ("province", "10000", "02000")
ARRONDISSEMENT: Area = ("arrondissement", "11000", "10000")
ANTWERP: Area = ("municipality", "11002", "11000")
BORSBEEK: Area = ("municipality", "11007", "11000")
SECTOR: Area = ("sector", "11002A00-", "11002")
NO_SECTOR: Area = ("sector", None, "11002")
NO_SECTOR_EITHER: Area = ("sector", None, "11007")
AMOUNTS = "numerator BIGINT, denominator BIGINT"
SUMS = f"code STRING, year INT, geo_level STRING, geo_code STRING, parent_code STRING, age_class STRING, {AMOUNTS}"
YEARS, AGES = (2018, 2019), ("0-9", "90+", "_U", "_T")
# Where people may live, and every area that this is.
HOMES = (
    (COUNTRY, NO_REGION, NO_ZONE),
    (COUNTRY, FLANDERS, PROVINCE, ARRONDISSEMENT, ANTWERP, SECTOR, ZONE),
    (COUNTRY, FLANDERS, PROVINCE, ARRONDISSEMENT, ANTWERP, NO_SECTOR, ZONE),
    (COUNTRY, FLANDERS, PROVINCE, ARRONDISSEMENT, BORSBEEK, NO_SECTOR_EITHER, NO_ZONE),
)


class Sums:
    """Two of each age class (_U: unknown) live in each home, in two years; one of them is counted above the line."""

    def __init__(self) -> None:
        self.people: Counter[Key] = Counter()
        self.counted: Counter[Key] = Counter()
        self.everybody: Counter[int] = Counter()
        for year in YEARS:
            for areas in HOMES:
                for age in ("0-9", "90+", "_U"):
                    self.everybody[year] += 2
                    for key in ((year, area, each) for area in areas for each in (age, "_T")):
                        self.people[key] += 2
                        self.counted[key] += 1

    def frames(self, spark: SparkSession) -> tuple[DataFrame, DataFrame]:
        """(everybody, sums)."""
        everybody = [(CODE, year, number // 2, number) for year, number in self.everybody.items()]
        sums = [
            (CODE, year, *area, age, self.counted[year, area, age], number)
            for (year, area, age), number in self.people.items()
        ]
        return local_frame(spark, everybody, f"code STRING, year INT, {AMOUNTS}"), local_frame(spark, sums, SUMS)


def check(sums: Sums, spark: SparkSession, configuration: Configuration, **other: Any) -> None:
    """`other`: what the card says otherwise."""
    card = configuration.cards[CODE].model_copy(update=other)
    everybody, rows = sums.frames(spark)
    if card.denominator is None:
        everybody, rows = (frame.withColumn("denominator", F.lit(None).cast("bigint")) for frame in (everybody, rows))
    refuse_contradictions(everybody, rows, [card], grid(spark, [CODE], (*LEVELS, "care_zone")))


def grid(spark: SparkSession, codes: Iterable[str], levels: Iterable[str]) -> Grid:
    """Of statistics by age class that are published at all these levels in both years."""
    of_levels = [(year, level) for year in YEARS for level in levels]
    combinations = [
        (code, year, level, parent_level(level), 0, age) for code, (year, level), age in product(codes, of_levels, AGES)
    ]
    schema = "code STRING, year INT, geo_level STRING, parent_level STRING, denominator BIGINT, age_class STRING"
    made = {code: frozenset(of_levels) for code in codes}
    return Grid(local_frame(spark, combinations, schema), ("age_class",), made)


def lose_somebody(sums: Sums) -> None:
    sums.everybody[2019] += 2


def lose_a_sector(sums: Sums) -> None:
    for age in ("0-9", "90+", "_U", "_T"):
        del sums.people[2019, SECTOR, age]


def lose_who_has_no_known_sector(sums: Sums) -> None:
    for age in ("0-9", "_T"):
        sums.people[2019, NO_SECTOR_EITHER, age] -= 1


def lose_who_is_in_no_zone(sums: Sums) -> None:
    for age in ("0-9", "_T"):
        sums.people[2019, NO_ZONE, age] -= 1


def count_somebody_in_two_provinces(sums: Sums) -> None:
    for age in ("0-9", "_T"):
        sums.people[2019, ("province", "20001", "02000"), age] += 1
        sums.people[2019, ("arrondissement", "24000", "20001"), age] += 1
        sums.people[2019, ("municipality", "24062", "24000"), age] += 1
        sums.people[2019, ("sector", None, "24062"), age] += 1


def count_a_member_twice(sums: Sums) -> None:
    for area in {area for areas in HOMES for area in areas}:
        sums.people[2019, area, "0-9"] *= 2


def count_more_than_there_are(sums: Sums) -> None:
    """By as many everywhere that all adds up; the totals are as they were."""
    for areas in HOMES[3:]:
        for area in areas:
            sums.counted[2019, area, "0-9"] += 20
            sums.counted[2019, area, "90+"] -= 20


Spoil = Callable[[Sums], None]
CONTRADICTIONS: dict[Spoil, str] = {
    lose_somebody: r"lost or counted twice at country 01000 in 2019",
    lose_a_sector: r"what lies below, by sector, does not add up at municipality 11002 in 2019",
    lose_who_has_no_known_sector: r"what lies below, by sector, does not add up at municipality 11007 in 2019",
    lose_who_is_in_no_zone: r"what lies below, by care_zone, does not add up at country 01000 in 2019",
    count_somebody_in_two_provinces: r"what lies below, by province, does not add up at region 02000 in 2019",
    count_a_member_twice: r"the members of age_class do not add up at \w+ \(?[0-9un].* in 2019",
    count_more_than_there_are: r"a proportion lies outside its bounds at \w+ \(?[0-9un].* in 2019",
}


def test_sound_sums_are_let_through(spark: SparkSession, configuration: Configuration) -> None:
    check(Sums(), spark, configuration)


def test_a_year_that_a_statistic_is_not_published_for_is_not_asked_of_it(
    spark: SparkSession, configuration: Configuration
) -> None:
    """Its rows are read for another statistic, which begins earlier."""
    sums = Sums()
    sums.everybody[2017] = 100
    check(sums, spark, configuration)


@pytest.mark.parametrize("spoil", CONTRADICTIONS, ids=lambda spoil: spoil.__name__)
def test_a_contradiction_is_refused_and_named(spoil: Spoil, spark: SparkSession, configuration: Configuration) -> None:
    sums = Sums()
    spoil(sums)
    with pytest.raises(ReleaseRefused, match=f"{CODE}: .*{CONTRADICTIONS[spoil]}.*nothing is published") as refusal:
        check(sums, spark, configuration)
    assert "\n" not in str(refusal.value)


def test_a_mean_may_be_above_one_and_a_count_has_nothing_below(
    spark: SparkSession, configuration: Configuration
) -> None:
    """Only proportions have bounds."""
    sums = Sums()
    count_more_than_there_are(sums)
    check(sums, spark, configuration, measure="mean")
    check(sums, spark, configuration, measure="count", denominator=None)


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 3), (2, 3), (1, 4)])
def test_a_statistic_equals_the_total_of_its_cube(
    spark: SparkSession, configuration: Configuration, numerator: int, denominator: int
) -> None:
    cards = configuration.cards["cube_013_007"], configuration.cards["stat_013_007"]
    rows = [
        ("cube_013_007", 2019, *FLANDERS, "_T", 1, 3),
        ("cube_013_007", 2019, *FLANDERS, "0-9", 7, 9),
        ("stat_013_007", 2019, *FLANDERS, "_T", numerator, denominator),
    ]
    regions = grid(spark, [card.code for card in cards], ["region"])
    entries = reduce(DataFrame.unionByName, totals_of_cubes(local_frame(spark, rows, SUMS), cards, regions))
    fault = ("cube_013_007, stat_013_007", "the totals differ", 2019, "region", "02000")
    found = [tuple(row) for row in unbalanced(entries, regions).collect()]
    assert found == ([] if (numerator, denominator) == (1, 3) else [fault])


def test_a_statistic_and_its_cube_are_compared_where_both_are_published(
    spark: SparkSession, configuration: Configuration
) -> None:
    cards = configuration.cards["cube_013_007"], configuration.cards["stat_013_007"]
    rows = [
        (code, 2019, *area, "_T", 1, 3)
        for code, areas in (("cube_013_007", (FLANDERS, ANTWERP)), ("stat_013_007", (FLANDERS,)))
        for area in areas
    ]
    both = grid(spark, [card.code for card in cards], ["region"])
    levels = {
        "cube_013_007": both.levels["cube_013_007"] | {(2019, "municipality")},
        **{"stat_013_007": both.levels["stat_013_007"]},
    }
    apart = Grid(both.combinations, both.names, levels)
    entries = reduce(DataFrame.unionByName, totals_of_cubes(local_frame(spark, rows, SUMS), cards, apart))
    assert unbalanced(entries, apart).collect() == []


def test_the_fault_that_is_told_does_not_depend_on_chance(spark: SparkSession, configuration: Configuration) -> None:
    """Of many faults, the first in the order of statistic, kind, year and area."""
    sums = Sums()
    lose_somebody(sums)
    count_a_member_twice(sums)
    with pytest.raises(ReleaseRefused, match=r"somebody was lost or counted twice at country 01000 in 2019"):
        check(sums, spark, configuration)

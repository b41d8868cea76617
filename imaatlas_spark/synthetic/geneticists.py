"""Clinical geneticists, who earn on both sides of 5 % of a median that is made up."""

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.billing import PHYSICIAN, billed
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.parameters import BilledLine, BillingHabit
from imaatlas_spark.synthetic.persons import calendar, pseudonym, with_first_holder

PROFESSION_GROUP = "clinical_geneticist"
FIRST_GENETICIST = 19_000_000
_ALWAYS_PLAIN = (BillingHabit(weight=1, lines=(BilledLine(),)),)


def number_of_geneticists(nation: Nation) -> int:
    p = nation.parameters.geneticists
    return max(p.fewest, round(nation.persons / p.persons_per_geneticist))


def median_income(nation: Nation, year: int) -> int:
    """The made-up FTE median of a year, in whole hundreds of euros."""
    p = nation.parameters.geneticists
    return round(p.median_eur * (1 + p.median_growth) ** (year - p.median_from) / 100) * 100


def medians(nation: Nation, last_year: int) -> list[tuple[str, ...]]:
    """The rows of fte_income_medians.csv: profession_group, year, median_eur, source."""
    first = nation.parameters.geneticists.median_from
    return [
        (PROFESSION_GROUP, str(year), f"{median_income(nation, year)}.00", "placeholder, not official")
        for year in range(first, max(first, last_year) + 1)
    ]


def genetics_lines(nation: Nation, spark: SparkSession, years: Sequence[int]) -> DataFrame:
    """Lines that make up each geneticist's income of the year to the cent, one row a line."""
    number, provider, dice = F.col("number"), F.col("provider_id"), nation.dice
    days = F.col("year_end") - F.col("new_year") + 1
    second_holder = (F.col("day") > F.col("first_died_on")).cast("int")
    acts = (
        _incomes(nation, spark, years)
        .join(F.broadcast(calendar(spark, years)), "year")
        .withColumn("number", F.explode(F.sequence(F.lit(1), F.col("lines"))))
        .withColumn("day", F.col("new_year") + dice.below(days, "day of genetics", provider, F.col("year"), number))
        .withColumn("place", dice.below(nation.persons, "patient", provider, F.col("year"), number))
        .transform(with_first_holder, dice, nation.parameters.life)
        .withColumn("person_id", pseudonym(2 * F.col("place") + second_holder))
        .withColumn("amount", F.when(number == F.col("lines"), F.col("last_amount")).otherwise(F.col("line_amount")))
        .withColumn("code", F.lit(nation.parameters.geneticists.code))
        .withColumn("category", F.lit(PHYSICIAN))
        .withColumn("institution_id", F.lit(None))
    )
    return billed(acts, _ALWAYS_PLAIN, F.lit(0.0))


def _incomes(nation: Nation, spark: SparkSession, years: Sequence[int]) -> DataFrame:
    """year, provider_id, qualification, lines, line_amount, last_amount."""
    p, codes = nation.parameters.geneticists, nation.qualifications.codes([PROFESSION_GROUP])
    rows = []
    for year, number in product(years, range(number_of_geneticists(nation))):
        income = Decimal(median_income(nation, year)) * Decimal(str(p.income_shares[number % len(p.income_shares)]))
        lines = math.ceil(income / p.line_eur)
        rows.append(
            (
                year,
                FIRST_GENETICIST + number,
                codes[number % len(codes)],
                lines,
                Decimal(p.line_eur),
                income - (lines - 1) * p.line_eur,
            )
        )
    return spark.createDataFrame(
        rows,
        "year INT NOT NULL, provider_id LONG NOT NULL, qualification STRING, lines INT NOT NULL, "
        "line_amount DECIMAL(12,2), last_amount DECIMAL(12,2)",
    )

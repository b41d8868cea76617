"""A handful of rows that no ingest should accept."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.nation import Nation

_PERSONS_PER_FAULTY_LINE = 500
_PERSONS_PER_NAMELESS_PERSON = 20_000


def faulty_claims(like: DataFrame, nation: Nation, years: Sequence[int]) -> DataFrame:
    """Claim lines with one fault each, in the columns of `like`: about one in twenty thousand lines."""
    spark, fault, year = like.sparkSession, F.col("id") % 10, F.col("year")
    wrong: dict[str, list[tuple[int, Column]]] = {
        "SS00010": [(0, F.lit(None))],
        "SS00015": [(1, F.lit(None)), (2, F.make_date(year - 1, F.lit(12), F.lit(31)))],
        "SS00020": [(3, F.lit("10107")), (4, F.lit("1010760"))],
        "SS00050": [(5, F.lit(None))],
        "SS00060": [(6, F.lit(None))],
        "NWE_YN": [(7, F.lit(2))],
        "BOOKED_MONTH": [(8, year * 100 + 13)],
        "SS00065B": [(9, F.lit("4"))],
    }
    right = {
        "year": year,
        "SS00010": 1 + F.col("id"),
        "SS00015": F.make_date(year, F.lit(3), F.lit(1)),
        "SS00020": F.lit("101076"),
        "SS00050": F.lit(1),
        "SS00060": F.lit("21.52"),
        "SS00065B": F.lit("004"),
        "PRACTITIONER_CAT": F.lit("10"),
        "NWE_YN": F.lit(0),
        "BOOKED_MONTH": year * 100 + 4,
    }

    def column(name: str) -> Column:
        value = right.get(name, F.lit(None))
        for number, replaced in wrong.get(name, ()):
            value = F.when(fault == number, replaced).otherwise(value)
        return value.cast(like.schema[name].dataType).alias(name)

    return _rows(spark, nation.persons // _PERSONS_PER_FAULTY_LINE, years).select(
        *(column(name) for name in like.columns)
    )


def nameless_persons(like: DataFrame, nation: Nation, years: Sequence[int]) -> DataFrame:
    """Rows of the population without a person, in the columns of `like`."""
    empty = (F.lit(None).cast(like.schema[name].dataType).alias(name) for name in like.columns if name != "year")
    return _rows(like.sparkSession, nation.persons // _PERSONS_PER_NAMELESS_PERSON, years).select("year", *empty)


def _rows(spark: SparkSession, count: int, years: Sequence[int]) -> DataFrame:
    """id, year: `count` rows a year."""
    return spark.range(0, count, 1, 1).withColumn("year", F.explode(F.array(*map(F.lit, years))))

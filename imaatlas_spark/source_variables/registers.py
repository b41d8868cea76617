"""Dated registers: the practice of a line on its day, the address in a year (rules.md, sections 2 and 3)."""

from pyspark.sql import Column as C
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from imaatlas_spark.dates import END_OF_TIME, first_day, last_day
from imaatlas_spark.rules import YearRules


def overlapping(register: DataFrame, year: int) -> DataFrame:
    """The dated rows that are valid on some day of `year`; an open `valid_to` becomes the end of time."""
    ends = F.coalesce(F.col("valid_to"), F.lit(END_OF_TIME))
    return register.withColumn("valid_to", ends).where(
        (F.col("valid_from") <= F.lit(last_day(year))) & (F.col("valid_to") >= F.lit(first_day(year)))
    )


def practice_spells(register: DataFrame, key: str, year: int, rules: YearRules) -> DataFrame:
    """The one practice that `key` (a provider or an institution) stands for on each day of `year`.

    With several on a day, the row with the latest `valid_from`, then the lowest practice id (reading: parameter
    `register_priority`). Grain: key, spell; the spells of a key do not overlap.
    Columns: `key`, practice_id, begins, ends.
    """
    rows = overlapping(register, year).where(F.col(key).isNotNull())
    changes = F.explode(F.array("valid_from", F.date_add("valid_to", 1))).alias("begins")
    next_change = F.lead("begins").over(Window.partitionBy(key).orderBy("begins"))
    spells = (
        rows.select(key, changes)
        .dropDuplicates()
        .withColumn("ends", F.date_sub(next_change, 1))
        .where(F.col("ends").isNotNull())
    )
    valid_then = F.col("begins").between(F.col("valid_from"), F.col("valid_to"))
    latest_first = F.desc("valid_from") if rules.register_priority == "latest_start" else F.asc("valid_from")
    by_priority = Window.partitionBy(key, "begins").orderBy(latest_first, "practice_id")
    return (
        spells.join(rows, key, "inner")
        .where(valid_then)
        .withColumn("place", F.row_number().over(by_priority))
        .where(F.col("place") == 1)
        .select(key, "practice_id", "begins", "ends")
    )


def with_practice_of(lines: DataFrame, spells: DataFrame, key: str, name: str) -> DataFrame:
    """Every line with the practice that its `key` stands for on the day of service, as `name`; null: none found."""
    small = F.broadcast(spells.select(F.col(key).alias("spell_key"), F.col("practice_id").alias(name), "begins", "ends"))
    on_day = (F.col(key) == F.col("spell_key")) & F.col("service_date").between(F.col("begins"), F.col("ends"))
    return lines.join(small, on_day, "left").drop("spell_key", "begins", "ends")


def row_of_year(register: DataFrame, key: str, year: int) -> DataFrame:
    """The row valid on 31 December of `year`, else the latest that overlaps it. Grain: key.

    Rows of one key do not overlap, so that the row of 31 December, where there is one, is also the latest.
    """
    latest_first = Window.partitionBy(key).orderBy(F.desc("valid_from"))
    rows = overlapping(register, year).withColumn("place", F.row_number().over(latest_first))
    return rows.where(F.col("place") == 1).drop("place", "valid_from", "valid_to")


def with_municipality(rows: DataFrame, recoding: DataFrame, code: str, name: str) -> DataFrame:
    """`code` recoded forward to the municipality of the year, as `name`; null: none."""
    map_of_year = F.broadcast(recoding.select(F.col("code").alias("old_code"), F.col("municipality").alias(name)))
    return rows.join(map_of_year, F.col(code) == F.col("old_code"), "left").drop("old_code")


def is_abroad(code: C) -> C:
    """A known residence abroad: 100-999 but not 995 and 999 (see `geography.is_abroad`)."""
    return F.coalesce(code.rlike(r"^0*[1-9][0-9]{2}\z") & ~code.rlike(r"^0*99[59]\z"), F.lit(False))

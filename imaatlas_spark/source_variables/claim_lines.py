"""Claim lines as the rules see them (definitions, section 2): in the booking window, with the meaning of their codes.

Lists are small and joined by broadcast. A code list is cut into spells on which a code belongs to the same groups, so
that a line meets at most one row of it, however many groups the code stands in.
"""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration.codelists import CodeList
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.periods import overlaps_year
from imaatlas_spark.storage.local_frames import local_frame

_NAMES = {
    "SS00010": "person_id",
    "SS00015": "service_date",
    "SS00020": "code",
    "SS00050": "cases",
    "SS00060": "insurance_amount",
    "SS00065": "provider_id",
    "SS00065B": "qualification",
    "PRACTITIONER_CAT": "category",
    "SS00075": "institution_id",
    "NWE_YN": "nwe",
    "BOOKED_MONTH": "booked_month",
}


def named(claims: DataFrame) -> DataFrame:
    """IMA's columns under names that read as words. Grain: a claim line."""
    return claims.select(*(F.col(ima).alias(name) for ima, name in _NAMES.items()))


def booked_late(booked_month: Column, rules: YearRules) -> Column:
    """True where `booked_month` (yyyymm) lies after the booking window of a line of the rules' year."""
    years_on, last_month = divmod(rules.booking_window_months - 1, 12)
    return booked_month > (rules.year + years_on) * 100 + last_month + 1


def in_booking_window(lines: DataFrame, rules: YearRules) -> DataFrame:
    """Lines of the year booked within so many accounting months from its January (`booking_window_months`)."""
    return lines.where(~booked_late(F.col("booked_month"), rules))


def with_code_groups(lines: DataFrame, codes: CodeList, groups: Iterable[str], year: int) -> DataFrame:
    """Lines whose code belongs to one of `groups` on the day of service, with a boolean `code_in_<group>` for each.

    The code becomes a number: it is hashed and sorted faster.
    """
    groups = tuple(groups)
    spells = _spells(lines.sparkSession, codes, groups, year, "code_in_").withColumn(
        "listed_code", F.col("listed_code").cast("int")
    )
    lines_of_codes = lines.where(F.col("code").isin(*codes.codes(groups))).withColumn("code", F.col("code").cast("int"))
    return lines_of_codes.join(F.broadcast(spells), _on_day("code", "listed_code"), "inner").drop(
        "listed_code", "begins", "ends"
    )


def with_qualification_groups(
    lines: DataFrame, qualifications: CodeList, groups: Iterable[str], year: int
) -> DataFrame:
    """Every line, with a boolean `qualified_<group>` for each of `groups`: false where there is none."""
    groups = tuple(groups)
    spells = _spells(lines.sparkSession, qualifications, groups, year, "qualified_")
    lines_with_groups = lines.join(F.broadcast(spells), _on_day("qualification", "listed_code"), "left")
    flags = {name: F.coalesce(F.col(name), F.lit(False)) for name in (f"qualified_{group}" for group in groups)}
    return lines_with_groups.withColumns(flags).drop("listed_code", "begins", "ends")


def has_category(categories: tuple[str, ...]) -> Column:
    """PRACTITIONER_CAT is one of `categories` (definitions, section 2.5); a line without a category has none."""
    return F.coalesce(F.col("category").isin(*categories), F.lit(False))


def _spells(spark: SparkSession, codes: CodeList, groups: tuple[str, ...], year: int, flag: str) -> DataFrame:
    """Spells of the codes that touch the year, with a boolean for each group: `flag` and its name, no column of a line.

    Columns: listed_code, begins, ends, then the booleans.
    """
    rows = [
        (spell.code, spell.valid_from, spell.valid_to, *(group in spell.groups for group in groups))
        for spell in codes.spells(groups)
        if overlaps_year(spell.valid_from, spell.valid_to, year)
    ]
    flags = "".join(f", {flag}{group} BOOLEAN" for group in groups)
    return local_frame(spark, rows, f"listed_code STRING, begins DATE, ends DATE{flags}")


def _on_day(code: str, listed: str) -> Column:
    return (F.col(code) == F.col(listed)) & F.col("service_date").between(F.col("begins"), F.col("ends"))

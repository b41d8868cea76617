"""Practitioners of a profession group, their income and whether it makes them active (definitions, section 3.10)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.codelists import CodeList
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.geography.frames import with_municipality
from imaatlas_spark.schemas.year_tables import PRACTITIONER_YEAR
from imaatlas_spark.source_variables.claim_lines import (
    has_category,
    in_booking_window,
    named,
    with_qualification_groups,
)
from imaatlas_spark.source_variables.register_spells import row_of_year


def profession_groups(configuration: Configuration, year: int) -> dict[str, tuple[str, ...]]:
    """The profession groups that a statistic counts in `year`, with their profession codes."""
    physicians = configuration.rules.at(year).physician_categories
    cards = (card for card in configuration.cards.values() if card.available_since <= year)
    groups = {
        card.profession_group: card.profession_categories or physicians for card in cards if card.profession_group
    }
    return dict(sorted(groups.items()))


def listed_lines(lines: DataFrame, group: str, qualifications: CodeList, year: int) -> DataFrame:
    """Lines of a provider with a qualification of the profession `group` on the day of service."""
    lines_of_codes = lines.where(
        F.col("qualification").isin(*qualifications.codes((group,))) & F.col("provider_id").isNotNull()
    )
    lines_with_group = lines_of_codes.transform(with_qualification_groups, qualifications, (group,), year)
    return lines_with_group.where(F.col(f"qualified_{group}"))


def income_of_group(
    claims: DataFrame,
    group: str,
    categories: tuple[str, ...],
    qualifications: CodeList,
    rules: YearRules,
) -> DataFrame:
    """Practitioner income: SS00060 over the lines in the booking window of each provider of the group.

    One listed line of `categories`, corrected or not, makes a provider belong to the group; then all the provider's
    lines count, or all listed ones (reading: parameter `practitioner_income`), whatever their category.
    Grain: provider. Columns: provider_id, income.
    """
    lines = named(claims).transform(in_booking_window, rules)
    listed = listed_lines(lines, group, qualifications, rules.year)
    providers = listed.where(has_category(categories)).select("provider_id").dropDuplicates()
    counted_lines = lines if rules.practitioner_income == "all_lines" else listed
    paid_lines = counted_lines.join(F.broadcast(providers), "provider_id", "left_semi")
    return paid_lines.groupBy("provider_id").agg(F.sum("insurance_amount").cast("DECIMAL(18,2)").alias("income"))


def practitioner_year(
    income: DataFrame,
    practitioners: DataFrame,
    medians: DataFrame,
    recoding: DataFrame,
    group: str,
    rules: YearRules,
) -> DataFrame:
    """Active practitioner: at least the `active_income_share` of the group's FTE median is earned (sheet stat_020_033).

    Grain: provider of `group` in the year; columns as `year_tables.PRACTITIONER_YEAR`.
    """
    address = row_of_year(practitioners, "provider_id", rules.year).transform(
        with_municipality, recoding, "nis", "municipality"
    )
    of_year = (F.col("profession_group") == group) & (F.col("year") == rules.year)
    median = F.broadcast(medians.where(of_year).withColumnRenamed("median_eur", "median_income"))
    threshold = F.col("median_income") * F.lit(rules.active_income_share)
    return (
        income.join(address.select("provider_id", "municipality"), "provider_id", "left")
        .crossJoin(median)
        .withColumn("is_active", F.col("income") >= threshold)
        .select(*PRACTITIONER_YEAR.column_names)
    )

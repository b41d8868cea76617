"""GMD events: who opened or renewed a global medical record where (definitions, section 3.3)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.claim_lines import has_category, in_booking_window, named, with_code_groups
from imaatlas_spark.source_variables.register_spells import PracticeSpell, with_practice_of


def may_be_gmd(rules: YearRules) -> Column:
    """Whose lines are looked at: anybody's, or those of physicians (reading: parameter `gmd_lines`)."""
    return F.lit(True) if rules.gmd_lines == "all_lines" else has_category(rules.physician_categories)


def gmd_events(
    claims: DataFrame, by_provider: list[PracticeSpell], year: int, configuration: Configuration
) -> DataFrame:
    """The preferred GMD event (parameter `gmd_event_priority`) of each person with each practice in `year`.

    `by_provider`: see `practice_spells`.

    An event is a positive net quantity per person, practice, day and code; category, qualification and NWE_YN are not
    asked for (reading: parameter `gmd_lines`). Without a practice there is no event.
    Grain: person, practice; columns as `year_tables.GMD_EVENTS`.
    """
    rules = configuration.rules.at(year)
    lines = (
        named(claims)
        .transform(in_booking_window, rules)
        .where(may_be_gmd(rules))
        .transform(with_code_groups, configuration.nomenclature, ("gmd",), year)
        .transform(with_practice_of, by_provider, "provider_id", "practice_id")
        .where(F.col("practice_id").isNotNull())
        .select("person_id", "practice_id", "service_date", "code", "cases")
    )
    key = ("person_id", "practice_id", "service_date", "code")
    nets = lines.repartition("person_id").sortWithinPartitions(*key).groupBy(*key)
    preferred = F.max("service_date") if rules.gmd_event_priority == "latest" else F.min("service_date")
    return (
        nets.agg(F.sum("cases").alias("net"))
        .where(F.col("net") > 0)
        .groupBy("person_id", "practice_id")
        .agg(preferred.alias("event_date"))
        .select(F.lit(year).alias("year"), "person_id", "practice_id", "event_date")
    )

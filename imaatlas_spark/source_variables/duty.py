"""Contacts during organised duty on weekdays: only a supplement billed beside them tells (definitions, section 3.1)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules

_ENCOUNTER = ("person_id", "provider_id", "service_date")


def marked_on_duty(lines: DataFrame, all_lines: DataFrame, rules: YearRules) -> DataFrame:
    """Adds on_duty: false everywhere where such contacts count (reading: parameter `duty_contacts`).

    Where they are left out: true where a supplement of organised duty (parameter `duty_supplements`) was billed for the
    same person by the same provider on the same day. `all_lines` are those of the year in the booking window.
    """
    if rules.duty_contacts == "counted":
        return lines.withColumn("on_duty", F.lit(False))
    lines_with_duty = lines.join(encounters_on_duty(all_lines, rules), list(_ENCOUNTER), "left")
    return lines_with_duty.withColumn("on_duty", F.coalesce("on_duty", F.lit(False)))


def encounters_on_duty(all_lines: DataFrame, rules: YearRules) -> DataFrame:
    """Days with a supplement that is left after corrections, each code by itself (definitions, section 2.2).

    Grain: person, provider, day. Columns: person_id, provider_id, service_date, on_duty.
    """
    supplements = all_lines.where(F.col("code").isin(*rules.duty_supplements) & F.col("provider_id").isNotNull())
    net = F.sum("cases").alias("net")
    left = supplements.groupBy(*_ENCOUNTER, "code").agg(net).where(F.col("net") > 0)
    return left.select(*_ENCOUNTER, F.lit(True).alias("on_duty")).dropDuplicates()

"""Everything that statistics ask of a person in a year, put together (definitions, section 3)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.schemas.year_tables import PERSON_YEAR
from imaatlas_spark.source_variables.attribution import (
    COUNTER,
    attributed,
    candidates,
    counters_in,
    is_medical_house_person,
)
from imaatlas_spark.source_variables.residence import age, with_residence

_NO_COUNTS = frozenset({"person_id", "in_medical_house", "pat_attrib", "attribution_rule"})


def care_of_persons(
    person_practice: DataFrame, events_of_year: DataFrame, events_before: DataFrame, active: DataFrame, rules: YearRules
) -> DataFrame:
    """What claim lines say of a person. Grain: person, whether insured or not; counters are `counter_<column>`.

    `active` holds the practice_id of each active practice of the year.
    """
    active_practice = F.broadcast(active.select(F.col("practice_id").alias("active_practice")))
    rows = (
        person_practice.transform(candidates, events_of_year, events_before, rules)
        .join(active_practice, F.col("practice_id") == F.col("active_practice"), "left")
        .withColumn("is_active", F.col("active_practice").isNotNull())
        .transform(attributed, rules)
    )
    contacts, with_active = F.col("regular_contacts"), F.col("is_active")
    return rows.groupBy("person_id").agg(
        F.sum(contacts).alias("regcontact"),
        F.sum(F.when(with_active, contacts).otherwise(0)).alias("regcontact_active"),
        F.sum("forfaits").alias("ff_mh"),
        is_medical_house_person(rules).alias("in_medical_house"),
        F.max(F.when(F.col("is_assigned"), F.col("practice_id"))).alias("pat_attrib"),
        F.max(F.when(F.col("is_assigned"), F.col("rule"))).alias("attribution_rule"),
        F.sum(F.when(F.col("is_assigned"), F.col("practice_contacts")).otherwise(0)).alias("assigned_contacts"),
        F.sum("practice_contacts").alias("all_contacts"),
        *(F.sum(name).alias(name) for name in counters_in(rows)),
    )


def person_year(
    population: DataFrame, care: DataFrame, recoding: DataFrame, sectors: DataFrame, rules: YearRules
) -> DataFrame:
    """Grain: person of the population of the year; columns as `year_tables.PERSON_YEAR`, then the counters.

    Without care, counts are zero. Who lives abroad is one of the population (reading: parameter `residents_abroad`).
    """
    persons = population.withColumnRenamed("PP0010", "person_id").transform(with_residence, recoding, sectors)
    if rules.residents_abroad == "left_out":
        persons = persons.where(~F.col("lives_abroad"))
    counts = [name for name in care.columns if name not in _NO_COUNTS]
    counters = [F.col(name).alias(name.removeprefix(COUNTER)) for name in counters_in(care)]
    in_house = F.coalesce(F.col("in_medical_house"), F.lit(False))
    by_gmd_rule = F.coalesce(F.col("attribution_rule") <= 3, F.lit(False))
    return (
        persons.join(care, "person_id", "left")
        .withColumns({name: F.coalesce(F.col(name), F.lit(0)) for name in counts})
        .withColumns(
            {
                "year": F.lit(rules.year),
                "age": age(F.col("PP0015"), rules),
                "sex": F.col("PP0020"),
                "increased_reimbursement": F.col("MAJOR_COVERAGE_YN"),
                "in_medical_house": in_house,
                "has_gmd": by_gmd_rule | in_house,
            }
        )
        .select(*PERSON_YEAR.column_names, *counters)
    )

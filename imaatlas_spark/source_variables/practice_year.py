"""GP practices in a year: activity, address, assigned persons (definitions, section 3.5)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.geography.frames import with_municipality
from imaatlas_spark.schemas.year_tables import PRACTICE_YEAR
from imaatlas_spark.source_variables.registers import row_of_year


def contacts_by_practice(person_practice: DataFrame) -> DataFrame:
    """Contacts for activity over all persons, insured population or not. Grain: practice with a contact."""
    with_practice = person_practice.where(F.col("practice_id").isNotNull())
    contacts = F.sum(F.col("activity_contacts") + F.col("forfaits"))
    return with_practice.groupBy("practice_id").agg(contacts.alias("contacts")).where(F.col("contacts") > 0)


def active_practices(contacts: DataFrame, rules: YearRules) -> DataFrame:
    """Active practice: at least 1,250 contacts in the year (sheet stat_003_005). Column: practice_id."""
    return contacts.where(F.col("contacts") >= rules.active_practice_contacts).select("practice_id")


def assigned_by_practice(persons: DataFrame) -> DataFrame:
    """Persons of the population assigned to a practice, and those of them with a GMD there. Grain: practice."""
    assigned = persons.where(F.col("pat_attrib").isNotNull()).groupBy(F.col("pat_attrib").alias("practice_id"))
    return assigned.agg(F.count("*").alias("assigned_persons"), F.count_if("has_gmd").alias("gmd_persons"))


def practice_year(
    practices: DataFrame, contacts: DataFrame, assigned: DataFrame, recoding: DataFrame, year: int, rules: YearRules
) -> DataFrame:
    """Grain: practice valid in `year`, with a contact in it or with a person assigned to it.

    Type and address come from the register row of 31 December, else the latest of the year; a practice without a row
    has neither. Columns as `tables.PRACTICE_YEAR`.
    """
    registered = row_of_year(practices, "practice_id", year).transform(
        with_municipality, recoding, "nis", "municipality"
    )
    counts = {name: F.coalesce(F.col(name), F.lit(0)) for name in ("contacts", "assigned_persons", "gmd_persons")}
    return (
        registered.select("practice_id", "practice_type", "municipality")
        .join(contacts, "practice_id", "full")
        .join(assigned, "practice_id", "full")
        .withColumns(counts)
        .withColumns({"year": F.lit(year), "is_active": F.col("contacts") >= rules.active_practice_contacts})
        .select(*PRACTICE_YEAR.column_names)
    )

"""GP practices in a year: activity, address, assigned persons (definitions, section 3.5)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.geography.frames import with_municipality
from imaatlas_spark.schemas.year_tables import PRACTICE_YEAR
from imaatlas_spark.source_variables.register_spells import row_of_year


def contacts_by_practice(person_practice: DataFrame, rules: YearRules) -> DataFrame:
    """Contacts for activity over all persons, insured population or not. Grain: practice with a contact.

    The forfaits of a medical house are contacts (reading: parameter `activity_of_houses`).
    """
    rows_of_practices = person_practice.where(F.col("practice_id").isNotNull())
    forfaits = F.col("forfaits") if rules.activity_of_houses == "forfaits" else F.lit(0)
    contacts = F.sum(F.col("activity_contacts") + forfaits)
    return rows_of_practices.groupBy("practice_id").agg(contacts.alias("contacts")).where(F.col("contacts") > 0)


def active_practices(contacts: DataFrame, rules: YearRules) -> DataFrame:
    """Active practice: at least `active_practice_contacts` contacts (sheet stat_003_005). Column: practice_id."""
    return contacts.where(F.col("contacts") >= rules.active_practice_contacts).select("practice_id")


def assigned_by_practice(persons: DataFrame, person_practice: DataFrame, rules: YearRules) -> DataFrame:
    """Persons of the population assigned to a practice, and persons with a GMD there. Grain: practice.

    With a GMD: assigned by rules 1 to 3; medical-house persons at their house (definitions, section 4.2). Rule 4
    assigns them to it; where it need not, the house is looked up.
    """
    by_rule = F.col("attribution_rule") <= 4
    assignments = persons.where(F.col("pat_attrib").isNotNull()).select(
        F.col("pat_attrib").alias("practice_id"),
        F.lit(1).alias("assigned"),
        (F.col("has_gmd") & by_rule).cast("int").alias("with_gmd"),
    )
    if rules.medical_house_rule == "as_contacts" or rules.attribution_among == "active_practices":
        house_persons = persons.where(F.col("in_medical_house") & ~F.coalesce(by_rule, F.lit(False)))
        persons_of_house = house_persons.join(houses(person_practice), "person_id")
        assignments = assignments.unionByName(
            persons_of_house.select("practice_id", F.lit(0).alias("assigned"), F.lit(1).alias("with_gmd"))
        )
    sums = (F.sum("assigned").alias("assigned_persons"), F.sum("with_gmd").alias("gmd_persons"))
    return assignments.groupBy("practice_id").agg(*sums)


def houses(person_practice: DataFrame) -> DataFrame:
    """The house of each person with forfaits: most forfaits, then the lowest id. Columns: person_id, practice_id."""
    rows_of_houses = person_practice.where(F.col("practice_id").isNotNull() & (F.col("forfaits") > 0))
    first = F.min(F.struct((-F.col("forfaits")).alias("most"), "practice_id"))
    return rows_of_houses.groupBy("person_id").agg(first.alias("house")).select("person_id", "house.practice_id")


def practice_year(
    practices: DataFrame, contacts: DataFrame, assigned: DataFrame, recoding: DataFrame, rules: YearRules
) -> DataFrame:
    """Grain: practice valid in the year, with a contact in it or with a person assigned to it.

    Type and address come from the register row of 31 December, else the latest of the year; a practice without a row
    has neither. Columns as `year_tables.PRACTICE_YEAR`.
    """
    register_rows = row_of_year(practices, "practice_id", rules.year).transform(
        with_municipality, recoding, "nis", "municipality"
    )
    counts = {name: F.coalesce(F.col(name), F.lit(0)) for name in ("contacts", "assigned_persons", "gmd_persons")}
    return (
        register_rows.select("practice_id", "practice_type", "municipality")
        .join(contacts, "practice_id", "full")
        .join(assigned, "practice_id", "full")
        .withColumns(counts)
        .withColumns({"year": F.lit(rules.year), "is_active": F.col("contacts") >= rules.active_practice_contacts})
        .select(*PRACTICE_YEAR.column_names)
    )

"""PAT_ATTRIB: the one practice a person is assigned to in a year (definitions, section 3.6).

The first rule that applies decides. Each rule is a condition on a candidate, that is a practice with which the person
had a contact, a forfait or a GMD event; the best candidate of the first rule that any candidate meets is the practice.
Whether a practice is active plays no part (reading: parameter `attribution_among`; with the alternative only active
practices are candidates).
"""

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.schemas.year_tables import PERSON_PRACTICE_YEAR

COUNTER = "counter_"  # before the name of a counter's column while others are made beside it


def _person() -> WindowSpec:
    return Window.partitionBy("person_id")


def with_counters_apart(person_practice: DataFrame) -> DataFrame:
    """The counters that the configuration declares as `counter_<column>`: they may bear any name."""
    names = [name for name in person_practice.columns if name not in PERSON_PRACTICE_YEAR.column_names]
    return person_practice.withColumnsRenamed({name: f"{COUNTER}{name}" for name in names})


def counters_in(rows: DataFrame) -> tuple[str, ...]:
    """The columns `counter_<column>`."""
    return tuple(name for name in rows.columns if name.startswith(COUNTER))


def candidates(
    person_practice: DataFrame, events_of_year: DataFrame, events_before: DataFrame, rules: YearRules
) -> DataFrame:
    """Practices that a person may be assigned to. Grain: person, practice (the row without a practice stays).

    `events_of_year` are the GMD events of the year, `events_before` those of the two years before.
    Adds to `person_practice`: event_of_year, event_before (null: none), practice_contacts, person_contacts,
    person_forfaits, is_house. Counters are `counter_<column>`.
    """
    person_practice = person_practice.transform(with_counters_apart)
    key = ("person_id", "practice_id")
    counts = ("regular_contacts", "forfaits", *counters_in(person_practice))
    rows = (
        person_practice.select(*key, "first_contact", *counts)
        .unionByName(events_of_year.select(*key, F.col("event_date").alias("event_of_year")), allowMissingColumns=True)
        .unionByName(events_before.select(*key, F.col("event_date").alias("event_before")), allowMissingColumns=True)
    )
    preferred = F.max if rules.gmd_event_priority == "latest" else F.min
    by_practice = (
        rows.repartition("person_id")
        .sortWithinPartitions(*key)
        .groupBy(*key)
        .agg(
            F.min("first_contact").alias("first_contact"),
            F.max("event_of_year").alias("event_of_year"),
            preferred("event_before").alias("event_before"),
            *(F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in counts),
        )
    )
    # Forfaits without a house, where they count at all, are forfaits of the person but no contact with a practice.
    placed_forfaits = F.when(F.col("practice_id").isNotNull(), F.col("forfaits")).otherwise(0)
    contacts = F.col("regular_contacts") + placed_forfaits
    practices_with_totals = by_practice.withColumn("practice_contacts", contacts).withColumns(
        {
            "person_contacts": F.sum("practice_contacts").over(_person()),
            "person_forfaits": F.sum("forfaits").over(_person()),
            "most_forfaits": F.max(placed_forfaits).over(_person()),
        }
    )
    has_most = (placed_forfaits > 0) & (placed_forfaits == F.col("most_forfaits"))
    house = F.min(F.when(has_most, F.col("practice_id"))).over(_person())
    is_house = F.coalesce(F.col("practice_id") == house, F.lit(False))
    return practices_with_totals.withColumn("is_house", is_house).drop("most_forfaits")


def gmd_this_year() -> Column:
    """Rule 1: a GMD event in the year."""
    return F.col("event_of_year").isNotNull()


def gmd_before_and_contact() -> Column:
    """Rule 2: a GMD event in one of the two years before, and a contact with that practice in the year."""
    return F.col("event_before").isNotNull() & (F.col("practice_contacts") > 0)


def gmd_before_without_any_contact() -> Column:
    """Rule 3: a GMD event in one of the two years before, and no contact with any practice in the year."""
    return F.col("event_before").isNotNull() & (F.col("person_contacts") == 0)


def enough_forfaits(rules: YearRules) -> Column:
    """Rule 4: six forfaits or more, at the person's house (reading: placed here, parameter `medical_house_rule`).

    As IMA publishes PAT_ATTRIB there is no such rule: a forfait is a contact among the others of rule 5.
    """
    if rules.medical_house_rule == "as_contacts":
        return F.lit(False)
    return F.col("is_house") & (F.col("person_forfaits") >= rules.medical_house_forfaits)


def most_contacts() -> Column:
    """Rule 5: the practice with most contacts; tie: the one contacted first."""
    return F.col("practice_contacts") > 0


def first_rule(rules: YearRules) -> Column:
    """The number of the first rule that a candidate (who has is_active) meets; null: none."""
    conditions = (
        gmd_this_year(),
        gmd_before_and_contact(),
        gmd_before_without_any_contact(),
        enough_forfaits(rules),
        most_contacts(),
    )
    number = F.coalesce(*(F.when(condition, F.lit(number)) for number, condition in enumerate(conditions, start=1)))
    return number if rules.attribution_among == "all_practices" else F.when(F.col("is_active"), number)


def best_first(rules: YearRules) -> list[Column]:
    """The total order of a person's candidates: by rule, then by the tie-break of that rule, then the lowest id.

    Rules 1 to 3: the latest event. Rule 4 has one candidate. Rule 5: most contacts, then the first contact.
    """
    event = F.when(F.col("rule") == 1, F.col("event_of_year")).when(F.col("rule") <= 3, F.col("event_before"))
    by_contacts = F.col("rule") == 5
    return [
        F.asc_nulls_last("rule"),
        F.desc(event) if rules.gmd_event_priority == "latest" else F.asc(event),
        F.desc(F.when(by_contacts, F.col("practice_contacts"))),
        F.asc(F.when(by_contacts, F.col("first_contact"))),
        F.asc_nulls_last("practice_id"),
    ]


def attributed(candidate_rows: DataFrame, rules: YearRules) -> DataFrame:
    """Marks the candidate that each person is assigned to. Adds: rule, is_assigned."""
    candidates_with_rule = candidate_rows.withColumn("rule", first_rule(rules))
    is_best = F.row_number().over(_person().orderBy(*best_first(rules))) == 1
    return candidates_with_rule.withColumn("is_assigned", is_best & F.col("rule").isNotNull())


def is_medical_house_person(rules: YearRules) -> Column:
    """Over the rows of a person: six forfaits or more, and no record (rules 1-3) at another practice than the house."""
    enough = F.max("person_forfaits") >= rules.medical_house_forfaits
    record_elsewhere = F.col("is_assigned") & (F.col("rule") <= 3) & ~F.col("is_house")
    return enough & ~F.coalesce(F.bool_or(record_elsewhere), F.lit(False))

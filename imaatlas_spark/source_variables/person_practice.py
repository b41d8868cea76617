"""What a person had with each practice in a year: REGCONTACT, FF_MH and the imaging counts (definitions, section 3).

One pass over the claim lines of the year and one exchange of them, by person.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.codelists import COUNTED_GROUPS
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.claim_lines import (
    booked_late,
    has_category,
    in_booking_window,
    named,
    with_code_groups,
    with_qualification_groups,
)
from imaatlas_spark.source_variables.duty import marked_on_duty
from imaatlas_spark.source_variables.registers import practice_spells, with_practice_of

# What a line counts as. Numbers, as the codes below: rows of fixed width are hashed and sorted faster.
CONTACT, FORFAIT, SPECIALIST, RADIOLOGIST, DENTIST, GMD_UNPLACED = range(6)
# Lines are sorted once: then those of a code, of a day and of a practice lie together, to be added up as they come.
_LINES_ALIKE = ("person_id", "practice_id", "kind", "service_date", "code")


def person_practice_year(
    claims: DataFrame, practices: DataFrame, members: DataFrame, year: int, configuration: Configuration
) -> DataFrame:
    """Grain: person, practice; columns as `tables.PERSON_PRACTICE_YEAR`.

    `claims` are the accepted lines of `year`; `practices` and `members` the registers.
    """
    rules = configuration.rules.at(year)
    lines = named(claims).transform(in_booking_window, year, rules)
    houses = practices.where(may_be_house(rules))
    return (
        lines.transform(with_code_groups, configuration.nomenclature, COUNTED_GROUPS, year)
        .transform(with_qualification_groups, configuration.qualifications, ("gp", "radiologist"), year)
        .transform(
            with_practice_of, practice_spells(members, "provider_id", year, rules), "provider_id", "member_practice"
        )
        .transform(with_practice_of, practice_spells(houses, "institution_id", year, rules), "institution_id", "house")
        .transform(marked_on_duty, lines, rules)
        .transform(counted_lines, rules)
        .repartition("person_id")
        .sortWithinPartitions(*_LINES_ALIKE)
        .transform(net_quantities)
        .transform(one_contact_a_day if year >= rules.daily_cap_from else every_contact)
        .transform(summed_by_practice, year, rules)
    )


def may_be_house(rules: YearRules) -> Column:
    """Rows of the register that forfaits may name: of any type (reading: parameter `houses_of_forfaits`)."""
    return F.lit(True) if rules.houses_of_forfaits == "any_practice" else F.col("practice_type") == "medical_house"


def is_regular_contact(rules: YearRules) -> Column:
    """REGCONTACT: a GP consultation or visit by a physician qualified as GP, outside night, weekend and holiday.

    A consultation at a distance is one, too (reading: parameter `remote_contacts`), and so is one during organised duty
    on a weekday (reading: parameter `duty_contacts`, see `marked_on_duty`).
    """
    contact = F.col("code_in_gp_contact")
    if rules.remote_contacts == "counted":
        contact |= F.col("code_in_gp_remote_contact")
    by_gp = has_category(rules.physician_categories) & F.col("qualified_gp")
    return contact & by_gp & (F.col("nwe") == 0) & ~F.col("on_duty")


def is_imaging_by_specialist(rules: YearRules) -> Column:
    """IMAG_SPEC_N: by a physician whose qualification is known and neither of a GP nor of a radiologist."""
    qualified = F.col("qualification").isNotNull() & ~F.col("qualified_gp") & ~F.col("qualified_radiologist")
    return F.col("code_in_imaging_specialist") & has_category(rules.physician_categories) & qualified


def is_imaging_by_radiologist(rules: YearRules) -> Column:
    """IMAG_RADIO_N: by a physician with the qualification of a radiologist."""
    by_radiologist = has_category(rules.physician_categories) & F.col("qualified_radiologist")
    return F.col("code_in_imaging_radiologist") & by_radiologist


def is_imaging_by_dentist(rules: YearRules) -> Column:
    """IMAG_DENT_N: by a dentist."""
    return F.col("code_in_imaging_dentist") & has_category(rules.dentist_categories)


def counted_lines(lines: DataFrame, rules: YearRules) -> DataFrame:
    """What each line counts as, with the practice that matters for it. Grain: line, kind.

    Imaging needs no practice. GMD lines are events (see `gmd`); here only those without a practice are counted.
    Columns: person_id, kind, practice_id, service_date, code, cases.
    """
    kinds = {
        CONTACT: is_regular_contact(rules),
        FORFAIT: F.col("code_in_medical_house_forfait"),
        SPECIALIST: is_imaging_by_specialist(rules),
        RADIOLOGIST: is_imaging_by_radiologist(rules),
        DENTIST: is_imaging_by_dentist(rules),
        GMD_UNPLACED: F.col("code_in_gmd") & F.col("member_practice").isNull(),
    }
    kind = F.explode(F.array(*(F.when(holds, F.lit(number)) for number, holds in kinds.items())))
    practice = F.when(F.col("kind") == CONTACT, F.col("member_practice")).when(F.col("kind") == FORFAIT, F.col("house"))
    return (
        lines.withColumn("kind", kind)
        .where(F.col("kind").isNotNull())
        .withColumn("practice_id", practice)
        .select("person_id", "kind", "practice_id", "service_date", "code", "cases")
    )


def net_quantities(lines: DataFrame) -> DataFrame:
    """Corrections added up: SS00050 over the lines of one person, practice, kind, day and code.

    Columns: the key, net (signed), lines (their number).
    """
    return lines.groupBy(*_LINES_ALIKE).agg(F.sum("cases").alias("net"), F.count("*").alias("lines"))


def every_contact(nets: DataFrame) -> DataFrame:
    """Before the daily cap: a contact for each case that is left after corrections."""
    uncapped = F.when((F.col("kind") == CONTACT) & (F.col("net") > 0), F.col("net")).otherwise(0)
    return nets.withColumns({"contacts": uncapped, "uncapped_contacts": uncapped})


def one_contact_a_day(nets: DataFrame) -> DataFrame:
    """The daily cap: at most one contact of a person with a practice on a day, whatever the codes and cases."""
    a_day = Window.partitionBy("person_id", "practice_id", "kind", "service_date").orderBy("code")
    contacts_so_far = F.sum("contacts").over(a_day.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    first_of_day = F.col("contacts") == contacts_so_far
    return every_contact(nets).withColumn("contacts", F.when(first_of_day, F.least("contacts", F.lit(1))).otherwise(0))


def summed_by_practice(nets: DataFrame, year: int, rules: YearRules) -> DataFrame:
    """Grain: person, practice. Forfaits that sum to less than nothing are none, and then no contact either."""

    def positive(kind: int) -> Column:
        return F.sum(F.when((F.col("kind") == kind) & (F.col("net") > 0), F.col("net")).otherwise(0))

    def unplaced(kind: int) -> Column:
        return F.sum(F.when((F.col("kind") == kind) & F.col("practice_id").isNull(), F.col("lines")).otherwise(0))

    placed = F.col("practice_id").isNotNull()
    forfait_day = F.when((F.col("kind") == FORFAIT) & (F.col("net") > 0), F.col("service_date"))
    summed = nets.groupBy("person_id", "practice_id").agg(
        F.sum("contacts").alias("contacts"),
        F.sum("uncapped_contacts").alias("uncapped_contacts"),
        F.sum(F.when(F.col("kind") == FORFAIT, F.col("net")).otherwise(0)).alias("forfaits"),
        F.min(F.when(F.col("contacts") > 0, F.col("service_date"))).alias("first_regular"),
        F.min(forfait_day).alias("first_forfait"),
        positive(SPECIALIST).alias("imag_spec_n"),
        positive(RADIOLOGIST).alias("imag_radio_n"),
        positive(DENTIST).alias("imag_dent_n"),
        unplaced(CONTACT).alias("contact_lines_unplaced"),
        unplaced(FORFAIT).alias("forfait_lines_unplaced"),
        unplaced(GMD_UNPLACED).alias("gmd_lines_unplaced"),
    )
    # Those without a house stay on the person's row without a practice (reading: parameter `forfaits_without_house`).
    count = F.lit(True) if rules.forfaits_without_house == "counted" else placed
    forfaits = F.when(count, F.greatest("forfaits", F.lit(0))).otherwise(0)
    for_activity = "contacts" if rules.activity_contacts == "capped" else "uncapped_contacts"
    return summed.select(
        F.lit(year).alias("year"),
        "person_id",
        "practice_id",
        F.when(placed, F.col("contacts")).otherwise(0).alias("regular_contacts"),
        F.when(placed, F.col(for_activity)).otherwise(0).alias("activity_contacts"),
        forfaits.alias("forfaits"),
        F.when(placed, F.least("first_regular", F.when(forfaits > 0, F.col("first_forfait")))).alias("first_contact"),
        "imag_spec_n",
        "imag_radio_n",
        "imag_dent_n",
        "contact_lines_unplaced",
        "forfait_lines_unplaced",
        "gmd_lines_unplaced",
    )


def line_quality(claims: DataFrame, person_practice: DataFrame, year: int, rules: YearRules) -> DataFrame:
    """Lines of the year that stay out of the figures: booked late, or without a practice where one is needed.

    Columns as `tables.LINE_QUALITY`.
    """
    unplaced = ("contact_lines_unplaced", "forfait_lines_unplaced", "gmd_lines_unplaced")
    totals = person_practice.agg(*(F.coalesce(F.sum(figure), F.lit(0)).alias(figure) for figure in unplaced))
    late = named(claims).agg(F.count_if(booked_late(F.col("booked_month"), year, rules)).alias("lines_booked_late"))
    figures = totals.crossJoin(late)
    return figures.unpivot([], [F.col(name) for name in figures.columns], "figure", "lines").withColumn(
        "year", F.lit(year)
    )

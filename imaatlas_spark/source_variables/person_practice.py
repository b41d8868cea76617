"""What a person had with each practice in a year: REGCONTACT, FF_MH and the counters (definitions, section 3).

One pass over the claim lines of the year and one exchange of them, by person.
"""

from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.counters import Counter, qualification_groups_of
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.attribution import COUNTER
from imaatlas_spark.source_variables.claim_lines import (
    booked_late,
    has_category,
    in_booking_window,
    named,
    with_code_groups,
    with_qualification_groups,
)
from imaatlas_spark.source_variables.duty import marked_on_duty
from imaatlas_spark.source_variables.register_spells import practice_spells, with_practice_of

# What a line counts as: one of these, or a counter. Numbers, as the codes below, so that rows have a fixed width: they
# are hashed and sorted faster.
CONTACT, FORFAIT, GMD_UNPLACED, FIRST_COUNTER = range(4)
# Lines are sorted once: then those of a code, of a day and of a practice lie together, to be added up as they come.
_LINES_ALIKE = ("person_id", "practice_id", "kind", "service_date", "code")


def person_practice_year(
    claims: DataFrame, practices: DataFrame, members: DataFrame, year: int, configuration: Configuration
) -> DataFrame:
    """Grain: person, practice; columns as `year_tables.PERSON_PRACTICE_YEAR`.

    `claims` are the accepted lines of `year`; `practices` and `members` the registers.
    """
    rules = configuration.rules.at(year)
    lines = named(claims).transform(in_booking_window, rules)
    houses = practices.where(may_be_house(rules))
    counters = tuple(configuration.counters.values())
    qualified = ("gp", *(group for group in qualification_groups_of(counters) if group != "gp"))
    cap = rules.year >= rules.daily_cap_from
    return (
        lines.transform(with_code_groups, configuration.nomenclature, configuration.counted_groups, year)
        .transform(with_qualification_groups, configuration.qualifications, qualified, year)
        .transform(with_practice_of, practice_spells(members, "provider_id", rules), "provider_id", "member_practice")
        .transform(with_practice_of, practice_spells(houses, "institution_id", rules), "institution_id", "house")
        .transform(marked_on_duty, lines, rules)
        .transform(counted_lines, counters, rules)
        .repartition("person_id")
        .sortWithinPartitions(*_LINES_ALIKE)
        .transform(net_quantities)
        .transform(marked_first_of_day if cap or asks_for_days(counters) else marked_every_net)
        .transform(summed_by_practice, counters, rules)
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


def is_counted(counter: Counter, rules: YearRules) -> Column:
    """The lines of a counter: codes, categories, qualifications, hours (definitions, section 3.14).

    A line without a category or qualification counts nowhere that asks for one.
    """
    counts = F.col(f"code_in_{counter.code_group}")
    categories = counter.categories_in(rules)
    if categories is not None:
        counts &= has_category(categories)
    if counter.qualified:
        counts &= reduce(Column.__or__, (F.col(f"qualified_{group}") for group in counter.qualified))
    if counter.not_qualified:
        one_of_them = reduce(Column.__or__, (F.col(f"qualified_{group}") for group in counter.not_qualified))
        counts &= F.col("qualification").isNotNull() & ~one_of_them
    if counter.hours != "all":
        counts &= F.col("nwe") == (0 if counter.hours == "regular" else 1)
    return counts


def asks_for_days(counters: Iterable[Counter]) -> bool:
    return any(counter.counts in {"one_a_day", "one_a_day_and_practice"} for counter in counters)


def counted_lines(lines: DataFrame, counters: Sequence[Counter], rules: YearRules) -> DataFrame:
    """What each line counts as, with the practice that matters for it. Grain: line, kind.

    Counters need no practice, unless they count by practice. GMD lines are events (see `gmd`); here only those without
    a practice are counted. Columns: person_id, kind, practice_id, service_date, code, cases.
    """
    kinds = {
        CONTACT: is_regular_contact(rules),
        FORFAIT: F.col("code_in_medical_house_forfait"),
        GMD_UNPLACED: F.col("code_in_gmd") & F.col("member_practice").isNull(),
        **{number: is_counted(counter, rules) for number, counter in enumerate(counters, start=FIRST_COUNTER)},
    }
    by_practice = [number for number, each in enumerate(counters, start=FIRST_COUNTER) if each.needs_practice]
    kind = F.explode(F.array(*(F.when(holds, F.lit(number)) for number, holds in kinds.items())))
    practice = F.when(F.col("kind").isin(CONTACT, *by_practice), F.col("member_practice")).when(
        F.col("kind") == FORFAIT, F.col("house")
    )
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


def marked_every_net(nets: DataFrame) -> DataFrame:
    """Where nothing is capped: adds positive, the cases that are left after corrections."""
    return nets.withColumn("positive", F.greatest("net", F.lit(0)))


def marked_first_of_day(nets: DataFrame) -> DataFrame:
    """The daily cap: adds positive, and first_of_day, true on the first row, by code, with positive > 0 of each person,
    practice, kind and day. Counting these rows counts at most one a day, whatever the codes and cases.
    """
    a_day = Window.partitionBy("person_id", "practice_id", "kind", "service_date").orderBy("code")
    so_far = F.sum("positive").over(a_day.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    first = (F.col("positive") > 0) & (F.col("positive") == so_far)
    return marked_every_net(nets).withColumn("first_of_day", first)


def summed_by_practice(nets: DataFrame, counters: Sequence[Counter], rules: YearRules) -> DataFrame:
    """Grain: person, practice. A negative sum of forfaits becomes 0, and its days give no first contact."""

    def unplaced(kind: int) -> Column:
        return F.sum(F.when((F.col("kind") == kind) & F.col("practice_id").isNull(), F.col("lines")).otherwise(0))

    placed = F.col("practice_id").isNotNull()
    positive = F.col("positive") > 0
    forfait_day = F.when((F.col("kind") == FORFAIT) & (F.col("net") > 0), F.col("service_date"))
    sums = nets.groupBy("person_id", "practice_id").agg(
        (_days if rules.year >= rules.daily_cap_from else _cases)(CONTACT).alias("contacts"),
        _cases(CONTACT).alias("uncapped_contacts"),
        F.sum(F.when(F.col("kind") == FORFAIT, F.col("net")).otherwise(0)).alias("forfaits"),
        F.min(F.when((F.col("kind") == CONTACT) & positive, F.col("service_date"))).alias("first_regular"),
        F.min(forfait_day).alias("first_forfait"),
        unplaced(CONTACT).alias("contact_lines_unplaced"),
        unplaced(FORFAIT).alias("forfait_lines_unplaced"),
        unplaced(GMD_UNPLACED).alias("gmd_lines_unplaced"),
        *(_counted(each, kind).alias(COUNTER + each.column) for kind, each in enumerate(counters, FIRST_COUNTER)),
    )
    # Those without a house stay on the person's row without a practice (reading: parameter `forfaits_without_house`).
    count = F.lit(True) if rules.forfaits_without_house == "counted" else placed
    forfaits = F.when(count, F.greatest("forfaits", F.lit(0))).otherwise(0)
    for_activity = "contacts" if rules.activity_contacts == "capped" else "uncapped_contacts"
    return sums.select(
        F.lit(rules.year).alias("year"),
        "person_id",
        "practice_id",
        F.when(placed, F.col("contacts")).otherwise(0).alias("regular_contacts"),
        F.when(placed, F.col(for_activity)).otherwise(0).alias("activity_contacts"),
        forfaits.alias("forfaits"),
        F.when(placed, F.least("first_regular", F.when(forfaits > 0, F.col("first_forfait")))).alias("first_contact"),
        "contact_lines_unplaced",
        "forfait_lines_unplaced",
        "gmd_lines_unplaced",
        *(F.col(COUNTER + each.column).alias(each.column) for each in counters),
    )


def _cases(kind: int) -> Column:
    return F.sum(F.when(F.col("kind") == kind, F.col("positive")).otherwise(0))


def _days(kind: int) -> Column:
    return F.sum(F.when((F.col("kind") == kind) & F.col("first_of_day"), 1).otherwise(0))


def _counted(counter: Counter, kind: int) -> Column:
    """What a counter adds up over the rows of a person and practice (also on the row without a practice,
    unless the counter needs one)."""
    if counter.counts == "net":
        return _cases(kind)
    if counter.counts == "persons":
        return F.least(_cases(kind), F.lit(1))
    if counter.counts == "one_a_day":
        return _days(kind)
    return F.when(F.col("practice_id").isNotNull(), _days(kind)).otherwise(0)


def line_quality(claims: DataFrame, person_practice: DataFrame, rules: YearRules) -> DataFrame:
    """Lines of the year that stay out of the figures: booked late, or without a practice where one is needed.

    Columns as `year_tables.LINE_QUALITY`.
    """
    unplaced = ("contact_lines_unplaced", "forfait_lines_unplaced", "gmd_lines_unplaced")
    totals = person_practice.agg(*(F.coalesce(F.sum(figure), F.lit(0)).alias(figure) for figure in unplaced))
    late_lines = named(claims).agg(F.count_if(booked_late(F.col("booked_month"), rules)).alias("lines_booked_late"))
    figures = totals.crossJoin(late_lines)
    return figures.unpivot([], [F.col(name) for name in figures.columns], "figure", "lines").withColumn(
        "year", F.lit(rules.year)
    )

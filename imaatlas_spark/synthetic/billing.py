"""From acts to claim lines: corrections, duplicates, supplements, late bookings, and the columns of the delivery."""

from collections.abc import Sequence
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.parameters import BillingHabit
from imaatlas_spark.synthetic.randomness import Key, choose, whole

ITSELF, AGAIN, SUPPLEMENT, NIGHT = 0, 1, 2, 3
PHYSICIAN = "10"
_ACTS = {"itself": ITSELF, "again": AGAIN, "supplement": SUPPLEMENT, "night": NIGHT}
_LAST_MONTH = 20  # September of the next year, counted from January as 0: the last one inside the booking window


def euros(amount: Decimal) -> Column:
    return F.lit(amount).cast("decimal(12,2)")


def spread_day(uniform: Column, number: Key, of: Key) -> Column:
    """The day of act `number` of so many: each in its own part of the days that the person is insured in the year."""
    days = F.col("last_day") - F.col("first_day") + 1
    return F.col("first_day") + whole((number - 1 + uniform) / of * days)


def billed(acts: DataFrame, habits: Sequence[BillingHabit], drawn: Column) -> DataFrame:
    """The lines of each act, by a habit drawn with the uniform number `drawn`: one row a line.

    Adds act, quantity, outside_hours, booked_late, booked_last, leading_zero, and with_qualification, with_category,
    with_provider.
    """
    rows = [
        (
            *(number, _ACTS[line.act], line.quantity, int(line.outside_hours)),
            *(line.booked == "late", line.booked == "last month", line.leading_zero),
            *(line.missing != part for part in ("qualification", "category", "provider")),
        )
        for number, habit in enumerate(habits)
        for line in habit.lines
    ]
    lines = acts.sparkSession.createDataFrame(
        rows,
        "habit INT NOT NULL, act INT NOT NULL, quantity INT NOT NULL, outside_hours INT NOT NULL, "
        "booked_late BOOLEAN NOT NULL, booked_last BOOLEAN NOT NULL, leading_zero BOOLEAN NOT NULL, "
        "with_qualification BOOLEAN NOT NULL, "
        "with_category BOOLEAN NOT NULL, with_provider BOOLEAN NOT NULL",
    )
    habit = choose(drawn, range(len(habits)), [each.weight for each in habits])
    return acts.withColumn("habit", habit).join(F.broadcast(lines), "habit")


def as_claims(lines: DataFrame, nation: Nation) -> DataFrame:
    """The columns of contract section 1 and the year, one row a line.

    In: what `billed` adds, and year, person_id, day, code, amount (of one case), provider_id, qualification, category,
    institution_id.
    """
    quantity, amount, months = F.col("quantity"), F.col("amount"), F.col("months_to_booking")
    several = (amount * quantity.cast("decimal(3,0)")).cast("decimal(12,2)")
    new_years = (months >= 12).cast("int") + (months >= 24).cast("int")
    return lines.withColumn("months_to_booking", _months_to_booking(nation)).select(
        "year",
        F.col("person_id").alias("SS00010"),
        F.date_from_unix_date("day").alias("SS00015"),
        F.when(F.col("leading_zero"), F.concat(F.lit("0"), F.col("code"))).otherwise(F.col("code")).alias("SS00020"),
        quantity.alias("SS00050"),
        F.when(quantity == 1, amount).when(quantity == -1, -amount).otherwise(several).alias("SS00060"),
        F.when(F.col("with_provider"), F.col("provider_id").cast("long")).alias("SS00065"),
        F.when(F.col("with_qualification"), F.col("qualification").cast("string")).alias("SS00065B"),
        F.when(F.col("with_category"), F.col("category").cast("string")).alias("PRACTITIONER_CAT"),
        F.col("institution_id").cast("long").alias("SS00075"),
        F.col("outside_hours").alias("NWE_YN"),
        (F.col("year") * 100 + months + 1 + 88 * new_years).alias("BOOKED_MONTH"),
    )


def _months_to_booking(nation: Nation) -> Column:
    """Months from January of the year of service: mostly soon, now and then at the end of the window or later."""
    line = (F.col("person_id"), F.col("day"), F.col("code").cast("long"))
    delays = nation.parameters.billing.months_to_booking
    drawn = nation.dice.uniform("months to booking", *line)
    delay = choose(drawn, [d.months for d in delays], [d.weight for d in delays])
    usual = F.month(F.date_from_unix_date("day")) - 1 + delay
    late = _LAST_MONTH + 1 + nation.dice.below(4, "months too late", *line)
    return F.when(F.col("booked_late"), late).when(F.col("booked_last"), _LAST_MONTH).otherwise(usual)

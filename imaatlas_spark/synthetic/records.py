"""Global medical records, and the monthly forfaits of medical houses."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.billing import PHYSICIAN, billed, euros, spread_day
from imaatlas_spark.synthetic.contacts import gp_qualification
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.practices import FIRST_HOUSE_DOCTOR, FIRST_INSTITUTION


def gmd_lines(insured: DataFrame, nation: Nation) -> DataFrame:
    """Openings and renewals of the global medical record by one's own GP, one row a line."""
    person, year, dice = F.col("person"), F.col("year"), nation.dice
    gmd, houses = nation.parameters.gmd, nation.parameters.medical_houses
    in_house = F.col("house_now").isNotNull()
    holder = dice.uniform("gmd holder", person) < F.when(in_house, houses.gmd_at_the_house).otherwise(
        F.col("gmd_holders")
    )
    post = F.when(F.col("day") < F.col("moved_on"), F.col("post_before")).otherwise(F.col("post_now"))
    doctor = house_doctor(F.col("house_now"), dice.below(houses.doctors_per_house, "house doctor", person))
    other_gp = nation.posts.holder((F.col("post_now") + 3) % nation.posts.count, F.col("day"))
    elsewhere_too = dice.chance(gmd.second_opening, "second record", person, year)
    times = F.when(elsewhere_too, F.array(F.lit(1), F.lit(2))).otherwise(F.array(F.lit(1)))
    acts = (
        insured.where(holder & dice.chance(gmd.renewed, "gmd renewed", person, year))
        .withColumn("time", F.explode(times))
        .withColumn("day", spread_day(dice.uniform("day of gmd", person, year, F.col("time")), 1, 1))
        .withColumn(
            "provider_id",
            F.when(F.col("time") == 2, other_gp)
            .when(in_house, doctor)
            .otherwise(nation.posts.holder(post, F.col("day"))),
        )
    )
    return (
        billed(acts, nation.parameters.billing.other, dice.uniform("billing of gmd", person, year, F.col("time")))
        .withColumns({"code": F.lit(gmd.code), "amount": euros(gmd.amount_eur)})
        .withColumns(
            {"qualification": gp_qualification(nation), "category": F.lit(PHYSICIAN), "institution_id": F.lit(None)}
        )
    )


def house_doctor(house: Column, number: Column) -> Column:
    """provider_id of a doctor of a medical house."""
    return FIRST_HOUSE_DOCTOR + 10 * house.cast("long") + number


def forfait_lines(insured: DataFrame, nation: Nation) -> DataFrame:
    """The monthly forfaits of the enrolled: twelve a year, fewer for who joins, leaves, is born or dies."""
    person, year, month, dice = F.col("person"), F.col("year"), F.col("month"), nation.dice
    houses = nation.parameters.medical_houses
    before, now = F.col("house_before"), F.col("house_now")
    turn = 1 + dice.below(12, "month of joining", person, year)
    first_of_month = F.unix_date(F.make_date(year, month, F.lit(1)))
    named = dice.uniform("institution named", person, year, month) >= houses.share_without_institution
    acts = (
        insured.where(before.isNotNull() | now.isNotNull())
        .withColumn("month", F.explode(F.sequence(F.lit(1), F.lit(12))))
        .withColumns({"house": F.when(month < turn, before).otherwise(now), "day": first_of_month})
        .where(F.col("house").isNotNull() & F.col("day").between(F.col("first_day"), F.col("last_day")))
    )
    return (
        billed(acts, nation.parameters.billing.other, dice.uniform("billing of forfait", person, year, month))
        .withColumns({"code": F.lit(houses.code), "amount": euros(houses.amount_eur)})
        .withColumns({name: F.lit(None) for name in ("provider_id", "qualification", "category")})
        .withColumn("institution_id", F.when(named, FIRST_INSTITUTION + F.col("house").cast("long")))
    )

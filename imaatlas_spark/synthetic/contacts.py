"""Contacts with GPs, and what is billed along with them."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.billing import AGAIN, ITSELF, NIGHT, PHYSICIAN, SUPPLEMENT, billed, spread_day
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.persons import WOMAN, by_age
from imaatlas_spark.synthetic.randomness import choose, shifted_geometric
from imaatlas_spark.synthetic.remote_contacts import with_advice_of_specialists, with_distance

_STEPS = 100
_OF_THE_OLD, _REMOTE = 4, 5  # and one kind for each period of contacts at a distance
_OLD = 75
_NEAREST, _NEAR = 8, 12  # how many posts further along the street people look for another GP


def contact_lines(insured: DataFrame, nation: Nation) -> DataFrame:
    """Lines of contacts with their supplements, night visits and corrections, one row a line."""
    person, year, number, dice = F.col("person"), F.col("year"), F.col("number"), nation.dice
    count = F.col("contacts")
    acts = (
        insured.transform(with_practice, nation)
        .withColumn("contacts", number_of_contacts(nation))
        .withColumn("number", F.explode(F.when(count > 0, F.sequence(F.lit(1), count))))
        .withColumn("day", spread_day(dice.uniform("day of contact", person, year, number), number, count))
        .withColumn("post", _post(nation))
        .withColumn("provider_id", _provider(nation))
        .select("year", "person", "person_id", "age", "number", "day", "provider_id")
    )
    old = (F.col("age") >= _OLD) & (F.col("act") == ITSELF)
    kind = F.when(F.col("remote"), _REMOTE + F.col("remote_period")).when(old, _OF_THE_OLD).otherwise(F.col("act"))
    step = dice.below(_STEPS, "code of contact", person, year, number)
    return (
        billed(acts, nation.parameters.billing.gp_contact, dice.uniform("billing of contact", person, year, number))
        .transform(with_distance, nation)
        .withColumn("tariff", kind * _STEPS + step)
        .join(F.broadcast(_tariffs(insured.sparkSession, nation)), "tariff")
        .withColumns({"qualification": gp_qualification(nation), "category": F.lit(PHYSICIAN)})
        .transform(with_advice_of_specialists, nation)
        .withColumn("institution_id", F.lit(None))
    )


def number_of_contacts(nation: Nation) -> Column:
    """On how many days of the year a person sees a GP: partly a lasting trait, partly of the year."""
    p, person, age, woman = nation.parameters.contacts, F.col("person"), F.col("age"), F.col("sex") == WOMAN
    year = F.col("year")
    in_house = F.col("house_now").isNotNull() | F.col("house_before").isNotNull()
    days = F.col("last_day") - F.col("first_day") + 1
    reached = F.when(woman, by_age(age, p.reached_women)).otherwise(by_age(age, p.reached_men)) + F.col("reached_more")
    reached = F.when(in_house, nation.parameters.medical_houses.contacts_elsewhere).otherwise(reached)
    mean = F.when(woman, by_age(age, p.mean_of_women)).otherwise(by_age(age, p.mean_of_men)) * F.col("contact_level")
    mean = mean * F.when(F.col("increased_reimbursement"), by_age(age, p.with_increased_reimbursement)).otherwise(1.0)
    mean = 1 + (F.when(in_house, p.mean_elsewhere).otherwise(mean) - 1) * days / 365

    def partly_lasting(purpose: str) -> Column:
        as_ever = nation.dice.chance(p.steadiness, f"{purpose} as ever", person, year)
        return F.when(as_ever, nation.dice.uniform(purpose, person)).otherwise(
            nation.dice.uniform(purpose, person, year)
        )

    count = F.least(shifted_geometric(partly_lasting("contacts"), mean), F.lit(p.most), days)
    return F.when(partly_lasting("reached") < reached * F.least(F.lit(1.0), 0.4 + days / 365), count).otherwise(0)


def with_practice(insured: DataFrame, nation: Nation) -> DataFrame:
    """Adds first_ and size_ of the practice of the GP, _before and _now."""
    posts = {moment: F.col(f"post_{moment}") for moment in ("before", "now")}
    first = {f"first_{moment}": nation.posts.first_of_practice(post) for moment, post in posts.items()}
    size = {f"size_{moment}": nation.posts.size_of_practice(post) for moment, post in posts.items()}
    return insured.withColumns(first | size)


def _post(nation: Nation) -> Column:
    """Where one goes: to one's own GP, a colleague in the same practice, or another practice along the street."""
    contact = (F.col("person"), F.col("year"), F.col("number"))
    dice, loyalty = nation.dice, nation.parameters.loyalty
    still_there = F.col("day") < F.col("moved_on")

    def of_the_day(name: str) -> Column:
        return F.when(still_there, F.col(f"{name}_before")).otherwise(F.col(f"{name}_now"))

    first, size = of_the_day("first"), of_the_day("size")
    usual = dice.chance(loyalty.second_practice, "as usual elsewhere", *contact)
    steps = F.when(usual, dice.below(_NEAREST, "second practice", F.col("person"))).otherwise(
        dice.below(_NEAR, "other practice", *contact)
    )
    drawn = dice.uniform("loyalty", *contact)
    return (
        F.when(drawn < F.col("loyalty") * (1 - loyalty.colleague), of_the_day("post"))
        .when(drawn < F.col("loyalty"), first + dice.below(size, "colleague", *contact))
        .otherwise((first + size + steps) % nation.posts.count)
    )


def _provider(nation: Nation) -> Column:
    """Who is there: the holder of the post, or a locum who is a member of no practice."""
    contact = (F.col("person"), F.col("year"), F.col("number"))
    locum = nation.dice.chance(nation.parameters.gp_practices.share_locum_contacts, "locum", *contact)
    return F.when(locum, nation.posts.locum(*contact)).otherwise(nation.posts.holder(F.col("post"), F.col("day")))


def gp_qualification(nation: Nation) -> Column:
    held = nation.parameters.gp_acts.qualifications
    return choose(
        nation.dice.uniform("qualification", F.col("provider_id")), [q.code for q in held], [q.weight for q in held]
    )


def _tariffs(spark: SparkSession, nation: Nation) -> DataFrame:
    """tariff, code, amount: a hundred steps for each kind of act, shared out by weight."""
    acts, periods = nation.parameters.gp_acts, nation.parameters.remote_contacts.periods
    kinds = {
        ITSELF: acts.contact,
        AGAIN: acts.again,
        SUPPLEMENT: acts.supplement,
        NIGHT: acts.night,
        _OF_THE_OLD: acts.contact_from_75,
        **{_REMOTE + number: period.acts for number, period in enumerate(periods)},
    }
    rows = []
    for kind, options in kinds.items():
        steps = [act for act in options for _ in range(act.weight)]
        rows += [(kind * _STEPS + step, act.code, act.amount_eur) for step, act in enumerate(steps)]
    return spark.createDataFrame(rows, "tariff INT NOT NULL, code STRING NOT NULL, amount DECIMAL(12,2) NOT NULL")

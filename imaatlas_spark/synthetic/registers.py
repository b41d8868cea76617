"""The registers of a delivery: practices, practice_members, practitioners, each with dated rows.

Things change on days that are drawn: practices move, end and are followed by others; GPs hand over; a few work in two
practices. A row carries the municipality's code of the day it begins, so older rows carry older codes.
"""

import datetime as dt

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.geneticists import FIRST_GENETICIST, number_of_geneticists
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.other_care import pools
from imaatlas_spark.synthetic.persons import day_number, on_the_street
from imaatlas_spark.synthetic.practices import (
    FIRST_GP,
    FIRST_HOUSE,
    FIRST_INSTITUTION,
    FIRST_LOCUM,
    FIRST_PRACTICE,
    NEVER,
)
from imaatlas_spark.synthetic.randomness import whole
from imaatlas_spark.synthetic.records import house_doctor

_OPENED = day_number(dt.date(1995, 1, 1))
_DATED = ("valid_from", "valid_to")


def practices(spark: SparkSession, nation: Nation) -> DataFrame:
    """practice_id, practice_type, institution_id, nis, valid_from, valid_to."""
    no_institution = F.lit(None).cast("long")
    gp = (
        _gp_practices(spark, nation)
        .withColumn("middle", (F.col("first_post") + F.col("size") / 2) / nation.posts.count)
        .transform(_in_spells, "renewed_on", "renewed")
        .select(
            (FIRST_PRACTICE + 2 * F.col("first_post").cast("long") + F.col("renewed")).alias("id"),
            F.when(F.col("size") == 1, "solo").otherwise("group").alias("practice_type"),
            no_institution.alias("institution_id"),
            "middle",
            *("from_day", "to_day"),
        )
    )
    houses = _houses(spark, nation).select(
        (FIRST_HOUSE + F.col("house").cast("long")).alias("id"),
        F.lit("medical_house").alias("practice_type"),
        (FIRST_INSTITUTION + F.col("house").cast("long")).alias("institution_id"),
        "middle",
        F.lit(_OPENED).alias("from_day"),
        F.lit(NEVER).alias("to_day"),
    )
    return (
        gp.unionByName(houses)
        .transform(_with_addresses, nation)
        .select(F.col("id").alias("practice_id"), "practice_type", "institution_id", "nis", *_DATED)
    )


def practice_members(spark: SparkSession, nation: Nation) -> DataFrame:
    """practice_id, provider_id, valid_from, valid_to."""
    post, posts, dice = F.col("post"), nation.posts, nation.dice
    held = (
        _gp_posts(spark, nation)
        .withColumn("succeeded_on", posts.succeeded_on(post))
        .transform(_in_spells, "succeeded_on", "successor")
        .withColumn("provider_id", FIRST_GP + 2 * post.cast("long") + F.col("successor"))
    )
    own = held.transform(_in_spells, "renewed_on", "renewed").withColumn("practice", F.col("first_post"))
    also = (
        held.where(dice.chance(nation.parameters.gp_practices.share_double_membership, "second membership", post))
        .withColumn("practice", posts.first_of_practice((F.col("first_post") + F.col("size")) % posts.count))
        .where(F.col("practice") != F.col("first_post"))
        .withColumn("renewed", F.lit(0))
        .withColumn(
            "from_day", F.greatest(F.col("from_day"), _OPENED + 4_000 * dice.below(3, "second membership from", post))
        )
        .withColumn("to_day", F.least(F.col("to_day"), _renewed_on(nation, F.col("practice")) - 1))
        .where(F.col("from_day") <= F.col("to_day"))
    )
    gps = own.unionByName(also, allowMissingColumns=True).select(
        (FIRST_PRACTICE + 2 * F.col("practice").cast("long") + F.col("renewed")).alias("practice_id"),
        "provider_id",
        "from_day",
        "to_day",
    )
    doctors = (
        _houses(spark, nation)
        .withColumn(
            "doctor", F.explode(F.sequence(F.lit(0), F.lit(nation.parameters.medical_houses.doctors_per_house - 1)))
        )
        .select(
            (FIRST_HOUSE + F.col("house").cast("long")).alias("practice_id"),
            house_doctor(F.col("house"), F.col("doctor")).alias("provider_id"),
            F.lit(_OPENED).alias("from_day"),
            F.lit(NEVER).alias("to_day"),
        )
    )
    return gps.unionByName(doctors).transform(_dated).select("practice_id", "provider_id", *_DATED)


def practitioners(spark: SparkSession, nation: Nation) -> DataFrame:
    """provider_id, nis, valid_from, valid_to."""
    p, dice, number = nation.parameters, nation.dice, F.col("id")
    gps = (
        _gp_posts(spark, nation)
        .withColumn("succeeded_on", nation.posts.succeeded_on(F.col("post")))
        .transform(_in_spells, "succeeded_on", "successor")
        .select(
            (FIRST_GP + 2 * F.col("post").cast("long") + F.col("successor")).alias("id"),
            ((F.col("first_post") + F.col("size") / 2) / nation.posts.count).alias("middle"),
        )
    )
    doctors = (
        _houses(spark, nation)
        .withColumn("doctor", F.explode(F.sequence(F.lit(0), F.lit(p.medical_houses.doctors_per_house - 1))))
        .select(house_doctor(F.col("house"), F.col("doctor")).alias("id"), "middle")
    )
    anywhere = [(FIRST_LOCUM, nation.posts.locums), (FIRST_GENETICIST, number_of_geneticists(nation))]
    anywhere += [(pool.first, pool.count) for pool in pools(nation)]
    rows = gps.unionByName(doctors)
    for first, count in anywhere:
        others = spark.range(first, first + count, 1, 1)
        rows = rows.unionByName(others.select("id", dice.uniform("place of a practitioner", number).alias("middle")))
    return (
        rows.where(dice.uniform("practitioner registered", number) >= p.gp_practices.share_unregistered)
        .withColumn("from_day", F.lit(_OPENED))
        .withColumn("to_day", F.lit(NEVER))
        .transform(_with_addresses, nation)
        .select(number.alias("provider_id"), "nis", *_DATED)
    )


def _gp_posts(spark: SparkSession, nation: Nation) -> DataFrame:
    """post, first_post, size, renewed_on (of the practice), from_day, to_day."""
    post = F.col("post")
    return (
        spark.range(0, nation.posts.count, 1, 1)
        .select(F.col("id").cast("int").alias("post"))
        .withColumn("first_post", nation.posts.first_of_practice(post))
        .withColumn("size", nation.posts.size_of_practice(post))
        .withColumn("renewed_on", _renewed_on(nation, F.col("first_post")))
        .withColumn("from_day", F.lit(_OPENED))
        .withColumn("to_day", F.lit(NEVER))
    )


def _gp_practices(spark: SparkSession, nation: Nation) -> DataFrame:
    return _gp_posts(spark, nation).where(F.col("post") == F.col("first_post"))


def _houses(spark: SparkSession, nation: Nation) -> DataFrame:
    """house, middle (where along the street)."""
    middles: dict[int, list[int]] = {}
    for number, cell in enumerate(nation.cells):
        middles.setdefault(nation.houses.nearest(cell.region, cell.place_in_region), []).append(number)
    rows = [(house, (cells[len(cells) // 2] + 0.5) / len(nation.cells)) for house, cells in sorted(middles.items())]
    return spark.createDataFrame(rows, "house INT, middle DOUBLE")


def _renewed_on(nation: Nation, first_post: Column) -> Column:
    """The day on which another practice takes the place of this one, or `NEVER`."""
    first, last = (day_number(dt.date(year, 1, 1)) for year in nation.parameters.gp_practices.renewed_between)
    day = first + nation.dice.below(last - first, "day of renewal", first_post)
    renewed = nation.dice.chance(nation.parameters.gp_practices.share_renewed, "practice renewed", first_post)
    return F.when(renewed, day).otherwise(NEVER)


def _in_spells(rows: DataFrame, changed_on: str, flag: str) -> DataFrame:
    """Each row (from_day, to_day) cut where it changes: `flag` is 0 before, 1 from that day on."""
    after, changed = F.col(flag) == 1, F.col(changed_on)
    return (
        rows.withColumn(flag, F.explode(F.array(F.lit(0), F.lit(1))))
        .where(~after | (changed < NEVER))
        .withColumn("from_day", F.when(after, F.greatest(F.col("from_day"), changed)).otherwise(F.col("from_day")))
        .withColumn("to_day", F.when(after, F.col("to_day")).otherwise(F.least(F.col("to_day"), changed - 1)))
        .where(F.col("from_day") <= F.col("to_day"))
        .drop(changed_on)
    )


def _with_addresses(rows: DataFrame, nation: Nation) -> DataFrame:
    """Adds nis, valid_from and valid_to to rows with id, middle, from_day, to_day; who moves gets two rows."""
    dice, number, gp_practices = nation.dice, F.col("id"), nation.parameters.gp_practices
    spark = rows.sparkSession
    moves = dice.chance(gp_practices.share_moved, "moves", number)
    moved_on = F.when(moves, _OPENED + dice.below(11_000, "day of the move", number)).otherwise(NEVER)
    earlier = F.when(moves & (F.col("moved") == 0), 0.004 * (dice.uniform("earlier address", number) - 0.5)).otherwise(
        0.0
    )
    place = F.col("middle") + earlier
    unknown = dice.chance(gp_practices.share_without_address, "no address", number, F.col("from_day"))
    cells = spark.createDataFrame([(i, cell.origin) for i, cell in enumerate(nation.cells)], "cell INT, origin STRING")
    codes = spark.createDataFrame(_codes_in_time(nation), "origin STRING, code STRING, first_day INT, last_day INT")
    return (
        rows.withColumn("moved_on", moved_on)
        .transform(_in_spells, "moved_on", "moved")
        .withColumn("cell", whole(on_the_street(place) * len(nation.cells)))
        .join(F.broadcast(cells), "cell")
        .join(F.broadcast(codes), "origin")
        .where(F.col("from_day").between(F.col("first_day"), F.col("last_day")))
        .withColumn("nis", F.when(~unknown, F.col("code")))
        .transform(_dated)
    )


def _codes_in_time(nation: Nation) -> list[tuple[str, str, int, int]]:
    """origin, code, first_day, last_day: what each municipality of the first map was called when."""
    successor = {change.old_nis: change for change in nation.geography.changes}
    rows = []
    for origin in sorted({cell.origin for cell in nation.cells}):
        code, start = origin, day_number(dt.date(1, 1, 1))
        while code in successor:
            change = day_number(successor[code].date)
            rows.append((origin, code, start, change - 1))
            code, start = successor[code].new_nis, change
        rows.append((origin, code, start, NEVER))
    return rows


def _dated(rows: DataFrame) -> DataFrame:
    """valid_from and valid_to (null = open) of from_day and to_day."""
    until = F.when(F.col("to_day") < NEVER, F.date_from_unix_date("to_day"))
    return rows.withColumn("valid_from", F.date_from_unix_date("from_day")).withColumn("valid_to", until)

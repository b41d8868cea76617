"""Consultations at a distance: some of the contacts with GPs from the spring of 2020 on, and a few with specialists."""

import datetime as dt

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.billing import ITSELF
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.other_care import pools
from imaatlas_spark.synthetic.parameters import RemotePeriod
from imaatlas_spark.synthetic.randomness import lookup

_EPOCH = dt.date(1970, 1, 1)
_CONTACT = ("person", "year", "number")


def with_distance(lines: DataFrame, nation: Nation) -> DataFrame:
    """Adds remote, whether the contact itself took place at a distance, and remote_period, that of its day.

    All lines of a contact (corrections, duplicates) take place as it did; what is billed along with it does not.
    """
    periods = nation.parameters.remote_contacts.periods
    shares = lookup([0.0, *(each.share for each in periods)], F.col("remote_period") + 1)
    at_a_distance = nation.dice.chance(shares, "at a distance", *map(F.col, _CONTACT))
    return lines.withColumn("remote_period", _period_of_day(periods)).withColumn(
        "remote", (F.col("act") == ITSELF) & (F.col("outside_hours") == 0) & at_a_distance
    )


def _period_of_day(periods: tuple[RemotePeriod, ...]) -> Column:
    """The number of the last period that has begun; -1: none has."""
    begun = [F.when(F.col("day") >= (each.begins - _EPOCH).days, 1).otherwise(0) for each in periods]
    return sum(begun, F.lit(-1))


def with_advice_of_specialists(lines: DataFrame, nation: Nation) -> DataFrame:
    """Each line; after some of those at a distance one more, of a specialist: the same code on the same day."""
    p, dice = nation.parameters.remote_contacts, nation.dice
    pool = next(each for each in pools(nation) if each.kind.name == p.others)
    called = dice.chance((1 - p.by_gps) / p.by_gps, "specialist at a distance", *map(F.col, _CONTACT))
    who = F.when(F.col("remote") & called, F.array(F.lit(False), F.lit(True))).otherwise(F.array(F.lit(False)))
    specialist = pool.first + dice.below(pool.count, "specialist", *map(F.col, _CONTACT))
    by_specialist = F.col("by_specialist")
    return lines.withColumn("by_specialist", F.explode(who)).withColumns(
        {
            "provider_id": F.when(by_specialist, specialist).otherwise(F.col("provider_id")),
            "qualification": F.when(by_specialist, F.lit(pool.kind.qualification)).otherwise(F.col("qualification")),
        }
    )

"""Dated registers: the practice of a line on its day, the address in a year (definitions, sections 2.3 and 3.12)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.geography.frames import overlaps_year
from imaatlas_spark.periods import END_OF_TIME, stretches
from imaatlas_spark.storage.local_frames import local_frame


def overlapping(register: DataFrame, year: int) -> DataFrame:
    """The dated rows that are valid on some day of `year`; an open `valid_to` becomes the end of time."""
    ends = F.coalesce(F.col("valid_to"), F.lit(END_OF_TIME))
    return register.where(overlaps_year(year)).withColumn("valid_to", ends)


PracticeSpell = tuple[int, int, dt.date, dt.date]  # key, practice, first day, last day


def practice_spells(register: DataFrame, key: str, rules: YearRules) -> list[PracticeSpell]:
    """The one practice that `key` (a provider or an institution) stands for on each day of the rules' year.

    With several on a day, the row with the latest `valid_from`, then the lowest practice id (reading: parameter
    `register_priority`). A register is small: it is cut into spells on the driver and joined by broadcast.
    Grain: key, spell; the spells of a key do not overlap.
    """
    rows = overlapping(register, rules.year).where(F.col(key).isNotNull())
    by_key: dict[int, list[_Row]] = defaultdict(list)
    for row in rows.select(key, "practice_id", "valid_from", "valid_to").collect():
        by_key[row[0]].append(_Row(*row[1:]))
    return [(owner, *spell) for owner, rows in sorted(by_key.items()) for spell in _spells(rows, rules)]


class _Row(NamedTuple):
    practice_id: int
    valid_from: dt.date
    valid_to: dt.date


def _spells(rows: list[_Row], rules: YearRules) -> Iterator[tuple[int, dt.date, dt.date]]:
    """(practice, first day, last day) between two days on which a row begins or has ended."""
    direction = -1 if rules.register_priority == "latest_start" else 1
    for begins, ends in stretches((row.valid_from, row.valid_to) for row in rows):
        valid = [row for row in rows if row.valid_from <= begins <= row.valid_to]
        if valid:
            first = min(valid, key=lambda row: (direction * row.valid_from.toordinal(), row.practice_id))
            yield first.practice_id, begins, ends


def with_practice_of(lines: DataFrame, spells: list[PracticeSpell], key: str, name: str) -> DataFrame:
    """Every line with the practice that its `key` stands for on the day of service, as `name`; null: none found."""
    columns = f"spell_key BIGINT, {name} BIGINT, begins DATE, ends DATE"
    small = F.broadcast(local_frame(lines.sparkSession, spells, columns))
    on_day = (F.col(key) == F.col("spell_key")) & F.col("service_date").between(F.col("begins"), F.col("ends"))
    return lines.join(small, on_day, "left").drop("spell_key", "begins", "ends")


def row_of_year(register: DataFrame, key: str, year: int) -> DataFrame:
    """The row valid on 31 December of `year`, else the latest that overlaps it. Grain: key.

    Rows of one key do not overlap, so that the row of 31 December, where there is one, is also the latest.
    """
    latest_first = Window.partitionBy(key).orderBy(F.desc("valid_from"))
    rows = overlapping(register, year).withColumn("rank", F.row_number().over(latest_first))
    return rows.where(F.col("rank") == 1).drop("rank", "valid_from", "valid_to")

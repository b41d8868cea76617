"""Residence and age (definitions, sections 3.11 and 3.13)."""

import pytest
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.source_variables.residence import age, with_residence
from tests.source_variables.frames import Frame, assert_same_rows

pytestmark = pytest.mark.spark

POPULATION = "person_id INT, PP0025_0630 STRING, PP0025_1231 STRING, PP0055_0630 STRING, PP0055_1231 STRING"
JUNE, DECEMBER = "44021A00-", "11002A00-"
# As delivered for June and December; then municipality and sector that come of it, and whether the person lives abroad.
PERSONS = [
    (1, "44021", "11002", JUNE, DECEMBER, "11002", DECEMBER, False),
    (2, "44021", None, JUNE, DECEMBER, "44021", JUNE, False),  # not known in December: all of June
    (3, "44021", "99999", JUNE, DECEMBER, "44021", JUNE, False),  # no municipality in December
    (4, "44021", "11007", JUNE, DECEMBER, "11002", DECEMBER, False),  # an old code, of what is now Antwerp
    (5, "44021", "150", JUNE, DECEMBER, None, None, True),  # abroad is known
    (6, "44021", "995", JUNE, DECEMBER, "44021", JUNE, False),  # but not 995
    (7, "44021", "999", JUNE, DECEMBER, "44021", JUNE, False),
    (8, "150", None, None, None, None, None, True),
    (9, None, None, JUNE, None, None, None, False),
    (10, None, "11002", None, JUNE, "11002", None, False),  # a sector of another municipality
    (11, None, "11002", None, None, "11002", None, False),
    (12, None, "11002", None, "11002B99-", "11002", None, False),  # not on the list
    (13, "44021", "00150", JUNE, DECEMBER, "44021", JUNE, False),  # codes are strings: this is none of abroad
]


def test_december_then_june(frame: Frame) -> None:
    recoding = frame("code STRING, municipality STRING", ("44021", "44021"), ("11002", "11002"), ("11007", "11002"))
    sectors = frame("sector STRING, municipality STRING", (JUNE, "44021"), (DECEMBER, "11002"))
    persons = frame(POPULATION, *(row[:5] for row in PERSONS))
    found = with_residence(persons, recoding, sectors).select("person_id", "municipality", "sector", "lives_abroad")
    expected = ((row[0], *row[5:]) for row in PERSONS)
    assert_same_rows(found, frame("person_id INT, municipality STRING, sector STRING, lives_abroad BOOLEAN", *expected))


def test_age_is_that_of_the_last_day_or_unknown(frame: Frame, rules: YearRules) -> None:
    rows = [(2021, 0), (1980, 41), (1896, 125), (1895, None), (2022, None), (None, None)]
    births = frame("born INT", *((born,) for born, _ in rows))
    found = births.select("born", age(F.col("born"), rules).alias("age"))
    assert_same_rows(found, frame("born INT, age INT", *rows))

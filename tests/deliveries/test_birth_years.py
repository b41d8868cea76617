"""A birth year is emptied by the contract alone, whatever age a reading believes (data contract, section 2)."""

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.deliveries.row_checks import accepted_persons
from imaatlas_spark.storage.local_frames import local_frame

pytestmark = pytest.mark.spark


def test_the_oldest_birth_year_is_that_of_the_contract(spark: SparkSession) -> None:
    delivered = [(1895,), (1896,), (1911,), (2021,), (2022,), (None,)]
    persons = local_frame(spark, [(*birth, 1) for birth in delivered], "PP0015 INT, PP0020 INT")
    found = [row.PP0015 for row in accepted_persons(persons, 2021).collect()]
    assert sorted(birth for birth in found if birth is not None) == [1896, 1911, 2021]

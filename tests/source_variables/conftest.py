"""What all tests of rule functions start from."""

from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.storage.local_frames import local_frame
from tests.source_variables.frames import YEAR, Frame


@pytest.fixture
def frame(spark: SparkSession) -> Frame:
    """`frame("person_id BIGINT, net INT", (1, 2), (2, -1))`."""

    def made(schema: str, *rows: tuple[Any, ...]) -> DataFrame:
        return local_frame(spark, rows, schema)

    return made


@pytest.fixture(scope="session")
def rules(configuration: Configuration) -> YearRules:
    return configuration.rules.at(YEAR)

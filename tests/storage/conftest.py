from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP


@pytest.fixture
def warehouse(spark: SparkSession, tmp_path: Path) -> Warehouse:
    return Warehouse(spark, str(tmp_path / "warehouse"), STAMP)

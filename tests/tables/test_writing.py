"""What `Warehouse.replace` lets through: only rows of the years that are replaced, in a new table as in an old one."""

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.schemas.year_tables import LINE_QUALITY
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP

pytestmark = pytest.mark.spark


def lines(spark: SparkSession, *years: int) -> DataFrame:
    return local_frame(spark, [(year, "late", 1) for year in years], "year INT, figure STRING, lines BIGINT")


@pytest.mark.parametrize("is_new", [True, False], ids=["a new table", "a table with rows"])
def test_a_row_of_another_year_is_refused(spark: SparkSession, tmp_path: Path, is_new: bool) -> None:
    warehouse = Warehouse(spark, str(tmp_path), STAMP)
    if not is_new:
        warehouse.replace_years(LINE_QUALITY, lines(spark, 2020), (2020,))
    with pytest.raises(Exception, match=r"outside year IN \(2021\)|REPLACE_WHERE_MISMATCH"):
        warehouse.replace_years(LINE_QUALITY, lines(spark, 2021, 2019), (2021,))
    assert warehouse.years(LINE_QUALITY) == (frozenset() if is_new else frozenset({2020}))
    assert warehouse.read(LINE_QUALITY).count() == (0 if is_new else 1)

"""What lies in the place of a table is one as it is declared, or it is refused; what a session sets changes none."""

import shutil
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.spec import ddl
from imaatlas_spark.schemas.year_tables import LINE_QUALITY, PRACTICE_YEAR
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.recording import recorded
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP
from tests.storage.recorded_runs import lines, run_that_takes, run_that_writes

pytestmark = pytest.mark.spark

DEVIATIONS = {
    "ALTER TABLE {} SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')": "protocol",
    "ALTER TABLE {} SET TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = '5')": "dataSkippingNumIndexedCols as 5",
    "ALTER TABLE {} SET TBLPROPERTIES ('delta.appendOnly' = 'true')": "property delta.appendOnly",
    "ALTER TABLE {} DROP CONSTRAINT gmd_persons_not_negative": "lacks the constraint gmd_persons_not_negative",
    "ALTER TABLE {} ADD CONSTRAINT few CHECK (contacts < 10)": "constraint few, which is not declared",
    "ALTER TABLE {} ALTER COLUMN contacts DROP NOT NULL": "column contacts without NOT NULL",
    "ALTER TABLE {} ADD COLUMN extra INT": "extra is not declared",
}


def nobody(spark: SparkSession) -> DataFrame:
    return local_frame(spark, [], ddl(PRACTICE_YEAR.columns))


@pytest.fixture(scope="module")
def no_practices(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with a table as it is declared, to be copied."""
    made = Warehouse(spark, str(tmp_path_factory.mktemp("declared") / "warehouse"), STAMP)
    made.replace_years(PRACTICE_YEAR, nobody(spark), (2021,))
    return Path(made.root)


@pytest.mark.parametrize("statement", DEVIATIONS)
def test_another_shape_is_refused_by_name_before_a_read_or_a_write(
    spark: SparkSession, no_practices: Path, tmp_path: Path, statement: str
) -> None:
    warehouse = Warehouse(spark, str(shutil.copytree(no_practices, tmp_path / "warehouse")), STAMP)
    spark.sql(statement.format(f"delta.`{warehouse.path(PRACTICE_YEAR)}`"))
    rows = nobody(spark)
    for use in (lambda: warehouse.read(PRACTICE_YEAR), lambda: warehouse.replace_years(PRACTICE_YEAR, rows, (2021,))):
        with (
            pytest.raises(WarehouseRefused, match=DEVIATIONS[statement]) as refusal,
            recorded(warehouse, (2021,), print),
        ):
            use()
        assert "source_variables/practice_year" in str(refusal.value)


@pytest.mark.parametrize("what", ["a file", "files without a log"])
def test_what_is_no_table_is_refused_in_its_place(warehouse: Warehouse, what: str) -> None:
    place = Path(warehouse.path(LINE_QUALITY))
    if what == "a file":
        place.parent.mkdir(parents=True)
        place.write_text("not a table")
    else:
        (place / "year=2021").mkdir(parents=True)
        (place / "year=2021/part-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(WarehouseRefused, match="line_quality"):
        warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark, 2021), (2021,))


def test_an_empty_folder_is_no_table_yet(warehouse: Warehouse) -> None:
    Path(warehouse.path(LINE_QUALITY)).mkdir(parents=True)
    assert not warehouse.holds(LINE_QUALITY)
    run_that_writes(warehouse, 2021)
    assert run_that_takes(warehouse, 2021) == [1]


HOSTILE = {
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "true",
    "spark.databricks.delta.properties.defaults.columnMapping.mode": "name",
    "spark.databricks.delta.properties.defaults.enableChangeDataFeed": "true",
    "spark.databricks.delta.properties.defaults.enableRowTracking": "true",
    "spark.databricks.delta.properties.defaults.randomizeFilePrefixes": "true",
    "spark.databricks.delta.properties.defaults.enableInCommitTimestamps": "true",
    "spark.databricks.delta.properties.defaults.checkpointPolicy": "v2",
    "spark.databricks.delta.properties.defaults.dataSkippingStatsColumns": "lines",
    "spark.databricks.delta.autoCompact.enabled": "true",
    "spark.databricks.delta.write.txnAppId": "app",
    "spark.databricks.delta.write.txnVersion": "1",
}


def test_what_a_session_sets_changes_no_table(spark: SparkSession, tmp_path: Path) -> None:
    for name, value in HOSTILE.items():
        spark.conf.set(name, value)
    try:
        warehouse = Warehouse(spark, str(tmp_path / "warehouse"), STAMP)
        run_that_writes(warehouse, 2020, 2021)
        run_that_writes(warehouse, 2021, number=2)
        assert run_that_takes(warehouse, 2020, 2021) == [1, 2]
        assert warehouse.snapshot(LINE_QUALITY).protocol == (1, 3)
        assert warehouse.years(LINE_QUALITY) == {2020, 2021}
    finally:
        for name in HOSTILE:
            spark.conf.unset(name)

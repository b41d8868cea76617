"""check_warehouse.py tells what of a warehouse is to be healed, each with the command that heals it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.storage.warehouse import Warehouse
from imaatlas_spark.warehouse_check import check_warehouse, made_tables
from tests.engine import Engine
from tests.tables.conftest import INPUTS, VARIABLES, YEAR, Made, made

pytestmark = pytest.mark.spark
__all__ = ["made"]  # a fixture


@pytest.fixture
def engine(made: Made, tmp_path: Path) -> Engine:
    """A whole warehouse, for this test alone to spoil."""
    run = made.engine.run
    root = shutil.copytree(made.root, tmp_path / "warehouse")
    return Engine(run, Warehouse(run.spark, str(root), run.stamp))


def told(engine: Engine, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is to be healed."""
    capsys.readouterr()
    with pytest.raises(WarehouseRefused) as refusal:
        check_warehouse(engine.run, engine.warehouse)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("to heal: ")]
    assert f"has {len(lines)} things to heal" in str(refusal.value)
    return lines


def test_every_table_that_the_jobs_make_is_looked_at(configuration: Configuration) -> None:
    assert {table.path for table in made_tables(configuration)} == {table.path for table in (*INPUTS, *VARIABLES)}


def test_a_whole_warehouse_is_said_to_be_whole(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    check_warehouse(engine.run, engine.warehouse)
    out = capsys.readouterr().out
    assert f"{engine.warehouse.root} is whole" in out
    assert f"source_variables/person_year: complete for {YEAR}" in out
    assert f"statistics/stat_003_007: {YEAR} on the map of {YEAR}, released" in out


def test_files_of_no_version_are_told_and_nothing_to_heal(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """VACUUM would leave them: they are too young. A warehouse is not ill for years because a run was killed."""
    for table in ("source_variables/person_year", "statistics/stat_003_007"):
        file = next((Path(engine.warehouse.root) / table).rglob("*.parquet"))
        shutil.copy(file, file.with_name("part-00009-of-a-killed-run.parquet"))
    check_warehouse(engine.run, engine.warehouse)
    out = capsys.readouterr().out
    assert f"{engine.warehouse.root} is whole" in out
    assert "person_year: 1 files belong to no version" in out
    assert "stat_003_007: 1 files belong to no version" in out
    assert "older than 7 days" in out
    assert "older than ten years" in out


def remove_file(root: Path, spark: SparkSession) -> None:
    next((root / "source_variables/person_year").rglob("*.parquet")).unlink()


def empty_file(root: Path, spark: SparkSession) -> None:
    next((root / "source_variables/person_year").rglob("*.parquet")).write_bytes(b"")


def lose_ledger(root: Path, spark: SparkSession) -> None:
    for file in (root / "runs").glob("*.parquet"):
        file.write_bytes(b"")


def lose_releases(root: Path, spark: SparkSession) -> None:
    for file in (root / "releases").glob("*.parquet"):
        file.unlink()


def delete_rows(root: Path, spark: SparkSession) -> None:
    persons = DeltaTable.forPath(spark, str(root / "source_variables/person_year"))
    (least,) = persons.toDF().agg({"person_id": "min"}).first() or ()
    assert persons.toDF().count() > 1
    persons.delete(f"person_id = {least}")


def delete_all_rows(root: Path, spark: SparkSession) -> None:
    DeltaTable.forPath(spark, str(root / "source_variables/person_year")).delete()


def set_property(root: Path, spark: SparkSession) -> None:
    spark.sql(f"ALTER TABLE delta.`{root}/inputs/claims` SET TBLPROPERTIES ('delta.appendOnly' = 'true')")


def lose_log(root: Path, spark: SparkSession) -> None:
    shutil.rmtree(root / "inputs/practices/_delta_log")
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


def forget_release(root: Path, spark: SparkSession) -> None:
    DeltaTable.forPath(spark, str(root / "releases")).delete("statistic = 'stat_003_007'")


def write_unreleased(root: Path, spark: SparkSession) -> None:
    """As a publication leaves it that was broken off."""
    table = str(root / "statistics/stat_003_007")
    rows = spark.read.format("delta").load(table).withColumn("year", F.lit(YEAR + 1))
    rows.write.format("delta").mode("append").save(table)


def replace_newest_commit_of_a_statistic(root: Path, spark: SparkSession) -> None:
    """The commit that holds the release is gone, and VACUUM has made others of its number and the next."""
    table = root / "statistics/stat_003_007"
    for path in (table / "_delta_log").glob("*1.*"):
        path.unlink()
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    spark.sql(f"VACUUM delta.`{table}`")


def lose_file_of_an_older_version(root: Path, spark: SparkSession) -> None:
    """A publication was broken off after it had written the table; then what it had replaced was removed."""
    table = root / "statistics/stat_003_007"
    files = list(table.rglob("*.parquet"))
    DeltaTable.forPath(spark, str(table)).delete()
    for file in files:
        file.unlink()


def lose_statistic(root: Path, spark: SparkSession) -> None:
    shutil.rmtree(root / "statistics/stat_003_007")
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


SPOILED: dict[Callable[[Path, SparkSession], None], tuple[str, ...]] = {
    remove_file: ("person_year: 1 files are gone", f"build_source_variables.py --years {YEAR} again"),
    empty_file: ("person_year: 1 files are gone or of another length", "restore them from a backup"),
    lose_ledger: ("runs cannot be read", "move the folder away"),
    lose_releases: ("releases cannot be read", "restore the warehouse from a backup"),
    delete_rows: ("person_year", "written by DELETE", f"build_source_variables.py --years {YEAR} again"),
    delete_all_rows: ("person_year", "written by DELETE", f"build_source_variables.py --years {YEAR} again"),
    set_property: ("inputs/claims", "property delta.appendOnly", "undo the change"),
    lose_log: ("inputs/practices", "_delta_log is missing", "restore it from a backup"),
    forget_release: ("releases", "written by DELETE", "RESTORE TABLE delta.`"),
    write_unreleased: ("stat_003_007", "never released", f"--years {YEAR + 1} --statistics stat_003_007 again"),
    replace_newest_commit_of_a_statistic: ("stat_003_007", "is not at version 1 as it was published", "VACUUM START"),
    lose_file_of_an_older_version: ("stat_003_007", f"files of version 1, which releases names for {YEAR}, are gone"),
    lose_statistic: ("stat_003_007", "is gone", "restore it from a backup"),
}


@pytest.mark.parametrize("spoil", SPOILED)
def test_what_is_to_be_healed_is_named_with_the_way_to_heal_it(
    spoil: Callable[[Path, SparkSession], None], engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(Path(engine.warehouse.root), engine.run.spark)
    lines = told(engine, capsys)
    assert any(all(words in line for words in SPOILED[spoil]) for line in lines), lines


def test_what_cannot_be_read_hides_nothing_else(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    root, spark = Path(engine.warehouse.root), engine.run.spark
    lose_ledger(root, spark)
    set_property(root, spark)
    lines = told(engine, capsys)
    assert any("runs cannot be read" in line for line in lines)
    assert any("inputs/claims" in line and "appendOnly" in line for line in lines)


def test_findings_are_told_as_they_come(
    engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that is broken off has told what it had found."""

    def broken_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    set_property(Path(engine.warehouse.root), engine.run.spark)
    monkeypatch.setattr("imaatlas_spark.warehouse_check.published", broken_off)
    capsys.readouterr()
    with pytest.raises(KeyboardInterrupt):
        check_warehouse(engine.run, engine.warehouse)
    assert "to heal: inputs/claims" in capsys.readouterr().out

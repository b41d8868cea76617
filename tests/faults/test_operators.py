"""What an operator does by hand, and what happens to a log: the next job refuses it by name or computes right."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from delta.tables import DeltaTable
from pyspark.sql import SparkSession

from tests.deliveries.delivered import tells_a_pseudonym
from tests.faults.conftest import BUILD, JOBS, PUBLISH, YEAR, World, figures, year_rows

pytestmark = [pytest.mark.jobs, pytest.mark.spark]

CLAIMS, EVENTS, PERSONS = "inputs/claims", "source_variables/gmd_events", "source_variables/person_year"
STATISTIC = "statistics/stat_003_007"
READ_BY = {CLAIMS: BUILD, EVENTS: BUILD, PERSONS: PUBLISH, STATISTIC: PUBLISH, "releases": PUBLISH}
Fault = Callable[[SparkSession, Path], None]


def delete(spark: SparkSession, table: Path) -> None:
    DeltaTable.forPath(spark, str(table)).delete(f"year = {YEAR}")


def restore(spark: SparkSession, table: Path) -> None:
    DeltaTable.forPath(spark, str(table)).restoreToVersion(1)


def optimize(spark: SparkSession, table: Path) -> None:
    spark.sql(f"OPTIMIZE delta.`{table}`")


def vacuum(spark: SparkSession, table: Path) -> None:
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    try:
        spark.sql(f"VACUUM delta.`{table}` RETAIN 0 HOURS")
    finally:
        spark.conf.unset("spark.databricks.delta.retentionDurationCheck.enabled")


def set_property(spark: SparkSession, table: Path) -> None:
    spark.sql(f"ALTER TABLE delta.`{table}` SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')")


def add_column(spark: SparkSession, table: Path) -> None:
    spark.sql(f"ALTER TABLE delta.`{table}` ADD COLUMN note STRING")


def move_away(spark: SparkSession, table: Path) -> None:
    table.rename(table.with_name("moved"))


def commits(table: Path) -> list[Path]:
    return sorted((table / "_delta_log").glob("*.json"))


def lose_newest_commit(spark: SparkSession, table: Path) -> None:
    newest = commits(table)[-1].stem
    for file in (table / "_delta_log").glob(f"*{newest}*"):
        file.unlink()


def lose_a_commit_between(spark: SparkSession, table: Path) -> None:
    commits(table)[-2].unlink()


def cut_newest_commit(spark: SparkSession, table: Path) -> None:
    newest = commits(table)[-1]
    newest.write_bytes(newest.read_bytes()[:-60])


def empty_newest_commit(spark: SparkSession, table: Path) -> None:
    commits(table)[-1].write_bytes(b"")


def spoil_a_checkpoint(spark: SparkSession, table: Path) -> None:
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(  # type: ignore[union-attr]
        spark._jsparkSession, str(table)
    ).checkpoint()
    (checkpoint,) = (table / "_delta_log").glob("*.checkpoint*.parquet")
    checkpoint.write_bytes(b"PAR1" + bytes(100))


def data_file(table: Path) -> Path:
    return max(table.rglob("*.parquet"), key=lambda path: path.stat().st_mtime)


def lose_a_data_file(spark: SparkSession, table: Path) -> None:
    data_file(table).unlink()


def empty_a_data_file(spark: SparkSession, table: Path) -> None:
    data_file(table).write_bytes(b"")


FAULTS: tuple[Fault, ...] = (
    *(delete, restore, optimize, vacuum, set_property, add_column, move_away),
    *(lose_newest_commit, lose_a_commit_between, cut_newest_commit, empty_newest_commit, spoil_a_checkpoint),
    *(lose_a_data_file, empty_a_data_file),
)


@pytest.mark.parametrize("table", READ_BY)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_no_wrong_figure_comes_out(
    fault: Fault, table: str, world: World, spark: SparkSession, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if table == "releases" and fault is restore:
        pytest.skip("version 1 of it is the newest")
    warehouse = shutil.copytree(world.after, tmp_path / "warehouse")
    fault(spark, warehouse / table)
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    capfd.readouterr()
    job = READ_BY[table]
    code = world.run(job, warehouse)
    told = "".join(capfd.readouterr())
    lines = [line for line in told.splitlines() if line.startswith(("refused:", "failed:"))]
    print(f"{fault.__name__} on {table}, then {job}: exit code {code} {''.join(lines)}")
    assert not tells_a_pseudonym(told)
    if code:
        assert len(lines) == 1
        assert table in lines[0] or Path(table).name in lines[0], lines[0]
        return
    if job == BUILD:
        assert year_rows(warehouse) == year_rows(world.after)
        assert world.run(PUBLISH, warehouse) == 0
    assert figures(warehouse) == figures(world.after)


@pytest.mark.parametrize(
    "fault", [delete, restore, lose_newest_commit, lose_a_data_file], ids=lambda each: each.__name__
)
def test_what_the_refusal_says_heals_a_spoiled_input(
    fault: Fault, world: World, spark: SparkSession, tmp_path: Path
) -> None:
    warehouse = shutil.copytree(world.after, tmp_path / "warehouse")
    fault(spark, warehouse / CLAIMS)
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    assert world.run(BUILD, warehouse) != 0
    for job in JOBS:
        assert world.run(job, warehouse) == 0
    assert year_rows(warehouse) == year_rows(world.after)
    assert figures(warehouse) == figures(world.after)

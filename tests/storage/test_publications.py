"""What is published stays what the runs have published: nobody else's hand in `releases` goes unnoticed."""

import datetime as dt
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.ledger import RELEASES, RUNS, Release
from imaatlas_spark.schemas.spec import LONG, YEAR, Table, TableColumn
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.lock import NAME
from imaatlas_spark.storage.publications import at_version, publish, published, rows_of
from imaatlas_spark.storage.recording import recorded
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP

pytestmark = pytest.mark.spark

FIRST, SECOND, THIRD = (dt.date(year, 10, 1) for year in (2022, 2023, 2024))


@pytest.fixture(scope="module")
def two_publications(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions 1 and 2 of `releases`, to be copied."""
    made = Warehouse(spark, str(tmp_path_factory.mktemp("publications") / "warehouse"), STAMP)
    run_that_publishes(made, FIRST)
    run_that_publishes(made, SECOND)
    return Path(made.root)


@pytest.fixture
def warehouse(spark: SparkSession, two_publications: Path, tmp_path: Path) -> Warehouse:
    """Two publications, for this test alone."""
    return a_copy(spark, two_publications, tmp_path)


def a_copy(spark: SparkSession, of: Path, folder: Path) -> Warehouse:
    return Warehouse(spark, str(shutil.copytree(of, folder / "warehouse")), STAMP)


STATISTIC = Table(
    "statistics/stat_x",
    "Of this test.",
    (
        YEAR,
        TableColumn("geography", "INT", "map"),
        TableColumn("release_date", "DATE", "release"),
        TableColumn("figure", "BIGINT", "figure"),
    ),
    retention=LONG,
)


def release(date: dt.date, version: int = 1) -> Release:
    return Release("stat_x", 2021, 2021, date, version, STAMP.run_id)


def run_that_publishes(warehouse: Warehouse, date: dt.date) -> None:
    with recorded(warehouse, (2021,), print):
        publish(warehouse, [*published(warehouse), release(date)])


def run_that_is_killed(warehouse: Warehouse, date: dt.date) -> None:
    """One that publishes and does not write down that it has completed."""

    def fail() -> None:
        with recorded(warehouse, (2021,), print):
            publish(warehouse, [*published(warehouse), release(date)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def run_that_writes(warehouse: Warehouse, date: dt.date, is_killed: bool = False) -> None:
    """Publish one more release of 2021; its only figure is the year of its date."""

    def write() -> None:
        with recorded(warehouse, (2021,), print):
            before = [each for each in published(warehouse) if each.release_date != date]
            row = (2021, 2021, date, date.year)
            rows = local_frame(warehouse.spark, [row], "year INT, geography INT, release_date DATE, figure BIGINT")
            staying = rows_of(warehouse, STATISTIC, before)
            warehouse.replace_years(STATISTIC, rows if staying is None else rows.unionByName(staying), (2021,))
            version = warehouse.version(STATISTIC)
            publish(warehouse, [release(date, version), *at_version(before, version)])
            if is_killed:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) if is_killed else nullcontext():
        write()


def figures(warehouse: Warehouse) -> list[int]:
    rows = rows_of(warehouse, STATISTIC, published(warehouse))
    return sorted(row.figure for row in rows.collect()) if rows is not None else []


def dates(warehouse: Warehouse) -> list[dt.date]:
    return [each.release_date for each in published(warehouse)]


def sql(warehouse: Warehouse, statement: str, table: Table = RELEASES) -> None:
    warehouse.spark.sql(statement.format(f"delta.`{warehouse.path(table)}`"))


def delete(warehouse: Warehouse) -> None:
    sql(warehouse, f"DELETE FROM {{}} WHERE release_date = DATE'{SECOND}'")


def restore(warehouse: Warehouse) -> None:
    sql(warehouse, "RESTORE TABLE {} TO VERSION AS OF 1")


def update(warehouse: Warehouse) -> None:
    sql(warehouse, f"UPDATE {{}} SET version = 0 WHERE release_date = DATE'{SECOND}'")


def lose_newest_commit(warehouse: Warehouse, table: Table = RELEASES) -> None:
    log = Path(warehouse.path(table)) / "_delta_log"
    newest = max(log.glob("*.json"))
    for path in log.glob(f"*{newest.stem}*"):
        path.unlink()
    warehouse.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


def vacuum(warehouse: Warehouse) -> None:
    sql(warehouse, "VACUUM {}")


def lose_newest_commit_and_vacuum(warehouse: Warehouse) -> None:
    lose_newest_commit(warehouse)
    vacuum(warehouse)


def optimize(warehouse: Warehouse) -> None:
    setting = "spark.databricks.delta.optimize.zorder.checkStatsCollection.enabled"
    warehouse.spark.conf.set(setting, "false")
    try:
        sql(warehouse, "OPTIMIZE {} ZORDER BY (statistic)")
    finally:
        warehouse.spark.conf.unset(setting)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (delete, "written by DELETE"),
        (restore, "written by RESTORE"),
        (update, "written by UPDATE"),
        (lose_newest_commit_and_vacuum, "newest commits were lost"),
    ],
)
def test_what_an_operator_has_done_to_releases_is_refused_by_name(
    warehouse: Warehouse, operation: Callable[[Warehouse], None], told: str
) -> None:
    operation(warehouse)
    assert warehouse.version(RELEASES) >= 2, "no version is missing"
    with pytest.raises(WarehouseRefused, match=told) as refusal:
        published(warehouse)
    assert "\n" not in str(refusal.value)
    with pytest.raises(WarehouseRefused, match=told):
        run_that_publishes(warehouse, THIRD)


@pytest.fixture(scope="module", params=[True, False], ids=["recorded", "killed"])
def third(
    spark: SparkSession,
    two_publications: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Path:
    """A third publication, whose run has completed or was killed right after it; to be copied."""
    made = a_copy(spark, two_publications, tmp_path_factory.mktemp("third"))
    (run_that_publishes if request.param else run_that_is_killed)(made, THIRD)
    return Path(made.root)


@pytest.mark.parametrize("operation", [delete, restore, update])
def test_the_command_of_the_refusal_heals_it(
    spark: SparkSession, third: Path, operation: Callable[[Warehouse], None], tmp_path: Path
) -> None:
    warehouse = a_copy(spark, third, tmp_path)
    operation(warehouse)
    with pytest.raises(WarehouseRefused) as refusal:
        published(warehouse)
    command = str(refusal.value).partition("): ")[2].partition(", or ")[0]
    assert command == f"RESTORE TABLE delta.`{warehouse.path(RELEASES)}` TO VERSION AS OF 3"
    warehouse.spark.sql(command)
    assert dates(warehouse) == [FIRST, SECOND, THIRD]
    run_that_publishes(warehouse, dt.date(2025, 10, 1))
    assert len(dates(warehouse)) == 4


@pytest.mark.parametrize("operation", [optimize, vacuum])
def test_what_changes_no_row_is_accepted(warehouse: Warehouse, operation: Callable[[Warehouse], None]) -> None:
    before = warehouse.version(RELEASES)
    operation(warehouse)
    assert warehouse.version(RELEASES) > before, "it has made a commit"
    assert dates(warehouse) == [FIRST, SECOND]
    run_that_publishes(warehouse, THIRD)
    assert dates(warehouse) == [FIRST, SECOND, THIRD]


def test_a_publication_whose_run_was_killed_right_after_it_counts(warehouse: Warehouse) -> None:
    run_that_is_killed(warehouse, THIRD)
    assert dates(warehouse) == [FIRST, SECOND, THIRD]
    vacuum(warehouse)
    run_that_publishes(warehouse, dt.date(2025, 10, 1))
    assert len(dates(warehouse)) == 4


def test_a_first_publication_whose_run_was_killed_counts(spark: SparkSession, tmp_path: Path) -> None:
    made = Warehouse(spark, str(tmp_path / "warehouse"), STAMP)
    run_that_is_killed(made, FIRST)
    assert dates(made) == [FIRST]
    run_that_publishes(made, SECOND)
    assert dates(made) == [FIRST, SECOND]


@pytest.fixture(scope="module")
def two_releases(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A statistic with two releases, both at its version 2; to be copied."""
    made = Warehouse(spark, str(tmp_path_factory.mktemp("releases") / "warehouse"), STAMP)
    for date in (FIRST, SECOND):
        run_that_writes(made, date)
    return Path(made.root)


@pytest.fixture
def statistic(spark: SparkSession, two_releases: Path, tmp_path: Path) -> Warehouse:
    return a_copy(spark, two_releases, tmp_path)


def test_a_version_that_is_another_one_than_was_published_is_refused(statistic: Warehouse) -> None:
    assert figures(statistic) == [2022, 2023]
    lose_newest_commit(statistic, STATISTIC)
    sql(statistic, "VACUUM {}", STATISTIC)
    assert statistic.version(STATISTIC) >= 2, "no version is missing"
    with pytest.raises(WarehouseRefused, match="stat_x, 2021, is not at version 2 as it was published"):
        figures(statistic)
    with pytest.raises(WarehouseRefused, match="written by VACUUM START"):
        run_that_writes(statistic, THIRD)


def test_what_comes_after_a_published_version_does_not_matter_to_it(statistic: Warehouse) -> None:
    sql(statistic, "DELETE FROM {} WHERE figure = 2022", STATISTIC)
    assert figures(statistic) == [2022, 2023]
    run_that_writes(statistic, THIRD)
    assert figures(statistic) == [2022, 2023, 2024]


def test_releases_of_a_run_that_was_killed_right_after_them_are_kept(statistic: Warehouse) -> None:
    run_that_writes(statistic, THIRD, is_killed=True)
    assert figures(statistic) == [2022, 2023, 2024]
    run_that_writes(statistic, dt.date(2025, 10, 1))
    assert figures(statistic) == [2022, 2023, 2024, 2025]


@pytest.mark.parametrize("is_empty", [False, True])
def test_a_run_whose_ledger_cannot_be_read_is_refused_before_its_work(warehouse: Warehouse, is_empty: bool) -> None:
    file = max(Path(warehouse.path(RUNS)).glob("*.parquet"))
    file.write_bytes(b"") if is_empty else file.unlink()
    with pytest.raises(WarehouseRefused, match="runs cannot be read") as refusal, recorded(warehouse, (2021,), print):
        pytest.fail("it has begun its work")
    assert "move the folder away" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not (Path(warehouse.root) / NAME).exists(), "the next run is not told that this one was killed"
    Path(warehouse.path(RUNS)).rename(Path(warehouse.root) / "moved")
    warehouse.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    run_that_publishes(warehouse, THIRD)
    assert dates(warehouse) == [FIRST, SECOND, THIRD], "what the refusal says heals it"


def test_releases_that_cannot_be_read_are_refused(warehouse: Warehouse) -> None:
    for file in Path(warehouse.path(RELEASES)).glob("*.parquet"):
        file.unlink()
    with pytest.raises(WarehouseRefused, match=r"releases cannot be read.*from a backup"):
        published(warehouse)

"""A job takes what a completed run has left, at the versions pinned when it starts, and refuses anything else."""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from delta.tables import DeltaTable
from deltalake import DeltaTable as DeltaTableOutside
from pyspark.sql import Row, SparkSession

from imaatlas_spark.errors import DeliveryRefused, WarehouseRefused
from imaatlas_spark.schemas.ledger import RELEASES, RUNS, Release
from imaatlas_spark.schemas.year_tables import LINE_QUALITY
from imaatlas_spark.storage.lock import NAME
from imaatlas_spark.storage.publications import publish, published
from imaatlas_spark.storage.recording import alone_in, recorded
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP
from tests.storage.recorded_runs import lines, run_that_takes, run_that_writes

pytestmark = pytest.mark.spark


def run_that_fails(warehouse: Warehouse, year: int, number: int) -> str:
    """A run that dies when it has written; what its lock said."""

    def fail() -> None:
        with recorded(warehouse, (year,), print):
            warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark, year, number=number), (year,))
            said.append((Path(warehouse.root) / NAME).read_text())
            raise ZeroDivisionError

    said: list[str] = []
    with pytest.raises(ZeroDivisionError):
        fail()
    return said[0]


def runs(warehouse: Warehouse) -> list[Row]:
    return warehouse.read(RUNS).orderBy("ended").collect()


def table(warehouse: Warehouse) -> DeltaTable:
    return DeltaTable.forPath(warehouse.spark, warehouse.path(LINE_QUALITY))


def test_a_completed_run_is_written_down_with_what_it_read_and_left(warehouse: Warehouse) -> None:
    run_that_writes(warehouse, 2020, 2021)
    assert run_that_takes(warehouse, 2021) == [1]
    first, second = runs(warehouse)
    assert (first.outcome, first.message, first.job, first.years) == ("done", None, "tests", [2020, 2021])
    assert [each.asDict() for each in first.versions_written] == [{"table": LINE_QUALITY.path, "version": 1}]
    assert [(each.table, each.year) for each in first.years_written] == [
        (LINE_QUALITY.path, 2020),
        (LINE_QUALITY.path, 2021),
    ]
    assert [each.asDict() for each in first.counts] == [
        {"name": "source_variables/line_quality rows written", "number": 2}
    ]
    assert first.started <= first.ended <= second.started
    assert [each.asDict() for each in second.versions_read] == [{"table": LINE_QUALITY.path, "version": 1}]
    assert second.versions_written == []
    elsewhere = pl.read_delta(warehouse.path(RUNS)).sort("ended").to_dicts()
    assert [row["outcome"] for row in elsewhere] == ["done", "done"]
    assert elsewhere[0]["versions_written"] == [{"table": LINE_QUALITY.path, "version": 1}]
    assert elsewhere[0]["ended"].utcoffset() == dt.timedelta(0)


def test_a_refused_run_is_written_down_and_makes_no_warehouse(warehouse: Warehouse) -> None:
    def refused() -> None:
        with pytest.raises(DeliveryRefused), recorded(warehouse, (2021,), print):
            raise DeliveryRefused("the file x: column y is missing")

    refused()
    assert not Path(warehouse.root).exists()
    run_that_writes(warehouse, 2021)
    refused()
    assert [(run.outcome, run.message) for run in runs(warehouse)] == [
        ("done", None),
        ("refused", "the file x: column y is missing"),
    ]


def test_a_failed_run_is_written_down_and_what_it_left_is_refused(warehouse: Warehouse) -> None:
    run_that_writes(warehouse, 2020, 2021)
    run_that_fails(warehouse, 2021, number=2)
    assert runs(warehouse)[-1].outcome == "failed"
    with pytest.raises(WarehouseRefused) as refusal:
        run_that_takes(warehouse, 2020, 2021)
    assert "source_variables/line_quality, 2021," in str(refusal.value)
    assert "build_source_variables.py --years 2021 again" in str(refusal.value)
    assert run_that_takes(warehouse, 2020) == [1], "the other year is as it was left"
    run_that_writes(warehouse, 2020, number=3)
    with pytest.raises(WarehouseRefused, match="2021"):
        run_that_takes(warehouse, 2021)
    run_that_writes(warehouse, 2021, number=4)
    assert run_that_takes(warehouse, 2020, 2021) == [3, 4]


def test_tables_that_no_run_has_recorded_are_refused(warehouse: Warehouse) -> None:
    """A warehouse from before the ledger, or one whose ledger was moved away."""
    warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark, 2021), (2021,))
    with pytest.raises(WarehouseRefused, match=r"by no run that completed.* build_source_variables.py --years 2021"):
        run_that_takes(warehouse, 2021)


def delete(warehouse: Warehouse) -> None:
    table(warehouse).delete("year = 2021")


def restore(warehouse: Warehouse) -> None:
    table(warehouse).restoreToVersion(1)


def change(warehouse: Warehouse) -> None:
    table(warehouse).update("year = 2021", {"lines": "lines + 1"})


def lose_newest_commit(warehouse: Warehouse) -> None:
    log = Path(warehouse.path(LINE_QUALITY)) / "_delta_log"
    newest = max(path for path in log.glob("*.json"))
    for path in log.glob(f"*{newest.stem}*"):
        path.unlink()
    warehouse.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


def cut_newest_commit(warehouse: Warehouse) -> None:
    log = Path(warehouse.path(LINE_QUALITY)) / "_delta_log"
    newest = max(path for path in log.glob("*.json"))
    newest.write_bytes(newest.read_bytes()[:-40])
    for path in log.glob("*.crc"):
        path.unlink()
    warehouse.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def written_twice(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose table is at version 2, to be copied."""
    made = Warehouse(spark, str(tmp_path_factory.mktemp("twice") / "warehouse"), STAMP)
    run_that_writes(made, 2020, 2021)
    run_that_writes(made, 2021, number=2)
    return Path(made.root)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (delete, "written by DELETE"),
        (restore, "written by RESTORE"),
        (change, "written by UPDATE"),
        (lose_newest_commit, "at version 1, but version 2 is on record"),
        (cut_newest_commit, "line_quality"),
    ],
)
def test_what_an_operator_has_done_is_refused_by_name(
    spark: SparkSession, written_twice: Path, tmp_path: Path, operation: Callable[[Warehouse], None], told: str
) -> None:
    warehouse = Warehouse(spark, str(shutil.copytree(written_twice, tmp_path / "warehouse")), STAMP)
    operation(warehouse)
    with pytest.raises(WarehouseRefused, match=told) as refusal:
        run_that_takes(warehouse, 2021)
    assert "\n" not in str(refusal.value)


def test_a_run_reads_what_it_pinned_although_the_table_moves_on(warehouse: Warehouse) -> None:
    run_that_writes(warehouse, 2021)
    with recorded(warehouse, (2021,), print):
        warehouse.take(LINE_QUALITY, (2021,))
        change(warehouse)
        assert [row.lines for row in warehouse.read_year(LINE_QUALITY, 2021).collect()] == [1]


def test_a_commit_of_somebody_else_between_makes_the_run_fail(warehouse: Warehouse) -> None:
    run_that_writes(warehouse, 2020, 2021)

    def crossed() -> None:
        with recorded(warehouse, (2021,), print):
            warehouse.take(LINE_QUALITY, (2021,))
            change(warehouse)
            warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark, 2021), (2021,))

    with pytest.raises(WarehouseRefused, match="by somebody else"):
        crossed()
    assert runs(warehouse)[-1].outcome == "refused"


def test_a_commit_of_somebody_else_while_rows_are_written_stops_the_commit(warehouse: Warehouse) -> None:
    """Even one that Delta would put its own commit on top of, as it touches no file."""
    run_that_writes(warehouse, 2020, 2021)
    log = Path(warehouse.path(LINE_QUALITY)) / "_delta_log"
    next_version = log / f"{DeltaTableOutside(warehouse.path(LINE_QUALITY)).version() + 1:020d}.json"

    def written_meanwhile(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if not next_version.exists():
            next_version.write_text(json.dumps({"commitInfo": {"operation": "somebody else"}}) + "\n")
        yield from batches

    rows = lines(warehouse.spark, 2021, number=7).mapInArrow(written_meanwhile, "year INT, figure STRING, lines BIGINT")

    def crossed() -> None:
        with recorded(warehouse, (2021,), print):
            warehouse.replace_years(LINE_QUALITY, rows, (2021,))

    with pytest.raises(WarehouseRefused, match="line_quality was written by somebody else"):
        crossed()
    assert sorted(log.glob("*.json"))[-1] == next_version, "nothing came after it"
    assert "somebody else" in next_version.read_text()
    assert run_that_takes(warehouse, 2020, 2021) == [1, 1]


def test_nobody_comes_in_between_several_runs_under_one_lock(warehouse: Warehouse) -> None:
    another = Warehouse(warehouse.spark, warehouse.root, replace(STAMP, run_id="another"))
    with alone_in(warehouse, (2020, 2021), print):
        for number, year in enumerate((2020, 2021), start=1):
            run = warehouse.for_run(replace(STAMP, run_id=f"run {number}"))
            run_that_writes(run, year)
            assert json.loads((Path(warehouse.root) / NAME).read_text())["run_id"] == f"run {number}"
            with pytest.raises(WarehouseRefused, match=f"in use by tests .run run {number}"):
                run_that_writes(another, year)
    assert [run.run_id for run in runs(warehouse)] == ["run 1", "run 2"]
    run_that_writes(another, 2021)


def test_a_run_within_a_run_is_part_of_it(warehouse: Warehouse) -> None:
    with recorded(warehouse, (2020, 2021), print):
        run_that_writes(warehouse, 2020)
        run_that_writes(warehouse, 2021)
    (run,) = runs(warehouse)
    assert (run.years, [each.year for each in run.years_written]) == ([2020, 2021], [2020, 2021])


def test_a_second_run_is_refused_meanwhile(warehouse: Warehouse) -> None:
    another = Warehouse(warehouse.spark, warehouse.root, replace(STAMP, run_id="another"))
    with (
        recorded(warehouse, (2021,), print),
        pytest.raises(WarehouseRefused, match="in use by tests"),
        recorded(another, (2020,), print),
    ):
        pass
    assert not (Path(warehouse.root) / NAME).exists()


def test_a_run_that_was_killed_is_written_down_by_the_next(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = run_that_fails(warehouse, 2021, number=1)
    run_that_writes(warehouse, 2021)
    (Path(warehouse.root) / NAME).write_text(killed)
    other = Warehouse(warehouse.spark, warehouse.root, replace(STAMP, run_id="next"))
    run_that_writes(other, 2021, number=2)
    assert "has died: its lock is taken over" in capsys.readouterr().out
    assert [run.outcome for run in runs(warehouse)].count("broken off") == 1


def test_a_year_without_rows_is_left_as_such(warehouse: Warehouse) -> None:
    """As the quarantine of a good delivery is: Delta makes no commit of nothing."""
    for _ in range(2):
        with recorded(warehouse, (2021,), print):
            assert warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark), (2021,)) == 0
        assert run_that_takes(warehouse, 2021) == []
    run_that_writes(warehouse, 2021)
    with recorded(warehouse, (2021,), print):
        warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark), (2021,))
    assert run_that_takes(warehouse, 2021) == []


def test_a_table_between_is_known_by_what_it_was_made_from_and_what_it_holds(warehouse: Warehouse) -> None:
    with recorded(warehouse, (2021,), print):
        warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark, 2021), (2021,))
        warehouse.made_from(LINE_QUALITY, {2021: "claims of 2021"})
    left = warehouse.unchanged(LINE_QUALITY, 2021)
    assert left is not None
    assert left.made_from == "claims of 2021"
    change(warehouse)
    warehouse.begin(None)
    assert warehouse.unchanged(LINE_QUALITY, 2021) is None


def release(year: int, date: dt.date, version: int) -> Release:
    return Release("stat_x", year, year, date, version, "run")


def test_a_publication_is_one_commit_and_replaces_the_same_release(warehouse: Warehouse) -> None:
    first, second = dt.date(2022, 10, 1), dt.date(2023, 10, 1)
    with recorded(warehouse, (2021,), print):
        publish(warehouse, [release(2020, first, 1), release(2021, first, 1)])
    with recorded(warehouse, (2021,), print):
        publish(warehouse, [*published(warehouse), release(2021, first, 2), release(2021, second, 2)])
    assert published(warehouse) == (
        release(2020, first, 1),
        release(2021, first, 2),
        release(2021, second, 2),
    )
    assert warehouse.version(RELEASES) == 2  # creation and two publications
    elsewhere = pl.read_delta(warehouse.path(RELEASES)).sort("year", "release_date")
    assert elsewhere.select("year", "release_date", "version").rows() == [
        (2020, first, 1),
        (2021, first, 2),
        (2021, second, 2),
    ]


def test_releases_that_have_fallen_back_are_refused(warehouse: Warehouse) -> None:
    for version in (1, 2):
        with recorded(warehouse, (2021,), print):
            publish(warehouse, [*published(warehouse), release(2021, dt.date(2022, 10, version), version)])
    log = Path(warehouse.path(RELEASES)) / "_delta_log"
    for path in log.glob("*2.*"):
        path.unlink()
    warehouse.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    with pytest.raises(WarehouseRefused, match="releases is at version 1, but version 2 is on record"):
        published(warehouse)

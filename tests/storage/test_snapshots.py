"""Which files hold the rows of a table: read from the commits, and asked of Delta where there is a checkpoint."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from delta.tables import DeltaTable
from pyspark.sql import SparkSession

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.year_tables import LINE_QUALITY
from imaatlas_spark.storage.snapshots import replayed, snapshot_of
from imaatlas_spark.storage.warehouse import Warehouse
from tests.storage.recorded_runs import run_that_writes


def added(path: str, year: int | None, size: int = 10) -> dict[str, Any]:
    values = {} if year is None else {"year": str(year)}
    return {"add": {"path": path, "size": size, "partitionValues": values}}


def removed(path: str) -> dict[str, Any]:
    return {"remove": {"path": path}}


def left(*actions: dict[str, Any]) -> list[tuple[str, int, int | None]]:
    return [(file.path, file.size, file.year) for file in replayed(map(json.dumps, actions))]


def test_what_was_added_and_not_removed_is_left() -> None:
    commits = [
        {"commitInfo": {"operation": "WRITE"}},
        added("year=2020/a", 2020),
        added("year=2021/b", 2021),
        removed("year=2020/a"),
        added("year=2020/c", 2020, size=30),
    ]
    assert left(*commits) == [("year=2021/b", 10, 2021), ("year=2020/c", 30, 2020)]


def test_a_file_that_is_restored_counts_again_and_once() -> None:
    assert left(added("a", None), removed("a"), added("a", None), added("a", None, size=11)) == [("a", 11, None)]


def names_by_delta(spark: SparkSession, path: str) -> set[str]:
    """The files that Delta itself would read, named from the table's folder on."""
    read = spark.read.format("delta").load(path).inputFiles()
    return {str(Path(unquote(urlparse(file).path)).relative_to(path)) for file in read}


@pytest.mark.spark
@pytest.mark.parametrize("operation", ["none", "DELETE", "OPTIMIZE", "RESTORE"])
def test_commits_tell_the_same_files_as_delta(warehouse: Warehouse, operation: str) -> None:
    spark, path = warehouse.spark, warehouse.path(LINE_QUALITY)
    run_that_writes(warehouse, 2020, 2021)
    run_that_writes(warehouse, 2021, number=2)
    table = DeltaTable.forPath(spark, path)
    if operation == "DELETE":
        table.delete("year = 2020")
    if operation == "OPTIMIZE":
        table.optimize().executeCompaction()
    if operation == "RESTORE":
        table.restoreToVersion(1)
    found = snapshot_of(spark, path)
    assert found is not None
    assert {name for names in found.files.values() for name in names} == names_by_delta(spark, path)
    assert found.sizes == {name: (Path(path) / name).stat().st_size for name in names_by_delta(spark, path)}

    of_commits = found.files
    found.java.deltaLog().checkpoint()
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    from_checkpoint = snapshot_of(spark, path)
    assert from_checkpoint is not None
    assert not from_checkpoint.java.logSegment().checkpointProvider().isEmpty()
    assert from_checkpoint.files == of_commits
    assert from_checkpoint.sizes == found.sizes
    by_delta = sorted(spark.read.format("delta").load(path).collect(), key=str)
    assert sorted(found.rows().collect(), key=str) == by_delta
    assert sorted(from_checkpoint.rows().collect(), key=str) == by_delta


@pytest.mark.spark
@pytest.mark.parametrize("sums", ["with", "without"])
def test_a_commit_that_is_cut_when_the_files_are_asked_for_is_refused_by_name(warehouse: Warehouse, sums: str) -> None:
    """Hadoop keeps sums of a file beside it, on a disk."""
    run_that_writes(warehouse, 2020)
    found = snapshot_of(warehouse.spark, warehouse.path(LINE_QUALITY))
    assert found is not None
    newest = max((Path(found.path) / "_delta_log").glob("*.json"))
    newest.write_bytes(newest.read_bytes()[:-40])
    if sums == "without":
        newest.with_name(f".{newest.name}.crc").unlink()
    with pytest.raises(WarehouseRefused, match="line_quality: its _delta_log cannot be read"):
        _ = found.files


@pytest.mark.spark
def test_a_line_of_a_commit_ends_with_a_line_feed_only(warehouse: Warehouse) -> None:
    """JSON may hold what Python, too, takes for the end of a line."""
    run_that_writes(warehouse, 2020)
    path = warehouse.path(LINE_QUALITY)
    newest = max((Path(path) / "_delta_log").glob("*.json"))
    newest.write_text(newest.read_text().replace('"engineInfo":"', '"engineInfo":"\u2028\u0085'), encoding="utf-8")
    for checksum in newest.parent.glob(".*.crc"):
        checksum.unlink()
    warehouse.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    found = snapshot_of(warehouse.spark, path)
    assert found is not None
    assert list(found.files) == [2020]
    assert found.last_commit().rows == 1

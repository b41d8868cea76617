"""The three jobs in one process: the same rows, and nothing is done twice for the same inputs."""

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from imaatlas_spark.schemas.notes import Stamp
from imaatlas_spark.storage.lock import NAME
from imaatlas_spark.storage.warehouse import Warehouse
from tests.deliveries.delivered import state_of
from tests.jobs.conftest import Pipeline, all_rows
from tests.jobs.processes import here

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


@pytest.fixture(scope="module")
def delivery(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the delivery, so that its times may be changed."""
    return shutil.copytree(pipeline.delivery, tmp_path_factory.mktemp("run_years") / "delivery")


def run_years(pipeline: Pipeline, delivery: Path, *options: object) -> int:
    warehouse = delivery.parent / "warehouse"
    common = ("--input", delivery, "--warehouse", warehouse, "--conf-dir", pipeline.conf)
    return here("run_years", *common, "--years", "2020-2021", "--first-year", 2020, *options)


def figures_of(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of all tables but those that tell of the runs themselves."""
    return {table: rows for table, rows in all_rows(warehouse).items() if not table.startswith("metadata/")}


def runs_of(warehouse: Path) -> list[dict[str, Any]]:
    """The rows of `runs`, in the order in which they ended."""
    rows = DeltaTable(warehouse / "runs").to_pyarrow_table().to_pylist()
    return sorted(rows, key=lambda row: row["ended"])


def said(capfd: pytest.CaptureFixture[str]) -> list[str]:
    lines = capfd.readouterr().out.splitlines()
    return [line for line in lines if "done already" in line]


def test_one_process_leaves_the_rows_of_three(
    spark: SparkSession, pipeline: Pipeline, delivery: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_years(pipeline, delivery) == 0
    assert said(capfd) == []
    assert figures_of(delivery.parent / "warehouse") == figures_of(pipeline.warehouse)


def test_what_is_done_already_for_these_inputs_is_left_out(
    spark: SparkSession, pipeline: Pipeline, delivery: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    warehouse = delivery.parent / "warehouse"
    before, ran = state_of(warehouse), runs_of(warehouse)
    assert run_years(pipeline, delivery) == 0
    assert len(said(capfd)) == 3
    assert state_of(warehouse) == before
    steps = runs_of(warehouse)[len(ran) :]
    assert [(run["job"], run["outcome"], run["versions_written"]) for run in steps] == [("run_years", "done", [])] * 3


def test_the_warehouse_is_locked_from_the_first_step_to_the_last(
    spark: SparkSession, pipeline: Pipeline, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[bool] = []
    next_run = Warehouse.for_run

    def seen(warehouse: Warehouse, stamp: Stamp) -> Warehouse:
        locked.append((delivery.parent / "warehouse" / NAME).exists())
        return next_run(warehouse, stamp)

    monkeypatch.setattr(Warehouse, "for_run", seen)
    assert run_years(pipeline, delivery) == 0
    assert locked == [True, True, True]
    assert not (delivery.parent / "warehouse" / NAME).exists()


@pytest.mark.parametrize("job", ["ingest_deliveries", "run_years"])
def test_a_delivery_that_is_refused_is_written_down(
    job: str, spark: SparkSession, pipeline: Pipeline, delivery: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    warehouse = delivery.parent / "warehouse"
    before, ran = state_of(warehouse), runs_of(warehouse)
    spoiled = shutil.copytree(delivery, tmp_path / "spoiled")
    (spoiled / "sectors.csv").write_text("sector\n")
    common = ("--input", spoiled, "--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", "2021")
    assert here(job, *common, *(("--first-year", 2021) if job == "run_years" else ())) == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("refused:")]
    (run,) = runs_of(warehouse)[len(ran) :]
    assert (run["job"], run["outcome"], f"refused: {run['message']}") == (job, "refused", line)
    assert state_of(warehouse) == before


def test_another_release_date_is_published_from_what_is_there(
    spark: SparkSession, pipeline: Pipeline, delivery: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_years(pipeline, delivery, "--release-date", dt.date(2030, 1, 1)) == 0
    assert len(said(capfd)) == 2


def test_a_delivery_that_has_changed_is_ingested_again(
    spark: SparkSession, pipeline: Pipeline, delivery: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for file in (delivery / "claims" / "year=2021").glob("*.parquet"):
        os.utime(file, (0, 0))
    assert run_years(pipeline, delivery) == 0
    assert len(said(capfd)) < 3

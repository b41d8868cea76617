"""The three jobs in one process: nothing is done twice for the same inputs, whichever job has done it.

That it leaves the same rows is held by `test_hostile_settings.py`.
"""

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
from tests.jobs.conftest import Pipeline
from tests.jobs.processes import here

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


@pytest.fixture(scope="module")
def warehouse(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the three jobs have made of the delivery."""
    return shutil.copytree(pipeline.warehouse, tmp_path_factory.mktemp("run_years") / "warehouse")


def run_years(pipeline: Pipeline, warehouse: Path, years: str, *options: object) -> int:
    common = ("--input", pipeline.delivery, "--warehouse", warehouse, "--conf-dir", pipeline.conf)
    return here("run_years", *common, "--years", years, "--first-year", 2020, *options)


def runs_of(warehouse: Path) -> list[dict[str, Any]]:
    """The rows of `runs`, in the order in which they ended."""
    rows = DeltaTable(warehouse / "runs").to_pyarrow_table().to_pylist()
    return sorted(rows, key=lambda row: row["ended"])


def said(capfd: pytest.CaptureFixture[str]) -> list[str]:
    lines = capfd.readouterr().out.splitlines()
    return [line for line in lines if "done already" in line]


def test_what_is_done_already_for_these_inputs_is_left_out(
    spark: SparkSession, pipeline: Pipeline, warehouse: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before, ran = state_of(warehouse), runs_of(warehouse)
    assert run_years(pipeline, warehouse, "2020-2021") == 0
    assert len(said(capfd)) == 3
    assert state_of(warehouse) == before
    steps = runs_of(warehouse)[len(ran) :]
    assert [(run["job"], run["outcome"], run["versions_written"]) for run in steps] == [("run_years", "done", [])] * 3


def test_the_warehouse_is_locked_from_the_first_step_to_the_last(
    spark: SparkSession, pipeline: Pipeline, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[bool] = []
    next_run = Warehouse.for_run

    def seen(of: Warehouse, stamp: Stamp) -> Warehouse:
        locked.append((warehouse / NAME).exists())
        return next_run(of, stamp)

    monkeypatch.setattr(Warehouse, "for_run", seen)
    assert run_years(pipeline, warehouse, "2020-2021") == 0
    assert locked == [True, True, True]
    assert not (warehouse / NAME).exists()


@pytest.mark.parametrize("job", ["ingest_deliveries", "run_years"])
def test_a_delivery_that_is_refused_is_written_down(
    job: str,
    spark: SparkSession,
    pipeline: Pipeline,
    warehouse: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before, ran = state_of(warehouse), runs_of(warehouse)
    spoiled = shutil.copytree(pipeline.delivery, tmp_path / "spoiled")
    (spoiled / "sectors.csv").write_text("sector\n")
    common = ("--input", spoiled, "--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", "2021")
    assert here(job, *common, *(("--first-year", 2021) if job == "run_years" else ())) == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("refused:")]
    (run,) = runs_of(warehouse)[len(ran) :]
    assert (run["job"], run["outcome"], f"refused: {run['message']}") == (job, "refused", line)
    assert state_of(warehouse) == before


def test_another_release_date_is_published_from_what_is_there(
    spark: SparkSession, pipeline: Pipeline, warehouse: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_years(pipeline, warehouse, "2021", "--release-date", dt.date(2030, 1, 1)) == 0
    assert len(said(capfd)) == 2


def test_a_delivery_that_has_changed_is_ingested_again(
    spark: SparkSession, pipeline: Pipeline, warehouse: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = {file: file.stat() for file in (pipeline.delivery / "claims" / "year=2021").glob("*.parquet")}
    for file in files:
        os.utime(file, (0, 0))
    try:
        assert run_years(pipeline, warehouse, "2021") == 0
    finally:
        for file, before in files.items():
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert len(said(capfd)) < 3

"""The three jobs in one process: the same rows, and nothing is done twice for the same inputs."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

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
    before = state_of(delivery.parent / "warehouse")
    assert run_years(pipeline, delivery) == 0
    assert len(said(capfd)) == 3
    assert state_of(delivery.parent / "warehouse") == before


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

"""What a warehouse lacks is refused in one line, and what fails otherwise tells no pseudonym; jobs in this process."""

import shutil
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from tests.deliveries.delivered import state_of, tells_a_pseudonym
from tests.jobs.conftest import Pipeline
from tests.jobs.processes import here

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


@pytest.fixture(scope="module")
def copy_of(spark: SparkSession, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished warehouse."""
    return shutil.copytree(pipeline.warehouse, tmp_path_factory.mktemp("refused") / "warehouse")


REFUSED_IN_SPARK = {
    "GMD history that is missing": (
        "build_source_variables",
        ("--years", 2021),
        ("2019", "ingest_deliveries.py --years 2019 (", "say --first-year 2020", "inputs/claims"),
    ),
    "a year that was never ingested": (
        "build_source_variables",
        ("--years", 2022, "--first-year", 2020),
        ("inputs/claims has no 2022: run ingest_deliveries.py --years 2022",),
    ),
    "a year without source variables": (
        "build_statistics",
        ("--years", "2021-2022"),
        ("2022", "person_year", "build_source_variables.py"),
    ),
}


@pytest.mark.parametrize("name", REFUSED_IN_SPARK)
def test_a_warehouse_that_lacks_something_is_refused(
    name: str, pipeline: Pipeline, copy_of: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    job, arguments, named = REFUSED_IN_SPARK[name]
    before = state_of(copy_of)
    assert here(job, "--warehouse", copy_of, "--conf-dir", pipeline.conf, *arguments) == 2
    assert_one_refusal(capfd, *named)
    assert state_of(copy_of) == before


@pytest.mark.parametrize("first_year", [(), ("--first-year", 2020)])
def test_a_year_whose_rows_were_lost_is_to_be_ingested_again(
    first_year: tuple[object, ...], pipeline: Pipeline, copy_of: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """That the data begin later is no way out: they were there."""
    warehouse = shutil.copytree(copy_of, tmp_path / "warehouse")
    DeltaTable(warehouse / "inputs/claims").delete("year = 2020")
    arguments = ("--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", 2021, *first_year)
    assert here("build_source_variables", *arguments) == 2
    line = assert_one_refusal(capfd, "inputs/claims", "2020", "ingest_deliveries.py --years 2020 again")
    assert "--first-year" not in line


def test_a_missing_median_is_refused(
    pipeline: Pipeline, copy_of: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    warehouse = shutil.copytree(copy_of, tmp_path / "warehouse")
    DeltaTable(warehouse / "inputs/fte_income_medians").delete("year = 2021")
    before = state_of(warehouse)
    arguments = ("--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", 2021, "--first-year", 2020)
    assert here("build_source_variables", *arguments) == 2
    assert_one_refusal(capfd, "median", "clinical_geneticist", "2021")
    assert state_of(warehouse) == before


def test_a_warehouse_without_tables_is_refused(
    spark: SparkSession, pipeline: Pipeline, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for job in ("build_source_variables", "build_statistics"):
        assert here(job, "--warehouse", tmp_path, "--conf-dir", pipeline.conf, "--years", 2021) == 2
        assert_one_refusal(capfd, "2021")
    assert state_of(tmp_path) == {}


def test_an_unexpected_failure_is_no_refusal_and_tells_no_pseudonym(
    pipeline: Pipeline, copy_of: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    warehouse = shutil.copytree(copy_of, tmp_path / "warehouse")
    for path in (warehouse / "source_variables/person_year").glob("year=2021/*.parquet"):
        path.write_bytes(b"PAR1" + bytes(200) + b"PAR1")
    arguments = ("--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", 2021)
    assert here("build_statistics", *arguments, "--statistics", "stat_003_007") == 1
    output = "".join(capfd.readouterr())
    assert "failed: " in output
    assert not tells_a_pseudonym(output)


def assert_one_refusal(capfd: pytest.CaptureFixture[str], *named: str) -> str:
    output = capfd.readouterr()
    lines = output.err.splitlines()
    refusals = [line for line in lines if line.startswith("refused: ")]
    assert len(refusals) == 1, output.err
    assert all(name in refusals[0] for name in named), refusals[0]
    assert "Traceback" not in output.err
    assert "\tat " not in output.err
    assert not tells_a_pseudonym(output.out + output.err)
    return refusals[0]

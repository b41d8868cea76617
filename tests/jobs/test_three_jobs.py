"""Deliveries to statistics as the yearly run does it: spark-submit, exit codes, streams, commits, and run again."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from imaatlas_spark import __version__
from imaatlas_spark.configuration import load_configuration
from tests.deliveries.delivered import Delivery, state_of, tells_a_pseudonym
from tests.jobs.conftest import STATISTICS, Pipeline, Snapshot, all_rows, rows_of
from tests.jobs.processes import here, submit

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


def commits(warehouse: Path, table: str) -> list[dict[str, Any]]:
    """What each commit says of itself, from the first on."""
    logs = sorted((warehouse / table / "_delta_log").glob("*.json"))
    lines = (json.loads(line) for log in logs for line in log.read_text().splitlines())
    return [line["commitInfo"] for line in lines if "commitInfo" in line]


def metadata(warehouse: Path, table: str) -> dict[str, Any]:
    """The userMetadata of the last commit."""
    told: dict[str, Any] = json.loads(commits(warehouse, table)[-1]["userMetadata"])
    return told


def files_of_year(state: dict[str, str], year: int) -> dict[str, str]:
    return {name: file for name, file in state.items() if f"/year={year}/" in name}


def columns(warehouse: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DeltaTable(warehouse / table).to_pyarrow_table().to_pylist()
    return found


@pytest.mark.parametrize("job", ["ingest", "build", "statistics"])
def test_a_job_ends_well_and_tells_no_pseudonym(pipeline: Pipeline, job: str) -> None:
    outcome = getattr(pipeline, job)
    assert outcome.exit_code == 0, outcome.output[-3000:]
    assert not tells_a_pseudonym(outcome.output)
    assert "Traceback" not in outcome.output
    assert "\tat " not in outcome.output


def test_a_job_says_what_it_has_done(pipeline: Pipeline) -> None:
    assert "claims 2021: 33 rows read, 33 accepted, 0 in quarantine" in pipeline.ingest.stdout
    assert "2020" in pipeline.build.stdout
    assert all(code in pipeline.statistics.stdout for code in STATISTICS)


def test_the_tables_stand_where_the_contract_says(first: Snapshot) -> None:
    inputs = (
        *("claims", "population", "practices", "practice_members", "practitioners"),
        *("fte_income_medians", "sectors", "quarantine"),
    )
    expected = {
        *(f"inputs/{name}" for name in inputs),
        *(f"source_variables/{name}" for name in ("person_year", "practice_year", "practitioner_year")),
        *(f"statistics/{code}" for code in STATISTICS),
    }
    assert expected <= set(first.rows)
    assert all(name in first.rows for name in expected)


def test_the_figures_are_those_of_the_delivery(pipeline: Pipeline) -> None:
    persons = columns(pipeline.warehouse, "source_variables/person_year")
    assert len(persons) == 24
    assert sum(person["regcontact"] for person in persons if person["year"] == 2021) == 24 + 4
    assert sum(person["in_medical_house"] for person in persons if person["year"] == 2021) == 2
    houses = columns(pipeline.warehouse, "statistics/stat_003_007")
    (belgium,) = [row for row in houses if row["geo_level"] == "country" and row["year"] == 2021]
    assert (belgium["numerator"], belgium["denominator"], belgium["value"]) == (2, 12, 10_000 * 2 / 12)


def test_every_commit_says_where_it_comes_from(pipeline: Pipeline, first: Snapshot) -> None:
    fingerprint = load_configuration(pipeline.conf).fingerprint
    job_of = {
        "inputs": "ingest_deliveries",
        "source_variables": "build_source_variables",
        "statistics": "build_statistics",
        "metadata": "build_statistics",
    }
    runs: dict[str, set[str]] = {}
    for table in first.rows:
        for commit in commits(pipeline.warehouse, table):
            told = json.loads(commit["userMetadata"])
            assert told["job"] == job_of[table.split("/")[0]]
            assert told["package_version"] == __version__
            assert told["rules_and_cards"] == fingerprint
            runs.setdefault(told["job"], set()).add(told["run_id"])
            if commit["operation"] == "WRITE":
                assert isinstance(told["input_versions"], dict)
    assert {len(ids) for ids in runs.values()} == {1}, "one run, one id"
    assert len(set.union(*runs.values())) == 3, "another run, another id"


@pytest.mark.parametrize(
    ("table", "inputs"),
    [
        ("source_variables/person_year", {"inputs/claims", "inputs/population", "inputs/practices", "inputs/sectors"}),
        ("source_variables/practice_year", {"inputs/practices", "source_variables/person_year"}),
        (
            "source_variables/practitioner_year",
            {"inputs/claims", "inputs/practitioners", "inputs/fte_income_medians"},
        ),
        ("statistics/stat_003_014", {"source_variables/person_year"}),
        ("statistics/stat_003_005", {"source_variables/practice_year"}),
        ("statistics/stat_020_033", {"source_variables/practitioner_year"}),
    ],
)
def test_a_commit_names_the_versions_of_its_inputs(
    pipeline: Pipeline, first: Snapshot, table: str, inputs: set[str]
) -> None:
    told = metadata(pipeline.warehouse, table)["input_versions"]
    assert inputs <= set(told)
    assert told == {name: first.versions[name] for name in told}


def test_a_beginning_of_the_data_is_told_by_the_commit(pipeline: Pipeline, first: Snapshot) -> None:
    assert metadata(pipeline.warehouse, "source_variables/person_year")["first_year"] == 2020


def test_a_garbled_delivery_is_refused_without_a_stack_trace(
    pipeline: Pipeline, first: Snapshot, tmp_path: Path
) -> None:
    """Spark's own process: where a stack trace of Java would show."""
    shutil.copytree(pipeline.delivery, tmp_path / "delivery")
    delivery = Delivery(tmp_path / "delivery")
    delivery.garble(delivery.place("claims", 2021) / "part-0.parquet", "SS00060")
    before = state_of(pipeline.warehouse)
    where = ("--input", delivery.folder, "--warehouse", pipeline.warehouse, "--conf-dir", pipeline.conf)
    outcome = submit("ingest_deliveries", *where, "--years", 2021)
    assert outcome.exit_code == 2, outcome.output[-3000:]
    assert len(outcome.refusals) == 1
    assert "claims/year=2021" in outcome.refusals[0]
    assert "Traceback" not in outcome.output
    assert "\tat " not in outcome.output
    assert "Exception" not in outcome.output
    assert not tells_a_pseudonym(outcome.output)
    assert state_of(pipeline.warehouse) == before


@pytest.fixture(scope="module")
def again(spark: SparkSession, pipeline: Pipeline, first: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three jobs once more, for 2021 alone, in this process and in a copy of the finished warehouse."""
    warehouse = shutil.copytree(pipeline.warehouse, tmp_path_factory.mktemp("again") / "warehouse")
    common = ("--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", 2021)
    assert here("ingest_deliveries", "--input", pipeline.delivery, *common) == 0
    assert here("build_source_variables", *common, "--first-year", 2020) == 0
    assert here("build_statistics", *common) == 0
    return warehouse


def test_a_second_run_leaves_the_same_rows(first: Snapshot, again: Path) -> None:
    rows = all_rows(again)
    assert rows.keys() == first.rows.keys()
    assert [table for table in rows if rows[table] != first.rows[table]] == []


def test_a_second_run_leaves_the_files_of_other_years_alone(first: Snapshot, again: Path) -> None:
    now = state_of(again)
    before = files_of_year(first.files, 2020)
    assert len(before) > 8
    assert files_of_year(now, 2020) == before
    live = {
        f"{table}/{file}"
        for table in first.rows
        for file in DeltaTable(again / table).to_pyarrow_dataset().files
        if "year=2020/" in file
    }
    assert live <= set(before), "the rows of 2020 still live in the files of the first run"


def test_a_second_run_has_an_id_of_its_own(pipeline: Pipeline, first: Snapshot, again: Path) -> None:
    table = "source_variables/person_year"
    assert metadata(again, table)["run_id"] != metadata(pipeline.warehouse, table)["run_id"]


def test_a_later_release_adds_rows_and_the_same_date_replaces_them(pipeline: Pipeline, again: Path) -> None:
    def release(date: str) -> list[dict[str, Any]]:
        common = ("--warehouse", again, "--conf-dir", pipeline.conf, "--years", 2021)
        assert here("build_statistics", *common, "--statistics", "stat_020_033", "--release-date", date) == 0
        return columns(again, "statistics/stat_020_033")

    def of_2021(rows: list[dict[str, Any]], date: str) -> list[dict[str, Any]]:
        return [row for row in rows if row["year"] == 2021 and str(row["release_date"]) == date]

    planned = columns(again, "statistics/stat_020_033")
    later = release("2023-10-01")
    assert len(of_2021(later, "2023-10-01")) == len(of_2021(planned, "2022-10-01")) > 0
    assert len(later) == len(planned) + len(of_2021(later, "2023-10-01"))
    assert {row["obs_status"] for row in of_2021(later, "2022-10-01")} == {"P"}
    assert {row["obs_status"] for row in of_2021(later, "2023-10-01")} == {"A"}
    assert sorted(release("2023-10-01"), key=repr) == sorted(later, key=repr)
    assert [row for row in later if row["year"] == 2020] == [row for row in planned if row["year"] == 2020]


def card_of_persons_with_a_gmd(conf: Path) -> None:
    """A new card, written from one that stands there: another code, another column, per hundred."""
    text = (conf / "statistics/stat_003_007.toml").read_text(encoding="utf-8")
    changes = {
        'code = "stat_003_007"': 'code = "stat_999_001"',
        'measure = "rate_per_10000"': 'measure = "percentage"',
        "scale = 10000": "scale = 100",
        'column = "in_medical_house"': 'column = "has_gmd"',
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (conf / "statistics/stat_999_001.toml").write_text(text, encoding="utf-8")


def test_a_card_alone_makes_a_statistic(pipeline: Pipeline, again: Path, tmp_path: Path) -> None:
    conf = shutil.copytree(pipeline.conf, tmp_path / "conf")
    card_of_persons_with_a_gmd(conf)
    arguments = ("--warehouse", again, "--conf-dir", conf, "--years", "2020,2021", "--statistics", "stat_999_001")
    assert here("build_statistics", *arguments) == 0
    persons = columns(again, "source_variables/person_year")
    figures = columns(again, "statistics/stat_999_001")
    places = {"country": lambda person: "01000", "municipality": lambda person: person["municipality"]}
    places["sector"] = lambda person: person["sector"]
    for level, place in places.items():
        for year in (2020, 2021):
            published = [row for row in figures if (row["geo_level"], row["year"]) == (level, year)]
            assert published
            for row in published:
                there = [each for each in persons if each["year"] == year and place(each) == row["geo_code"]]
                with_gmd = sum(each["has_gmd"] for each in there)
                assert (row["numerator"], row["denominator"]) == (with_gmd, len(there))
                assert row["value"] == (100 * with_gmd / len(there) if there else None)
                assert row["obs_status"] == ("A" if there else "M")
    assert any(row["numerator"] for row in figures if row["geo_level"] == "municipality")


def test_the_first_run_is_still_as_it_was(pipeline: Pipeline, first: Snapshot) -> None:
    """Nothing above has written into the warehouse of the first run."""
    assert state_of(pipeline.warehouse) == first.files
    assert rows_of(pipeline.warehouse, "inputs/quarantine") == []

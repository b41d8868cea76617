"""What is read from Spark's event logs: work, time, writes of tables, tasks."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from benchmarks.event_log import SparkWork, Stage, busy_seconds, spark_work, stages, united, write_seconds

SQL = "org.apache.spark.sql.execution.ui.SparkListenerSQLExecution"
SAVE = "Arguments: org.apache.spark.sql.delta.sources.DeltaDataSource@1f, [replacewhere=year IN (2021), path=/w/{}], O"


def logged(folder: Path, events: Iterable[Mapping[str, object]]) -> Path:
    (folder / "local-1").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    return folder


def task_end(stage: int, milliseconds: int = 0, reason: str = "Success", metrics: object = None) -> dict[str, object]:
    return {
        "Event": "SparkListenerTaskEnd",
        "Stage ID": stage,
        "Task End Reason": {"Reason": reason},
        "Task Info": {"Launch Time": 1000, "Finish Time": 1000 + milliseconds},
        "Task Metrics": metrics,
    }


def read_and_shuffled(stage: int, read: int, shuffled: int) -> dict[str, object]:
    metrics = {
        "Input Metrics": {"Bytes Read": read},
        "Shuffle Write Metrics": {"Shuffle Bytes Written": shuffled},
        "Disk Bytes Spilled": 7,
    }
    return task_end(stage, metrics=metrics)


def execution(number: int, plan: str, begin: int, end: int) -> list[dict[str, object]]:
    begun = {"executionId": number, "physicalPlanDescription": plan, "time": begin}
    return [{"Event": f"{SQL}Start", **begun}, {"Event": f"{SQL}End", "executionId": number, "time": end}]


def job(number: int, begin: int, end: int) -> list[dict[str, object]]:
    return [
        {"Event": "SparkListenerJobStart", "Job ID": number, "Submission Time": begin},
        {"Event": "SparkListenerJobEnd", "Job ID": number, "Completion Time": end},
    ]


def test_an_exchange_is_a_stage_that_wrote_a_shuffle(tmp_path: Path) -> None:
    events = [
        {"Event": "SparkListenerJobStart", "Job ID": 0},
        read_and_shuffled(stage=0, read=100, shuffled=10),
        read_and_shuffled(stage=0, read=100, shuffled=0),
        read_and_shuffled(stage=1, read=0, shuffled=20),
        read_and_shuffled(stage=2, read=0, shuffled=0),
        {"Event": "SparkListenerTaskEnd", "Stage ID": 3},
    ]
    expected = SparkWork(jobs=1, exchanges=2, bytes_read=200, bytes_shuffled=30, bytes_spilled=28)
    assert spark_work(logged(tmp_path, events)) == expected
    assert spark_work(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("intervals", "length"),
    [
        ([], 0),
        ([(5, 9)], 4),
        ([(0, 2), (4, 5)], 3),
        ([(4, 6), (0, 5)], 6),
        ([(0, 10), (2, 3), (4, 5)], 10),
        ([(0, 2), (2, 4)], 4),
    ],
)
def test_what_intervals_cover_together(intervals: list[tuple[int, int]], length: int) -> None:
    assert united(intervals) == length


def test_jobs_at_once_are_busy_once(tmp_path: Path) -> None:
    assert busy_seconds(logged(tmp_path, [*job(0, 1000, 3000), *job(1, 2000, 4000), *job(2, 9000, 9500)])) == 3.5


def test_writes_of_a_table_are_added_up(tmp_path: Path) -> None:
    events = [
        *execution(0, SAVE.format("inputs/claims"), 0, 1500),
        *execution(1, "Location: InMemoryFileIndex [file:/d/claims]", 100, 1400),
        *execution(2, SAVE.format("inputs/claims"), 2000, 3000),
        *execution(3, SAVE.format("source_variables/person_year"), 3000, 3250),
    ]
    assert write_seconds(logged(tmp_path, events)) == {"inputs/claims": 2.5, "source_variables/person_year": 0.25}


def test_a_stage_has_the_tasks_that_ended_well_and_read_rows_and_the_table_of_its_query(tmp_path: Path) -> None:
    of_files, of_shuffle = {"Input Metrics": {"Records Read": 5}}, {"Shuffle Read Metrics": {"Total Records Read": 1}}
    nothing = {"Input Metrics": {"Records Read": 0}, "Shuffle Read Metrics": {"Total Records Read": 0}}
    submitted = {"Stage Info": {"Stage ID": 7}, "Properties": {"spark.sql.execution.root.id": "3"}}
    events = [
        *execution(3, SAVE.format("inputs/claims"), 0, 1500),
        {"Event": "SparkListenerStageSubmitted", **submitted},
        *(task_end(7, milliseconds, metrics=of_files) for milliseconds in (2000, 1000, 6000)),
        task_end(7, 90_000, "ExceptionFailure", of_files),
        task_end(7, 10, metrics=nothing),
        task_end(8, 500, metrics=of_shuffle),
    ]
    assert stages(logged(tmp_path, events)) == [Stage(7, "inputs/claims", (2.0, 1.0, 6.0)), Stage(8, "", (0.5,))]


def test_unevenness_is_the_longest_task_against_the_median() -> None:
    assert Stage(1, "", (1.0, 2.0, 2.0, 5.0)).unevenness == 2.5
    assert Stage(1, "", (3.0,)).unevenness == 1.0

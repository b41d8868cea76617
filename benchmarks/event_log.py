"""What Spark's own event log tells of a run."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

_SQL = "org.apache.spark.sql.execution.ui."
_WRITTEN = re.compile(r"DeltaDataSource@.*\bpath=([^\],]+)")


@dataclass(frozen=True)
class SparkWork:
    """An exchange is a stage that wrote a shuffle: what ran, not what was planned."""

    jobs: int
    exchanges: int
    bytes_read: int
    bytes_shuffled: int
    bytes_spilled: int


@dataclass(frozen=True)
class Stage:
    """A stage whose tasks ran: the table that it was run for ('' where it was for none), and each task's seconds."""

    number: int
    table: str
    tasks: tuple[float, ...]

    @cached_property
    def unevenness(self) -> float:
        """The longest task against the median one."""
        return max(self.tasks) / median(self.tasks)


def settings(events: Path) -> dict[str, str]:
    """Spark's settings for one plain log in `events`, a new folder."""
    events.mkdir(parents=True)
    return {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": events.resolve().as_uri(),
    }


def spark_work(events: Path) -> SparkWork | None:
    """The work in all logs of a folder; None where there is none."""
    logs = _logs(events)
    if not logs:
        return None
    jobs, read, shuffled, spilled = 0, 0, 0, 0
    shuffling: set[tuple[Path, int]] = set()
    for log in logs:
        for event in _events(log):
            if event["Event"] == "SparkListenerJobStart":
                jobs += 1
            elif event["Event"] == "SparkListenerTaskEnd":
                metrics = event.get("Task Metrics") or {}
                written = metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
                read += metrics.get("Input Metrics", {}).get("Bytes Read", 0)
                spilled += metrics.get("Disk Bytes Spilled", 0)
                shuffled += written
                if written:
                    shuffling.add((log, event["Stage ID"]))
    return SparkWork(jobs, len(shuffling), read, shuffled, spilled)


def busy_seconds(events: Path) -> float:
    """Seconds in which a Spark job ran, however many ran at once."""
    begun: dict[tuple[Path, int], int] = {}
    intervals = []
    for log in _logs(events):
        for event in _events(log):
            if event["Event"] == "SparkListenerJobStart":
                begun[log, event["Job ID"]] = event["Submission Time"]
            elif event["Event"] == "SparkListenerJobEnd":
                intervals.append((begun[log, event["Job ID"]], event["Completion Time"]))
    return united(intervals) / 1000


def united(intervals: Iterable[tuple[int, int]]) -> int:
    """The length of what the intervals cover together."""
    covered, reached = 0, None
    for begin, end in sorted(intervals):
        reached = begin if reached is None else max(reached, begin)
        covered += max(0, end - reached)
        reached = max(reached, end)
    return covered


def write_seconds(events: Path) -> dict[str, float]:
    """Seconds of all writes of each table: from the start of the query to its commit. Table as `inputs/claims`."""
    seconds: dict[str, float] = defaultdict(float)
    for log in _logs(events):
        begun: dict[int, tuple[str, int]] = {}
        for event in _events(log):
            if event["Event"] == f"{_SQL}SparkListenerSQLExecutionStart" and (table := _table_written(event)):
                begun[event["executionId"]] = table, event["time"]
            elif event["Event"] == f"{_SQL}SparkListenerSQLExecutionEnd" and event["executionId"] in begun:
                table, since = begun[event["executionId"]]
                seconds[table] += (event["time"] - since) / 1000
    return dict(seconds)


def stages(events: Path) -> list[Stage]:
    """Every stage, with its tasks that ended well and read rows: a task may find that its files have none wanted."""
    found = []
    for log in _logs(events):
        tables: dict[str, str] = {}
        table_of: dict[int, str] = {}
        tasks: dict[int, list[float]] = defaultdict(list)
        for event in _events(log):
            if event["Event"] == f"{_SQL}SparkListenerSQLExecutionStart":
                tables[str(event["executionId"])] = _table_written(event)
            elif event["Event"] == "SparkListenerStageSubmitted":
                root = (event.get("Properties") or {}).get("spark.sql.execution.root.id", "")
                table_of[event["Stage Info"]["Stage ID"]] = tables.get(root, "")
            elif event["Event"] == "SparkListenerTaskEnd" and _ended_well_with_rows(event):
                info = event["Task Info"]
                tasks[event["Stage ID"]].append(max(1, info["Finish Time"] - info["Launch Time"]) / 1000)
        found += [Stage(number, table_of.get(number, ""), tuple(each)) for number, each in sorted(tasks.items())]
    return found


def _ended_well_with_rows(task: dict[str, Any]) -> bool:
    metrics = task.get("Task Metrics") or {}
    of_files = metrics.get("Input Metrics", {}).get("Records Read", 0)
    of_shuffles = metrics.get("Shuffle Read Metrics", {}).get("Total Records Read", 0)
    ended_well: bool = task["Task End Reason"]["Reason"] == "Success"
    return ended_well and of_files + of_shuffles > 0


def _table_written(execution: dict[str, Any]) -> str:
    """The folder of a warehouse and the table in it that a query writes; '' for all other queries."""
    written = _WRITTEN.search(execution["physicalPlanDescription"])
    return "/".join(written[1].rsplit("/", 2)[-2:]) if written else ""


def _logs(events: Path) -> list[Path]:
    return [log for log in sorted(events.glob("*")) if log.is_file() and not log.name.startswith(".")]


def _events(log: Path) -> Iterator[dict[str, Any]]:
    with log.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)

"""What Spark's own event log tells of a run."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SparkWork:
    """An exchange is a stage that wrote a shuffle: what ran, not what was planned."""

    jobs: int
    exchanges: int
    bytes_read: int
    bytes_shuffled: int
    bytes_spilled: int


def spark_work(events: Path) -> SparkWork | None:
    """The work in all logs of a folder; None where there is none."""
    logs = [log for log in events.glob("*") if log.is_file()]
    if not logs:
        return None
    jobs, read, shuffled, spilled = 0, 0, 0, 0
    shuffling: set[tuple[Path, int]] = set()
    for log in logs:
        for line in log.open(encoding="utf-8"):
            event = json.loads(line)
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

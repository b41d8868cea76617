"""What a benchmark starts and watches: processes, jobs through spark-submit, the deliveries that they are given."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil  # type: ignore[import-untyped]
import pyarrow.parquet as pq

from benchmarks.event_log import settings
from tools.spark_submit import submit_command

_SAMPLE_EVERY = 0.2
Runner = TypeVar("Runner")


@dataclass(frozen=True)
class Ran:
    """A process that has ended: seconds from its start to its end, bytes of its whole tree at the worst moment."""

    seconds: float
    peak_memory: int
    exit_code: int


def watched(command: Sequence[str]) -> Ran:
    started = time.monotonic()
    process = psutil.Popen(command)
    peak = peak_memory(process)
    return Ran(time.monotonic() - started, peak, process.returncode)


def peak_memory(process: psutil.Popen) -> int:
    """Wait for the end; the most memory that the process and its descendants held on the way.

    Shared pages are shared out: a JVM that starts a small program for a moment stands there twice.
    """
    peak = 0
    while True:
        try:
            process.wait(timeout=_SAMPLE_EVERY)
            return peak
        except psutil.TimeoutExpired:
            peak = max(peak, sum(map(resident, (process, *process.children(recursive=True)))))


def resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def submitted(job: str, *arguments: str, memory: str, events: Path | None = None, options: Sequence[str] = ()) -> Ran:
    """Run one job through spark-submit, its event log in the new folder `events`; a job that fails ends everything."""
    if events:
        shutil.rmtree(events, ignore_errors=True)
    set_here = {"spark.ui.enabled": "false"} | (settings(events) if events else {})
    options = ("--driver-memory", memory, *options)
    ran = watched(submit_command(job, *arguments, options=options, settings=set_here))
    if ran.exit_code:
        raise SystemExit(f"jobs/{job}.py ended with exit code {ran.exit_code}: see above")
    return ran


def drawn(folder: Path, persons: int, years: str, memory: str) -> Path:
    """The delivery of these persons and years, drawn if it is not there: the job leaves a whole one or none."""
    delivery = folder / f"delivery-{persons}-{years}"
    if not delivery.is_dir():
        what = ("--output", str(delivery), "--persons", str(persons), "--years", years)
        submitted("draw_synthetic", *what, memory=memory)
    return delivery


def in_turn(runners: Sequence[Runner], turn: int) -> list[Runner]:
    """All of them, every turn beginning with the next: whoever always came first would find the files uncached."""
    begin = turn % len(runners)
    return [*runners[begin:], *runners[:begin]]


def lines_of(claims: Path) -> int:
    """Claim lines in the files of a folder."""
    return sum(pq.read_metadata(file).num_rows for file in claims.glob("*.parquet"))

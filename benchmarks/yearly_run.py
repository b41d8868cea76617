"""The yearly run on one machine: each job through spark-submit, its lines per second, memory and spill.

    make yearly [PERSONS=1150000] [YEAR=2021] [MEMORY=4g]

The delivery is drawn once and kept under `bench/`. Lines are the claim lines of the year. Memory is what
the job's processes hold at the worst moment; spill is what Spark's own event log tells.
"""

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.event_log import spark_work
from benchmarks.processes import drawn, lines_of, submitted
from benchmarks.readme import show, table


@dataclass(frozen=True)
class Measured:
    """One job: seconds with the start of its session, bytes at the worst moment, bytes spilled to disk."""

    job: str
    seconds: float
    peak_memory: int
    spilled: int


def measured(job: str, folder: Path, memory: str, *arguments: str) -> Measured:
    """Run one job and read what it took."""
    events = folder / "events" / job
    ran = submitted(job, *arguments, memory=memory, events=events)
    work = spark_work(events)
    assert work, f"{job} left no event log"
    return Measured(job, ran.seconds, ran.peak_memory, work.bytes_spilled)


def as_markdown(results: list[Measured], lines: int, persons: int, memory: str) -> str:
    rows = (
        (
            f"`{each.job}`",
            f"{each.seconds:.0f}",
            f"{lines / each.seconds:,.0f}",
            f"{each.peak_memory / 2**30:.1f}",
            f"{each.spilled / 2**20:,.0f}",
        )
        for each in results
    )
    head = f"{persons:,} persons, {lines:,} claim lines, driver memory {memory}, session start included:"
    return "\n".join(
        [head, "", *table("job | seconds | lines per second | peak memory, GB | spilled to disk, MB", rows)]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=1_150_000)
    parser.add_argument("--year", default="2021")
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    asked = parser.parse_args()
    delivery, warehouse = drawn(asked.folder, asked.persons, asked.year, asked.memory), asked.folder / "warehouse"
    shutil.rmtree(warehouse, ignore_errors=True)
    target = ("--warehouse", str(warehouse), "--years", asked.year)
    results = [
        measured("ingest_deliveries", asked.folder, asked.memory, "--input", str(delivery), *target),
        measured("build_source_variables", asked.folder, asked.memory, *target, "--first-year", asked.year),
        measured("build_statistics", asked.folder, asked.memory, *target),
    ]
    lines = lines_of(delivery / "claims" / f"year={asked.year}")
    shown = as_markdown(results, lines, asked.persons, asked.memory)
    print(shown)
    show("yearly", shown)


if __name__ == "__main__":
    main()

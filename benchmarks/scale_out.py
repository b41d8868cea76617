"""One worker of one core against two, on a standalone cluster on this machine; or, with --skew, how even tasks are.

    python -m benchmarks.scale_out [--persons 300000] [--memory 2g] [--repeat 2]
    python -m benchmarks.scale_out --skew [--persons 300000] [--parallelism 16]

The jobs that read all claim lines run on each cluster, turn about; the driver stands beside it on the same machine.
Told is the best turn of: the whole submit, the time in which a Spark job runs, and the writes that claim lines feed.
For --skew see `benchmarks.skew`.
"""

import argparse
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.event_log import busy_seconds, write_seconds
from benchmarks.processes import drawn, in_turn, lines_of, submitted
from benchmarks.readme import show, table
from benchmarks.skew import judged
from imaatlas_spark.schemas.inputs import CLAIMS
from imaatlas_spark.schemas.year_tables import PERSON_PRACTICE_YEAR, PERSON_YEAR
from tools.standalone_cluster import standalone_cluster

WORKERS = (1, 2)
CLAIM_HEAVY = tuple(each.path for each in (CLAIMS.table, PERSON_PRACTICE_YEAR, PERSON_YEAR))

# Seconds of what is told, in the order of the table.
Seconds = Mapping[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=300_000)
    parser.add_argument("--year", type=int, default=2021)
    parser.add_argument("--memory", default="2g", help="of the driver and of each executor")
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--skew", action="store_true", help="no cluster: one huge practice and one huge person")
    parser.add_argument("--parallelism", type=int, default=16, help="--skew: tasks as on so many cores")
    asked = parser.parse_args()
    delivery = drawn(asked.folder, asked.persons, str(asked.year), asked.memory)
    if asked.skew:
        judged(delivery, asked.folder / "skew", asked.year, asked.memory, asked.parallelism)
        return
    turns: dict[int, list[Seconds]] = {workers: [] for workers in WORKERS}
    for turn in range(asked.repeat):
        for workers in in_turn(WORKERS, turn):
            turns[workers].append(measured(workers, delivery, asked.folder / "scale-out", asked.year, asked.memory))
            print(f"turn {turn}, workers {workers}: {turns[workers][-1]}", flush=True)
    shutil.rmtree(asked.folder / "scale-out")
    shown = as_markdown(turns, asked.persons, lines_of(delivery / f"claims/year={asked.year}"), asked.memory)
    print(shown)
    show("scale-out", shown)


def measured(workers: int, delivery: Path, folder: Path, year: int, memory: str) -> Seconds:
    """Both jobs on a new warehouse and a new cluster."""
    shutil.rmtree(folder, ignore_errors=True)
    target = ("--warehouse", str((folder / "warehouse").resolve()), "--years", str(year))
    jobs = {
        "ingest_deliveries": ("--input", str(delivery.resolve()), *target),
        "build_source_variables": (*target, "--first-year", str(year)),
    }
    seconds: dict[str, float] = {}
    writes: dict[str, float] = {}
    with standalone_cluster(workers, memory, folder / "work") as master:
        options = ("--master", master, "--executor-memory", memory, "--conf", "spark.driver.host=127.0.0.1")
        for job, arguments in jobs.items():
            events = folder / "events" / job
            ran = submitted(job, *arguments, memory=memory, events=events, options=options)
            seconds[f"`{job}`, the whole submit"] = ran.seconds
            seconds[f"`{job}`, while a Spark job runs"] = busy_seconds(events)
            writes |= write_seconds(events)
    return seconds | {f"write of `{path}`": writes[path] for path in CLAIM_HEAVY}


def as_markdown(turns: Mapping[int, Sequence[Seconds]], persons: int, lines: int, memory: str) -> str:
    """The best turn of each figure on either cluster, and how many times faster the second is."""
    one, two = (best_of(turns[workers]) for workers in WORKERS)
    rows = ((name, f"{one[name]:.1f}", f"{two[name]:.1f}", f"{one[name] / two[name]:.2f}") for name in one)
    head = f"{persons:,} persons, {lines:,} claim lines. Memory of each executor: {memory}. Turns: {len(turns[1])}."
    return "\n".join([head, "", *table("seconds, best turn | one worker | two workers | speed-up", rows)])


def best_of(turns: Sequence[Seconds]) -> Seconds:
    return {name: min(seconds[name] for seconds in turns) for name in turns[0]}


if __name__ == "__main__":
    main()

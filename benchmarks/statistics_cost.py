"""What more statistics cost: one, the five of the sheets and all, published turn about.

    python -m benchmarks.statistics_cost --warehouse DIR --years 2021 [--jobs] [--memory 4g] [--repeat 3]

The warehouse is not touched: what publication reads of it is copied to a folder that is removed afterwards.
In one session all is published once before the clock starts, so that all turns replace what is there and none
pays for compiled plans. With `--jobs` each publication is a job of its own, as users run it: through spark-submit, the
start of its session and compilation included, into a warehouse without statistics.
"""

import argparse
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.processes import in_turn, submitted
from benchmarks.readme import show, table
from benchmarks.rivals.spark_session import session_in
from benchmarks.rivals.task import STATISTICS
from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.periods import in_words, parse_years
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.ledger import RUNS
from imaatlas_spark.schemas.year_tables import YEAR_TABLES
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.publication import Publication, everything_free
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.storage.warehouse import Warehouse

Seconds = Mapping[str, list[float]]
Publish = Callable[[str], float]  # the name of a set to the seconds that its publication took
ONE, FIVE, ALL = "`stat_003_014`", "the five of the sheets", "all"
SETS: Mapping[str, Iterable[str] | None] = {ONE: ("stat_003_014",), FIVE: STATISTICS, ALL: None}
_READ = (SECTORS.table, *YEAR_TABLES.values(), RUNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", type=Path, required=True, help="with source variables of the years")
    parser.add_argument("--years", type=parse_years, required=True)
    parser.add_argument("--jobs", action="store_true", help="each publication a job of its own")
    parser.add_argument("--conf-dir", type=Path, default=Path("conf"))
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="statistics-", dir=asked.folder) as scratch:
        for each in _READ:
            shutil.copytree(asked.warehouse / each.path, Path(scratch) / "warehouse" / each.path)
        seconds = as_jobs(Path(scratch), asked) if asked.jobs else in_one_session(Path(scratch), asked)
    shown = as_markdown(seconds, asked.years, asked.memory, asked.threads)
    print(shown)
    show("statistics as jobs" if asked.jobs else "statistics", shown)


def in_one_session(scratch: Path, asked: argparse.Namespace) -> Seconds:
    spark = session_in(scratch, asked.conf_dir, asked.memory, asked.threads, "statistics_cost")
    job = Run(spark, load_configuration(asked.conf_dir), "benchmark")

    def publish(name: str) -> float:
        started = time.perf_counter()
        warehouse = Warehouse(spark, str(scratch / "warehouse"), job.stamp)
        chosen = releases(job.configuration, SETS[name], asked.years, None)
        build_statistics(Publication.of(job, warehouse, chosen), everything_free)
        return time.perf_counter() - started

    try:
        publish(ALL)
        return turns(publish, asked.repeat)
    finally:
        spark.stop()


def as_jobs(scratch: Path, asked: argparse.Namespace) -> Seconds:
    warehouse = scratch / "warehouse"
    options = ("--master", f"local[{asked.threads}]")
    target = (
        "--warehouse",
        str(warehouse),
        "--years",
        ",".join(map(str, asked.years)),
        "--conf-dir",
        str(asked.conf_dir),
    )

    def publish(name: str) -> float:
        shutil.rmtree(warehouse / "statistics", ignore_errors=True)
        codes = SETS[name]
        chosen = target if codes is None else (*target, "--statistics", ",".join(codes))
        return submitted("build_statistics", *chosen, memory=asked.memory, options=options).seconds

    return turns(publish, asked.repeat)


def turns(publish: Publish, repeat: int) -> Seconds:
    """Seconds of each publication of each set, in the order of the turns."""
    seconds: dict[str, list[float]] = {name: [] for name in SETS}
    for turn in range(repeat):
        for name in in_turn(tuple(SETS), turn):
            seconds[name].append(publish(name))
            print(f"turn {turn}, {name}: {seconds[name][-1]:.1f} s", flush=True)
    return seconds


def as_markdown(seconds: Seconds, years: tuple[int, ...], memory: str, threads: int) -> str:
    """A row for each set; ratios are those of the best turns."""
    best = {name: min(turns) for name, turns in seconds.items()}
    rows = (
        (
            name,
            f"{best[name]:.1f}",
            f"{median(turns):.1f}",
            f"{best[name] / best[ONE]:.2f}",
            f"{best[name] / best[FIVE]:.2f}" if name != ONE else "",
        )
        for name, turns in seconds.items()
    )
    head = f"Years: {in_words(years)}. Threads: {threads}. Memory: {memory}. Turns: {len(seconds[ONE])}."
    return "\n".join([head, "", *table("published | seconds, best | median | x one | x the five", rows)])


if __name__ == "__main__":
    main()

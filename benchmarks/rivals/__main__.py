"""One rival in a process of its own: `python -m benchmarks.rivals NAME ...`, its seconds and figures as files."""

import argparse
import importlib
import json
import os
from pathlib import Path

from benchmarks.rivals.task import Stopwatch, Task, write_figures

RIVALS = {
    "engine": "spark_engine:run",
    "duckdb": "duckdb_engine:run",
    "polars": "polars_engine:run",
    "naive_pyspark": "naive_pyspark:run",
    "floor_spark": "floor:run_spark",
    "floor_duckdb": "floor:run_duckdb",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rival", choices=RIVALS)
    parser.add_argument("--delivery", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="new folder for all that the rival writes")
    parser.add_argument("--conf-dir", type=Path, default=Path("conf"))
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked = vars(parser.parse_args())
    rival = asked.pop("rival")
    task, watch = Task(**asked), Stopwatch()
    limit_polars(task)
    module, function = RIVALS[rival].split(":")
    figures = getattr(importlib.import_module(f"benchmarks.rivals.{module}"), function)(task, watch)
    write_figures(task.folder / "figures.csv", figures)
    (task.folder / "seconds.json").write_text(json.dumps(watch.seconds))


def limit_polars(task: Task) -> None:
    """Polars reads its limits from the environment, once, when it is imported."""
    os.environ["POLARS_MAX_THREADS"] = str(task.threads)
    os.environ["POLARS_OOC_MEMORY_BUDGET_MB"] = str(megabytes(task.memory))
    os.environ["POLARS_OOC_SPILL_DIR"] = str(task.folder / "spill")


def megabytes(memory: str) -> int:
    """`4g` or `512m`."""
    return int(memory[:-1]) * {"g": 1024, "m": 1}[memory[-1].lower()]


if __name__ == "__main__":
    main()

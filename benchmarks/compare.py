"""The engine and its rivals on one delivery, turn about, each in a process of its own; their figures must be equal.

    make bench [PERSONS=1150000] [YEAR=2021] [YEARS=2019-2021] [MEMORY=4g] [RIVALS=engine,duckdb]

The delivery is drawn once and kept. What is timed is the work after a session is up; the start is told apart. Files
have been read before by some other rival, so that all read from the page cache. One figure that differs fails it all.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from benchmarks.event_log import spark_work
from benchmarks.plot import plot
from benchmarks.processes import drawn, in_turn, lines_of, watched
from benchmarks.results import FOLDER, Run, as_markdown, write_readme, write_runs
from benchmarks.rivals.__main__ import RIVALS
from benchmarks.rivals.task import Figures, Task, differences, read_figures
from imaatlas_spark.periods import parse_years


def main() -> None:
    asked = arguments().parse_args()
    asked.years = asked.years or str(asked.year)
    if asked.year not in parse_years(asked.years):
        raise SystemExit(f"--year {asked.year} is not among --years {asked.years}")
    delivery = drawn(asked.folder, asked.persons, asked.years, asked.memory)
    runs: list[Run] = []
    expected: dict[str, Figures] = {}
    for turn in range(asked.repeat):
        for rival in in_turn([each for each in asked.rivals if turn == 0 or each not in asked.once], turn):
            task = Task(delivery, asked.folder / "work", Path("conf"), asked.year, asked.memory, asked.threads)
            run = measured(rival, turn, asked.persons, task)
            print(f"turn {turn}, {rival}: {run.work:.1f} s" if run.seconds else f"turn {turn}, {rival}: failed")
            runs.append(run)
            if not run.seconds and rival == "engine":
                raise SystemExit("the engine failed: see above")
            if run.seconds and not rival.startswith("floor"):
                refuse_differences(rival, read_figures(task.folder / "figures.csv"), expected)
    shutil.rmtree(asked.folder / "work")
    runs.sort(key=lambda run: (asked.rivals.index(run.rival), run.turn))
    write_runs(FOLDER / f"{asked.persons}-persons-{asked.years}.csv", runs)
    print(as_markdown(runs))
    write_readme()
    plot()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=1_150_000)
    parser.add_argument("--year", type=int, default=2021, help="the year whose statistics are made")
    parser.add_argument("--years", help="years to draw, 2019-2021: those before count as history; default: the year")
    parser.add_argument("--memory", default="4g", help="for Spark's driver, DuckDB and Polars alike")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rivals", type=names, default=list(RIVALS), help=f"of {', '.join(RIVALS)}; default: all")
    parser.add_argument("--once", type=names, default=[], help="rivals that run in the first turn only: slow ones")
    return parser


def names(text: str) -> list[str]:
    """An argument type: rivals with commas between."""
    unknown = set(text.split(",")) - set(RIVALS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no rival is called {min(unknown)}: known are {', '.join(RIVALS)}")
    return text.split(",")


def measured(rival: str, turn: int, persons: int, task: Task) -> Run:
    """Run one rival; a failure is a run without seconds."""
    shutil.rmtree(task.folder, ignore_errors=True)
    task.folder.mkdir(parents=True)
    given = {"delivery": task.delivery, "folder": task.folder, "conf-dir": task.conf_dir, "year": task.year}
    limits = {"memory": task.memory, "threads": task.threads}
    options = [part for name, value in (given | limits).items() for part in (f"--{name}", str(value))]
    ran = watched([sys.executable, "-m", "benchmarks.rivals", rival, *options])
    seconds = json.loads((task.folder / "seconds.json").read_text()) if ran.exit_code == 0 else {}
    years = (task.year,) if rival.startswith("floor") else task.years
    lines = sum(lines_of(task.delivery / f"claims/year={year}") for year in years)
    spark = spark_work(task.folder / "events")
    return Run(rival, turn, persons, lines, task.threads, task.memory, ran.peak_memory, seconds, spark)


def refuse_differences(rival: str, found: Figures, expected: dict[str, Figures]) -> None:
    """The first figures are what all later ones, of whatever rival and turn, are held against."""
    first, figures = next(iter(expected.items()), (rival, found))
    expected.setdefault(first, figures)
    if not found or (differing := differences(figures, found)):
        raise SystemExit("\n".join([f"{first} and {rival} differ:", *(differing if found else ["no figures"])]))


if __name__ == "__main__":
    main()

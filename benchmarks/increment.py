"""What a year costs that is added to a warehouse, and what one costs that is delivered again because of late bookings.

    python -m benchmarks.increment [--persons 100000] [--memory 4g] [--repeat 2]

A warehouse holds 2017-2020 (2019 and 2020 built and published). Every turn takes a copy of it, adds 2021, then 2022,
then ingests and builds 2020 again, each job in a process of its own. What each step wrote must lie in the folders of
its year, or be a register: a file anywhere else ends it with exit code 1.
"""

import argparse
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from benchmarks.processes import drawn, lines_of, submitted
from benchmarks.readme import show, table
from imaatlas_spark.schemas.inputs import FTE_INCOME_MEDIANS, REGISTERS, SECTORS

DRAWN, HELD, BUILT = "2017-2022", "2017-2020", "2019-2020"
STEPS = ((2021, "2021 added to 2017-2020"), (2022, "2022 added to 2017-2021"), (2020, "2020 delivered again"))
PHASES = ("ingest_deliveries", "build_source_variables", "build_statistics")
_UNDATED = frozenset(source.table.path for source in (*REGISTERS, FTE_INCOME_MEDIANS, SECTORS))


@dataclass(frozen=True)
class Step:
    """One year put into a warehouse: seconds of each job with its session, and the folders that got new files."""

    name: str
    year: int
    lines: int
    seconds: tuple[float, ...]
    folders: tuple[str, ...]

    @property
    def all_seconds(self) -> float:
        return sum(self.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    parser.add_argument("--repeat", type=int, default=2)
    asked = parser.parse_args()
    delivery = drawn(asked.folder, asked.persons, DRAWN, asked.memory)
    folder = asked.folder / "increment"
    shutil.rmtree(folder, ignore_errors=True)
    held, warehouse = folder / "held", folder / "warehouse"
    put_in(delivery, held, HELD, BUILT, asked.memory)
    steps: list[Step] = []
    for _ in range(asked.repeat):
        shutil.rmtree(warehouse, ignore_errors=True)
        shutil.copytree(held, warehouse)
        for year, name in STEPS:
            steps.append(measured(name, year, delivery, warehouse, asked.memory))
            print(f"{name}: {steps[-1].all_seconds:.1f} s", flush=True)
    shutil.rmtree(folder)
    shown = as_markdown(steps, asked.persons, asked.memory)
    print(shown)
    show("increment", shown)
    refuse_other_years(steps)


def put_in(delivery: Path, warehouse: Path, ingested: str, built: str, memory: str) -> tuple[float, ...]:
    """Ingest years, then build and publish years: the seconds of the three jobs."""
    target = ("--warehouse", str(warehouse))
    arguments = (
        ("--input", str(delivery), *target, "--years", ingested),
        (*target, "--years", built),
        (*target, "--years", built),
    )
    return tuple(submitted(job, *each, memory=memory).seconds for job, each in zip(PHASES, arguments, strict=True))


def measured(name: str, year: int, delivery: Path, warehouse: Path, memory: str) -> Step:
    before = data_files(warehouse)
    seconds = put_in(delivery, warehouse, str(year), str(year), memory)
    folders = new_folders(before, data_files(warehouse))
    return Step(name, year, lines_of(delivery / f"claims/year={year}"), seconds, folders)


def data_files(warehouse: Path) -> frozenset[str]:
    """The data files of all tables, those of Delta's logs apart: every write makes files of new names."""
    files = (path.relative_to(warehouse) for path in warehouse.rglob("*.parquet"))
    return frozenset(file.as_posix() for file in files if "_delta_log" not in file.parts)


def new_folders(before: frozenset[str], after: frozenset[str]) -> tuple[str, ...]:
    """The folders, `inputs/claims/year=2020` or `inputs/practices`, in which there are files that were not there."""
    return tuple(sorted({str(PurePosixPath(file).parent) for file in after - before}))


def of_other_years(folders: Iterable[str], year: int) -> list[str]:
    """Folders that are neither of the year nor of a table without years."""
    return [each for each in folders if each not in _UNDATED and PurePosixPath(each).name != f"year={year}"]


def refuse_other_years(steps: Iterable[Step]) -> None:
    strange = [f"{step.name}: {folder}" for step in steps for folder in of_other_years(step.folders, step.year)]
    if strange:
        raise SystemExit("\n".join(["new files where none should be:", *strange]))


def as_markdown(steps: Sequence[Step], persons: int, memory: str) -> str:
    """The best turn of each step against that of the first, then where they wrote."""
    best = {name: min((s for s in steps if s.name == name), key=lambda s: s.all_seconds) for _, name in STEPS}
    first = next(iter(best.values()))
    rows = (
        (
            name,
            f"{step.lines:,}",
            *(f"{seconds:.1f}" for seconds in step.seconds),
            f"{step.all_seconds:.1f}",
            f"{step.all_seconds / first.all_seconds:.2f}",
        )
        for name, step in best.items()
    )
    head = (
        f"{persons:,} persons a year. Memory: {memory}. Turns: {len(steps) // len(STEPS)}. Seconds with session starts."
    )
    columns = "step | claim lines | ingest | source variables | statistics | all, best | x the first"
    return "\n".join([head, "", *table(columns, rows), "", *map(_where, best.values())])


def _where(step: Step) -> str:
    """`- 2020 delivered again: new files in year=2020 of ...; in ...`."""
    dated = [
        str(PurePosixPath(each).parent) for each in step.folders if PurePosixPath(each).name == f"year={step.year}"
    ]
    other = sorted(set(step.folders) - {f"{each}/year={step.year}" for each in dated})
    return (
        f"- {step.name}: new files in `year={step.year}` of {', '.join(dated)}; and in {', '.join(other) or 'nothing'}"
    )


if __name__ == "__main__":
    main()

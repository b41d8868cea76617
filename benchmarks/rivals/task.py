"""What every rival is asked and what it gives back."""

import csv
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATISTICS = ("stat_003_014", "stat_003_005", "stat_003_007", "stat_020_033", "cube_013_007")
SESSION, INGEST, SOURCE_VARIABLES, FIGURES, READ = "session", "ingest", "source_variables", "statistics", "read"
_GMD_YEARS_BEFORE = 2

# (statistic, year, geo_level, geo_code, *dimension members) -> (numerator, denominator); a count has no denominator.
Figures = dict[tuple[Any, ...], tuple[int, int | None]]


@dataclass(frozen=True)
class Task:
    """One year's statistics from a delivery, within so much memory and so many threads. `folder` is the rival's own."""

    delivery: Path
    folder: Path
    conf_dir: Path
    year: int
    memory: str = "4g"
    threads: int = 2

    @property
    def years(self) -> tuple[int, ...]:
        """The year, after those of the two years before that were delivered (global medical records)."""
        before = range(self.year - _GMD_YEARS_BEFORE, self.year)
        return (*(year for year in before if (self.delivery / f"claims/year={year}").is_dir()), self.year)

    def statistic(self, code: str) -> Path:
        """Where a rival that writes Parquet puts a statistic."""
        return self.folder / f"statistics/year={self.year}/{code}.parquet"


@dataclass
class Stopwatch:
    """Seconds of each phase; what lies outside the phases (imports, session start) is not work."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def figures_of(code: str, year: int, rows: Iterable[Mapping[str, Any]], dimensions: Iterable[str]) -> Figures:
    """The rows of one statistic that are not all zero."""
    names = ("geo_level", "geo_code", *dimensions)
    return {
        (code, year, *(row[name] for name in names)): (row["numerator"], row["denominator"])
        for row in rows
        if row["numerator"] or row["denominator"]
    }


def write_figures(path: Path, figures: Figures) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        for key, (numerator, denominator) in sorted(figures.items()):
            rows.writerow([numerator, "" if denominator is None else denominator, *key])


def read_figures(path: Path) -> Figures:
    with path.open(newline="", encoding="utf-8") as file:
        return {
            (code, int(year), *rest): (int(numerator), int(denominator) if denominator else None)
            for numerator, denominator, code, year, *rest in csv.reader(file)
        }


def differences(expected: Figures, found: Figures, limit: int = 5) -> list[str]:
    """One line for each of the first figures that differ; none: the same figures."""
    differing = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    shown = [f"{key}: {expected.get(key)} and {found.get(key)}" for key in differing[:limit]]
    return [*shown, f"{len(differing)} figures differ"] if differing else []

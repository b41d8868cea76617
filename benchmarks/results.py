"""The runs of a comparison as a CSV file for each size, and the tables that README.md shows of them."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from statistics import median

from benchmarks.event_log import SparkWork
from benchmarks.readme import README, show, table

FOLDER = Path(__file__).with_name("results")
PHASES = ("session", "ingest", "source_variables", "statistics", "read")
_NUMBERS = ("turn", "persons", "lines", "threads", "peak_memory")
_SPARK = tuple(each.name for each in fields(SparkWork))
_YARDSTICK = {"floor_spark": "floor_duckdb", "floor_duckdb": "floor_duckdb"}


@dataclass(frozen=True)
class Run:
    """One process of one rival. `lines` are the claim lines that it was given; nothing in `seconds`: it failed."""

    rival: str
    turn: int
    persons: int
    lines: int
    threads: int
    memory: str
    peak_memory: int
    seconds: dict[str, float] = field(default_factory=dict)
    spark: SparkWork | None = None

    @property
    def work(self) -> float:
        """Seconds of all phases but the start of a session."""
        return sum(seconds for phase, seconds in self.seconds.items() if phase != "session")


def write_runs(path: Path, runs: Iterable[Run]) -> None:
    """One row a run: a column for each phase, and for each thing that an event log tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = [each.name for each in fields(Run) if each.name not in {"seconds", "spark"}]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, [*plain, *PHASES, *_SPARK], extrasaction="ignore", lineterminator="\n")
        rows.writeheader()
        for run in runs:
            seconds = {phase: round(value, 3) for phase, value in run.seconds.items()}
            rows.writerow(asdict(run) | seconds | (asdict(run.spark) if run.spark else {}))


def read_runs(path: Path) -> list[Run]:
    runs = []
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            seconds = {phase: float(row[phase]) for phase in PHASES if row[phase]}
            spark = SparkWork(*(int(row[name]) for name in _SPARK)) if row["jobs"] else None
            turn, persons, lines, threads, peak = (int(row[name]) for name in _NUMBERS)
            runs.append(Run(row["rival"], turn, persons, lines, threads, row["memory"], peak, seconds, spark))
    return runs


def by_rival(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """The runs that ended well, of each rival; a rival of which none did has an empty list."""
    grouped: dict[str, list[Run]] = {}
    for run in runs:
        grouped.setdefault(run.rival, []).extend([run] if run.seconds else [])
    return grouped


def as_markdown(runs: Sequence[Run]) -> str:
    """The runs of one size: seconds, then what Spark did for them."""
    first, grouped = runs[0], by_rival(runs)
    floors = " Floors read one year only." if any(rival.startswith("floor") for rival in grouped) else ""
    return "\n".join(
        [
            f"### {first.persons:,} persons, {max(run.lines for run in runs):,} claim lines",
            "",
            f"Threads: {first.threads}. Memory: {first.memory}. {_turns(runs)} "
            f"Seconds of a phase: the best turn.{floors}",
            "",
            *table(
                "rival | ingest | x DuckDB | source variables | statistics | both, x DuckDB | all work, best | median "
                "| x DuckDB | lines/s/core | peak memory, GB | session start",
                (_seconds_row(rival, grouped) for rival in grouped),
            ),
            *_spark_table(grouped),
        ]
    )


def _turns(runs: Sequence[Run]) -> str:
    all_turns = 1 + max(run.turn for run in runs)
    number = Counter(run.rival for run in runs)
    fewer = [f"of `{rival}` {turns}" for rival, turns in number.items() if turns < all_turns]
    return f"Turns: {', '.join([str(all_turns), *fewer])}."


def _spark_table(grouped: dict[str, list[Run]]) -> list[str]:
    last = {rival: runs[-1].spark for rival, runs in grouped.items() if runs}
    rows = [_spark_row(rival, spark) for rival, spark in last.items() if spark]
    header = "on Spark | jobs | exchanges | read, MB | shuffled, MB | spilled, MB"
    return ["", *table(header, rows)] if rows else []


def _seconds_row(rival: str, grouped: dict[str, list[Run]]) -> Sequence[str]:
    runs, yardstick = grouped[rival], grouped.get(_YARDSTICK.get(rival, "duckdb"), [])
    if not runs:
        return (f"`{rival}`", *["did not finish"] * 11)
    work = min(run.work for run in runs)
    return (
        f"`{rival}`",
        _shown(_best(runs, "ingest")),
        _ratio(_best(runs, "ingest"), _best(yardstick, "ingest")),
        _shown(_best(runs, "source_variables")),
        _shown(_best(runs, "statistics")),
        _ratio(_best(runs, "source_variables", "statistics"), _best(yardstick, "source_variables", "statistics")),
        _shown(work),
        _shown(median(run.work for run in runs)),
        _ratio(work, min((run.work for run in yardstick), default=None)),
        f"{runs[0].lines / work / runs[0].threads:,.0f}",
        f"{max(run.peak_memory for run in runs) / 2**30:.1f}",
        _shown(_best(runs, "session")),
    )


def _best(runs: Iterable[Run], *phases: str) -> float | None:
    """The fewest seconds that a turn took for `phases` together; None where a rival has not all of them."""
    took = [[run.seconds[phase] for phase in phases if phase in run.seconds] for run in runs]
    return min((sum(seconds) for seconds in took if len(seconds) == len(phases)), default=None)


def _shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _ratio(seconds: float | None, others: float | None) -> str:
    return f"{seconds / others:.1f}" if seconds and others else ""


def _spark_row(rival: str, spark: SparkWork) -> Sequence[str]:
    sizes = (spark.bytes_read, spark.bytes_shuffled, spark.bytes_spilled)
    return (f"`{rival}`", str(spark.jobs), str(spark.exchanges), *(f"{size / 2**20:,.0f}" for size in sizes))


def write_readme(readme: Path = README, folder: Path = FOLDER) -> None:
    """Every size that has been measured, the smallest first, between the markers."""
    sizes = sorted((read_runs(path) for path in folder.glob("*.csv")), key=lambda runs: runs[0].lines)
    parts = [*(as_markdown(runs) for runs in sizes), "![Time against size](results/time_against_size.png)"]
    show("rivals", "\n\n".join(parts), readme)

"""What the comparison keeps as CSV, and shows."""

from pathlib import Path

import pytest

from benchmarks.event_log import SparkWork
from benchmarks.readme import markers
from benchmarks.results import Run, as_markdown, read_runs, write_readme, write_runs

WORK = SparkWork(jobs=12, exchanges=3, bytes_read=5 * 2**20, bytes_shuffled=2**20, bytes_spilled=0)
SLOW = {"session": 4.0, "ingest": 3.0, "source_variables": 0.5, "statistics": 0.5}
RUNS = [
    Run("engine", 0, 1000, 40_000, 2, "1g", 2**30, SLOW, WORK),
    Run("engine", 1, 1000, 40_000, 2, "1g", 2**31, {each: seconds / 2 for each, seconds in SLOW.items()}, WORK),
    Run("duckdb", 0, 1000, 40_000, 2, "1g", 2**29, {"ingest": 0.75, "source_variables": 0.05, "statistics": 0.2}),
    Run("naive_pyspark", 0, 1000, 40_000, 2, "1g", 2**29, {"session": 1.0, "statistics": 8.0}, WORK),
    Run("polars", 0, 1000, 40_000, 2, "1g", 2**29),
]


def test_runs_come_back_from_their_file(tmp_path: Path) -> None:
    write_runs(tmp_path / "runs.csv", RUNS)
    assert read_runs(tmp_path / "runs.csv") == RUNS


def test_the_table_leaves_the_session_out_of_the_work() -> None:
    table = as_markdown(RUNS)
    assert "| `engine` | 1.5 | 2.0 | 0.2 | 0.2 | 2.0 | 2.0 | 3.0 | 2.0 | 10,000 | 2.0 | 2.0 |" in table
    assert "| `duckdb` | 0.8 | 1.0 | 0.1 | 0.2 | 1.0 | 1.0 | 1.0 | 1.0 | 20,000 | 0.5 |  |" in table
    assert "| `naive_pyspark` |  |  |  | 8.0 |  | 8.0 | 8.0 | 8.0 | 2,500 | 0.5 | 1.0 |" in table
    assert "| `polars` | did not finish |" in table
    assert "| `engine` | 12 | 3 | 5 | 1 | 0 |" in table
    assert "Turns: 2, of `duckdb` 1, of `naive_pyspark` 1, of `polars` 1." in table


def test_a_table_needs_no_other_rivals() -> None:
    table = as_markdown([run for run in RUNS if run.rival in {"engine", "duckdb"}])
    assert "| `engine` | 1.5 | 2.0 | 0.2 | 0.2 | 2.0 | 2.0 | 3.0 | 2.0 |" in table
    assert "floor" not in table.lower()
    alone = as_markdown([run for run in RUNS if run.rival == "engine"])
    assert "| `engine` | 1.5 |  | 0.2 | 0.2 |  | 2.0 | 3.0 |  |" in alone


@pytest.mark.jobs
def test_readme_and_picture_show_every_size(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    begin, end = markers("rivals")
    readme.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    write_runs(tmp_path / "small.csv", RUNS)
    write_runs(tmp_path / "large.csv", [Run("duckdb", 0, 2000, 80_000, 2, "1g", 1, {"ingest": 2.0})])
    write_readme(readme, tmp_path)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{begin}\n### 1,000 persons, 40,000 claim lines")
    assert "### 2,000 persons" in text
    assert text.endswith(f"{end}\nafter\n")
    assert "old" not in text
    from benchmarks.plot import plot

    plot(tmp_path, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 0

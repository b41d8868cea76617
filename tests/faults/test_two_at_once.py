"""Two runs at once: one works, the other is refused, and no row is doubled or lost."""

from pathlib import Path

import pytest

from tests.faults.conftest import (
    BUILD,
    INGEST,
    OTHER_YEAR,
    PUBLISH,
    YEAR,
    World,
    figures,
    input_rows,
    year_rows,
)
from tests.faults.started import Started

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


def at_once(world: World, warehouse: Path, *jobs: tuple[str, list[object]]) -> list[int]:
    """Start jobs side by side; their exit codes. Whoever is refused says that another run is in the warehouse."""
    started = [Started.job(job, *arguments, warehouse=warehouse) for job, arguments in jobs]
    outcomes = [each.end() for each in started]
    for outcome in outcomes:
        if outcome.exit_code:
            assert outcome.exit_code == 2, outcome.output[-3000:]
            assert len(outcome.refusals) == 1
            assert "in use by" in outcome.refusals[0]
    return [outcome.exit_code for outcome in outcomes]


def test_the_same_job_and_year(world: World, tmp_path: Path) -> None:
    warehouse = world.copy(tmp_path / "warehouse", INGEST)
    job = (BUILD, world.arguments(BUILD, warehouse))
    assert 0 in at_once(world, warehouse, job, job)
    assert world.run(PUBLISH, warehouse) == 0
    assert year_rows(warehouse) == year_rows(world.after)
    assert figures(warehouse) == figures(world.after)


def test_the_same_job_for_other_years(world: World, tmp_path: Path) -> None:
    warehouse = world.copy(tmp_path / "warehouse", INGEST)
    jobs = [(BUILD, world.arguments(BUILD, warehouse, year=year)) for year in (YEAR, OTHER_YEAR)]
    codes = at_once(world, warehouse, *jobs)
    assert 0 in codes
    for (job, arguments), code in zip(jobs, codes, strict=True):
        if code:
            assert Started.job(job, *arguments, warehouse=warehouse).end().exit_code == 0
    assert year_rows(warehouse) == year_rows(world.after)


def test_an_ingestion_against_a_build(world: World, tmp_path: Path) -> None:
    warehouse = world.copy(tmp_path / "warehouse")
    jobs = [(job, world.arguments(job, warehouse)) for job in (INGEST, BUILD)]
    assert 0 in at_once(world, warehouse, *jobs)
    assert year_rows(warehouse) in (year_rows(world.before), year_rows(world.after))
    assert world.run(INGEST, warehouse) == 0
    assert world.run(BUILD, warehouse) == 0
    assert input_rows(warehouse) == input_rows(world.after)
    assert year_rows(warehouse) == year_rows(world.after)


def test_two_release_dates_of_a_statistic(world: World, tmp_path: Path) -> None:
    warehouse = world.copy(tmp_path / "warehouse")
    dates = ("2023-10-01", "2024-10-01")
    words = ["--statistics", "stat_003_007", "--release-date"]
    jobs = [(PUBLISH, [*world.arguments(PUBLISH, warehouse), *words, date]) for date in dates]
    codes = at_once(world, warehouse, *jobs)
    assert 0 in codes
    for (job, arguments), code in zip(jobs, codes, strict=True):
        if code:
            assert Started.job(job, *arguments, warehouse=warehouse).end().exit_code == 0
    rows = figures(warehouse)
    assert len(rows) == len(set(map(repr, rows)))
    there = figures(world.before)
    added = [row for row in rows if row not in there]
    assert [row for row in there if row in rows] == there, "no release is lost"
    released = [str(value) for row in added for value in row]
    assert released.count(dates[0]) == released.count(dates[1]) == len(added) / 2 > 0


def test_two_first_ingestions(world: World, tmp_path: Path) -> None:
    warehouse = tmp_path / "new"
    job = (INGEST, world.arguments(INGEST, warehouse))
    assert 0 in at_once(world, warehouse, job, job)
    for table, rows in input_rows(warehouse).items():
        of_year = [row for row in input_rows(world.after)[table] if YEAR in row or "inputs/pr" in table]
        assert rows == of_year, table

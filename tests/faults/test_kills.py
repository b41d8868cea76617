"""`kill -9` at a random moment of each job: the next job works from whole inputs or refuses, and the job again heals.

`KILLS` a job (20), `SEED` to repeat. Killed is the job's Java process, its Python process, or both.
"""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.conftest import (
    BUILD,
    INGEST,
    JOBS,
    PUBLISH,
    World,
    figures,
    files_of_other_year,
    input_rows,
    year_rows,
)
from tests.faults.started import Started

pytestmark = [pytest.mark.jobs, pytest.mark.spark]
KILLS = int(os.environ.get("KILLS", "20"))


@pytest.fixture(scope="module")
def seconds(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """How long each job holds the lock when nobody disturbs it."""
    warehouse = world.copy(tmp_path_factory.mktemp("undisturbed") / "warehouse")
    lasted = {}
    for job in JOBS:
        started = Started.job(job, *world.arguments(job, warehouse), warehouse=warehouse)
        started.wait_for_lock()
        begun = time.monotonic()
        assert started.end().exit_code == 0
        lasted[job] = time.monotonic() - begun
    return lasted


@pytest.mark.parametrize("turn", range(KILLS))
@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_is_killed(
    job: str, turn: int, world: World, seconds: dict[str, float], chance: random.Random, tmp_path: Path
) -> None:
    warehouse = world.ready_for(job, tmp_path / "warehouse")
    of_other_year = files_of_other_year(warehouse)
    whole = {"before": year_rows(world.before), "after": year_rows(world.after)}
    published = (figures(world.before), figures(world.after))
    moment, victim = chance.uniform(0, 1.1 * seconds[job]), chance.choice(("all", "java", "python"))
    started = Started.job(job, *world.arguments(job, warehouse), warehouse=warehouse)
    started.wait_for_lock()
    time.sleep(moment)
    started.send(signal.SIGKILL, victim)
    outcome = started.end()
    print(f"{job}: kill -9 of {victim} after {moment:.2f} s, exit code {outcome.exit_code}")

    assert figures(warehouse) in published, "a publication is seen whole or not at all"
    if job == INGEST:
        code = world.run(BUILD, warehouse)
        assert code in (0, 2)
        assert code == 2 or year_rows(warehouse) in whole.values()
        print(f"  {BUILD} then: exit code {code}")
    if job == BUILD:
        code = world.run(PUBLISH, warehouse)
        assert code in (0, 2)
        assert figures(warehouse) in published
        print(f"  {PUBLISH} then: exit code {code}")

    for again in JOBS[JOBS.index(job) :]:
        assert world.run(again, warehouse) == 0
    assert input_rows(warehouse) == input_rows(world.after)
    assert year_rows(warehouse) == whole["after"]
    assert figures(warehouse) == figures(world.after)
    now = files_of_other_year(warehouse)
    assert {name: now.get(name) for name in of_other_year} == of_other_year

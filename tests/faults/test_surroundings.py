"""What a machine does to a job: a full disk, one that can only be read, few open files, SIGTERM, lost executors.

One line names the cause; when it is mended, the job again gives the right rows.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.deliveries.delivered import tells_a_pseudonym
from tests.faults.conftest import BUILD, INGEST, JOBS, PUBLISH, World, figures, input_rows, year_rows
from tests.faults.started import Started
from tests.jobs.processes import Outcome
from tools.standalone_cluster import standalone_cluster

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system in memory; only root may make one."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False)
    if made.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def remount(place: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", place], check=True)


def size_of(folder: Path) -> int:
    """What the files take on a disk whose pages are 4096 bytes."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*") if path.is_file())


def failure_of(outcome: Outcome) -> str:
    assert outcome.exit_code == 1, outcome.output[-3000:]
    assert not tells_a_pseudonym(outcome.output)
    assert "Traceback" not in outcome.output
    assert "\tat " not in outcome.output
    (line,) = [line for line in outcome.output.splitlines() if line.startswith("failed: ")]
    return line


def heals(world: World, warehouse: Path, job: str) -> None:
    for again in JOBS[JOBS.index(job) :]:
        assert world.run(again, warehouse) == 0
    assert input_rows(warehouse) == input_rows(world.after)
    assert year_rows(warehouse) == year_rows(world.after)
    assert figures(warehouse) == figures(world.after)


@pytest.mark.parametrize("job", JOBS)
def test_a_full_disk(job: str, world: World, tmp_path: Path) -> None:
    ready = world.ready_for(job, tmp_path / "ready")
    room = size_of(ready) + 150_000
    with small_disk(tmp_path / "disk", str(room)) as disk:
        warehouse = shutil.copytree(ready, disk / "warehouse")
        arguments = world.arguments(job, warehouse)
        line = failure_of(Started.job(job, *arguments, warehouse=warehouse).end())
        assert "the disk is full" in line
        print(line)
        remount(disk, "size=500m")
        heals(world, warehouse, job)


def test_a_disk_that_can_only_be_read(world: World, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "200m") as disk:
        warehouse = world.copy(disk / "warehouse", INGEST)
        remount(disk, "ro")
        arguments = world.arguments(BUILD, warehouse)
        line = failure_of(Started.job(BUILD, *arguments, warehouse=warehouse).end())
        assert "can only be read" in line
        print(line)
        remount(disk, "rw")
        heals(world, warehouse, BUILD)


@pytest.mark.parametrize("open_files", [340, 360, 380])
@pytest.mark.parametrize("job", JOBS)
def test_few_open_files(job: str, open_files: int, world: World, tmp_path: Path) -> None:
    """Java opens some 300 jars of Spark to start at all; with a hundred more the jobs of so small a nation work."""
    warehouse = world.ready_for(job, tmp_path / "warehouse")
    outcome = Started.job(job, *world.arguments(job, warehouse), warehouse=warehouse, open_files=open_files).end()
    if outcome.exit_code:
        line = failure_of(outcome)
        assert "too many files are open" in line
        print(line)
    heals(world, warehouse, job)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize("victim", ["python", "all"])
def test_a_job_that_is_asked_to_end(number: signal.Signals, victim: str, world: World, tmp_path: Path) -> None:
    warehouse = world.copy(tmp_path / "warehouse", INGEST)
    started = Started.job(BUILD, *world.arguments(BUILD, warehouse), warehouse=warehouse)
    started.wait_for_lock()
    time.sleep(2)
    started.send(number, victim)
    outcome = started.end()
    print(f"{number.name} to {victim}: exit code {outcome.exit_code}: {outcome.output[-300:]}")
    assert outcome.exit_code != 0
    assert not tells_a_pseudonym(outcome.output)
    if victim == "python":
        assert "stopped before its end" in failure_of(outcome)
        assert not (warehouse / "_lock").exists()
    heals(world, warehouse, BUILD)


@pytest.mark.parametrize("job", JOBS)
def test_an_executor_that_is_killed(job: str, world: World, tmp_path: Path) -> None:
    """It costs time, no rows; a publication, which holds its sums in the executors, may end with a line."""
    warehouse = world.ready_for(job, tmp_path / "warehouse")
    with standalone_cluster(workers=2, memory="1g", folder=tmp_path / "work") as master:
        settings = {"spark.executor.memory": "700m", "spark.cores.max": "2"}
        started = Started.job(
            job, *world.arguments(job, warehouse), warehouse=warehouse, settings=settings, master=master
        )
        started.wait_for_lock()
        killed = kill_an_executor()
        outcome = started.end()
    assert killed
    if job == PUBLISH and outcome.exit_code:
        print(failure_of(outcome))
        assert figures(warehouse) == figures(world.before)
    else:
        assert outcome.exit_code == 0, outcome.output[-3000:]
    heals(world, warehouse, job)


def kill_an_executor() -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for process in psutil.process_iter(["cmdline"]):
            if "org.apache.spark.executor.CoarseGrainedExecutorBackend" in (process.info["cmdline"] or []):
                time.sleep(3)
                process.kill()
                return True
        time.sleep(0.1)
    return False

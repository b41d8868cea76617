"""One run at a time writes a warehouse: the lock on a disk, held by real processes. No JVM."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.storage.lock import NAME, Holder, Lock, began, locked, this_host

HOLDER = Holder(
    job="ingest_deliveries",
    run_id="ab12",
    arguments="--years 2021",
    years=(2021,),
    since="2026-03-01T10:00:00+00:00",
    host=this_host(),
    process=os.getpid(),
    engine=0,
    package_version="0.1.0",
    configuration="cd34",
)
_NO_SPARK: Any = None  # a lock on a disk needs none
_HOLD = """
import sys, time
from imaatlas_spark.storage.lock import Holder, locked
with locked(None, sys.argv[1], Holder.from_json(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


def lock(root: Path, holder: Holder = HOLDER) -> Any:
    return locked(_NO_SPARK, str(root), holder)


@contextmanager
def another_process(root: Path, holder: Holder = HOLDER) -> Iterator[subprocess.Popen[str]]:
    """A run that holds the lock of `root` until it is killed."""
    command = [sys.executable, "-c", _HOLD, str(root), holder.as_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_lock_says_who_works_since_when_and_where(tmp_path: Path) -> None:
    with lock(tmp_path):
        told = json.loads((tmp_path / NAME).read_text())
    assert (told["job"], told["years"], told["host"], told["process"]) == (
        "ingest_deliveries",
        [2021],
        this_host(),
        os.getpid(),
    )
    assert told["since"] == "2026-03-01T10:00:00+00:00"


def test_the_lock_goes_when_the_run_ends_well_or_not(tmp_path: Path) -> None:
    with lock(tmp_path):
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / NAME).exists()
    with pytest.raises(ZeroDivisionError), lock(tmp_path):
        raise ZeroDivisionError
    assert not (tmp_path / NAME).exists()


def test_of_several_runs_under_one_lock_it_names_the_present_one(tmp_path: Path) -> None:
    second = replace(HOLDER, run_id="ef56")
    with lock(tmp_path) as held:
        held.pass_to(second)
        assert Holder.from_json((tmp_path / NAME).read_text()) == second
    assert not (tmp_path / NAME).exists()


def test_a_lock_that_was_cleared_is_not_passed_on(tmp_path: Path) -> None:
    with lock(tmp_path) as held:
        (tmp_path / NAME).unlink()
        (tmp_path / NAME).write_text(replace(HOLDER, run_id="another").as_json())
        with pytest.raises(WarehouseRefused, match="was cleared"):
            held.pass_to(replace(HOLDER, run_id="ef56"))
    assert json.loads((tmp_path / NAME).read_text())["run_id"] == "another"


def test_a_second_run_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    with another_process(tmp_path), pytest.raises(WarehouseRefused) as refusal, lock(tmp_path, replace(HOLDER)):
        pass
    assert "ingest_deliveries" in str(refusal.value)
    assert "ab12" in str(refusal.value)
    assert "since 2026-03-01T10:00:00" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_lock_of_a_run_that_was_killed_is_taken_over_and_told(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (tmp_path / NAME).exists()
        with lock(tmp_path, replace(HOLDER, run_id="ef56")) as held:
            assert held.left_by == HOLDER
            assert json.loads((tmp_path / NAME).read_text())["run_id"] == "ef56"
    assert not (tmp_path / NAME).exists()


def test_the_lock_of_another_machine_is_refused_with_the_way_to_clear_it(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(replace(HOLDER, host="elsewhere").as_json())
    with pytest.raises(WarehouseRefused, match="elsewhere") as refusal, lock(tmp_path):
        pass
    assert f"rm '{tmp_path / NAME}'" in str(refusal.value)
    assert json.loads((tmp_path / NAME).read_text())["host"] == "elsewhere", "it is still there"


@pytest.mark.parametrize("text", ["", "{", '{"job": "x"}', "[]"])
def test_a_lock_that_was_half_written_is_taken_over(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with lock(tmp_path) as held:
        assert held.left_by is None


@pytest.mark.slow
def test_a_jvm_that_outlives_its_job_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imaatlas_spark.storage.lock._PATIENCE", 0.5)
    command = ["java", "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(command, executable=sys.executable, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None
        assert engine.stdout.readline() == b"\n"
        for known in ("", began(engine.pid)):
            (tmp_path / NAME).write_text(replace(HOLDER, engine=engine.pid, engine_began=known).as_json())
            with pytest.raises(WarehouseRefused, match="in use") as refusal, lock(tmp_path):
                pass
            assert f"process {engine.pid} lives" in str(refusal.value)
            assert f"rm '{tmp_path / NAME}'" in str(refusal.value), "the way out where the process is another one"
        engine.kill()
        engine.wait()
    with lock(tmp_path) as held:
        assert held.left_by is not None


def test_another_program_with_the_number_of_a_dead_jvm_is_not_waited_for(tmp_path: Path) -> None:
    command = ["java", "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(command, executable=sys.executable, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"\n"
        dead = replace(HOLDER, engine=program.pid, engine_began="of-an-earlier-start 4711")
        (tmp_path / NAME).write_text(dead.as_json())
        with lock(tmp_path) as held:
            assert held.left_by == dead
        program.kill()


def test_a_process_is_known_by_its_begin() -> None:
    assert began(os.getpid()) == began(os.getpid()) != ""
    with subprocess.Popen([sys.executable, "-c", ""]) as program:
        while began(program.pid):  # ended, and not yet waited for
            time.sleep(0.01)
    assert began(program.pid) == ""


def test_the_end_of_a_run_leaves_the_lock_of_another_one(tmp_path: Path) -> None:
    """An operator has cleared the lock of a run that lived, and another run has come."""
    with lock(tmp_path):
        (tmp_path / NAME).unlink()
        another = replace(HOLDER, run_id="ef56").as_json()
        (tmp_path / NAME).write_text(another)
    assert (tmp_path / NAME).read_text() == another


def test_a_warehouse_that_a_refused_run_would_have_made_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock(tmp_path / "new"):
        raise ZeroDivisionError
    assert not (tmp_path / "new").exists()
    with pytest.raises(ZeroDivisionError), lock(tmp_path / "new/and/deep"):
        raise ZeroDivisionError
    assert not (tmp_path / "new").exists()
    with lock(tmp_path / "new"):
        (tmp_path / "new/table").mkdir()
    assert (tmp_path / "new/table").is_dir()


def test_a_lock_that_shall_stay_is_found_by_the_next_run(tmp_path: Path) -> None:
    with lock(tmp_path) as first:
        first.stays = True
    with lock(tmp_path) as held:
        assert isinstance(held, Lock)
        assert held.left_by == HOLDER


@pytest.mark.slow
def test_of_many_first_runs_at_once_one_works_at_a_time(tmp_path: Path) -> None:
    """Six processes ask for the lock of a warehouse that is not there yet; who gets it tells from when until when."""
    program = """
import sys, time
from imaatlas_spark.storage.lock import Holder, locked
with locked(None, sys.argv[1], Holder.from_json(sys.argv[2])):
    begun = time.monotonic()
    time.sleep(0.5)
    print(begun, time.monotonic())
"""
    command = [sys.executable, "-c", program, str(tmp_path / "new"), HOLDER.as_json()]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        for _ in range(6)
    ]
    outcomes = [(run.wait(), *run.communicate()) for run in runs]
    assert [told for code, _, told in outcomes if code and "in use by ingest_deliveries" not in told] == []
    turns = sorted(tuple(map(float, out.split())) for code, out, _ in outcomes if not code)
    assert turns
    assert all(before[1] <= after[0] for before, after in pairwise(turns))


@pytest.mark.parametrize("step", ["stat", "read_text"])
def test_a_lock_that_goes_while_one_looks_at_it_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The other run ends just then: this one works."""
    whole, left = getattr(Path, step), [tmp_path / NAME]

    def gone(path: Path, *arguments: Any, **options: Any) -> Any:
        if path in left:
            left.pop().unlink()
        return whole(path, *arguments, **options)

    with another_process(tmp_path) as process:
        if step == "stat":
            process.kill()
            process.wait()
        monkeypatch.setattr(Path, step, gone)
        with lock(tmp_path) as held:
            assert held.left_by is None
    assert not left


@pytest.mark.slow
@pytest.mark.parametrize("names_itself", [True, False])
def test_a_run_that_has_just_got_the_lock_may_take_a_moment_to_write_its_name(
    tmp_path: Path, names_itself: bool
) -> None:
    descriptor = os.open(tmp_path / NAME, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    naming = threading.Timer(0.3, (tmp_path / NAME).write_text, [HOLDER.as_json() if names_itself else ""])
    naming.start()
    expected = str(HOLDER) if names_itself else "another run"
    with pytest.raises(WarehouseRefused, match=re.escape(f"in use by {expected}: ")), lock(tmp_path):
        pass
    naming.join()
    os.close(descriptor)


def test_a_folder_that_goes_while_one_makes_it_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused run takes the folder along that it would have made."""
    whole, steps = Path.mkdir, [FileExistsError(), FileNotFoundError()]

    def gone(path: Path, *arguments: Any, **options: Any) -> None:
        if steps:
            raise steps.pop()
        whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", gone)
    with lock(tmp_path / "new"):
        assert (tmp_path / "new" / NAME).exists()
    (tmp_path / "a file").write_text("")
    with pytest.raises(OSError, match="a file"), lock(tmp_path / "a file"):
        pass

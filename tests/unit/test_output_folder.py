"""A folder that is written aside: however a job ends, the former folder or the new one is whole."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from imaatlas_spark.failures import Stopped
from imaatlas_spark.output_folder import written_aside
from tests.conftest import CONF

_KILLED = """
import os, signal, sys
from pathlib import Path
from imaatlas_spark.output_folder import written_aside

rename, died_at = Path.rename, int(sys.argv[2])

def counted(path, target):
    global died_at
    died_at -= 1
    if died_at == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(path, target)

Path.rename = counted
with written_aside(Path(sys.argv[1])) as aside:
    aside.mkdir()
    (aside / "new").touch()
    if died_at == 0:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A folder that was written before."""
    write(tmp_path / "site [nl]", "old")
    return tmp_path / "site [nl]"


def write(output: Path, name: str) -> None:
    with written_aside(output) as aside:
        aside.mkdir()
        (aside / name).touch()


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_the_new_folder_takes_the_place_of_the_old_one(output: Path) -> None:
    write(output, "new")
    assert names(output) == ["new"]
    assert names(output.parent) == [output.name]


@pytest.mark.parametrize("end", [ZeroDivisionError, KeyboardInterrupt, Stopped])
def test_a_job_that_ends_while_it_writes_leaves_the_old_one(end: type[BaseException], output: Path) -> None:
    def ended() -> None:
        with written_aside(output) as aside:
            aside.mkdir()
            raise end

    with pytest.raises(end):
        ended()
    assert names(output) == ["old"]
    assert names(output.parent) == [output.name]


@pytest.mark.parametrize("end", [OSError, KeyboardInterrupt, Stopped])
@pytest.mark.parametrize("at", [1, 2])
def test_a_job_that_is_stopped_while_it_renames_leaves_the_old_one(
    at: int, end: type[BaseException], output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, done = Path.rename, []

    def stopped(path: Path, target: Path) -> Path:
        done.append(path)
        if len(done) == at:
            raise end
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(end):
        write(output, "new")
    monkeypatch.undo()
    assert names(output) == ["old"]
    assert names(output.parent) == [output.name]


def test_a_stop_right_after_the_new_one_is_in_place_leaves_that(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def stopped(path: Path, target: Path) -> Path:
        renamed = rename(path, target)
        if target == output:
            raise Stopped
        return renamed

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(Stopped):
        write(output, "new")
    monkeypatch.undo()
    assert names(output) == ["new"]
    assert names(output.parent) == [output.name]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_job_that_is_killed_loses_nothing_and_the_next_one_tidies_up(at: int, output: Path) -> None:
    """Killed when it has written, before the first rename, and between the two."""
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(output), str(at)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(names(output.parent)) > 1

    def failed() -> None:
        with written_aside(output):
            assert names(output) == ["old"], "in its place again"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failed()
    assert names(output.parent) == [output.name]
    assert names(output) == ["old"]


@pytest.mark.parametrize("name", ["{beginning}4711.ab", "{beginning}notes", ".{output}.4711.ab"])
def test_what_others_have_left_beside_it_stays(name: str, output: Path) -> None:
    """Of another machine nobody here knows whether its job lives."""
    with written_aside(output) as aside:
        aside.mkdir()
        elsewhere = aside.name.split(str(os.getpid()))[0].replace(socket.gethostname(), "elsewhere")
    stranger = output.with_name(name.format(beginning=elsewhere, output=output.name))
    stranger.mkdir()
    write(output, "new")
    assert stranger.is_dir()


def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    output = tmp_path / ("a" * 255)
    for name in ("old", "new"):
        write(output, name)
    assert names(output) == ["new"]


def test_a_job_that_lives_keeps_its_folder(output: Path) -> None:
    with written_aside(output) as aside:
        aside.mkdir()
        write(output, "meanwhile")
        assert aside.is_dir()
        assert f".{os.getpid()}." in aside.name
    assert names(output) == []


_TERMINATED = """
import os, signal, sys, time
from pathlib import Path
from imaatlas_spark import cli
from imaatlas_spark.output_folder import written_aside

def work(_configuration, parsed):
    with written_aside(Path(parsed.output)) as aside:
        aside.mkdir()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

arguments = cli.parser("publish_site", "")
arguments.add_argument("--output")
sys.exit(cli.main_without_spark(arguments, work))
"""


def test_a_job_without_spark_that_is_asked_to_end_says_so_and_leaves_the_old_one(output: Path) -> None:
    command = [sys.executable, "-c", _TERMINATED, "--output", str(output), "--conf-dir", str(CONF)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "failed: the job was stopped before its end: run it again\n"
    assert names(output) == ["old"]
    assert names(output.parent) == [output.name]

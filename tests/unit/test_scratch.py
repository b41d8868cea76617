"""What Spark writes beside its tables is nobody else's to read, and is gone after the run, after a killed one too."""

import subprocess
import sys
from pathlib import Path

import pytest

_SPILLS = """
import os, signal, sys
from pathlib import Path
from imaatlas_spark.scratch import scratch_folder
folder = scratch_folder(Path(sys.argv[1]))
assert scratch_folder(Path(sys.argv[1])) == folder, "one a process"
(folder / "blockmgr").mkdir()
(folder / "blockmgr/spilled").write_text("rows")
print(oct(folder.stat().st_mode & 0o777), len(list(Path(sys.argv[1]).iterdir())), flush=True)
"""
ENDS = {"well": "", "with an exit code": "sys.exit(2)", "with an error": "raise ZeroDivisionError"}
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


def run(folder: Path, end: str) -> str:
    command = [sys.executable, "-c", _SPILLS + end, str(folder)]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


@pytest.mark.parametrize("end", ENDS)
def test_the_folder_is_its_owners_alone_and_is_gone_after_the_run(tmp_path: Path, end: str) -> None:
    assert run(tmp_path / "new", ENDS[end]) == "0o700 1\n"
    assert list((tmp_path / "new").iterdir()) == []


def test_what_a_killed_run_has_left_is_removed_by_the_next(tmp_path: Path) -> None:
    run(tmp_path, KILLED)
    (left,) = tmp_path.iterdir()
    assert (left / "blockmgr/spilled").read_text() == "rows"
    assert run(tmp_path, "") == "0o700 1\n"
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_run_that_lives_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SPILLS + "sys.stdin.read()", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as alive:
        assert alive.stdout is not None
        assert alive.stdout.readline() == "0o700 1\n"
        (its,) = tmp_path.iterdir()
        assert run(tmp_path, "") == "0o700 2\n"
        assert list(tmp_path.iterdir()) == [its]
        alive.communicate("")
    assert list(tmp_path.iterdir()) == []

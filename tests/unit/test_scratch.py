"""What Spark writes beside its tables is nobody else's to read, and is gone after the run, after a killed one too."""

import subprocess
import sys
from pathlib import Path

import pytest

from imaatlas_spark.scratch import scratch_folders

_KILLED = """
import os, signal, sys
from pathlib import Path
from imaatlas_spark.scratch import scratch_folders
with scratch_folders([Path(sys.argv[1])]) as folders:
    (folders[0] / "spilled").write_text("rows")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_folder_is_its_owners_alone_and_is_gone_after_the_run(tmp_path: Path) -> None:
    with scratch_folders([tmp_path / "a", tmp_path / "b"]) as folders:
        assert [folder.parent.name for folder in folders] == ["a", "b"]
        assert all(folder.stat().st_mode & 0o777 == 0o700 for folder in folders)
        (folders[0] / "blockmgr").mkdir()
        (folders[0] / "blockmgr/spilled").write_text("rows")
    assert list(tmp_path.glob("*/*")) == []


def test_it_is_gone_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch_folders([tmp_path]):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_is_removed_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    (left,) = tmp_path.iterdir()
    assert (left / "spilled").read_text() == "rows"
    with scratch_folders([tmp_path]) as (own,):
        assert list(tmp_path.iterdir()) == [own]


def test_the_folder_of_a_run_that_lives_stays(tmp_path: Path) -> None:
    with scratch_folders([tmp_path]) as (first,), scratch_folders([tmp_path]) as (second,):
        assert set(tmp_path.iterdir()) == {first, second}

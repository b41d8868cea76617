"""What Spark writes beside its tables (shuffles, spilled rows) lies in a folder of the run's own, and is gone after it.

Rows of persons lie there for as long as a job runs. A job that is killed cannot remove them: the next one does.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

_PREFIX, _OWNER = "imaatlas-", "owner"


@cache
def scratch_folder(parent: Path) -> Path:
    """A folder (0700) in `parent` for as long as this process lives: a session may serve several jobs in it.

    Folders that dead processes have left there go first.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{_PREFIX}*"):
        _remove_if_dead(left)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))  # mkdtemp: nobody else may look into it
    owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(owner, fcntl.LOCK_EX)  # until the process ends, however it ends
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _remove_if_dead(folder: Path) -> None:
    """Whoever made the folder holds its file locked for as long as he lives. Folders of other users are theirs."""
    try:
        owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(owner)

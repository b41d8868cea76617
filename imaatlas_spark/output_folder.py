"""A folder that a job writes whole: beside its place first, then renamed; what was there stays until the end."""

import hashlib
import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imaatlas_spark.errors import ArgumentRefused

_FORMER = ".former"


def refuse_other_folder(output: Path, mark: str, kind: str) -> None:
    """Refused where `output` is a file, or holds something that is no such folder: no file called `mark` lies in it.

    `kind` says what it should be: a site, an export.
    """
    if output.exists() and not output.is_dir():
        raise ArgumentRefused(f"--output {output} is a file: name a folder")
    if output.is_dir() and any(output.iterdir()) and not (output / mark).is_file():
        raise ArgumentRefused(f"--output {output} holds something that is no {kind}: name a new or an empty folder")
    if not output.resolve().parent.is_dir():
        raise ArgumentRefused(f"the folder {output.parent} of --output does not exist: make it first")


@contextmanager
def written_aside(output: Path) -> Iterator[Path]:
    """A folder to write, not there yet: it takes the place of `output` at the end, or is gone if writing fails.

    However the job ends, the former folder or the new one is whole: in its place, or beside it until the next job.
    """
    _tidy_up_after_the_dead(output)
    aside = output.parent / f"{_beginning(output)}{os.getpid()}.{uuid.uuid4().hex}"
    try:
        yield aside
        _put_in_place(aside, output)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put_in_place(aside: Path, output: Path) -> None:
    """Rename the new folder into its place. Should that fail, or be stopped, the old one goes back."""
    former = aside.with_name(f"{aside.name}{_FORMER}")
    try:
        if output.exists():
            output.rename(former)
        aside.rename(output)
    except BaseException:
        if former.exists() and not output.exists():
            former.rename(output)
        raise
    finally:
        if output.exists():
            shutil.rmtree(former, ignore_errors=True)


def _tidy_up_after_the_dead(output: Path) -> None:
    """What jobs of this machine have left that were killed goes; a former folder goes back where its place is empty."""
    beside = list(output.parent.iterdir()) if output.parent.is_dir() else []
    left = [each for each in beside if each.name.startswith(_beginning(output)) and _is_of_a_dead_job(each, output)]
    for folder in left:
        if folder.name.endswith(_FORMER) and not output.exists():
            folder.rename(output)
        shutil.rmtree(folder, ignore_errors=True)


def _beginning(output: Path) -> str:
    """How the names of folders begin that jobs of this machine write aside for `output`."""
    of_output = hashlib.sha256(os.fsencode(output.name)).hexdigest()[:12]  # a name may be as long as names can be
    return f".imaatlas-{of_output}.{socket.gethostname()}."


def _is_of_a_dead_job(folder: Path, output: Path) -> bool:
    process = folder.name.removeprefix(_beginning(output)).split(".")[0]
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (ValueError, OSError):  # somebody else's folder, or a process of another user that lives
        return False
    return False

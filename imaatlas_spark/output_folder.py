"""A folder that a job writes whole: beside its place first, then renamed; what was there stays until the end."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imaatlas_spark.errors import ArgumentRefused


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
    """A folder to write, not there yet: it takes the place of `output` at the end, or is gone if writing fails."""
    aside = output.parent / f".{output.name}.{uuid.uuid4().hex}"
    try:
        yield aside
        _put_in_place(aside, output)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put_in_place(aside: Path, output: Path) -> None:
    """Rename the new folder into its place. Should that fail, the old one goes back."""
    former = aside.with_name(f"{aside.name}.former")
    if output.exists():
        output.rename(former)
    try:
        aside.rename(output)
    except OSError:
        if former.exists():
            former.rename(output)
        raise
    shutil.rmtree(former, ignore_errors=True)

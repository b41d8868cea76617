"""A configuration with exactly one thing changed."""

import shutil
from pathlib import Path

import pytest

from imaatlas_spark.errors import Refused
from tests.conftest import CONF


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of `conf/` in `folder` in which the first `old` of one file has become `new`."""
    copy = folder / "conf"
    shutil.copytree(CONF, copy)
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} no longer holds {old!r}: mend the test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def refuses(refusal: type[Refused], *parts: str) -> "pytest.RaisesExc[Refused]":
    """The block is refused in one line that has each of `parts`: the thing that is wrong, and the fix."""

    def says_it_all(error: Refused) -> bool:
        missing = [part for part in parts if part not in str(error)]
        assert not missing, f"{str(error)!r} does not say {missing}"
        assert "\n" not in str(error).strip()
        return True

    return pytest.RaisesExc(refusal, check=says_it_all)

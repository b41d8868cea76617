"""The shared reference folder next to the project: facts to check against, never a part of it."""

from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"


def reference_file(name: str) -> Path:
    """A file of the folder; without it the test is skipped."""
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"{path} is not here: the shared reference folder is no part of the project")
    return path

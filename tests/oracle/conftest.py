"""The one fixture of the oracle's own tests."""

from pathlib import Path

import pytest

from .small_cases import Case, Run, run


@pytest.fixture(scope="session")
def standing_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case is written over the one before: hundreds of directories take longer than the cases."""
    return tmp_path_factory.mktemp("small_cases")


@pytest.fixture
def computed(standing_directory: Path) -> Run:
    """The tables of a small case."""
    return lambda *arguments, **named: run(standing_directory, Case(*arguments, **named))

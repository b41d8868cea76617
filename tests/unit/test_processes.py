"""The suite runs as two processes, and a warehouse that several files look at is made in one of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.conftest import pytest_ignore_collect


def test_tests_that_share_a_warehouse_stay_together(request: pytest.FixtureRequest) -> None:
    """pytest-xdist tells the groups by the names of the tests; a pytest that it does not know lost them in silence."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("one process runs all tests")
    assert request.node.nodeid.endswith(f"@{request.node.path}")


@pytest.mark.parametrize(
    ("wanted", "text", "left_out"),
    [
        ("not spark and not jobs", "pytestmark = pytest.mark.spark\n", True),
        ("not jobs", "pytestmark = [pytest.mark.jobs, pytest.mark.spark]\n", True),
        ("not slow", "pytestmark = [pytest.mark.jobs, pytest.mark.spark]\n", None),
        ("not spark", "@pytest.mark.spark\ndef test_one() -> None: ...\n", None),  # others of the file are wanted
        ("jobs or not spark", "pytestmark = [pytest.mark.jobs, pytest.mark.spark]\n", None),
        ("spark and not slow", "pytestmark = pytest.mark.spark\n", None),
        ("", "pytestmark = pytest.mark.spark\n", None),
    ],
)
def test_a_file_of_which_nothing_is_wanted_is_not_imported(
    tmp_path: Path, wanted: str, text: str, left_out: bool | None
) -> None:
    (tmp_path / "test_it.py").write_text(text)
    config = cast(pytest.Config, SimpleNamespace(option=SimpleNamespace(markexpr=wanted)))
    assert pytest_ignore_collect(tmp_path / "test_it.py", config) is left_out

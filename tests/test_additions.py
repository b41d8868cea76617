"""Adding does not break: what `docs/examples` adds, in a copy of the project, leaves its linter and its tests green.

Their scenario, and those of the shipped statistics beside them, run in `test_scenarios.py`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.examples import with_examples

pytestmark = pytest.mark.jobs

PARTS = ("imaatlas_spark", "tests", "benchmarks", "tools", "jobs", "docs", "notebooks")
FILES = ("pyproject.toml", "CHANGELOG.md", "README.md", "Makefile")
# The tests of the shipped configuration in the fast layer.
OF_CONFIGURATION = [
    f"tests/unit/test_{name}.py"
    for name in (
        *("cards", "related_cards", "codelists", "counters", "dimensions", "profession_groups", "rules", "rule_texts"),
        *("sheet", "names"),
    )
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a cube on classes of its own, a statistic of two units, a profession and a counter more."""
    folder = tmp_path_factory.mktemp("additions")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, folder)
    with_examples(ROOT / "conf", folder / "conf")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_linter_is_content(copy: Path) -> None:
    linted = run(copy, "imaatlas_spark.configuration", "conf")
    assert (linted.returncode, linted.stderr) == (0, "")
    assert "18 cards, all well" in linted.stdout


def test_the_tests_of_the_configuration_stay_green(copy: Path) -> None:
    tested = run(copy, "pytest", "-q", "-p", "no:cacheprovider", *OF_CONFIGURATION)
    assert tested.returncode == 0, tested.stdout[-3000:]

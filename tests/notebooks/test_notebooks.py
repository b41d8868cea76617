"""The notebooks run from top to bottom on a small Atlas, without Spark: they print tables and draw pictures."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from imaatlas_spark.configuration import Configuration
from tests.conftest import ROOT
from tests.reader.published import Release, publish

pytestmark = pytest.mark.slow

YEARS = (2019, 2020, 2021)
MEAN, CUBE, COUNT = "stat_003_014", "cube_003_014", "stat_020_033"
RELEASES = (
    *(Release(code, year, year, dt.date(year + 2, 7, 1)) for code in (MEAN, COUNT) for year in YEARS),
    *(Release(MEAN, year, 2025, dt.date(year + 2, 7, 1)) for year in YEARS),
    *(Release(CUBE, year, year, dt.date(year + 2, 7, 1)) for year in YEARS),
    Release(MEAN, 2021, 2021, dt.date(2024, 1, 15), more=3, hidden=frozenset({("municipality", "11001")})),
)
EXPECTED = {
    "read_the_atlas": (
        1,
        ["clinical geneticists", "Flanders", "IMA_AIM (25/09/2025), stat_003_014, Atlas"],
    ),
    "researcher": (1, ["Leuven", "90 or more", "Antwerpen", "denominator_2025", "cube_003_014, Atlas IMA_AIM"]),
    "before_a_release": (1, ["changed", "Not shown: confidential", "least_threshold"]),
    "municipality": (2, ["Average number", "Leuven", "stat_003_014, Atlas IMA_AIM"]),
}


@pytest.fixture(scope="module")
def warehouse(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(configuration, tmp_path_factory.mktemp("notebooks") / "warehouse", RELEASES)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_notebook_prints_tables_and_draws_pictures(
    warehouse: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbformat
    from nbclient import NotebookClient

    pictures, words = EXPECTED[name]
    monkeypatch.setenv("IMAATLAS_WAREHOUSE", str(warehouse))
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel draws into the notebook
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    run_in = {"metadata": {"path": os.fspath(ROOT)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=run_in).execute()
    outputs: list[Any] = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == pictures
    shown = "".join(output.get("text", "") + str(output.get("data", {}).get("text/plain", "")) for output in outputs)
    for word in words:
        assert word in shown, word


def test_every_notebook_is_run() -> None:
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == set(EXPECTED)

"""The notebook runs from top to bottom on published tables, without Spark."""

import os
from pathlib import Path

import pytest

from tests.conftest import ROOT, NastyAtlas

pytestmark = pytest.mark.spark


def test_the_notebook_prints_a_table_and_draws_a_chart(nasty: NastyAtlas, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("IMAATLAS_WAREHOUSE", str(Path(nasty.engine.warehouse.root)))
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel draws into the notebook
    notebook = nbformat.read(ROOT / "notebooks" / "read_the_atlas.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": os.fspath(ROOT)}}
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert any("Brussels" in output.get("text", "") + str(output.get("data", {})) for output in outputs)

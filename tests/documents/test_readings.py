"""The definitions list every reading as the configuration prints it: what a data owner turns is what the page says."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration.__main__ import main

DEFINITIONS = Path(__file__).parent.parent.parent / "docs/definitions.md"


def test_the_definitions_hold_the_readings_that_the_configuration_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Red: put what `python -m imaatlas_spark.configuration --readings` prints between the two marks."""
    monkeypatch.setattr("sys.argv", ["configuration", "--readings"])
    main()
    between = DEFINITIONS.read_text(encoding="utf-8").split("<!-- readings: begin -->")[1]
    assert between.split("<!-- readings: end -->")[0].strip() == capsys.readouterr().out.strip()

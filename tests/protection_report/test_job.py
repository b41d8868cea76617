"""`jobs/report_protection.py`: what it writes and what it refuses, without Spark."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.protection_report.words import INSIDE
from tests.conftest import ROOT
from tests.jobs.processes import here
from tests.protection_report.made import CONTACTS, HOUSES, IN_HOUSES, LOYALTY, MEAN, WITH_ACTIVE, Made, made

HIDDEN = {str(amount[nis]) for amount in (IN_HOUSES, WITH_ACTIVE, CONTACTS) for nis in ("11002", "11004")}


@pytest.fixture(scope="module")
def warehouse(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(configuration).write(tmp_path_factory.mktemp("job") / "warehouse")


@pytest.fixture(autouse=True)
def loaded_once(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped configuration is not loaded again by each job of this process."""
    monkeypatch.setattr("imaatlas_spark.cli.load_configuration", lambda _folder: configuration)


@pytest.fixture(scope="module")
def written(warehouse: Path) -> tuple[str, Path]:
    """What a process of its own says, and the folder that it writes; nothing of Spark is loaded."""
    output = warehouse.parent / "report"
    program = (
        "import sys, runpy; sys.argv = ['report_protection', '--warehouse', sys.argv[1], '--years', '2021', "
        "'--output', sys.argv[2]]\n"
        "try: runpy.run_path('jobs/report_protection.py', run_name='__main__')\n"
        "except SystemExit as ended: assert ended.code == 0, ended.code\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in {'pyspark', 'py4j', 'delta'}]"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(warehouse), str(output)], capture_output=True, text=True,
        cwd=ROOT, check=False, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, output


def test_everything_says_at_its_head_that_it_is_for_inside(written: tuple[str, Path]) -> None:
    text, output = written
    assert " ".join(text.split()).startswith(INSIDE)
    page = (output / "protection.html").read_text(encoding="utf-8")
    assert INSIDE in page.split("<h2>")[0]


def test_no_hidden_value_is_told(written: tuple[str, Path]) -> None:
    """Neither on the terminal nor in a file, of cells whose values occur nowhere else."""
    text, output = written
    told = [text, *(path.read_text(encoding="utf-8") for path in output.iterdir())]
    assert len(told) == 4
    distinct = HIDDEN - {"40", "7"}
    assert len(distinct) == 4
    for each in told:
        in_words = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", each, flags=re.DOTALL)
        assert not distinct & set(re.findall(r"\d+", in_words.replace(",", "")))


def test_the_files_hold_the_lines(written: tuple[str, Path]) -> None:
    _, output = written
    with (output / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["statistic"], row["geo_level"], row["dimensions"]): row for row in csv.DictReader(file)}
    houses = rows[HOUSES, "municipality", "0"]
    assert [houses[name] for name in ("cells", "sensitive", "hidden")] == ["5", "3", "4"]
    assert [houses[f"sensitive_at_{each}"] for each in (3, 5, 10, 20)] == ["2", "3", "3", "4"]
    assert houses["percent_persons_hidden"] == "62.1212"
    assert rows[MEAN, "municipality", "0"]["percent_persons_hidden"] == ""
    with (output / "withheld.csv").open(encoding="utf-8", newline="") as file:
        withheld = list(csv.DictReader(file))
    assert [(row["statistic"], row["why"], row["codes"]) for row in withheld if row["codes"]] == [
        (LOYALTY, "unproven", "11001")
    ]


def test_the_picture_has_a_bar_for_each_line_in_which_something_is_hidden(written: tuple[str, Path]) -> None:
    """Of 300 points: 60 % of the houses are sensitive, another 20 % hidden for them."""
    _, output = written
    page = (output / "protection.html").read_text(encoding="utf-8")
    widths = re.findall(r'<rect x="[\d.]+" y="\d+" width="([\d.]+)"', page)
    assert len(widths) == 2 * 6
    assert page.count("<tr><td") == 6 + 2  # the lines of the picture, and what is withheld
    at = re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)[0].split("<tr>")[1:]
    houses = next(number for number, row in enumerate(at) if HOUSES in row)
    assert widths[2 * houses : 2 * houses + 2] == ["180.00", "60.00"]


def test_a_report_is_replaced_and_nothing_else_is(warehouse: Path, tmp_path: Path) -> None:
    where = ("--warehouse", warehouse, "--years", "2021", "--output", tmp_path / "report")
    assert here("report_protection", *where) == 0
    assert here("report_protection", *where) == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").touch()
    assert here("report_protection", *where[:-1], tmp_path / "other") == 2
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["notes.txt"]


Change = Callable[[Made], Any]


def _without_entry(found: Made) -> None:
    found.kept = [row for row in found.kept if row["geo_code"] != "11002"]


REFUSALS: dict[str, tuple[Change, str]] = {
    "no amounts": (lambda found: found.kept.clear(), "has no table protection/amounts"),
    "unprotected": (
        lambda found: found.releases[HOUSES].update(protection_threshold=None),
        f"{HOUSES} of 2021, released on 2023-07-01, is not protected",
    ),
    "off": (lambda found: found.releases[MEAN].update(protection_threshold=1), f"{MEAN} of 2021"),
    "another run": (lambda found: found.releases[MEAN].update(run_id="lost"), f"{MEAN} of 2021 was made with"),
    "not done": (lambda found: found.runs[0].update(outcome="failed"), "tells of no protection/amounts"),
    "gone": (lambda found: found.runs[0]["versions_written"][0].update(version=7), "version 7 of"),
    "not told": (_without_entry, f"tells nothing of 1 hidden cells of {HOUSES}"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_reported_on_is_refused_in_one_line(
    case: str, configuration: Configuration, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = REFUSALS[case]
    found = made(configuration)
    change(found)
    assert_refused(capsys, found.write(tmp_path / "warehouse"), tmp_path / "report", said)


def assert_refused(
    capsys: pytest.CaptureFixture[str], warehouse: Path, output: Path, said: str, years: str = "2021"
) -> None:
    exit_code = here("report_protection", "--warehouse", warehouse, "--years", years, "--output", output)
    streams = capsys.readouterr()
    assert exit_code == 2, streams.err
    assert streams.out == ""
    assert re.fullmatch(rf"refused: .*{re.escape(said)}.*\n", streams.err), streams.err
    assert not output.exists()


def test_years_that_are_not_published_are_refused(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "nothing of 2019 and 2020 is published"
    assert_refused(capsys, warehouse, tmp_path / "report", said, years="2019-2021")


def test_a_version_that_a_vacuum_has_taken_is_refused(
    configuration: Configuration, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse = made(configuration).write(tmp_path / "warehouse")
    for file in (warehouse / "protection" / "amounts").glob("*.parquet"):
        file.unlink()
    assert_refused(capsys, warehouse, tmp_path / "report", "version 0 of")

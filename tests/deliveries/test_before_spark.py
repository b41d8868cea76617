"""What the job refuses before Spark starts, as its user sees it: one line, exit code 2, no warehouse."""

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from imaatlas_spark.run import Run
from tests.conftest import CONF, ROOT
from tests.deliveries.delivered import Delivery, tells_a_pseudonym
from tests.deliveries.inspected import configuration_of_the_jobs, inspected
from tests.deliveries.spoiled import UNKNOWN_CODEC, flip
from tests.jobs.processes import here


@pytest.fixture(autouse=True)
def no_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> NoReturn:
        raise AssertionError("Spark was started")

    monkeypatch.setattr(Run, "started", never)


def lost_link(delivery: Delivery) -> None:
    (delivery.place("claims", 2021) / "a\n[1].parquet").symlink_to("nowhere")


SPOILED: dict[str, tuple[Callable[[Delivery], object], tuple[str, ...]]] = {
    "a lost link of an odd name": (lost_link, (r"a\n[1].parquet", "link to nothing")),
    "a list of sectors in a folder": (
        lambda d: (d.folder / "sectors.csv").rename(d.folder / "old") and (d.folder / "sectors.csv").mkdir(),
        ("sectors.csv", "folder"),
    ),
    "a file that is no Parquet": (
        lambda d: (d.place("practices") / "part-0.parquet").write_bytes(b"PAR1 8420000001 PAR1"),
        ("practices/part-0.parquet", "cannot be read as Parquet"),
    ),
    "a flipped bit at which pyarrow ends the process": (
        lambda d: flip(d.place("claims", 2021) / "part-0.parquet", UNKNOWN_CODEC, 6),
        ("claims/year=2021/part-0.parquet", "cannot be read as Parquet", "deliver it again"),
    ),
}


@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.parametrize("start", ["", "file:", "file://"])
def test_a_delivery_is_refused_in_one_line(
    name: str, start: str, delivery: Delivery, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil, parts = SPOILED[name]
    spoil(delivery)
    where = ("--input", f"{start}{delivery.folder}", "--warehouse", tmp_path / "warehouse", "--conf-dir", CONF)
    assert here("ingest_deliveries", *where, "--years", 2021) == 2
    output = capfd.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert line.startswith("refused: ")
    assert all(part in line for part in parts), line
    assert not tells_a_pseudonym(line)
    assert not (tmp_path / "warehouse").exists()


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"--warehouse": ""}, ("empty",)),
        ({"--input": ""}, ("empty",)),
        ({"--input": "file:/nowhere"}, ("/nowhere", "does not exist")),
        ({"--input": "hdfs:/x"}, ("hdfs://HOST/x",)),
        ({"--years": "9999"}, ("9999", "2199")),
        ({"--years": "0001-9998"}, ("0001-9998", "1900")),
        ({"--years": "2022"}, ("claims/year=2022", "missing")),
        ({"--warehouse": "s3a://bucket"}, ("s3a://bucket", "whole store")),
        ({"--warehouse": "foo://x"}, ("foo://x", "no store")),
        ({"--warehouse": "/dev/null/x"}, ("/dev/null/x", "below a file")),
        ({"--warehouse": "{input}/practices/new"}, ("--warehouse", "lies in the delivery")),
        ({"--warehouse": "{input}/claims/year=2021"}, ("--warehouse", "lies in the delivery")),
        ({"--conf-dir": "a\tb"}, ("control character", r"a\tb")),
    ],
)
def test_arguments_are_refused_in_one_line(
    changes: dict[str, str],
    parts: tuple[str, ...],
    good_delivery: Delivery,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    given = {
        "--input": str(good_delivery.folder),
        "--warehouse": str(tmp_path / "warehouse"),
        "--conf-dir": str(CONF),
        "--years": "2021",
        **{name: value.format(input=good_delivery.folder) for name, value in changes.items()},
    }
    assert here("ingest_deliveries", *(word for pair in given.items() for word in pair)) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert all(part in line for part in parts), line


def test_a_warehouse_that_is_a_file_is_refused(
    good_delivery: Delivery, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "warehouse").touch()
    where = ("--input", good_delivery.folder, "--warehouse", tmp_path / "warehouse", "--conf-dir", CONF)
    assert here("ingest_deliveries", *where, "--years", 2021) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "no folder" in line


def test_what_is_left_aside_is_told_of_a_delivery_that_is_ingested_already(
    good_delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = runpy.run_path(str(ROOT / "jobs/run_years.py"))
    told: list[str] = []
    run = SimpleNamespace(spark=None, stamp=None, configuration=configuration_of_the_jobs(), say=told.append)
    inspection = replace(inspected(good_delivery), told=("claims: left aside: notes.txt",))
    monkeypatch.setattr("imaatlas_spark.deliveries.inspection.inspect", lambda *_: inspection)
    monkeypatch.setattr("imaatlas_spark.deliveries.origins.is_ingested", lambda *_: True)
    parsed = SimpleNamespace(warehouse="nowhere", input=str(good_delivery.folder))
    assert job["_ingest"](parsed, (2021,), run, None) is False
    assert told == ["claims: left aside: notes.txt"]

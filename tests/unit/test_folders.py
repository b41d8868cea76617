"""Folders on the command line: taken literally, local ones absolute."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from imaatlas_spark import cli
from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.folders import full_path
from imaatlas_spark.periods import parse_years
from tests.unit.edits import refuses

NAMES = [
    "levering [2021]",
    "a?b",
    "*",
    "{a,b}",
    "a\\b",
    "23:59",
    "100%20",
    "a b",
    "\xe9t\xe9",
    "#1",
    "~",
    "$HOME",
    "file:",
]

BEYOND_ALL_PATHS = "/tmp/" + "name/" * 1000 + "name"


@pytest.mark.parametrize("name", NAMES)
def test_a_local_folder_is_its_literal_name(name: str, tmp_path: Path) -> None:
    place = tmp_path / name
    place.mkdir()
    assert cli.existing_folder(str(place)) == str(place)
    assert cli.folder(f"{place}/") == str(place)
    assert cli.existing_folder(f"file:{place}") == str(place)
    assert cli.existing_folder(f"file://{place}") == str(place)
    assert cli.existing_folder(f"file://localhost{place}") == str(place)


def test_a_relative_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:b").mkdir()
    assert cli.existing_folder("a:b") == os.path.join(tmp_path, "a:b")
    assert cli.folder("new") == os.path.join(tmp_path, "new")


@pytest.mark.parametrize("text", ["s3a://bucket/a b", "hdfs:///atlas", "hdfs://host:8020/atlas/[x]"])
def test_a_folder_of_a_store_stays_as_it_is(text: str) -> None:
    assert cli.existing_folder(text) == text
    assert cli.folder(f"{text}/") == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hdfs:////atlas//", "hdfs:///atlas"),
        ("HDFS://host/atlas", "hdfs://host/atlas"),
        ("s3a://bucket//a/b", "s3a://bucket/a/b"),
        ("abfss://box@account.example/a", "abfss://box@account.example/a"),
        ("//tmp/new", "/tmp/new"),
        ("file:////tmp/new", "/tmp/new"),
        ("FILE:///tmp/new", "/tmp/new"),
        ("File:/tmp/new", "/tmp/new"),
        ("file://LOCALHOST/tmp/new", "/tmp/new"),
        ("/", "/"),
    ],
)
def test_one_folder_has_one_name(text: str, meant: str) -> None:
    assert cli.folder(text) == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hdfs://", "whole store"),
        ("hdfs:///", "whole store"),
        ("hdfs://host/", "whole store"),
        ("s3a://bucket", "whole store"),
        ("s3a://", "no bucket"),
        ("s3a:///a", "no bucket"),
        ("gs:///", "no bucket"),
        ("file://host/tmp/new", "another machine"),
        ("file://", "names no folder"),
        ("file:", "names no folder"),
        ("http://host/a", "no store is known by http://"),
        ("foo://a/b", "no store is known by foo://"),
        ("s3://bucket/a", "s3a://"),
        ("/dev/null/new", "below a file"),
        ("/dev/null", "no folder"),
        ("/tmp/new/" + "a" * 300, "longer than 255"),
        ("/tmp/new/" + "\xe9" * 128, "longer than 255"),
        ("/tmp/" + "a" * 300, "longer than 255"),
        pytest.param(BEYOND_ALL_PATHS, "too long", id="beyond all paths"),
    ],
)
def test_what_can_be_no_folder_is_refused(text: str, told: str) -> None:
    for kind in (cli.folder, cli.existing_folder):
        with refuses(ArgumentRefused, text, told):
            kind(text)


def test_what_is_written_goes_to_a_folder_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.output_folder("site [1]") == tmp_path / "site [1]"
    assert cli.output_folder(".") == tmp_path
    no_folders = (("", "empty"), (" ", "empty"), ("s3a://bucket/site", "no local folder"), ("a" * 256, "255"))
    for text, told in (*no_folders, (BEYOND_ALL_PATHS, "too long")):
        with refuses(ArgumentRefused, told):
            cli.output_folder(text)


@pytest.mark.parametrize("kind", [cli.folder, cli.existing_folder, cli.local_folder])
def test_an_empty_name_is_no_folder(kind: Callable[[str], object]) -> None:
    for text in ("", " "):
        with refuses(ArgumentRefused, "empty"):
            kind(text)


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "lost").symlink_to("nowhere")
    for name, told in (("file/a", "below a file"), ("file/a/b", "below a file"), ("lost", "no folder")):
        with refuses(ArgumentRefused, f"{tmp_path}/{name}", told):
            cli.folder(f"{tmp_path}/{name}")


@pytest.mark.parametrize(
    ("root", "path"), [("hdfs:///", "hdfs:///"), ("s3a://a/b//", "s3a://a/b"), ("//tmp/a/", "/tmp/a"), ("/", "/")]
)
def test_a_warehouse_keeps_the_scheme_of_its_store(root: str, path: str) -> None:
    assert full_path(root) == path


@pytest.mark.parametrize(
    ("delivery", "warehouse"),
    [
        ("{0}/a", "{0}/a"),
        ("{0}/a", "{0}/a/practices"),
        ("{0}/a", "{0}/a/claims/year=2021/new"),
        ("{0}/link", "{0}/a/b"),
        ("hdfs:///a", "hdfs:///a/b"),
    ],
)
def test_no_warehouse_lies_in_a_delivery(delivery: str, warehouse: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    with refuses(ArgumentRefused, "--warehouse", "lies in the delivery"):
        cli.refuse_within(delivery.format(tmp_path), warehouse.format(tmp_path))
    cli.refuse_within("/a/b", "/a/bc")
    cli.refuse_within("/a/b", "/a")
    cli.refuse_within("/a/b", "hdfs:///a/b/c")


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_name_is_refused(text: str) -> None:
    with refuses(ArgumentRefused, "empty", "give"):
        cli.folder(text)


@pytest.mark.parametrize("text", ["hdfs:/atlas", "s3a:/bucket/atlas"])
def test_a_scheme_without_a_host_is_refused_with_the_way_to_write_it(text: str) -> None:
    with refuses(ArgumentRefused, text, "://"):
        cli.folder(text)


@pytest.mark.parametrize("start", ["", "file:", "file://"])
def test_a_file_is_no_folder(start: str, tmp_path: Path) -> None:
    file = tmp_path / "delivery.zip"
    file.touch()
    for kind in (cli.folder, cli.existing_folder):
        with refuses(ArgumentRefused, str(file), "no folder"):
            kind(f"{start}{file}")


@pytest.mark.parametrize("start", ["", "file:", "file://"])
def test_a_folder_that_is_not_there_is_refused(start: str, tmp_path: Path) -> None:
    with refuses(ArgumentRefused, f"{tmp_path}/gone", "does not exist"):
        cli.existing_folder(f"{start}{tmp_path}/gone")


@pytest.mark.parametrize("text", ["9999", "0000", "0001-9999", "2021,9999", "1899", "2200"])
def test_years_that_no_data_are_of_are_refused(text: str) -> None:
    with refuses(ArgumentRefused, text, "1900", "2199"):
        parse_years(text)

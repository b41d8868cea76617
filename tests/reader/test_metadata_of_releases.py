"""Metadata are read at the versions that the last publication names: nothing of one that was broken off is seen."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, write_deltalake

from imaatlas_spark.reader import Atlas
from imaatlas_spark.schemas.notes import Stamp
from tests.reader.conftest import MEAN

STAMP = Stamp("build_statistics", "ab12", "0", "none")


@pytest.fixture
def copied(warehouse: Path, tmp_path: Path) -> Path:
    """A warehouse of its own, whose metadata a publication has written anew that did not come to its end."""
    copied = shutil.copytree(warehouse, tmp_path / "warehouse")
    changed = pl.read_delta(copied / "metadata/statistics").with_columns(pl.lit("Another title").alias("title_en"))
    write_deltalake(copied / "metadata/statistics", changed.to_arrow(), mode="overwrite")
    return copied


def commit_releases(warehouse: Path, note: str | None) -> None:
    """The same releases once more, by a commit that says `note`."""
    properties = CommitProperties(custom_metadata={"userMetadata": note} if note else None)
    rows = DeltaTable(warehouse / "releases").to_pyarrow_table()
    write_deltalake(warehouse / "releases", rows, mode="overwrite", commit_properties=properties)


def title(warehouse: Path) -> str:
    return Atlas(warehouse).names("en").statistics[MEAN][0]


@pytest.mark.parametrize("version", [0, 1])
def test_metadata_are_those_that_the_releases_were_made_visible_with(version: int, copied: Path, atlas: Atlas) -> None:
    commit_releases(copied, STAMP.note({"metadata/statistics": version}))
    assert title(copied) == (atlas.names("en").statistics[MEAN][0] if version == 0 else "Another title")


@pytest.mark.parametrize("note", [None, "by hand", json.dumps({"input_versions": {"metadata/statistics": 1}}), "[]"])
def test_a_commit_of_somebody_else_does_not_say_it(note: str | None, copied: Path, atlas: Atlas) -> None:
    commit_releases(copied, STAMP.note({"metadata/statistics": 0}))
    commit_releases(copied, note)
    assert title(copied) == atlas.names("en").statistics[MEAN][0]


def test_an_open_atlas_stays_as_it_was(copied: Path, atlas: Atlas) -> None:
    commit_releases(copied, STAMP.note({"metadata/statistics": 0}))
    opened = Atlas(copied)
    commit_releases(copied, STAMP.note({"metadata/statistics": 1}))
    assert opened.names("en").statistics[MEAN] == atlas.names("en").statistics[MEAN]
    assert title(copied) == "Another title"


def test_a_publication_that_comes_while_one_opens_the_atlas_is_seen_whole(
    copied: Path, atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_releases(copied, STAMP.note({"metadata/statistics": 0}))
    history, coming = DeltaTable.history, [STAMP.note({"metadata/statistics": 1})]

    def published_meanwhile(table: DeltaTable, limit: int | None = None) -> list[dict[str, Any]]:
        if coming:
            commit_releases(copied, coming.pop())
        told: list[dict[str, Any]] = history(table, limit)
        return told

    monkeypatch.setattr(DeltaTable, "history", published_meanwhile)
    opened = Atlas(copied)
    assert opened._store.table("releases").version() == DeltaTable(copied / "releases").version()
    assert opened.names("en").statistics[MEAN][0] == "Another title"


def test_where_no_publication_says_it_the_newest_are_taken(copied: Path) -> None:
    assert title(copied) == "Another title"

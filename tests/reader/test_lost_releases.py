"""A reader does not show a `releases` that has lost releases, where it may read what the runs have left."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.reader import Atlas

_VERSIONS = pa.list_(pa.struct([("table", pa.string()), ("version", pa.int64())]))
Run = tuple[str, list[tuple[str, int]]]


@pytest.fixture
def copied(warehouse: Path, tmp_path: Path) -> Path:
    """A warehouse of its own, `releases` at version 0."""
    return shutil.copytree(warehouse, tmp_path / "warehouse")


def record(folder: Path, runs: list[Run]) -> None:
    """Write of `runs` what a reader looks at."""
    written = [[{"table": table, "version": version} for table, version in tables] for _, tables in runs]
    columns = {"outcome": pa.array([outcome for outcome, _ in runs]), "versions_written": pa.array(written, _VERSIONS)}
    write_deltalake(folder / "runs", pa.table(columns))


def test_releases_that_have_fallen_back_are_refused(copied: Path) -> None:
    record(copied, [("done", [("inputs/claims", 7), ("releases", 1)]), ("done", [("inputs/claims", 8)])])
    with pytest.raises(WarehouseRefused, match="releases is at version 0, but version 1 is on record") as refusal:
        Atlas(copied)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "runs",
    [
        [("done", [("releases", 0), ("inputs/claims", 7)]), ("refused", [])],
        [("failed", [("releases", 4)]), ("done", [])],
        [],
    ],
)
def test_what_no_completed_run_has_left_is_not_missed(copied: Path, runs: list[Run]) -> None:
    record(copied, runs)
    assert Atlas(copied).statistics("en").height


def test_runs_are_not_for_every_reader(copied: Path) -> None:
    """`runs` may be missing in a copy, closed to its account, or damaged: then `releases` is taken as it is."""
    (copied / "runs").mkdir()
    assert Atlas(copied).statistics("en").height
    record(copied, [("done", [("releases", 1)])])
    for file in (copied / "runs").glob("*.parquet"):
        file.unlink()
    assert Atlas(copied).statistics("en").height

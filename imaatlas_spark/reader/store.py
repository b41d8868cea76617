"""The published tables of a warehouse, read with delta-rs: metadata whole, statistics version by version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError
from polars.exceptions import PolarsError

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.folders import is_local
from imaatlas_spark.schemas.ledger import DONE, RELEASES, RUNS
from imaatlas_spark.schemas.metadata import SYNTHETIC_PROPERTY
from imaatlas_spark.schemas.notes import note_of
from imaatlas_spark.schemas.spec import Table

# Of rows of `releases`: whether small figures are hidden (as `schemas.ledger.Release.is_protected`).
IS_PROTECTED = pl.col("protection_threshold").fill_null(1) > 1


@dataclass(frozen=True)
class Store:
    """What lies under the folder of a warehouse. Every table is opened once."""

    root: str
    _opened: dict[tuple[str, int | None], DeltaTable] = field(default_factory=dict)
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    _published_with: dict[str, int] = field(default_factory=dict)

    @staticmethod
    def at(warehouse: str | Path) -> "Store":
        """Raises WarehouseRefused where nothing is published, or `releases` has lost what was."""
        root = str(warehouse).rstrip("/")
        if is_local(root) and not Path(root).is_dir():
            raise WarehouseRefused(f"there is no folder {root}: give the folder of a warehouse")
        store = Store(root)
        recorded = store._recorded()  # first: a publication that completes meanwhile is then in `releases` too
        store._open_releases()
        if recorded > store.table(RELEASES.path).version():
            raise WarehouseRefused(
                f"{root}/{RELEASES.path} is at version {store.table(RELEASES.path).version()}, but version {recorded} "
                "is on record in runs: releases are lost; take a whole copy of the warehouse, or restore it from a "
                "backup"
            )
        store.frame(RELEASES)
        return store

    def table(self, path: str, version: int | None = None) -> DeltaTable:
        """The table at a version; None: as it is now."""
        if (path, version) not in self._opened:
            try:
                self._opened[path, version] = DeltaTable(f"{self.root}/{path}", version=version)
            except (TableNotFoundError, DeltaError) as error:
                at = "" if version is None else f" at version {version}"
                raise WarehouseRefused(
                    f"{self.root} has no table {path}{at}: build_statistics.py of this version of the engine writes it"
                ) from error
        return self._opened[path, version]

    def _recorded(self) -> int:
        """The version of `releases` that completed runs have left; -1 where `runs` is not there, or not for readers."""
        try:
            runs = pl.scan_delta(DeltaTable(f"{self.root}/{RUNS.path}")).filter(pl.col("outcome") == DONE)
            written = runs.select(pl.col("versions_written").explode()).collect().to_series().to_list()
        except (DeltaError, TableNotFoundError, PolarsError, OSError):
            return -1
        return max((each["version"] for each in written if each and each["table"] == RELEASES.path), default=-1)

    def _open_releases(self) -> None:
        """`releases`, and the versions of `metadata/*` that its last publication was made visible with.

        Its commit names them; newer ones belong to a publication that was broken off. The history of a table is told
        from its newest commit on, whatever version is open: so one looks again whether another one has come meanwhile.
        """
        while True:
            releases = self.table(RELEASES.path)
            notes = [note_of(said) for said in releases.history()]
            del self._opened[RELEASES.path, None]
            if self.table(RELEASES.path).version() == releases.version():
                break
        self._published_with.update(next((note.get("input_versions", {}) for note in notes if note), {}))

    def frame(self, table: Table) -> pl.DataFrame:
        """A small table, whole: `releases`, or metadata as they were published."""
        if table.path not in self._frames:
            version = None if table is RELEASES else self._published_with.get(table.path)
            self._frames[table.path] = pl.scan_delta(self.table(table.path, version)).collect()
        return self._frames[table.path]

    def statistic(self, code: str, version: int, years: Iterable[int]) -> pl.LazyFrame:
        """The rows of some years of a statistic at a version: all maps, all releases."""
        return pl.scan_delta(self.table(f"statistics/{code}", version)).filter(pl.col("year").is_in(sorted(years)))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The statistics that have a release."""
        return tuple(sorted(self.frame(RELEASES)["statistic"].unique()))

    @cached_property
    def says_synthetic(self) -> bool:
        """Whether a published table says that its figures were drawn by chance (a property: a copy keeps it)."""
        configurations = (self.table(f"statistics/{code}").metadata().configuration for code in self.codes)
        return any(SYNTHETIC_PROPERTY in configuration for configuration in configurations)

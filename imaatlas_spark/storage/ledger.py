"""What completed runs have left, and whether a table still holds it (data contract, section 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.periods import in_words
from imaatlas_spark.schemas.ledger import DONE, MADE_BY
from imaatlas_spark.storage.history import step_at
from imaatlas_spark.storage.snapshots import Snapshot

_COLUMNS = ("run_id", "job", "versions_written", "years_written")


@dataclass(frozen=True)
class Left:
    """What a completed run left of a year of a table; `made_from` is said of tables between only."""

    run_id: str
    version: int
    content: str
    made_from: str | None


@dataclass(frozen=True)
class Ledger:
    """The completed runs of a warehouse, in the order in which they ended."""

    runs: Sequence[Row]

    @classmethod
    def of(cls, runs: DataFrame) -> "Ledger":
        done = runs.where(F.col("outcome") == DONE).select(*_COLUMNS, F.unix_micros("ended").alias("ended_at"))
        return cls(sorted(done.collect(), key=lambda run: (run.ended_at, run.run_id)))

    @property
    def last_end(self) -> int:
        """When the last completed run ended, in microseconds since 1970."""
        return max((int(run.ended_at) for run in self.runs), default=0)

    def left(self, path: str, year: int | None) -> Left | None:
        """What the last completed run that wrote a year of a table left of it."""
        return self._left.get((path, year))

    def years(self, path: str) -> set[int]:
        """The years of a table that completed runs have left."""
        return {year for table, year in self._left if table == path and year is not None}

    def version(self, path: str) -> int:
        """The version that the last completed run left of a table; -1: there was none."""
        return self._versions.get(path, -1)

    def content(self, path: str, version: int, year: int | None) -> str | None:
        """What a completed run left of a year at the version of a table that it wrote; None: no such run is known."""
        return self._contents.get((path, version, year))

    @cached_property
    def _left(self) -> dict[tuple[str, int | None], Left]:
        found = {}
        for run in self.runs:
            versions = {each.table: each.version for each in run.versions_written}
            for each in run.years_written:
                found[each.table, each.year] = Left(run.run_id, versions[each.table], each.content, each.made_from)
        return found

    @cached_property
    def _contents(self) -> dict[tuple[str, int, int | None], str]:
        found = {}
        for run in self.runs:
            versions = {each.table: each.version for each in run.versions_written}
            found.update({(each.table, versions[each.table], each.year): each.content for each in run.years_written})
        return found

    @cached_property
    def _versions(self) -> dict[str, int]:
        return {each.table: each.version for run in self.runs for each in run.versions_written}


def refuse_what_no_run_left(path: str, years: Iterable[int | None], snapshot: Snapshot, ledger: Ledger) -> None:
    """Raises WarehouseRefused where a year of a table is not what the last completed run left of it."""
    asked = list(years)
    refuse_older(path, snapshot, ledger.version(path), job_again(path, asked))
    unknown = [year for year in asked if ledger.left(path, year) is None]
    if unknown:
        raise WarehouseRefused(
            f"{snapshot.path}{_of(unknown)} was left by no run that completed ({_writer(snapshot, unknown, -1)}): "
            f"{job_again(path, unknown)}"
        )
    changed = {
        year: left.version
        for year in asked
        if (left := ledger.left(path, year)) is not None and left.content != snapshot.content(year)
    }
    if changed:
        raise WarehouseRefused(
            f"{snapshot.path}{_of(changed)} is not as the last completed run left it "
            f"({_writer(snapshot, changed, min(changed.values()))}): {job_again(path, changed)}"
        )


def refuse_older(path: str, snapshot: Snapshot, recorded: int, mend: str) -> None:
    """Raises WarehouseRefused where a table has fallen back behind a version that is on record."""
    if snapshot.version < recorded:
        raise WarehouseRefused(
            f"{snapshot.path} is at version {snapshot.version}, but version {recorded} is on record: its newest "
            f"commits are gone from _delta_log; restore {path} from a backup, or {mend}"
        )


def job_again(path: str, years: Iterable[int | None]) -> str:
    """`run ingest_deliveries.py --years 2020,2021 again`."""
    asked = sorted({year for year in years if year is not None})
    words = f" --years {','.join(map(str, asked))}" if asked else ""
    return f"run {MADE_BY.get(path.split('/', maxsplit=1)[0], 'the job')}{words} again"


def _of(years: Iterable[int | None]) -> str:
    asked = tuple(sorted(year for year in years if year is not None))
    return f", {in_words(asked)}," if asked else ""


def _writer(snapshot: Snapshot, years: Iterable[int | None], known: int) -> str:
    """Who first touched one of `years` after a version, in words: a run of ours, or an operation of somebody else."""
    asked = set(years)
    for version in range(known + 1, snapshot.version + 1):
        step = step_at(snapshot, version)
        if step is not None and step.touches(asked):
            return str(step)
    return "its files are others than those on record"

"""The state of a Delta table at one version, asked of its log on the driver: no row is read."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.notes import note_of
from imaatlas_spark.storage.damage import refusing_a_damaged_log
from imaatlas_spark.storage.java import java_class
from imaatlas_spark.storage.store_paths import StorePath

Files = Mapping[int | None, frozenset[str]]  # by year; None: the table has no years


def fingerprint(files: frozenset[str]) -> str:
    """What a year holds, as one word: every write makes files of new names."""
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()


@dataclass(frozen=True)
class DataFile:
    """A file that holds rows. `size`: in bytes. `year` None: the table has none. `action`: the line that adds it."""

    path: str
    size: int
    year: int | None
    action: str


def year_of(values: Mapping[str, str | None]) -> int | None:
    """The year that a file's partition values tell; None: the table has no years."""
    year = values.get("year")
    return None if year is None else int(year)


def replayed(lines: Iterable[str]) -> Collection[DataFile]:
    """The files that are left when the lines of all commits have been followed in their order."""
    left: dict[str, DataFile] = {}
    for line in lines:
        action = json.loads(line)
        if (added := action.get("add")) is not None:
            year = year_of(added["partitionValues"])
            left[added["path"]] = DataFile(added["path"], int(added["size"]), year, line)
        if (removed := action.get("remove")) is not None:
            left.pop(removed["path"], None)
    return left.values()


@dataclass(frozen=True)
class Commit:
    """One commit: the run that made it (None: none of ours), the files that it added, and the rows in them."""

    run_id: str | None
    added: Files
    rows: int


@dataclass(frozen=True)
class Snapshot:
    """A table at a version: what its log declares, and which files hold its rows."""

    spark: SparkSession
    path: str
    java: Any

    @cached_property
    def version(self) -> int:
        return int(self.java.version())

    @cached_property
    def protocol(self) -> tuple[int, int]:
        """The least versions of Delta's protocol that a reader and a writer must know."""
        protocol = self.java.protocol()
        return int(protocol.minReaderVersion()), int(protocol.minWriterVersion())

    @cached_property
    def columns(self) -> StructType:
        return StructType.fromJson(json.loads(self.java.metadata().schemaString()))

    @cached_property
    def partitioned_by(self) -> tuple[str, ...]:
        return tuple(json.loads(_json(self.spark, self.java.metadata().partitionColumns())))

    @cached_property
    def properties(self) -> dict[str, str]:
        return dict(json.loads(_json(self.spark, self.java.metadata().configuration())))

    @cached_property
    def files(self) -> Files:
        """The files that hold the rows, by year: by the partition values of the log, never by their names."""
        by_year: dict[int | None, set[str]] = {}
        for file in self._listed:
            by_year.setdefault(file.year, set()).add(file.path)
        return {of: frozenset(names) for of, names in by_year.items()}

    @property
    def sizes(self) -> dict[str, int]:
        """The length of each file that holds rows, in bytes."""
        return {file.path: file.size for file in self._listed}

    def rows(self) -> DataFrame:
        """All rows. Delta is told which files hold them: else it asks that of itself by a query at each read."""
        with refusing_a_damaged_log(self.path):
            log = _log(self.spark, self.path)
            return DataFrame(log.createDataFrame(self.java, self._actions, False, _nothing(self.spark)), self.spark)

    @cached_property
    def _actions(self) -> Any:
        read = java_class(self.spark, "org.apache.spark.sql.delta.actions.Action").fromJson
        return self.spark._jvm.PythonUtils.toSeq([read(file.action) for file in self._listed])  # type: ignore[union-attr]

    @cached_property
    def _listed(self) -> Collection[DataFile]:
        """Read from the commits, which takes a moment; after a checkpoint by a query, which takes longer."""
        with refusing_a_damaged_log(self.path):
            segment = self.java.logSegment()
            if not segment.checkpointProvider().isEmpty():
                # A thread of its own knows of no session, and Delta asks for one where the table has a checkpoint.
                self.spark._jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(self.spark._jsparkSession)  # type: ignore[union-attr]
                return replayed(str(file.json()) for file in self.java.allFiles().collectAsList())
            commits = segment.deltas()
            names = [str(commits.apply(number).getPath().getName()) for number in range(commits.size())]
            return replayed(line for name in names for line in _lines(self.spark, self.path, name))

    def is_same(self, other: "Snapshot") -> bool:
        """Whether Delta holds the two to be one state: nothing has been written between, what was asked holds."""
        return bool(self.java.equals(other.java))

    @property
    def years(self) -> frozenset[int]:
        return frozenset(year for year in self.files if year is not None)

    def content(self, year: int | None) -> str:
        """The fingerprint of the files of a year, or of a table without years."""
        return fingerprint(self.files.get(year, frozenset()))

    def last_commit(self) -> "Commit":
        """What the commit of this version says and adds. No job of Spark."""
        by_year: dict[int | None, set[str]] = {}
        rows, run_id = 0, None
        for line in commit_lines(self.spark, self.path, self.version):
            action = json.loads(line)
            if (said := action.get("commitInfo")) is not None:
                run_id = note_of(said).get("run_id")
            if (added := action.get("add")) is not None:
                by_year.setdefault(year_of(added["partitionValues"]), set()).add(added["path"])
                rows += json.loads(added["stats"])["numRecords"]
        return Commit(run_id, {of: frozenset(names) for of, names in by_year.items()}, rows)


def snapshot_of(spark: SparkSession, path: str) -> Snapshot | None:
    """The newest state of a table; None where there is no table yet.

    Raises WarehouseRefused where something else lies in its place, and where the log cannot be read.
    """
    place = StorePath(spark, path)
    with refusing_a_damaged_log(path):
        found = Snapshot(spark, path, _log(spark, path).update(False, _nothing(spark), _nothing(spark)))
        if found.version >= 0:
            return found
    if place.is_file():
        raise WarehouseRefused(f"{path} is a file, not a table: move it away")
    if set(place.names()) - {"_delta_log"}:
        raise WarehouseRefused(
            f"{path} holds files, but its _delta_log is missing or holds no commit: restore it from a backup, or move "
            "the folder away and run the job that makes it again"
        )
    return None


def snapshot_at(spark: SparkSession, path: str, version: int) -> Snapshot:
    """A table as it was at a version. Raises WarehouseRefused where its log does not lead back to it."""
    with refusing_a_damaged_log(path):
        return Snapshot(spark, path, _log(spark, path).getSnapshotAt(version, _nothing(spark), _nothing(spark), False))


def commit_lines(spark: SparkSession, path: str, version: int) -> list[str]:
    """The lines of one commit as they stand in the log."""
    return _lines(spark, path, f"{version:020d}.json")


def _lines(spark: SparkSession, path: str, name: str) -> list[str]:
    """A line ends with a line feed and nothing else: what data hold stands in the statistics of their files."""
    return [line for line in StorePath(spark, f"{path}/_delta_log/{name}").text().split("\n") if line]


def _log(spark: SparkSession, path: str) -> Any:
    return java_class(spark, "org.apache.spark.sql.delta.DeltaLog").forTable(spark._jsparkSession, path)


def _nothing(spark: SparkSession) -> Any:
    return java_class(spark, "scala.Option").empty()


def _json(spark: SparkSession, value: Any) -> str:
    return str(java_class(spark, "org.apache.spark.sql.delta.util.JsonUtils").mapper().writeValueAsString(value))

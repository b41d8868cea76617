"""The Delta tables of a warehouse: read at the versions that a run has pinned, replaced part by part, atomically."""

from collections.abc import Iterable, Mapping, Sequence
from threading import RLock

from pyspark.sql import DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.failures import tells_of_another_writer
from imaatlas_spark.folders import full_path
from imaatlas_spark.schemas.inputs import INPUT_TABLES
from imaatlas_spark.schemas.ledger import RUNS
from imaatlas_spark.schemas.metadata import SYNTHETIC_PROPERTY
from imaatlas_spark.schemas.notes import Notes, Stamp
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.storage.damage import UNREADABLE, refusing_damaged_rows
from imaatlas_spark.storage.ledger import Ledger, Left, refuse_what_no_run_left
from imaatlas_spark.storage.lock import Lock
from imaatlas_spark.storage.shapes import create_statement, refuse_other_shape, settle_session
from imaatlas_spark.storage.snapshots import Snapshot, fingerprint, snapshot_at, snapshot_of
from imaatlas_spark.storage.traces import Traces

_MEND_RUNS = (
    "restore it from a backup, or move the folder away and run ingest_deliveries.py and build_source_variables.py "
    "again for every year (what is published stays)"
)


class Warehouse:
    """The Delta tables under one folder, and the stamp that every commit of this run carries.

    Within `recorded` (see storage/recording.py) a table stays at the version at which it was first met, but for what
    the run writes itself.
    """

    def __init__(self, spark: SparkSession, root: str, stamp: Stamp) -> None:
        self.spark = spark
        self.root = full_path(root)
        self.stamp = stamp
        self._pinned: dict[str, Snapshot] = {}
        self._ledger: Ledger | None = None
        self._mark: tuple[str | None] | None = None  # what `drawn_with` says, once it was asked
        self.traces: Traces | None = None  # what the run that is being recorded has read and written
        self.lock: Lock | None = None  # while several runs after each other hold it
        self._asking = RLock()  # tables written at once ask for the same inputs
        settle_session(spark)
        # A table is created by SQL, which takes what its commit says from the session.
        spark.conf.set("spark.databricks.delta.commitInfo.userMetadata", stamp.note())

    def for_run(self, stamp: Stamp) -> "Warehouse":
        """The same warehouse for the next of several runs: under the lock that is held for all of them."""
        next_run = Warehouse(self.spark, self.root, stamp)
        next_run.lock = self.lock
        return next_run

    def begin(self, traces: Traces | None) -> None:
        """From here on a run is recorded (or none): what was pinned before is forgotten."""
        self._pinned.clear()
        self._ledger = None
        self.traces = traces

    def mark_synthetic(self, drawn_with: str) -> None:
        """Every table that is made from here on says that it was drawn by chance, by the request `drawn_with`."""
        self._mark = (drawn_with,)

    @property
    def drawn_with(self) -> str | None:
        """The request that drew the figures of this warehouse, as JSON: a property that its tables carry.

        None: the figures were not drawn, or nothing has been ingested. Any table of the inputs tells: an ingestion that
        was broken off has made some of them.
        """
        with self._asking:
            if self._mark is None:
                found = self._of_inputs()
                self._mark = (found.properties.get(SYNTHETIC_PROPERTY) if found else None,)
            return self._mark[0]

    @property
    def holds_inputs(self) -> bool:
        """Whether an ingestion has made a table here."""
        return self._of_inputs() is not None

    def path(self, table: Table) -> str:
        return f"{self.root}/{table.path}"

    def holds(self, table: Table) -> bool:
        return self._found(table) is not None

    def read(self, table: Table) -> DataFrame:
        """The whole table; filter it by year."""
        snapshot = self.snapshot(table)
        if self.traces is not None:
            self.traces.read.setdefault(table.path, snapshot.version)
        return snapshot.rows()

    def at_version(self, table: Table, version: int) -> DataFrame:
        """The table as it was at a version that it has had."""
        return self.snapshot_at(table, version).rows()

    def snapshot_at(self, table: Table, version: int) -> Snapshot:
        """The state of a table at a version that it has had."""
        now = self.snapshot(table)
        return now if now.version == version else snapshot_at(self.spark, now.path, version)

    def read_year(self, table: Table, year: int) -> DataFrame:
        return self.read(table).where(F.col("year") == year)

    def years(self, table: Table) -> frozenset[int]:
        """The years that a table partitioned by year holds: no row is read."""
        snapshot = self._found(table)
        return snapshot.years if snapshot else frozenset()

    def content(self, table: Table, year: int | None) -> str:
        """A fingerprint of what a year of the table holds (None: the whole table)."""
        return self.snapshot(table).content(year)

    def version(self, table: Table) -> int:
        return self.snapshot(table).version

    def snapshot(self, table: Table) -> Snapshot:
        """The state of a table. Raises WarehouseRefused where there is none."""
        found = self._found(table)
        if found is None:
            raise WarehouseRefused(f"{self.root} has no table {table.path}: run the job that makes it first")
        return found

    @property
    def ledger(self) -> Ledger:
        """What the completed runs have left, read once for a run. Raises WarehouseRefused where it cannot be read."""
        with self._asking:
            if self._ledger is None:
                runs = self._found(RUNS)
                with refusing_damaged_rows(self.path(RUNS), _MEND_RUNS):
                    self._ledger = Ledger.of(runs.rows()) if runs else Ledger(())
            return self._ledger

    def take(self, table: Table, years: Iterable[int | None] = (None,)) -> None:
        """Pin a table as an input of the run. Each of `years` must be as a completed run left it.

        Raises WarehouseRefused naming the table, the years and the job to run again.
        """
        snapshot = self.snapshot(table)
        refuse_what_no_run_left(table.path, sorted(years, key=str), snapshot, self.ledger)
        if self.traces is not None:
            self.traces.read.setdefault(table.path, snapshot.version)

    def unchanged(self, table: Table, year: int | None) -> Left | None:
        """What a completed run left of a year (None: of the whole table), if the table still holds that.

        None: it has changed, or never was.
        """
        left = self.ledger.left(table.path, year)
        found = self._found(table)
        return left if left and found and found.content(year) == left.content else None

    def replace_whole(self, table: Table, rows: DataFrame, inputs: Sequence[Table] = ()) -> int:
        """Put `rows` in the place of all rows, in one atomic commit; the number of rows written."""
        return self._replace(table, rows, (None,), self._note(inputs))

    def replace_years(
        self,
        table: Table,
        rows: DataFrame,
        years: Iterable[int],
        inputs: Sequence[Table] = (),
        notes: Notes | None = None,
    ) -> int:
        """Put `rows` in the place of whole years, in one atomic commit; the number of rows written.

        Every row must lie in one of `years`. The commit says which versions of `inputs` it was made from.
        """
        return self._replace(table, rows, sorted(years), self._note(inputs, notes))

    def made_from(self, table: Table, origins: Mapping[int, str] | Mapping[None, str]) -> None:
        """Say what the years of a table (None: the whole table), just written, were made from: see `unchanged`."""
        if self.traces is not None:
            self.traces.origins.update({(table.path, year): origin for year, origin in origins.items()})

    def is_made_from(self, table: Table, origins: Mapping[int, str] | Mapping[None, str]) -> bool:
        """Whether the table holds, of each year, what a completed run made from just that: nothing is left to do."""
        return all(
            (left := self.unchanged(table, year)) is not None and left.made_from == origin
            for year, origin in origins.items()
        )

    def append(self, table: Table, rows: DataFrame) -> None:
        """Add rows in one commit."""
        found = self._found(table, to_write=True)
        before = self._created(table) if found is None else found.version
        self._commit(table, before, self._declared(table, rows).write.mode("append"), self.stamp.note())

    def _of_inputs(self) -> Snapshot | None:
        return next((found for table in INPUT_TABLES if (found := self._found(table)) is not None), None)

    def _note(self, inputs: Sequence[Table], notes: Notes | None = None) -> str:
        return self.stamp.note({each.path: self.version(each) for each in inputs}, notes)

    def _replace(self, table: Table, rows: DataFrame, years: Sequence[int | None], note: str) -> int:
        found = self._found(table, to_write=True)
        before = self._created(table) if found is None else found.version
        writer = self._replacing(table, rows, years, found)
        after = self._commit(table, before, writer, note)
        if after.version == before:  # nothing was there and nothing was added: Delta makes no commit of it
            files, written = after.files, 0
        else:
            commit = after.last_commit()
            if commit.run_id != self.stamp.run_id:
                raise self._crossed(table)
            files, written = commit.added, commit.rows
        if self.traces is not None:
            contents = {(table.path, year): fingerprint(files.get(year, frozenset())) for year in years}
            self.traces.write(table.path, after.version, contents, written)
        return written

    def _replacing(
        self, table: Table, rows: DataFrame, years: Sequence[int | None], found: Snapshot | None
    ) -> DataFrameWriter:
        """What puts `rows` in the place of `years` (None: of the whole table), in which all of them must lie.

        Where only a part of a table goes, Delta looks for that part by queries that take longer than a small write.
        It is not asked to where nothing, or everything, goes.
        """
        there = frozenset() if found is None else found.files.keys()
        if None in years:
            return self._declared(table, rows).write.mode("overwrite" if there else "append")
        where = f"year IN ({', '.join(map(str, years))})"
        if there & set(years):
            return self._declared(table, rows).write.mode("overwrite").option("replaceWhere", where)
        outside = F.assert_true(F.expr(where), f"{table.path}: a row lies outside {where}")
        return self._declared(table, rows.where(outside.isNull())).write.mode("append")

    @staticmethod
    def _declared(table: Table, rows: DataFrame) -> DataFrame:
        return rows.select(*(F.col(column.name).cast(column.type).alias(column.name) for column in table.columns))

    def _created(self, table: Table) -> int:
        self.spark.sql(create_statement(table, self.path(table), self.drawn_with))
        return 0

    def _commit(self, table: Table, before: int, writer: DataFrameWriter, note: str) -> Snapshot:
        """The table after a write of this run on top of version `before`, the one that it was decided against.

        Where somebody else has written the table since, nothing is committed: it is looked at before the write, and
        while that lasts Delta commits as the next version or not at all (`settle_session`).
        """
        now = snapshot_of(self.spark, self.path(table))
        if now is None or now.version != before:
            raise self._crossed(table)
        try:
            writer.format("delta").option("userMetadata", note).save(self.path(table))
        except UNREADABLE as error:
            if tells_of_another_writer(error):
                raise self._crossed(table) from error
            raise
        after = snapshot_of(self.spark, self.path(table))
        if after is None or after.version not in {before, before + 1}:
            raise self._crossed(table)
        with self._asking:
            self._pinned[table.path] = after
        return after

    def _crossed(self, table: Table) -> WarehouseRefused:
        return WarehouseRefused(
            f"{self.path(table)} was written by somebody else while this run wrote it: run the job again when nobody "
            "else does"
        )

    def _found(self, table: Table, to_write: bool = False) -> Snapshot | None:
        """The table as this run first met it, its shape checked; outside of a run as it is now, to look at."""
        is_run = self.traces is not None
        with self._asking:
            if is_run and table.path in self._pinned:
                return self._pinned[table.path]
            found = snapshot_of(self.spark, self.path(table))
            known = self._pinned.get(table.path)
            if found is not None:
                if known is not None and known.is_same(found):
                    found = known  # what it was asked before need not be asked again
                if is_run or to_write:
                    refuse_other_shape(table, found)
                self._pinned[table.path] = found
            return found

"""Delta tables: create from a declaration, replace a part atomically, read.

Protocol reader 1, writer at most 3: no deletion vectors, no column mapping, so that every Delta reader can follow.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.spec import Table, TableColumn

_RETENTION = {
    "thirty days": {
        "delta.logRetentionDuration": "interval 30 days",
        "delta.deletedFileRetentionDuration": "interval 7 days",
    },
    "ten years": {
        "delta.logRetentionDuration": "interval 3650 days",
        "delta.deletedFileRetentionDuration": "interval 3650 days",
    },
}


class Warehouse:
    """The Delta tables under one folder, and the stamp that every commit of this run carries."""

    def __init__(self, spark: SparkSession, root: str, stamp: Mapping[str, Any]) -> None:
        self.spark = spark
        self.root = root.rstrip("/") if "://" in root else os.path.abspath(root)
        self._stamp = dict(stamp)
        self._versions: dict[str, int] = {}
        self._asking = Lock()  # tables written at once ask for the same inputs
        # A table is created by SQL, which takes what its commit says from the session.
        spark.conf.set("spark.databricks.delta.commitInfo.userMetadata", json.dumps(self._stamp, sort_keys=True))

    def path(self, table: Table) -> str:
        return f"{self.root}/{table.path}"

    def holds(self, table: Table) -> bool:
        return DeltaTable.isDeltaTable(self.spark, self.path(table))

    def read(self, table: Table) -> DataFrame:
        """The whole table; filter it by year."""
        if not self.holds(table):
            raise WarehouseRefused(f"{self.root} has no table {table.path}: run the job that makes it first")
        return self.spark.read.format("delta").load(self.path(table))

    def read_year(self, table: Table, year: int) -> DataFrame:
        return self.read(table).where(F.col("year") == year)

    def years(self, table: Table) -> frozenset[int]:
        """The years that a table partitioned by year holds, by the names of its files: no row is read."""
        if not self.holds(table):
            return frozenset()
        places = (re.search(r"/year=(\d+)/[^/]+$", file) for file in self.read(table).inputFiles())
        return frozenset(int(place[1]) for place in places if place)

    def content(self, table: Table, year: int) -> str:
        """A fingerprint of what a year of the table holds: every write makes files of new names."""
        files = {file.rsplit("/", 1)[1] for file in self.read_year(table, year).inputFiles()}
        return hashlib.sha256(" ".join(sorted(files)).encode()).hexdigest()

    def made_from(self, table: Table) -> dict[int, str]:
        """What the commits of a table say that each year was made from (note `made_from`); the latest word counts."""
        if not self.holds(table):
            return {}
        history = DeltaTable.forPath(self.spark, self.path(table)).history().select("version", "userMetadata").collect()
        notes = [json.loads(row.userMetadata or "{}") for row in sorted(history, key=lambda row: row.version)]
        return {int(year): content for note in notes for year, content in note.get("made_from", {}).items()}

    def version(self, table: Table) -> int:
        """The table's version, read once: until this run writes it, nobody else does."""
        with self._asking:
            if table.path not in self._versions:
                history = DeltaTable.forPath(self.spark, self.path(table)).history(1)
                self._versions[table.path] = history.select("version").collect()[0].version
            return self._versions[table.path]

    def replace(self, table: Table, rows: DataFrame, where: str, inputs: Sequence[Table] = (), **notes: Any) -> None:
        """Put `rows` in the place of the rows that satisfy `where`, in one atomic commit.

        Every row must satisfy `where`. The commit says which versions of `inputs` it was made from.
        """
        is_new = self.create_if_missing(table)
        stamp = self._stamp | notes | {"input_versions": {each.path: self.version(each) for each in inputs}}
        columns = [F.col(column.name).cast(column.type).alias(column.name) for column in table.columns]
        if is_new:
            # Delta would first reconstruct the state of the empty table, which takes as long as a small write.
            rows = rows.where(F.assert_true(F.expr(where), f"{table.path}: a row lies outside {where}").isNull())
            writer = rows.select(*columns).write.mode("append")
        else:
            writer = rows.select(*columns).write.mode("overwrite").option("replaceWhere", where)
        note = json.dumps(stamp, sort_keys=True)
        writer.format("delta").option("userMetadata", note).save(self.path(table))
        self._versions.pop(table.path, None)

    def replace_years(
        self, table: Table, rows: DataFrame, years: Iterable[int], inputs: Sequence[Table] = (), **notes: Any
    ) -> None:
        """Put `rows` in the place of whole years, in one atomic commit."""
        self.replace(table, rows, f"year IN ({', '.join(map(str, sorted(years)))})", inputs, **notes)

    def create_if_missing(self, table: Table) -> bool:
        """An empty table as declared, or the one that is there, if it has the declared columns. True: it is new."""
        if self.holds(table):
            self._check_shape(table)
            return False
        properties = {
            "delta.enableDeletionVectors": "false",
            # No least and greatest values: readers take whole years, and the log then names no person.
            "delta.dataSkippingNumIndexedCols": "0",
            **_RETENTION[table.keep],
            **{f"delta.constraints.{name}": condition for name, condition in table.checks.items()},
        }
        self.spark.sql(
            f"CREATE TABLE {self._sql_name(table)} ({', '.join(map(_column_ddl, table.columns))}) USING delta"
            + (f" PARTITIONED BY ({', '.join(table.partitioned_by)})" if table.partitioned_by else "")
            + f" COMMENT {_quoted(table.comment)}"
            + f" TBLPROPERTIES ({', '.join(f'{_quoted(k)} = {_quoted(v)}' for k, v in properties.items())})"
        )
        return True

    def _sql_name(self, table: Table) -> str:
        escaped = self.path(table).replace("`", "``")
        return f"delta.`{escaped}`"

    def _check_shape(self, table: Table) -> None:
        fields = self.spark.read.format("delta").load(self.path(table)).schema.fields
        found = [(field.name, field.dataType.simpleString().upper()) for field in fields]
        if found != [(column.name, column.type) for column in table.columns]:
            raise WarehouseRefused(
                f"{self.path(table)} has other columns than this version of the engine writes: "
                "use a new warehouse, or the version that made this one"
            )


def _column_ddl(column: TableColumn) -> str:
    return f"{column.name} {column.type}{'' if column.nullable else ' NOT NULL'} COMMENT {_quoted(column.comment)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

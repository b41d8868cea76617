"""The shape of a table: how it is created as declared, and what in it is not as declared.

Protocol reader 1, writer at most 3, whatever the session's defaults are: every Delta reader can follow.
"""

from collections.abc import Iterator
from functools import cache

from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.metadata import SYNTHETIC_COMMENT, SYNTHETIC_PROPERTY
from imaatlas_spark.schemas.spec import Table, TableColumn
from imaatlas_spark.storage.snapshots import Snapshot

_READER, _WRITER = 1, 3
_DEFAULTS_OF_TABLES = "spark.databricks.delta.properties.defaults."
# What a session may bring that would change what a write does; None: it must not be set at all.
_SESSION: dict[str, str | None] = {
    "spark.databricks.delta.autoCompact.enabled": "false",
    "spark.databricks.delta.optimizeWrite.enabled": "false",
    "spark.databricks.delta.schema.autoMerge.enabled": "false",
    "spark.databricks.delta.replaceWhere.constraintCheck.enabled": "true",
    "spark.databricks.delta.commitInfo.enabled": "true",
    # A commit is the version after the one that its write began at, or fails: Delta would else put it on top of what
    # somebody else has committed meanwhile, where it thinks that the two do not cross.
    "spark.databricks.delta.maxCommitAttempts": "0",
    "spark.databricks.delta.stats.collect": "true",
    "spark.databricks.delta.write.txnAppId": None,
    "spark.databricks.delta.write.txnVersion": None,
}


def settle_session(spark: SparkSession) -> None:
    """Nothing that a cluster or a session sets decides what tables look like or whether a write happens."""
    for name in spark.conf.getAll:
        if name.startswith(_DEFAULTS_OF_TABLES):
            spark.conf.unset(name)
    for name, value in _SESSION.items():
        if value is None:
            spark.conf.unset(name)
        else:
            spark.conf.set(name, value)


def properties_of(table: Table) -> dict[str, str]:
    return {
        "delta.enableDeletionVectors": "false",
        # No least and greatest values: readers take whole years, and the log then names no person.
        "delta.dataSkippingNumIndexedCols": "0",
        "delta.logRetentionDuration": f"interval {table.retention.log_days} days",
        "delta.deletedFileRetentionDuration": f"interval {table.retention.file_days} days",
        **{f"delta.constraints.{name}": condition for name, condition in table.checks.items()},
    }


def create_statement(table: Table, path: str, drawn_with: str | None = None) -> str:
    """How the table is made as declared; one of a nation drawn by chance (the request, as JSON) says so."""
    escaped = path.replace("`", "``")
    properties, comment = properties_of(table), table.comment
    if drawn_with is not None:
        properties[SYNTHETIC_PROPERTY] = drawn_with
        comment = f"{SYNTHETIC_COMMENT} {comment}"
    return (
        f"CREATE TABLE delta.`{escaped}` ({', '.join(map(_column_ddl, table.columns))}) USING delta"
        + (f" PARTITIONED BY ({', '.join(table.partitioned_by)})" if table.partitioned_by else "")
        + f" COMMENT {_quoted(comment)}"
        + f" TBLPROPERTIES ({', '.join(f'{_quoted(k)} = {_quoted(v)}' for k, v in properties.items())})"
    )


def refuse_other_shape(table: Table, snapshot: Snapshot) -> None:
    """Columns, NOT NULL, partitioning, protocol, constraints and properties must be as declared.

    Raises WarehouseRefused naming the table and the first thing that is not.
    """
    deviation = next(deviations(table, snapshot), None)
    if deviation is not None:
        raise WarehouseRefused(
            f"{snapshot.path} {deviation}: undo the change, or use a new warehouse or the version of the engine that "
            "made this one"
        )


def deviations(table: Table, snapshot: Snapshot) -> Iterator[str]:
    """What is not as declared, each in words that follow the name of the table."""
    reader, writer = snapshot.protocol
    if reader != _READER or writer > _WRITER:
        yield f"has protocol ({reader}, {writer}), not ({_READER}, {_WRITER}) at most"
    yield from _deviating_columns(table, snapshot.columns)
    if snapshot.partitioned_by != table.partitioned_by:
        yield f"is partitioned by ({', '.join(snapshot.partitioned_by)}), not ({', '.join(table.partitioned_by)})"
    declared = properties_of(table)
    found = {name: value for name, value in snapshot.properties.items() if name.startswith("delta.")}
    for name in sorted(declared.keys() | found.keys()):
        kind, short = _kind_of_property(name)
        if name not in found:
            yield f"lacks the {kind} {short}"
        elif name not in declared:
            yield f"has the {kind} {short}, which is not declared"
        elif found[name] != declared[name]:
            yield f"has the {kind} {short} as {found[name]}, not {declared[name]}"


def _deviating_columns(table: Table, found: StructType) -> Iterator[str]:
    declared = {column.name: column for column in table.columns}
    for name in (each.name for each in found.fields if each.name not in declared):
        yield f"has other columns: {name} is not declared"
    for name in (name for name in declared if name not in found.names):
        yield f"has other columns: {name} is missing"
    for field in found.fields:
        column = declared.get(field.name)
        if column is None:
            continue
        if field.dataType != _struct_of(column.type).fields[0].dataType:
            yield f"has other columns: {field.name} is {field.dataType.simpleString()}, not {column.type}"
        if field.nullable != column.nullable:
            yield f"has column {field.name} {'without' if field.nullable else 'with'} NOT NULL"
    if set(found.names) == set(declared) and found.names != list(declared):
        yield "has its columns in another order"


def _kind_of_property(name: str) -> tuple[str, str]:
    prefix = "delta.constraints."
    return ("constraint", name.removeprefix(prefix)) if name.startswith(prefix) else ("property", name)


@cache
def _struct_of(kind: str) -> StructType:
    struct = StructType.fromDDL(f"column {kind}")
    assert isinstance(struct, StructType)
    return struct


def _column_ddl(column: TableColumn) -> str:
    return f"{column.name} {column.type}{'' if column.nullable else ' NOT NULL'} COMMENT {_quoted(column.comment)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

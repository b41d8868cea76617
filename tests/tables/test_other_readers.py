"""The tables read by engines that are not Spark: the same rows, value for value."""

from collections import Counter
from typing import Any

import pytest
from deltalake import DeltaTable

from imaatlas_spark.schemas.spec import Table
from tests.tables.conftest import PATHS, Made

pytestmark = pytest.mark.spark
Rows = list[tuple[Any, ...]]


def by_deltalake(table: DeltaTable, declared: Table) -> Rows:
    rows = table.to_pyarrow_table(columns=list(declared.column_names)).to_pylist()
    return [tuple(row[name] for name in declared.column_names) for row in rows]


def by_pyarrow(table: DeltaTable, declared: Table) -> Rows:
    """The Parquet files by themselves; a reader of Parquet sees the year in the path."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    hive = ds.partitioning(pa.schema([("year", pa.int32())]), flavor="hive") if declared.partitioned_by else None
    rows = ds.dataset(table.file_uris(), format="parquet", partitioning=hive).to_table().to_pylist()
    return [tuple(row[name] for name in declared.column_names) for row in rows]


def by_polars(table: DeltaTable, declared: Table) -> Rows:
    import polars as pl

    return pl.read_delta(table.table_uri).select(declared.column_names).rows()


def by_duckdb(table: DeltaTable, declared: Table) -> Rows:
    import duckdb

    hive = "hive_partitioning = true, hive_types = {'year': INTEGER}" if declared.partitioned_by else ""
    files = ", ".join(f"'{uri}'" for uri in table.file_uris())
    columns = ", ".join(f'"{name}"' for name in declared.column_names)
    return duckdb.sql(f"SELECT {columns} FROM read_parquet([{files}]{', ' + hive if hive else ''})").fetchall()


READERS = {"deltalake": by_deltalake, "pyarrow": by_pyarrow, "polars": by_polars, "duckdb": by_duckdb}


@pytest.fixture(scope="module")
def as_spark_reads_them(made: Made) -> dict[str, Counter[str]]:
    return {path: counted(made.rows(path)) for path in PATHS}


def counted(rows: Rows) -> Counter[str]:
    return Counter(map(repr, rows))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("reader", READERS)
def test_another_reader_sees_the_same_rows(
    reader: str, path: str, made: Made, as_spark_reads_them: dict[str, Counter[str]]
) -> None:
    read = READERS[reader](DeltaTable(made.root / path), made.tables[path])
    assert read, "an empty table would prove nothing"
    assert counted(read) == as_spark_reads_them[path]

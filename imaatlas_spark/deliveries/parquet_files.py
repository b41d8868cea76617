"""Parquet written by others: any integer width, any decimal scale, one year in files of different types.

Spark reads one schema at a time and would stop at the first file that differs. So the footers are read first, here,
which also names the file that lacks a column or has a wrong type before a single row is touched.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import Source
from imaatlas_spark.schemas.spec import Column as ContractColumn

_INTEGERS = {"INT", "BIGINT", "DECIMAL(20,0)"}  # Spark reads unsigned 64-bit integers as decimals
MISFIT = "does_not_fit"
_NOTHING = "VOID"  # a column without a single value, as some writers type it


@dataclass(frozen=True)
class _File:
    path: str
    types: dict[str, str]  # Spark SQL type by column, "?..." where Spark has none that the contract could use


@dataclass(frozen=True)
class DeliveredRows:
    """The rows of a source in the contract's columns and types, MISFIT beside them, and what else the files held."""

    frame: DataFrame
    ignored_columns: frozenset[str]


def read_delivered(spark: SparkSession, folder: str, source: Source) -> DeliveredRows:
    """Every Parquet file directly in `folder`, in the contract's types, with a column MISFIT that is null where every
    value kept its worth and otherwise says which file and column has a number that does not fit.

    Raises DeliveryRefused for a missing or empty folder, a file that is no Parquet, a missing column, a wrong type.
    """
    files = [_read_footer(spark, path) for path in _parquet_files(spark, folder)]
    if not files:
        raise DeliveryRefused(f"{folder} is missing or has no Parquet file: deliver {source.name} there")
    for file in files:
        _check_types(file, source)
    alike = defaultdict(list)
    for file in files:
        alike[tuple(file.types.get(column.name) for column in source.columns)].append(file)
    frames = [_read_alike(spark, group, source) for group in alike.values()]
    names = {column.name for column in source.columns}
    ignored = frozenset(name for file in files for name in file.types if name not in names)
    return DeliveredRows(reduce(DataFrame.unionByName, frames), ignored)


def read_to_the_end(columns: Iterable[str]) -> list[Column]:
    """Aggregates that make Spark read every value, so that a damaged page is found before anything is written."""
    return [F.count(name).alias(f"read {name}") for name in columns]


@contextmanager
def refusing_damaged_files(folder: str) -> Iterator[None]:
    """Turns Spark's failure to read a file into a refusal that names it."""
    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        if "FAILED_READ_FILE" not in str(error):
            raise
        named = re.search(r"file:/\S+?\.parquet|\w+://\S+?\.parquet", str(error))
        raise DeliveryRefused(f"{named[0] if named else folder} cannot be read to its end: deliver it again") from None


def _parquet_files(spark: SparkSession, folder: str) -> list[str]:
    jvm: Any = spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(folder)
    system = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not system.exists(path):
        return []
    names = [status.getPath().toString() for status in system.listStatus(path) if status.isFile()]
    return sorted(
        name for name in names if name.endswith(".parquet") and not name.split("/")[-1].startswith(("_", "."))
    )


def _read_footer(spark: SparkSession, path: str) -> _File:
    jvm: Any = spark._jvm
    hadoop = spark._jsc.hadoopConfiguration()
    try:
        file = jvm.org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(jvm.org.apache.hadoop.fs.Path(path), hadoop)
        reader = jvm.org.apache.parquet.hadoop.ParquetFileReader.open(file)
    except Py4JJavaError as error:
        raise DeliveryRefused(f"{path} cannot be read as Parquet: deliver it again") from error
    try:
        fields = reader.getFileMetaData().getSchema().getFields()
        return _File(path, {field.getName(): _spark_type(field) for field in fields})
    finally:
        reader.close()


def _spark_type(field: Any) -> str:
    if not field.isPrimitive():
        return "?nested"
    physical = field.asPrimitiveType().getPrimitiveTypeName().toString()
    logical = str(field.getLogicalTypeAnnotation() or "")
    if re.fullmatch(r"DECIMAL\(\d+,\d+\)", logical):
        return logical
    unsigned = logical.endswith("false)")
    known = {
        ("BINARY", "STRING"): "STRING",
        ("INT32", "DATE"): "DATE",
        ("INT32", ""): "INT",
        ("INT64", ""): "BIGINT",
        ("INT32", "INTEGER"): "BIGINT" if logical == "INTEGER(32,false)" else "INT",
        ("INT64", "INTEGER"): "DECIMAL(20,0)" if unsigned else "BIGINT",
    }
    if logical.startswith(("UNKNOWN", "NULL")):
        return _NOTHING
    return known.get((physical, logical.split("(", maxsplit=1)[0]), f"?{physical} {logical}".strip())


def _check_types(file: _File, source: Source) -> None:
    lower = [name.lower() for name in file.types]
    for column in source.columns:
        found = file.types.get(column.name)
        if found is None:
            raise DeliveryRefused(f"{file.path}: column {column.name} is missing, expected {column.type}")
        if lower.count(column.name.lower()) > 1:
            raise DeliveryRefused(f"{file.path}: column {column.name} stands twice in other case: keep one of them")
        if not _fits(found, column.type):
            raise DeliveryRefused(
                f"{file.path}: column {column.name} is {found.lstrip('?')}, expected {column.type}: deliver that type"
            )


def _fits(found: str, expected: str) -> bool:
    if found == _NOTHING:
        return True
    if expected in {"INT", "BIGINT"}:
        return found in _INTEGERS
    if expected.startswith("DECIMAL"):
        return found.startswith("DECIMAL")
    return found == expected


def _read_alike(spark: SparkSession, files: list[_File], source: Source) -> DataFrame:
    """Files of the same types, read with exactly these types, so that Spark neither infers nor guesses."""
    types = files[0].types
    present = [column for column in source.columns if types[column.name] != _NOTHING]
    schema = ", ".join(f"`{column.name}` {types[column.name]}" for column in present)
    frame = spark.read.schema(schema).parquet(*(file.path for file in files))
    doubtful = [column for column in present if not _always_fits(types[column.name], column.type)]
    return frame.select(
        *(_typed(column, types[column.name]).alias(column.name) for column in source.columns),
        F.coalesce(*(_misfit(column, types[column.name]) for column in doubtful), F.lit(None).cast("string")).alias(
            MISFIT
        ),
    )


def _typed(column: ContractColumn, found: str) -> Column:
    if found == _NOTHING:
        return F.lit(None).cast(column.type)
    return F.col(column.name) if found == column.type else F.col(column.name).try_cast(column.type)


def _always_fits(found: str, expected: str) -> bool:
    if not expected.startswith("DECIMAL"):
        return found == expected or (found, expected) == ("INT", "BIGINT")
    (precision, scale), (wide, cents) = (map(int, re.findall(r"\d+", kind)) for kind in (found, expected))
    return bool(scale <= cents and precision - scale <= wide - cents)


def _misfit(column: ContractColumn, found: str) -> Column:
    """Where a value does not survive the way to the contract's type and back: the file and the column, else null."""
    fits = F.col(column.name).eqNullSafe(F.col(column.name).try_cast(column.type).try_cast(found))
    return F.when(~fits, F.concat(F.col("_metadata.file_path"), F.lit(f": column {column.name}")))

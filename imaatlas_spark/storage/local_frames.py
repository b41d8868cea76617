"""Small lists from the driver as frames that Spark holds in its plan: broadcast without a job of their own."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def local_frame(spark: SparkSession, rows: Iterable[tuple[Any, ...]], schema: str) -> DataFrame:
    """`rows` under a DDL schema: `code STRING, begins DATE`."""
    arrow = to_arrow_schema(_struct(schema), timezone="UTC")  # of timestamps: Spark keeps moments, whatever it shows
    columns = list(zip(*rows, strict=True)) or [()] * len(arrow)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, arrow, strict=True)]
    return arrow_frame(spark, pa.Table.from_arrays(arrays, schema=arrow), schema)


def arrow_frame(spark: SparkSession, table: pa.Table, schema: str) -> DataFrame:
    """A table that has the columns of a DDL schema, and others perhaps."""
    struct = _struct(schema)
    chosen: Any = table.select(struct.names)
    frame: DataFrame = spark.createDataFrame(chosen, struct)
    return frame


def _struct(schema: str) -> StructType:
    struct = StructType.fromDDL(schema)
    assert isinstance(struct, StructType)
    return struct

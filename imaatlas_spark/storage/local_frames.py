"""Small lists from the driver as frames that Spark holds in its plan: broadcast without a job of their own."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def local_frame(spark: SparkSession, rows: Iterable[tuple[Any, ...]], schema: str) -> DataFrame:
    """`rows` under a DDL schema: `code STRING, begins DATE`."""
    struct = StructType.fromDDL(schema)
    assert isinstance(struct, StructType)
    columns = list(zip(*rows, strict=True)) or [()] * len(struct.fields)
    arrow = to_arrow_schema(struct, timezone="UTC")  # of timestamps: Spark keeps moments, whatever a session shows
    arrays = [pa.array(values, field.type) for values, field in zip(columns, arrow, strict=True)]
    table: Any = pa.Table.from_arrays(arrays, schema=arrow)
    frame: DataFrame = spark.createDataFrame(table, struct)
    return frame

"""The floor: the columns of the year's delivered claims that any figure needs, read once. No figures."""

from pathlib import Path

from pyspark.sql import functions as F

from benchmarks.rivals.duckdb_engine import connected
from benchmarks.rivals.spark_session import session
from benchmarks.rivals.task import READ, SESSION, Figures, Stopwatch, Task
from imaatlas_spark.schemas.inputs import CLAIMS


def _files(task: Task) -> Path:
    return task.delivery / f"claims/year={task.year}"


def run_spark(task: Task, watch: Stopwatch) -> Figures:
    with watch.phase(SESSION):
        spark = session(task, "floor")
    with watch.phase(READ):
        claims = spark.read.parquet(str(_files(task)))
        claims.agg(*(F.max(column.name) for column in CLAIMS.columns)).collect()
    spark.stop()
    return {}


def run_duckdb(task: Task, watch: Stopwatch) -> Figures:
    with connected(task) as connection, watch.phase(READ):
        columns = ", ".join(f"max({column.name})" for column in CLAIMS.columns)
        connection.execute(f"SELECT {columns} FROM read_parquet('{_files(task)}/*.parquet')").fetchall()
    return {}

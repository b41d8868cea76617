"""Runs of a small job on one table: what tests of the ledger and of the shapes of tables begin with."""

from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.schemas.year_tables import LINE_QUALITY
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.recording import recorded
from imaatlas_spark.storage.warehouse import Warehouse


def lines(spark: SparkSession, *years: int, number: int = 1) -> DataFrame:
    return local_frame(spark, [(year, "late", number) for year in years], "year INT, figure STRING, lines BIGINT")


def run_that_writes(warehouse: Warehouse, *years: int, number: int = 1) -> None:
    """A completed run."""
    with recorded(warehouse, years, print):
        warehouse.replace_years(LINE_QUALITY, lines(warehouse.spark, *years, number=number), years)


def run_that_takes(warehouse: Warehouse, *years: int) -> list[int]:
    """A run that reads the years; the lines that it found."""
    with recorded(warehouse, years, print):
        warehouse.take(LINE_QUALITY, years)
        return sorted(row.lines for row in warehouse.read(LINE_QUALITY).collect() if row.year in years)

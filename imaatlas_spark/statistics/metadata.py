"""Metadata beside the figures: the tables that say what is published, written with each release that changes them."""

import hashlib
from collections.abc import Iterable
from functools import partial, reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark import __version__
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.geography.frames import recoding_frame, sectors_of_year
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.metadata import ABOUT, AREAS, BREAKS, METADATA_TABLES, PLACES, STATISTICS
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.statistics.metadata_rows import Rows, about_row, metadata_rows
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.side_by_side import side_by_side
from imaatlas_spark.storage.warehouse import Warehouse

_WRITTEN_AT_ONCE = 4  # most of a commit is waiting


def write_metadata(run: Run, warehouse: Warehouse, maps: Iterable[int]) -> None:
    """Bring `metadata/*` up to date for figures on the maps of the years `maps`: see `schemas.metadata`.

    Nothing is written where configuration, sectors and maps are those that it was last written from, and the tables are
    as a completed run left them. Cards that are gone keep their rows: their figures are still published. `about` comes
    last, and says what the others were made of.
    """
    made_of = _fingerprint(run, warehouse)
    before = _written_before(warehouse)
    wanted = set(maps) | (set(map(int, before["maps"].split(","))) if before else set())
    about = about_row(run.configuration, warehouse.drawn_with, sorted(wanted), made_of)
    named = dict(zip(ABOUT.column_names, about, strict=True))
    made_alike = before is not None and all(before[name] == named[name] for name in ("maps", "made_of"))
    if made_alike and all(warehouse.unchanged(table, None) for table in METADATA_TABLES):
        return
    rows = metadata_rows(run.configuration, wanted, warehouse.drawn_with is not None)
    commits = [partial(_write, run, warehouse, table, own, wanted) for table, own in rows]
    side_by_side(commits, _WRITTEN_AT_ONCE, run.spark.sparkContext.cancelAllJobs)
    warehouse.replace_whole(ABOUT, _frame(run, ABOUT, [about]))
    run.say(f"metadata: maps of {', '.join(map(str, sorted(wanted)))} written")


def _fingerprint(run: Run, warehouse: Warehouse) -> str:
    """The same for the same configuration and rows, whatever files they lie in and in whatever order."""
    hashed = F.xxhash64(*SECTORS.table.column_names).cast("decimal(38,0)")
    sectors = tuple(warehouse.read(SECTORS.table).agg(F.count("*"), F.sum(hashed)).collect()[0])
    parts = (run.configuration.fingerprint, __version__, warehouse.drawn_with, sectors)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _written_before(warehouse: Warehouse) -> dict[str, Any] | None:
    """The row of `about`; None: no metadata have been written yet."""
    if not warehouse.holds(ABOUT):
        return None
    rows = warehouse.read(ABOUT).collect()
    return rows[0].asDict() if rows else None


def _write(run: Run, warehouse: Warehouse, table: Table, rows: Rows, maps: set[int]) -> None:
    frame = _frame(run, table, rows)
    if table is AREAS:
        frame = frame.unionByName(_named_sectors(warehouse))
    elif table is PLACES:
        frame = reduce(DataFrame.unionByName, (_placed_sectors(run, warehouse, year) for year in sorted(maps)), frame)
    elif table in (STATISTICS, BREAKS) and warehouse.holds(table):
        gone = ~F.col("code").isin(*run.configuration.cards)
        frame = frame.unionByName(warehouse.read(table).where(gone))
    warehouse.replace_whole(table, frame.coalesce(1))


def _frame(run: Run, table: Table, rows: Rows) -> DataFrame:
    return local_frame(run.spark, rows, ", ".join(f"{column.name} {column.type}" for column in table.columns))


def _named_sectors(warehouse: Warehouse) -> DataFrame:
    """The sectors of the warehouse's list, in the columns of AREAS."""
    return warehouse.read(SECTORS.table).select(
        F.lit(SECTOR).alias("geo_level"),
        F.col("sector").alias("geo_code"),
        "name_nl",
        "name_fr",
        F.lit(None).cast("string").alias("name_de"),
        "valid_from",
        "valid_to",
    )


def _placed_sectors(run: Run, warehouse: Warehouse, year: int) -> DataFrame:
    """The sectors of a map, each in its municipality, in the columns of PLACES."""
    recoding = recoding_frame(run.spark, run.configuration.geography, year)
    return sectors_of_year(warehouse.read(SECTORS.table), recoding, year).select(
        F.lit(year).alias("geography"),
        F.lit(SECTOR).alias("geo_level"),
        F.col("sector").alias("geo_code"),
        F.lit("municipality").alias("parent_level"),
        F.col("municipality").alias("parent_code"),
    )

"""Metadata beside the figures: the tables that say what is published, written with each release that changes them."""

import hashlib
from collections.abc import Collection, Iterable
from functools import partial, reduce

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from imaatlas_spark import __version__
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.geography.frames import recoding_frame, sectors_of_year
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.metadata import ABOUT, AREAS, BREAKS, METADATA_TABLES, PLACES, STATISTICS
from imaatlas_spark.schemas.spec import Table, ddl
from imaatlas_spark.statistics.metadata_rows import Rows, about_row, metadata_rows
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.publications import metadata_versions
from imaatlas_spark.storage.side_by_side import side_by_side
from imaatlas_spark.storage.warehouse import Warehouse

_OF_STATISTICS = (STATISTICS, BREAKS)  # each row is one of a statistic
_WRITTEN_AT_ONCE = 4  # most of a commit is waiting


def write_metadata(run: Run, warehouse: Warehouse, maps: Iterable[int], stay: Collection[str]) -> None:
    """Bring `metadata/*` up to date for figures on the maps of the years `maps`: see `schemas.metadata`.

    `stay`: the statistics whose figures stay as they were published: their rows do, too, whatever their cards say now.
    Nothing is written where the rows would be those that are there, as a completed run left them. `about` comes last,
    and says what the others were made of.
    """
    before = _published_rows(warehouse, ABOUT)
    wanted = set(maps) | {int(year) for row in before for year in row.maps.split(",")}
    declared = metadata_rows(run.configuration, wanted, warehouse.drawn_with is not None)
    rows = [(table, _with_those_that_stay(warehouse, table, own, stay)) for table, own in declared]
    made_of = _fingerprint(run, warehouse, [own for table, own in rows if table in _OF_STATISTICS])
    about = about_row(run.configuration, warehouse.drawn_with, sorted(wanted), made_of)
    is_alike = {about} == {tuple(row) for row in before}
    if is_alike and all(warehouse.unchanged(table, None) for table in METADATA_TABLES):
        return
    commits = [partial(_write, run, warehouse, table, own, wanted) for table, own in rows]
    side_by_side(commits, _WRITTEN_AT_ONCE, run.spark.sparkContext.cancelAllJobs)
    warehouse.replace_whole(ABOUT, _frame(run, ABOUT, [about]))
    run.say(f"metadata: maps of {', '.join(map(str, sorted(wanted)))} written")


def _published_rows(warehouse: Warehouse, table: Table) -> list[Row]:
    """The rows of a metadata table that belong to what is published; none where nothing is."""
    if not warehouse.holds(table):
        return []
    version = metadata_versions(warehouse).get(table.path, warehouse.version(table))
    return warehouse.at_version(table, version).select(*table.column_names).collect()


def _with_those_that_stay(warehouse: Warehouse, table: Table, rows: Rows, stay: Collection[str]) -> Rows:
    """The rows of the statistics in `stay` as they were published, those of the others as their cards are now."""
    if table not in _OF_STATISTICS:
        return rows
    known = {row.code for row in _published_rows(warehouse, STATISTICS)} & set(stay) if stay else set()
    staying = [tuple(row) for row in _published_rows(warehouse, table) if row.code in known] if known else []
    code = table.column_names.index("code")
    return sorted([*staying, *(row for row in rows if row[code] not in known)], key=repr)


def _fingerprint(run: Run, warehouse: Warehouse, of_statistics: list[Rows]) -> str:
    """The same for the same configuration and rows, whatever files they lie in and in whatever order."""
    hashed = F.xxhash64(*SECTORS.table.column_names).cast("decimal(38,0)")
    sectors = tuple(warehouse.read(SECTORS.table).agg(F.count("*"), F.sum(hashed)).collect()[0])
    parts = (run.configuration.fingerprint, __version__, warehouse.drawn_with, sectors, of_statistics)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _write(run: Run, warehouse: Warehouse, table: Table, rows: Rows, maps: set[int]) -> None:
    frame = _frame(run, table, rows)
    if table is AREAS:
        frame = frame.unionByName(_named_sectors(warehouse))
    elif table is PLACES:
        frame = reduce(DataFrame.unionByName, (_placed_sectors(run, warehouse, year) for year in sorted(maps)), frame)
    warehouse.replace_whole(table, frame.coalesce(1))


def _frame(run: Run, table: Table, rows: Rows) -> DataFrame:
    return local_frame(run.spark, rows, ddl(table.columns))


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

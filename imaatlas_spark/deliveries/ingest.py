"""Deliveries to accepted inputs: everything is checked before anything is written (data contract, sections 2 and 4)."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.deliveries import row_checks
from imaatlas_spark.deliveries.csv_files import DeliveredFile
from imaatlas_spark.deliveries.drawn import refuse_mixture
from imaatlas_spark.deliveries.inspection import Inspection, inspect
from imaatlas_spark.deliveries.origins import note_origins
from imaatlas_spark.deliveries.parquet_files import (
    MISFIT,
    read_delivered,
    read_to_the_end,
    refuse_misfit,
    refusing_unreadable_files,
)
from imaatlas_spark.deliveries.register_checks import check_registers
from imaatlas_spark.deliveries.row_checks import REASON, Oddity
from imaatlas_spark.deliveries.stores import store_of
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import (
    CLAIMS,
    POPULATION,
    QUARANTINE,
    RECONCILIATION,
    REGISTERS,
    YEARLY,
    Source,
)
from imaatlas_spark.schemas.spec import ddl
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.recording import recorded
from imaatlas_spark.storage.warehouse import Warehouse

_FAULTS: dict[Source, Callable[[int], dict[str, Column]]] = {
    CLAIMS: row_checks.claim_faults,
    POPULATION: row_checks.person_faults,
}
_ACCEPTED: dict[Source, Callable[[DataFrame, int], DataFrame]] = {
    CLAIMS: row_checks.accepted_claims,
    POPULATION: row_checks.accepted_persons,
}


@dataclass(frozen=True)
class _SourceYear:
    """The rows of one source and year, each with its reason; the few with one, kept; and what was counted.

    `rows` are judged by the faults that were found, as no row has any other: most years have few of them.
    """

    source: Source
    year: int
    rows: DataFrame
    faulty: DataFrame
    figures: Mapping[str, int]

    @property
    def read(self) -> int:
        return self.figures["read"]

    @property
    def accepted(self) -> int:
        return self.figures["accepted"]


def ingest(run: Run, delivery: str, warehouse: Warehouse, years: tuple[int, ...]) -> None:
    """Look at a delivery and ingest it, as one run: a refusal of either is written down."""
    with recorded(warehouse, years, run.say):
        ingest_inspected(run, warehouse, inspect(store_of(run.spark, delivery), delivery, years, run.configuration))


def ingest_inspected(run: Run, warehouse: Warehouse, inspected: Inspection) -> None:
    """Check the whole delivery, then replace the inputs of its years, year by year, and the registers.

    The delivery must be as it was when it was looked at. Raises DeliveryRefused with nothing written but the
    quarantine, where too many rows of it were the reason.
    """
    with recorded(warehouse, inspected.years, run.say), ExitStack() as cached:
        _checked_then_written(run, warehouse, inspected, cached)


def _checked_then_written(run: Run, warehouse: Warehouse, inspected: Inspection, cached: ExitStack) -> None:
    years = inspected.years
    for line in inspected.told:
        run.say(line)
    refuse_mixture(warehouse, inspected.delivery, inspected.drawn_with)
    if inspected.drawn_with is not None:
        warehouse.mark_synthetic(inspected.drawn_with)
        run.say(f"{inspected.delivery} is synthetic: every table that is made from it says so")
    registers = _read_registers(run, inspected)
    source_years = [_examined(run, inspected, source, year, cached) for year in years for source in YEARLY]
    inspected.refuse_changes()
    _write_quarantine(warehouse, source_years)
    _refuse_full_quarantine(run, source_years)
    for source, frame in registers.items():
        inspected.refuse_changes()
        with refusing_unreadable_files(inspected.folder(source)):
            warehouse.replace_whole(source.table, frame)
    for file in inspected.small_files:
        warehouse.replace_whole(file.source.table, _frame_of(run, file))
    for each in source_years:
        _write_accepted(warehouse, inspected, each)
    _write_reconciliation(run, warehouse, source_years)
    note_origins(warehouse, inspected, run.configuration)


def _read_registers(run: Run, inspected: Inspection) -> dict[Source, DataFrame]:
    registers = {}
    for source in REGISTERS:
        folder = inspected.folder(source)
        frame = read_delivered(run.spark, inspected.store, folder)
        with refusing_unreadable_files(folder):
            counts = [F.count("*").alias("rows"), *read_to_the_end(frame.columns)]
            odd = row_checks.oddities(source, run.configuration.geography.every_code)
            counts += [F.count_if(each.condition).alias(each.figure) for each in odd]
            read = frame.agg(F.min(MISFIT).alias(MISFIT), *counts).collect()[0].asDict()
        inspected.refuse_another_number(folder, read["rows"])
        refuse_misfit(read[MISFIT], source)
        for line in _told(odd, source.name, read):
            run.say(line)
        registers[source] = frame.drop(MISFIT)
    check_registers(registers)
    return registers


def _frame_of(run: Run, file: DeliveredFile) -> DataFrame:
    return local_frame(run.spark, file.values, ddl(file.source.columns))


def _examined(run: Run, inspected: Inspection, source: Source, year: int, cached: ExitStack) -> _SourceYear:
    """Read one source and year once, to the end of every column: rows by reason, values that do not fit.

    Rows with a fault stay in memory until `cached` ends.
    """
    folder = inspected.folder(source, year)
    delivered = read_delivered(run.spark, inspected.store, folder)
    faults = _FAULTS[source](year)
    rows = row_checks.with_reason(delivered, faults)
    faulty = rows.where(F.col(REASON).isNotNull() | F.col(MISFIT).isNotNull()).persist()
    cached.callback(faulty.unpersist)
    with refusing_unreadable_files(folder):
        figures, misfit = _counted(rows, faulty)
        odd = row_checks.oddities(source, run.configuration.geography.every_code)
        if source is POPULATION:
            figures |= _faulty_fields(rows, year, odd)
    inspected.refuse_another_number(folder, figures["read"])
    refuse_misfit(misfit, source)
    if source is POPULATION:
        _refuse_repeated_persons(rows, folder.path)
    run.say(
        f"{source.name} {year}: {figures['read']} rows read, {figures['accepted']} accepted, "
        f"{figures['read'] - figures['accepted']} in quarantine"
    )
    for line in _told(odd, f"{source.name} {year}", figures):
        run.say(line)
    found = {reason: fault for reason, fault in faults.items() if f"quarantined {reason}" in figures}
    judged = row_checks.with_reason(delivered.drop(MISFIT), found)
    return _SourceYear(source, year, judged, faulty, figures)


def _told(odd: Iterable[Oddity], rows: str, figures: Mapping[str, int]) -> list[str]:
    """A line for each kind of odd values that was found in a column."""
    return [
        f"{rows}: column {each.column} has {number} {each.values}: they are taken as unknown"
        for each in odd
        if (number := figures[each.figure])
    ]


def _counted(rows: DataFrame, faulty: DataFrame) -> tuple[dict[str, int], str | None]:
    counted = faulty.groupBy(REASON).agg(F.count("*").alias("rows"), F.min(MISFIT).alias(MISFIT)).collect()
    figures = {f"quarantined {row[REASON]}": row["rows"] for row in counted if row[REASON]}
    read = rows.count()
    figures |= {"read": read, "accepted": read - sum(figures.values())}
    return figures, min((row[MISFIT] for row in counted if row[MISFIT]), default=None)


def _faulty_fields(rows: DataFrame, year: int, odd: Iterable[Oddity]) -> dict[str, int]:
    """How many fields of accepted persons are emptied, and how many are odd.

    Reads to the end, because the search for faulty persons skips what has none by the statistics in the files.
    """
    faults = {f"nulled {name}": fault for name, fault in row_checks.unlikely_person_fields(year).items()}
    faults |= {each.figure: each.condition for each in odd}
    accepted = F.col(REASON).isNull()
    counts = [F.count_if(accepted & fault).alias(figure) for figure, fault in faults.items()]
    counted = rows.agg(*counts, *read_to_the_end(rows.columns)).collect()[0].asDict()
    return {figure: counted[figure] for figure in faults}


def _refuse_repeated_persons(rows: DataFrame, folder: str) -> None:
    persons = rows.where(F.col(REASON).isNull()).groupBy("PP0010").count()
    repeated = persons.where(F.col("count") > 1).count()
    if repeated:
        raise DeliveryRefused(f"{folder}: column PP0010 names {repeated} persons twice, expected one row a person")


def _write_quarantine(warehouse: Warehouse, source_years: list[_SourceYear]) -> None:
    quarantined = [
        each.faulty.select(
            F.lit(each.source.name).alias("source"),
            F.lit(each.year).alias("year"),
            REASON,
            F.to_json(F.struct(*each.source.table.column_names[1:]), {"ignoreNullFields": "false"}).alias("row"),
        )
        for each in source_years
        if each.read > each.accepted
    ]
    nothing = local_frame(warehouse.spark, [], "source STRING, year INT, reason STRING, row STRING")
    warehouse.replace_years(
        QUARANTINE, reduce(DataFrame.unionByName, quarantined, nothing), {each.year for each in source_years}
    )


def _refuse_full_quarantine(run: Run, source_years: list[_SourceYear]) -> None:
    for each in source_years:
        limit = run.configuration.rules.at(each.year).max_quarantined_share
        quarantined = each.read - each.accepted
        if quarantined > limit * each.read:
            raise DeliveryRefused(
                f"{each.source.name} {each.year}: {quarantined} of {each.read} rows are in quarantine, more than "
                f"{limit:%}: see inputs/quarantine for the reasons, mend the delivery"
            )


def _write_accepted(warehouse: Warehouse, inspected: Inspection, each: _SourceYear) -> None:
    """The delivery is read again to be written: it must be the one that was judged, before and after."""
    good = each.rows.where(F.col(REASON).isNull())
    accepted = _ACCEPTED[each.source](good, each.year)
    inspected.refuse_changes()
    with refusing_unreadable_files(inspected.folder(each.source, each.year)):
        rows = accepted.withColumn("year", F.lit(each.year))
        written = warehouse.replace_years(each.source.table, rows, (each.year,))
    inspected.refuse_changes()
    if written != each.accepted:
        raise RuntimeError(f"{each.source.name} {each.year}: {each.accepted} rows accepted, {written} rows written")


def _write_reconciliation(run: Run, warehouse: Warehouse, source_years: list[_SourceYear]) -> None:
    rows = [
        (each.year, each.source.name, figure, number)
        for each in source_years
        for figure, number in sorted(each.figures.items())
    ]
    frame = local_frame(run.spark, rows, "year INT, source STRING, figure STRING, rows BIGINT")
    warehouse.replace_years(RECONCILIATION, frame, {each.year for each in source_years})

"""The delivery to accepted Parquet files in Polars: judged row by row, refused as a whole, rewritten."""

from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl

from benchmarks.rivals.definitions import Definitions
from benchmarks.rivals.delivered_files import AlikeFiles, alike_files
from benchmarks.rivals.task import Task
from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION, PRACTICE_TYPES, REGISTERS, Source

_MATCHES = "regexp_like({column}, '^(?:{pattern})$')"
_TYPES: dict[str, pl.DataType] = {
    "BIGINT": pl.Int64(),
    "INT": pl.Int32(),
    "STRING": pl.String(),
    "DATE": pl.Date(),
    "DECIMAL(12,2)": pl.Decimal(12, 2),
}
_ACCEPTED = pl.col("reason").is_null()
COMPRESSION: Literal["snappy"] = "snappy"


class _Judged(NamedTuple):
    """The rows of a source and year, each with its reason, and how many of them are accepted and not."""

    rows: pl.LazyFrame
    accepted: int
    quarantined: int


def ingest(task: Task, definitions: Definitions) -> None:
    """Everything is checked before anything is written; every file is read twice, as in the engine."""
    registers = {source.name: _delivered(task.delivery / source.name, source).collect() for source in REGISTERS}
    _check_registers(registers)
    judged: dict[tuple[str, int], _Judged] = {}
    for year in task.years:
        faults = {CLAIMS: definitions.claim_faults(year, _MATCHES), POPULATION: {"person_missing": "PP0010 IS NULL"}}
        for source, conditions in faults.items():
            rows = _judged(task.delivery / source.name / f"year={year}", source, conditions)
            judged[source.name, year] = _counted(rows, definitions, year)
        persons = judged["population", year].rows.filter(_ACCEPTED).select("PP0010")
        repeated = persons.group_by("PP0010").len().filter(pl.col("len") > 1)
        _refuse_if_any(repeated.collect(engine="streaming"), "a person twice")
    for year in task.years:
        _write_year(task.folder / "inputs", judged["claims", year], judged["population", year], definitions, year)
    for name, register in registers.items():
        register.write_parquet(task.folder / f"inputs/{name}.parquet", compression=COMPRESSION)


def _delivered(folder: Path, source: Source) -> pl.LazyFrame:
    """The columns of the contract in its types, from files of whatever integer width and decimal scale."""
    return pl.concat([_read_alike(files, source) for files in alike_files(folder, source)])


def _read_alike(files: AlikeFiles, source: Source) -> pl.LazyFrame:
    empty = pl.from_arrow(files.schema.empty_table())
    assert isinstance(empty, pl.DataFrame)
    rows = pl.scan_parquet(list(files.paths), schema=empty.schema, extra_columns="ignore", hive_partitioning=False)
    lost = [
        pl.col(name).cast(pl.Decimal(12, 2)).cast(empty.schema[name]) != pl.col(name) for name in files.finer_than_cents
    ]
    return rows.select(
        *(pl.col(column.name).cast(_TYPES[column.type]) for column in source.columns),
        misfit=pl.any_horizontal(*lost, False),
    )


def _judged(folder: Path, source: Source, faults: dict[str, str]) -> pl.LazyFrame:
    cases = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in faults.items())
    return _delivered(folder, source).with_columns(reason=pl.sql_expr(f"CASE {cases} END"))


def _counted(rows: pl.LazyFrame, definitions: Definitions, year: int) -> _Judged:
    """Refuses an empty year, a full quarantine and a number that does not fit."""
    counted = rows.group_by("reason").agg(pl.len().alias("rows"), pl.col("misfit").sum()).collect(engine="streaming")
    read, accepted = (int(each["rows"].sum()) for each in (counted, counted.filter(_ACCEPTED)))
    limit = definitions.configuration.rules.at(year).max_quarantined_share
    if not read or read - accepted > limit * read or counted["misfit"].sum():
        raise ValueError(f"{year}: refused: {counted}")
    return _Judged(rows, accepted, read - accepted)


def _check_registers(registers: dict[str, pl.DataFrame]) -> None:
    for source in REGISTERS:
        rows = registers[source.name]
        empty = pl.any_horizontal(*(pl.col(column.name).is_null() for column in source.columns if not column.nullable))
        _refuse_if_any(rows.filter(empty | (pl.col("valid_to") < pl.col("valid_from"))), source.name)
    for name, key in (("practices", "practice_id"), ("practitioners", "provider_id")):
        later = pl.col("valid_from").shift(-1).over(key)
        still_valid = pl.col("valid_to").is_null() | (pl.col("valid_to") >= later)
        _refuse_if_any(registers[name].sort(key, "valid_from").filter(later.is_not_null() & still_valid), name)
    unknown = registers["practice_members"].join(registers["practices"], on="practice_id", how="anti")
    _refuse_if_any(unknown, "practice_members")
    _refuse_if_any(registers["practices"].filter(~pl.col("practice_type").is_in(PRACTICE_TYPES)), "practice_type")


def _refuse_if_any(rows: pl.DataFrame, what: str) -> None:
    if rows.height:
        raise ValueError(f"refused: {what}: {rows.height} rows")


def _write_year(inputs: Path, claims: _Judged, population: _Judged, definitions: Definitions, year: int) -> None:
    """Accepted claim lines, those that a variable looks at apart from the rest; accepted persons; the quarantine."""
    oldest = year - 125  # data contract, section 2
    lines = claims.rows.filter(_ACCEPTED).with_columns(pl.col("SS00020").str.tail(6))
    listed = pl.sql_expr(f"SS00020 IN ({definitions.listed_codes})")
    persons = population.rows.filter(_ACCEPTED).with_columns(
        PP0015=pl.when(pl.col("PP0015").is_between(oldest, year)).then("PP0015"),
        PP0020=pl.when(pl.col("PP0020").is_in([1, 2])).then("PP0020"),
    )
    parts = {
        f"claims/year={year}/listed=true": lines.filter(listed),
        f"claims/year={year}/listed=false": lines.filter(~listed),
        f"population/year={year}": persons,
    }
    for name, judged in (("claims", claims), ("population", population)):
        if judged.quarantined:
            parts[f"quarantine/{name}/year={year}"] = judged.rows.filter(~_ACCEPTED)
    sinks = [
        rows.drop("misfit").sink_parquet(inputs / name / "part.parquet", compression=COMPRESSION, mkdir=True, lazy=True)
        for name, rows in parts.items()
    ]
    pl.collect_all(sinks, engine="streaming")
    for name, judged in (("claims", claims), ("population", population)):
        written = pl.scan_parquet(inputs / f"{name}/year={year}/**/*.parquet").select(pl.len()).collect().item()
        if written != judged.accepted:
            raise ValueError(f"{name} {year}: {judged.accepted} rows accepted, {written} rows written")

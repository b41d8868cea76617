"""The delivery to accepted Parquet files in DuckDB: judged row by row, refused as a whole, rewritten."""

from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.rivals.definitions import Definitions
from benchmarks.rivals.delivered_files import alike_files
from benchmarks.rivals.task import Task
from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION, PRACTICE_TYPES, REGISTERS, Source

_MATCHES = "regexp_full_match({column}, '{pattern}')"


class _Counts(NamedTuple):
    accepted: int
    quarantined: int


def ingest(connection: duckdb.DuckDBPyConnection, task: Task, definitions: Definitions) -> None:
    """Everything is checked before anything is written; every file is read twice, as in the engine."""
    inputs = task.folder / "inputs"
    counts: dict[str, _Counts] = {}
    _check_registers(connection, task)
    for year in task.years:
        faults = {CLAIMS: definitions.claim_faults(year, _MATCHES), POPULATION: {"person_missing": "PP0010 IS NULL"}}
        for source, conditions in faults.items():
            folder = task.delivery / source.name / f"year={year}"
            rows = f"{source.name}_{year}"
            connection.execute(f"CREATE OR REPLACE VIEW {rows} AS {_judged(folder, source, conditions)}")
            counts[rows] = _counted(connection, rows, definitions, year)
        _refuse_if_any(
            connection, f"SELECT PP0010 FROM population_{year} WHERE reason IS NULL GROUP BY PP0010 HAVING count(*) > 1"
        )
    for year in task.years:
        _write_year(connection, inputs, definitions, year)
        for source in (CLAIMS, POPULATION):
            _check_written(connection, inputs, source, year, counts[f"{source.name}_{year}"])
    for source in REGISTERS:
        _copy(connection, f"FROM {source.name}", inputs / f"{source.name}.parquet")


def _delivered(folder: Path, source: Source) -> str:
    """The columns of the contract in its types, from files of whatever integer width and decimal scale."""
    selects = []
    for files in alike_files(folder, source):
        columns = ", ".join(
            f"CAST({column.name} AS {_type(column.type)}) AS {column.name}" for column in source.columns
        )
        lost = [f"{name} <> CAST({name} AS DECIMAL(12, 2))" for name in files.finer_than_cents]
        misfit = " OR ".join(lost) or "FALSE"
        selects.append(f"SELECT {columns}, {misfit} AS misfit FROM read_parquet({list(files.paths)})")
    return " UNION ALL ".join(selects)


def _type(contract: str) -> str:
    return {"STRING": "VARCHAR", "INT": "INTEGER"}.get(contract, contract)


def _judged(folder: Path, source: Source, faults: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in faults.items())
    return f"SELECT *, CASE {cases} END AS reason FROM ({_delivered(folder, source)})"


def _counted(connection: duckdb.DuckDBPyConnection, rows: str, definitions: Definitions, year: int) -> _Counts:
    """Rows accepted and in quarantine; refuses an empty year, a full quarantine and a number that does not fit."""
    counted = connection.execute(
        f"SELECT reason, count(*), count(*) FILTER (misfit) FROM {rows} GROUP BY reason"
    ).fetchall()
    read: int = sum(number for _, number, _ in counted)
    quarantined: int = sum(number for reason, number, _ in counted if reason is not None)
    limit = definitions.configuration.rules.at(year).max_quarantined_share
    if not read or quarantined > limit * read or any(misfits for *_, misfits in counted):
        raise ValueError(f"{rows}: refused: {counted}")
    return _Counts(read - quarantined, quarantined)


def _check_registers(connection: duckdb.DuckDBPyConnection, task: Task) -> None:
    for source in REGISTERS:
        delivered = _delivered(task.delivery / source.name, source)
        connection.execute(f"CREATE OR REPLACE TABLE {source.name} AS SELECT * EXCLUDE (misfit) FROM ({delivered})")
        required = " OR ".join(f"{column.name} IS NULL" for column in source.columns if not column.nullable)
        _refuse_if_any(connection, f"FROM {source.name} WHERE {required} OR valid_to < valid_from")
    for register, key in (("practices", "practice_id"), ("practitioners", "provider_id")):
        rows = f"WINDOW of_key AS (PARTITION BY {key} ORDER BY valid_from, valid_to)"
        later = "lead(valid_from) OVER of_key"
        _refuse_if_any(connection, f"FROM {register} {rows} QUALIFY coalesce(valid_to >= {later}, {later} IS NOT NULL)")
    _refuse_if_any(connection, "FROM practice_members ANTI JOIN practices USING (practice_id)")
    _refuse_if_any(connection, f"FROM practices WHERE practice_type NOT IN {PRACTICE_TYPES}")


def _refuse_if_any(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    if connection.execute(f"{query} LIMIT 1").fetchall():
        raise ValueError(f"refused: {query}")


def _write_year(connection: duckdb.DuckDBPyConnection, inputs: Path, definitions: Definitions, year: int) -> None:
    """Accepted claim lines, those that a variable looks at apart from the rest; accepted persons."""
    oldest = year - 125  # data contract, section 2
    claims = inputs / f"claims/year={year}"
    claims.mkdir(parents=True)
    connection.execute(
        f"""COPY (
            SELECT * EXCLUDE (misfit, reason) REPLACE (right(SS00020, 6) AS SS00020),
                right(SS00020, 6) IN ({definitions.listed_codes}) AS listed
            FROM claims_{year} WHERE reason IS NULL
        ) TO '{claims}' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (listed), OVERWRITE_OR_IGNORE)"""
    )
    _copy(
        connection,
        f"""SELECT * EXCLUDE (misfit, reason) REPLACE (
                CASE WHEN PP0015 BETWEEN {oldest} AND {year} THEN PP0015 END AS PP0015,
                CASE WHEN PP0020 IN (1, 2) THEN PP0020 END AS PP0020)
            FROM population_{year} WHERE reason IS NULL""",
        inputs / f"population/year={year}/part.parquet",
    )


def _check_written(
    connection: duckdb.DuckDBPyConnection, inputs: Path, source: Source, year: int, counts: _Counts
) -> None:
    """Accepted and quarantined rows make the rows read; a quarantine is written where there is one."""
    folder = f"{source.name}/year={year}"
    if counts.quarantined:
        quarantined = f"SELECT * EXCLUDE (misfit) FROM {source.name}_{year} WHERE reason IS NOT NULL"
        _copy(connection, quarantined, inputs / f"quarantine/{folder}/part.parquet")
    written = f"SELECT count(*) FROM read_parquet('{inputs}/{folder}/**/*.parquet')"
    _refuse_if_any(connection, f"SELECT 1 WHERE ({written}) <> {counts.accepted}")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION snappy)")

"""The same chain in DuckDB SQL: each variable a query in the words of the rules, each year table a Parquet file."""

import duckdb

from benchmarks.rivals.definitions import Definitions, amount, takes_part
from benchmarks.rivals.duckdb_ingest import ingest
from benchmarks.rivals.duckdb_variables import Queries, of_claims, of_persons, year_tables
from benchmarks.rivals.task import FIGURES, INGEST, SOURCE_VARIABLES, Figures, Stopwatch, Task, figures_of
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.periods import first_day, last_day


def run(task: Task, watch: Stopwatch) -> Figures:
    definitions = Definitions.of(task)
    with connected(task) as connection:
        with watch.phase(INGEST):
            ingest(connection, task, definitions)
        with watch.phase(SOURCE_VARIABLES):
            build_source_variables(connection, task, definitions)
        with watch.phase(FIGURES):
            build_statistics(connection, task, definitions)
        return figures(connection, task, definitions)


def connected(task: Task) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "memory_limit": f"{task.memory}b".upper(),
            "threads": task.threads,
            "temp_directory": str(task.folder / "spill"),
            "preserve_insertion_order": False,
        }
    )


def build_source_variables(connection: duckdb.DuckDBPyConnection, task: Task, definitions: Definitions) -> None:
    connection.register("recoding", definitions.recoding)
    connection.execute(f"CREATE VIEW lines AS {_lines(task, definitions)}")
    connection.execute(f"CREATE VIEW population AS FROM '{task.folder}/inputs/population/year={task.year}/*.parquet'")
    _read_small_files(connection, task)
    for queries in (_registers(task.year), of_claims(definitions), of_persons(definitions)):
        for name, query in queries.items():
            connection.execute(f"CREATE TABLE {name} AS {query}")
    folder = task.folder / f"source_variables/year={task.year}"
    folder.mkdir(parents=True)
    for table, query in year_tables(definitions).items():
        path = folder / f"{table}.parquet"
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION snappy)")
        connection.execute(f"CREATE VIEW {table} AS FROM '{path}'")


def _lines(task: Task, definitions: Definitions) -> str:
    """The lines of every year inside its booking window, under names that read as words."""
    windows = " ".join(f"WHEN {year} THEN {definitions.last_booked_month(year)}" for year in task.years)
    return f"""
        SELECT year, listed, SS00010 AS person_id, SS00015 AS service_date, SS00020 AS code, SS00050 AS cases,
            SS00060 AS amount, SS00065 AS provider_id, SS00065B AS qualification, PRACTITIONER_CAT AS category,
            SS00075 AS institution_id, NWE_YN AS nwe
        FROM read_parquet('{task.folder}/inputs/claims/*/*/*.parquet',
            hive_partitioning = true, hive_types = {{'year': INTEGER, 'listed': BOOLEAN}})
        WHERE BOOKED_MONTH <= CASE year {windows} END"""


def _read_small_files(connection: duckdb.DuckDBPyConnection, task: Task) -> None:
    connection.execute(
        f"""CREATE TABLE medians AS
            SELECT profession_group, CAST(year AS INTEGER) AS year, CAST(median_eur AS DECIMAL(18, 2)) AS median_income
            FROM read_csv('{task.delivery}/fte_income_medians.csv', header = true, all_varchar = true)"""
    )
    connection.execute(
        f"""CREATE TABLE sectors AS
            WITH listed AS (
                SELECT sector, CAST(valid_from AS DATE) AS valid_from, CAST(nullif(valid_to, '') AS DATE) AS valid_to
                FROM read_csv('{task.delivery}/sectors.csv', header = true, all_varchar = true))
            SELECT DISTINCT sector, municipality
            FROM listed JOIN recoding ON left(sector, 5) = recoding.code
            WHERE NOT ends_with(sector, 'ZZZZ') AND {_overlaps(task.year)}"""
    )


def _overlaps(year: int) -> str:
    return f"valid_from <= '{last_day(year)}' AND coalesce(valid_to >= '{first_day(year)}', TRUE)"


def _registers(year: int) -> Queries:
    """Which practice a provider or an institution stands for on which days; the register row of the year."""
    return {
        "practice_of_provider": _spells("practice_members", "provider_id"),
        "practice_of_institution": _spells("practices", "institution_id"),
        "practice_in_year": _row_of_year("practices", "practice_id", year),
        "practitioner_in_year": _row_of_year("practitioners", "provider_id", year),
    }


def _spells(register: str, key: str) -> str:
    return f"""
        WITH cuts AS (
            SELECT {key}, valid_from AS begins FROM {register} WHERE {key} IS NOT NULL
            UNION
            SELECT {key}, valid_to + 1 FROM {register} WHERE {key} IS NOT NULL AND valid_to IS NOT NULL),
        stretches AS (
            SELECT {key}, begins,
                coalesce(lead(begins) OVER (PARTITION BY {key} ORDER BY begins) - 1, DATE '9999-12-31') AS ends
            FROM cuts)
        SELECT {key}, practice_id, begins, ends
        FROM stretches JOIN {register} USING ({key})
        WHERE begins >= valid_from AND coalesce(begins <= valid_to, TRUE)
        QUALIFY row_number() OVER (PARTITION BY {key}, begins ORDER BY valid_from DESC, practice_id) = 1"""


def _row_of_year(register: str, key: str, year: int) -> str:
    return f"""
        SELECT {register}.*, municipality
        FROM {register} LEFT JOIN recoding ON nis = recoding.code
        WHERE {_overlaps(year)}
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY valid_from DESC) = 1"""


def build_statistics(connection: duckdb.DuckDBPyConnection, task: Task, definitions: Definitions) -> None:
    """Each statistic on its complete grid, written as a Parquet file."""
    connection.register("places", definitions.places)
    connection.register("areas", definitions.areas)
    task.statistic("").parent.mkdir(parents=True)
    for card in definitions.cards:
        target = f"TO '{task.statistic(card.code)}' (FORMAT parquet, COMPRESSION snappy)"
        connection.execute(f"COPY ({_statistic(card, definitions)}) {target}")


def figures(connection: duckdb.DuckDBPyConnection, task: Task, definitions: Definitions) -> Figures:
    found: Figures = {}
    for card in definitions.cards:
        rows = connection.sql(f"FROM '{task.statistic(card.code)}'").to_arrow_table().to_pylist()
        found |= figures_of(card.code, task.year, rows, card.dimensions)
    return found


def _statistic(card: Card, definitions: Definitions) -> str:
    names = card.dimensions
    listed = "".join(f", {name}" for name in names)
    members = "".join(f", {definitions.member(name)} AS {name}" for name in names)
    codes = "".join(f", unnest({[*definitions.codes(name), TOTAL]}) AS {name}" for name in names)
    with_totals = "".join(f", unnest(list_distinct([{name}, '{TOTAL}'])) AS {name}" for name in names)
    sector = "sector" if card.unit == "person_year" else "NULL::VARCHAR AS sector"
    denominator = f"sum({amount(card.denominator)})" if card.denominator else "NULL"
    counted = "coalesce(sums.denominator, 0)" if card.denominator else "NULL"
    levels = definitions.levels(card)
    return f"""
        WITH cells AS (
            SELECT municipality, {sector}{members},
                sum({amount(card.numerator)})::BIGINT AS numerator, {denominator}::BIGINT AS denominator
            FROM {card.unit} WHERE {takes_part(card)} GROUP BY ALL),
        spread AS (
            SELECT 'country' AS geo_level, '{COUNTRY}' AS geo_code, * EXCLUDE (municipality, sector) FROM cells
            UNION ALL BY NAME
            SELECT geo_level, geo_code, * EXCLUDE (geo_level, geo_code, municipality, sector)
            FROM cells JOIN places USING (municipality)
            UNION ALL BY NAME
            SELECT 'sector' AS geo_level, sector AS geo_code, * EXCLUDE (municipality, sector)
            FROM cells WHERE sector IS NOT NULL),
        with_totals AS (
            SELECT * EXCLUDE (numerator, denominator{listed}){with_totals}, numerator, denominator FROM spread),
        sums AS (
            SELECT geo_level, geo_code{listed}, sum(numerator)::BIGINT AS numerator,
                sum(denominator)::BIGINT AS denominator
            FROM with_totals GROUP BY ALL),
        all_areas AS (FROM areas UNION ALL SELECT 'sector', sector FROM sectors),
        grid AS (SELECT geo_level, geo_code{codes} FROM all_areas WHERE geo_level IN ({levels}))
        SELECT {definitions.year} AS year, grid.*, coalesce(sums.numerator, 0) AS numerator,
            {counted} AS denominator
        FROM grid LEFT JOIN sums USING (geo_level, geo_code{listed})"""

"""Every drawn person in one build."""

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION
from imaatlas_spark.schemas.year_tables import PERSON_YEAR, PRACTICE_YEAR
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.publication import Publication, everything_free
from imaatlas_spark.statistics.releases import releases
from tests.engine import Engine, conf_with
from tests.properties.drawn_lines import ACTIVE, CASES, DELIVERED, FIRST_YEAR, YEARS, drawn_cases
from tests.properties.world import (
    HOMES,
    MORE,
    PUBLISHED,
    World,
    claims_of,
    person_row,
    with_added_lines,
    write_registers,
)
from tests.written_rows import write_conf, write_rows


@pytest.fixture(scope="module")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("properties")
    cases = drawn_cases(CASES)
    lines = {
        copy + number: with_added_lines(case.lines) if copy == MORE else case.lines
        for copy in HOMES
        for number, case in enumerate(cases)
    }
    write_registers(folder / "delivery")
    for year in DELIVERED:
        write_rows(folder / f"delivery/claims/year={year}", CLAIMS, claims_of(lines, year))
        people = [person_row(person, cases[person % 10_000], year) for person in lines]
        write_rows(folder / f"delivery/population/year={year}", POPULATION, people)
    conf = conf_with(write_conf(folder / "shipped"), folder / "conf", active_practice_contacts=str(ACTIVE))
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(folder / "delivery", DELIVERED)
    engine.build(YEARS, FIRST_YEAR)
    planned = releases(engine.run.configuration, None, YEARS, None)
    publication = Publication.of(engine.run, engine.warehouse, {code: planned[code] for code in PUBLISHED})
    build_statistics(publication, everything_free)
    return World(
        cases,
        lines,
        engine,
        {(row["year"], row["person_id"]): row for row in engine.rows(PERSON_YEAR, YEARS)},
        {(row["year"], row["practice_id"]): row for row in engine.rows(PRACTICE_YEAR, YEARS)},
        {code: engine.statistic(code) for code in PUBLISHED},
        folder,
    )

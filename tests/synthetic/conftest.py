"""One small nation, drawn once for all tests of the drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.synthetic.delivery import draw
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.parameters import Parameters, load_parameters
from tests.conftest import code_generation

YEARS = (2018, 2019, 2020)
PERSONS = 10_000


@dataclass(frozen=True)
class Drawn:
    """A delivery and its nation. In `ask`, {claims}, {population} and the like stand for its tables."""

    folder: Path
    nation: Nation

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        import duckdb

        registers = ("practices", "practice_members", "practitioners")
        tables = {name: f"read_parquet('{self.folder}/{name}/*.parquet')" for name in registers}
        for name in ("claims", "population"):
            tables[name] = f"read_parquet('{self.folder}/{name}/*/*.parquet', hive_partitioning = true)"
        for name in ("sectors", "fte_income_medians"):
            tables[name] = f"read_csv('{self.folder}/{name}.csv', all_varchar = true)"
        with duckdb.connect() as connection:
            return connection.execute(question.format(**tables)).fetchall()

    def count(self, table: str, condition: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM {{{table}}} WHERE {condition}")[0][0])


@pytest.fixture(scope="session")
def parameters(configuration: Configuration) -> Parameters:
    return load_parameters(configuration)


@pytest.fixture(scope="session")
def nation(configuration: Configuration, parameters: Parameters) -> Callable[..., Nation]:
    return lambda persons, seed=1: Nation.of(persons, seed, configuration, parameters)


@pytest.fixture(scope="session")
def drawn(spark: SparkSession, nation: Callable[..., Nation], tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder = tmp_path_factory.mktemp("synthetic") / "delivery"
    made = nation(PERSONS)
    with code_generation(spark):
        draw(spark, made, str(folder), YEARS)
    return Drawn(folder, made)

"""One warehouse with every table, none of them empty."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.schemas import year_tables as source_variables
from imaatlas_spark.schemas.inputs import (
    FTE_INCOME_MEDIANS,
    QUARANTINE,
    RECONCILIATION,
    REGISTERS,
    SECTORS,
    YEARLY,
)
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.statistics.tables import statistic_table
from tests.conftest import CONF
from tests.deliveries.delivered import claim, small_nation
from tests.engine import Engine, conf_with

STATISTICS = ("cube_013_007", "stat_003_005", "stat_003_007", "stat_003_014", "stat_020_033")
SOURCES = (*YEARLY, *REGISTERS, FTE_INCOME_MEDIANS, SECTORS)
INPUTS = (*(source.table for source in SOURCES), QUARANTINE, RECONCILIATION)
VARIABLES = tuple(each for each in vars(source_variables).values() if isinstance(each, Table))
PATHS = (*(table.path for table in (*INPUTS, *VARIABLES)), *(f"statistics/{code}" for code in STATISTICS))
YEAR = 2021


@dataclass(frozen=True)
class Made:
    """A warehouse with the declarations of its tables."""

    engine: Engine
    tables: dict[str, Table]

    @property
    def root(self) -> Path:
        return Path(self.engine.warehouse.root)

    def rows(self, path: str) -> list[tuple[Any, ...]]:
        """As Spark reads them, columns as declared."""
        table = self.tables[path]
        return [tuple(row) for row in self.engine.warehouse.read(table).select(*table.column_names).collect()]


@pytest.fixture(scope="session")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("tables")
    conf = conf_with(CONF, folder / "conf", active_practice_contacts="20")
    delivery = small_nation(folder / "delivery")
    other_care = {"SS00020": "999999", "SS00065": None, "SS00060": None}
    lines = [claim(f"{YEAR}-08-01", **{**other_care, "SS00060": 0}) for _ in range(1000)]
    delivery.write("claims", [*lines, claim(f"{YEAR}-08-01", **other_care)], year=YEAR, name="part-1.parquet")
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(delivery.folder, (YEAR,))
    engine.build((YEAR,), first_year=YEAR)
    engine.publish((YEAR,), STATISTICS)
    configuration = engine.run.configuration
    statistics = [statistic_table(configuration.cards[code], configuration.dimensions) for code in STATISTICS]
    counted = (configuration.year_tables.person, configuration.year_tables.person_practice)
    return Made(engine, {table.path: table for table in (*INPUTS, *VARIABLES, *counted, *statistics)})

"""Small tables in, small tables expected (see `scenarios/README.md`). Adding a scenario needs no code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.publication import Publication, everything_free
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage.warehouse import Warehouse
from tests.conftest import CONF
from tests.engine import Engine, conf_with
from tests.examples import with_examples
from tests.written_rows import Row, write_conf
from tests.written_scenarios import (
    ALL,
    AREA,
    IDS_APART,
    KEYS,
    TURNED,
    USUAL,
    WITH_FIGURES,
    YEAR_TABLES,
    YEARS,
    Scenario,
    differences,
    readings_of,
    write_delivery,
)

pytestmark = pytest.mark.spark


class OwnRows(Warehouse):
    """A warehouse in which nobody is seen but those of one scenario: its statistics sum over them alone."""

    def __init__(self, warehouse: Warehouse, scenario: Scenario) -> None:
        super().__init__(warehouse.spark, warehouse.root, warehouse.stamp)
        self._scenario = scenario

    def read(self, table: Table) -> DataFrame:
        rows, name = super().read(table), table.path.rsplit("/", maxsplit=1)[-1]
        if name not in KEYS:
            return rows
        shift = self._scenario.shift
        return rows.where(F.col(KEYS[name][1]).between(shift, shift + IDS_APART - 1))


Actual = Mapping[str, list[Row]]


@dataclass(frozen=True)
class Built:
    """Source variables of scenarios that share a delivery."""

    engine: Engine
    rows: Actual

    @classmethod
    def of(cls, spark: SparkSession, folder: Path, scenarios: Iterable[Scenario], shipped: Path) -> "Built":
        first_year, scenarios = YEARS[0] - 2, tuple(scenarios)
        delivered = range(first_year, YEARS[-1] + 1)
        write_delivery(folder / "delivery", scenarios, delivered)
        conf = conf_with(write_conf(folder / "lists", shipped), folder / "conf", **readings_of(scenarios))
        engine = Engine.at(spark, conf, folder / "warehouse")
        engine.ingest(folder / "delivery", delivered)
        engine.build(YEARS, first_year)
        return cls.read(engine)

    @classmethod
    def read(cls, engine: Engine) -> "Built":
        return cls(engine, {name: engine.rows(table, YEARS) for name, table in YEAR_TABLES.items()})


@pytest.fixture(scope="module")
def usual(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All scenarios that turn nothing, in one build; with what `docs/examples` adds to the configuration: adding
    changes no row of what was there."""
    folder = tmp_path_factory.mktemp("scenarios")
    return Built.of(spark, folder, USUAL, with_examples(CONF, folder / "with_examples"))


@pytest.fixture(scope="module")
def turned(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The scenarios that turn readings, in one build in which all of these are turned."""
    return Built.of(spark, tmp_path_factory.mktemp("turned"), TURNED, CONF)


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_every_file_of_a_scenario_is_read(scenario: Scenario) -> None:
    scenario.check_files()


def differences_of_variables(scenario: Scenario, built: Built) -> list[str]:
    return [
        line
        for name in scenario.expected.keys() & YEAR_TABLES.keys()
        for line in differences(scenario, name, YEAR_TABLES[name], KEYS[name], built.rows[name])
    ]


@pytest.mark.parametrize("scenario", USUAL, ids=lambda scenario: scenario.name)
def test_source_variables_are_as_the_scenario_says(scenario: Scenario, usual: Built) -> None:
    found = differences_of_variables(scenario, usual)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("scenario", TURNED, ids=lambda scenario: scenario.name)
def test_a_reading_can_be_turned(scenario: Scenario, turned: Built) -> None:
    assert not scenario.has_figures, f"{scenario.name}: only source variables are built with readings turned"
    found = differences_of_variables(scenario, turned)
    assert not found, "\n" + "\n".join(found)


def test_every_reading_has_a_scenario_for_each_way(configuration: Configuration) -> None:
    """The usual way is told by the scenarios that turn nothing."""
    readings = {name: each for name, each in configuration.rules.parameters.items() if each.reading}
    turned = {(name, each.value) for scenario in ALL for name, each in scenario.readings.items()}
    assert {name for name, _ in turned} == readings.keys()
    for name, reading in readings.items():
        assert len({value for each, value in turned if each == name}) >= len(reading.alternatives), name


@pytest.mark.parametrize("scenario", WITH_FIGURES, ids=lambda scenario: scenario.name)
def test_statistics_are_as_the_scenario_says(scenario: Scenario, usual: Built) -> None:
    """On the planned release date of each year."""
    rows = {name: cells for name, cells in scenario.expected.items() if name not in YEAR_TABLES}
    years = tuple(sorted({int(row["year"]) for cells in rows.values() for row in cells}))
    run = usual.engine.run
    engine = Engine(run, OwnRows(usual.engine.warehouse, scenario))
    configuration = run.configuration
    planned = releases(configuration, None, years, None)
    publication = Publication.of(run, engine.warehouse, {name: planned[name] for name in rows})
    build_statistics(publication, everything_free)
    found = []
    for name in rows:
        card = configuration.cards[name]
        table, key = statistic_table(card, configuration.dimensions), AREA + card.dimensions
        found += differences(scenario, name, table, key, engine.statistic(name))
    assert not found, "\n" + "\n".join(found)

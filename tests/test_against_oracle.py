"""Every table of the engine against the oracle, row by row, on deliveries full of the edges of every rule."""

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.source_variables.tables import PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR
from tests.conftest import CONF
from tests.engine import Engine, conf_with
from tests.oracle.compare import assert_same
from tests.oracle.compute import Tables, compute
from tests.oracle.nasty import draw_nasty_delivery, write_nasty_codelists
from tests.oracle.parameters import Parameters
from tests.oracle.statistics import FIVE

pytestmark = pytest.mark.spark

YEARS = (2018, 2019, 2021)
DELIVERED = range(2016, 2022)
ACTIVE = 20


@pytest.fixture(scope="module")
def both(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Tables]:
    """One nasty delivery, computed by the engine and by the oracle."""
    folder = tmp_path_factory.mktemp("nasty")
    conf = conf_with(CONF, folder / "conf", active_practice_contacts=str(ACTIVE))
    write_nasty_codelists(conf, seed=1, years=DELIVERED)
    draw_nasty_delivery(
        folder / "delivery", conf_dir=conf, seed=1, years=DELIVERED, persons=400, active_practice_contacts=ACTIVE
    )
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(folder / "delivery", DELIVERED)
    engine.build(YEARS)
    engine.publish(YEARS)
    cards = engine.run.configuration.cards
    planned = {(code, year): cards[code].release.planned_date(year) for code in FIVE for year in YEARS}
    oracle = compute(
        folder / "delivery",
        conf,
        YEARS,
        parameters=Parameters(active_practice_contacts=ACTIVE),
        release_dates=planned,
    )
    return engine, oracle


def test_persons(both: tuple[Engine, Tables]) -> None:
    engine, oracle = both
    assert_same(oracle.person_year, engine.rows(PERSON_YEAR, YEARS), ("year", "person_id"))


def test_practices(both: tuple[Engine, Tables]) -> None:
    engine, oracle = both
    assert_same(oracle.practice_year, engine.rows(PRACTICE_YEAR, YEARS), ("year", "practice_id"))


def test_practitioners(both: tuple[Engine, Tables]) -> None:
    engine, oracle = both
    key = ("year", "provider_id", "profession_group")
    assert_same(oracle.practitioner_year, engine.rows(PRACTITIONER_YEAR, YEARS), key)


@pytest.mark.parametrize("code", FIVE)
def test_statistics(both: tuple[Engine, Tables], code: str) -> None:
    engine, oracle = both
    dimensions = engine.run.configuration.cards[code].dimensions
    key = ("year", "geo_level", "geo_code", "release_date", *dimensions)
    assert_same(oracle.statistics[code], engine.statistic(code), key)


def test_nothing_is_lost(both: tuple[Engine, Tables]) -> None:
    """Quarantined rows are those that the oracle turned away."""
    engine, oracle = both
    from imaatlas_spark.deliveries.contract import QUARANTINE

    found: dict[tuple[str, int], int] = {}
    for row in engine.rows(QUARANTINE, DELIVERED):
        key = (row["source"], row["year"])
        found[key] = found.get(key, 0) + 1
    assert found == {key: number for key, number in oracle.quarantine_counts.items() if number}

"""Every table of the engine against the oracle, row by row, on a delivery full of the edges of every rule."""

from collections import Counter

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.schemas.inputs import QUARANTINE
from imaatlas_spark.schemas.year_tables import PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR
from tests.conftest import CONF, NastyAtlas
from tests.engine import Engine, conf_with
from tests.oracle.compare import assert_same
from tests.oracle.compute import Tables, compute
from tests.oracle.nasty import Draw, draw_nasty_delivery, write_nasty_codelists
from tests.oracle.parameters import Parameters
from tests.oracle.statistics import ALL

pytestmark = pytest.mark.spark


# Every reading turned, as `rules.toml` writes it and as the oracle calls it.
TURNED = {
    "booking_window_months": "24",
    "dentist_categories": '["30"]',
    "register_priority": '"earliest_start"',
    "houses_of_forfaits": '"medical_houses"',
    "remote_contacts": '"not_counted"',
    "duty_contacts": '"left_out"',
    "activity_contacts": '"uncapped"',
    "activity_of_houses": '"regular_contacts"',
    "forfaits_without_house": '"counted"',
    "gmd_lines": '"by_physicians"',
    "gmd_event_priority": '"earliest"',
    "medical_house_rule": '"as_contacts"',
    "attribution_among": '"active_practices"',
    "residents_abroad": '"left_out"',
    "oldest_age": "110",
    "practitioner_income": '"listed"',
}
TURNED_PARAMETERS = Parameters(
    booking_window_months=24,
    dentist_categories=("30",),
    latest_register_row_decides=False,
    only_medical_houses_have_forfaits=True,
    remote_contacts_count=False,
    duty_contacts_count=False,
    activity_is_capped=False,
    forfaits_make_active=False,
    forfaits_of_unknown_houses_count=True,
    gmd_by_physicians_only=True,
    latest_gmd_decides=False,
    six_forfaits_decide=False,
    only_active_practices_are_assigned=True,
    residents_abroad_count=False,
    oldest_age=110,
    income_of_listed_lines_only=True,
    active_practice_contacts=12,
)


@pytest.fixture(scope="module")
def turned(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Tables]:
    """A delivery full of edges, computed with every reading turned the other way."""
    folder, years, delivered = tmp_path_factory.mktemp("turned"), (2018, 2020), range(2016, 2021)
    conf = conf_with(CONF, folder / "conf", active_practice_contacts="12", **TURNED)
    write_nasty_codelists(conf, seed=2, years=delivered)
    draw = Draw(seed=2, persons=300, active_practice_contacts=12)
    draw_nasty_delivery(folder / "delivery", draw, conf_dir=conf, years=delivered)
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(folder / "delivery", delivered)
    engine.build(years)
    oracle = compute(folder / "delivery", conf, years, parameters=TURNED_PARAMETERS, release_dates={})
    return engine, oracle


def test_every_reading_is_turned(configuration: Configuration) -> None:
    assert TURNED.keys() == {name for name, each in configuration.rules.parameters.items() if each.reading}


def test_persons_with_every_reading_turned(turned: tuple[Engine, Tables]) -> None:
    engine, oracle = turned
    assert_same(oracle.person_year, engine.rows(PERSON_YEAR, (2018, 2020)), ("year", "person_id"))


def test_practices_with_every_reading_turned(turned: tuple[Engine, Tables]) -> None:
    engine, oracle = turned
    assert_same(oracle.practice_year, engine.rows(PRACTICE_YEAR, (2018, 2020)), ("year", "practice_id"))
    assert any(row.gmd_persons > row.assigned_persons for row in oracle.practice_year)


def test_practitioners_with_every_reading_turned(turned: tuple[Engine, Tables]) -> None:
    engine, oracle = turned
    key = ("year", "provider_id", "profession_group")
    assert_same(oracle.practitioner_year, engine.rows(PRACTITIONER_YEAR, (2018, 2020)), key)


def test_persons(nasty: NastyAtlas) -> None:
    engine, oracle = nasty.engine, nasty.oracle
    assert_same(oracle.person_year, engine.rows(PERSON_YEAR, nasty.years), ("year", "person_id"))


def test_practices(nasty: NastyAtlas) -> None:
    engine, oracle = nasty.engine, nasty.oracle
    assert_same(oracle.practice_year, engine.rows(PRACTICE_YEAR, nasty.years), ("year", "practice_id"))


def test_practitioners(nasty: NastyAtlas) -> None:
    engine, oracle = nasty.engine, nasty.oracle
    key = ("year", "provider_id", "profession_group")
    assert_same(oracle.practitioner_year, engine.rows(PRACTITIONER_YEAR, nasty.years), key)


@pytest.mark.parametrize("code", ALL)
def test_statistics(nasty: NastyAtlas, code: str) -> None:
    engine, oracle = nasty.engine, nasty.oracle
    dimensions = engine.run.configuration.cards[code].dimensions
    key = ("year", "geo_level", "geo_code", "release_date", *dimensions)
    assert_same(oracle.statistics[code], engine.statistic(code), key)


def test_nothing_is_lost(nasty: NastyAtlas) -> None:
    """Quarantined rows are those that the oracle turned away."""
    engine, oracle = nasty.engine, nasty.oracle
    found = Counter((row["source"], row["year"]) for row in engine.rows(QUARANTINE, nasty.delivered))
    assert found == {key: number for key, number in oracle.quarantine_counts.items() if number}

"""Every table of the engine against the oracle, row by row, on a delivery full of the edges of every rule."""

from collections import Counter

import pytest

from imaatlas_spark.schemas.inputs import QUARANTINE
from imaatlas_spark.schemas.year_tables import PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR
from tests.conftest import NastyAtlas
from tests.oracle.compare import assert_same
from tests.oracle.statistics import ALL

pytestmark = pytest.mark.spark


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

"""Sums to observations: value, status and what is confidential (definitions, section 4; data contract, section 4)."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.run import Run
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.publication import Publication, everything_free
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP

pytestmark = pytest.mark.spark

CUBE, COUNT, BROKEN = "cube_013_007", "stat_020_033", "stat_003_014"
SUMS = (
    "code STRING, year INT, geo_level STRING, geo_code STRING, parent_code STRING, age_class STRING, "
    "numerator BIGINT, denominator BIGINT, conf_status STRING"
)
ANTWERP = ("municipality", "11002", "11000")
RELEASED = dt.date(2021, 10, 1)
Observed = dict[tuple[str, ...], tuple[Any, ...]]


@pytest.fixture
def publication(spark: SparkSession, configuration: Configuration, tmp_path: Path) -> Publication:
    run = Run(spark, configuration, "tests")
    chosen = {code: {2019: RELEASED} for code in (CUBE, COUNT, BROKEN)}
    return Publication.of(run, Warehouse(spark, str(tmp_path), STAMP), chosen)


def observed(publication: Publication, code: str, *rows: tuple[Any, ...]) -> Observed:
    """(numerator, denominator, value, obs_status, conf_status) by area and members."""
    card = publication.run.configuration.cards[code]
    figures = local_frame(publication.run.spark, [(code, 2019, *row) for row in rows], SUMS)
    found = observations(figures, card, publication).collect()
    measured = ("numerator", "denominator", "value", "obs_status", "conf_status")
    return {
        (row.geo_code, *(row[name] for name in card.dimensions)): tuple(row[name] for name in measured) for row in found
    }


def test_a_value_is_the_scaled_ratio_and_a_denominator_of_zero_has_none(publication: Publication) -> None:
    found = observed(publication, CUBE, (*ANTWERP, "_T", 1, 8, "F"), (*ANTWERP, "90+", 0, 0, "F"))
    assert found == {
        ("11002", "_T"): (1, 8, 12.5, "A", "F"),
        ("11002", "90+"): (0, 0, None, "M", "F"),
    }


@pytest.mark.parametrize(("scale", "value"), [(0.5, 1.5), (0.1, 0.1 * 12 / 4), (1000, 3000.0)])
def test_a_scale_need_not_be_whole(publication: Publication, scale: float, value: float) -> None:
    card = publication.run.configuration.cards[BROKEN].model_copy(update={"scale": scale})
    row = (BROKEN, 2019, *ANTWERP, "_T", 12, 4, "F")
    figures = local_frame(publication.run.spark, [row], SUMS)
    assert [each.value for each in observations(figures, card, publication).collect()] == [value]


def test_what_is_confidential_has_no_value_and_one_status(publication: Publication) -> None:
    """With a denominator that is public and with one that is not; suppressed goes before a break in the series."""
    hidden = [(*ANTWERP, "0-9", None, 40, "C"), (*ANTWERP, "10-19", None, None, "C")]
    assert observed(publication, CUBE, *hidden) == {
        ("11002", "0-9"): (None, 40, None, "Q", "C"),
        ("11002", "10-19"): (None, None, None, "Q", "C"),
    }
    broken = [(*ANTWERP, "_T", None, None, "C"), ("region", "02000", "01000", "_T", 6, 4, "F")]
    assert observed(publication, BROKEN, *broken) == {
        ("11002",): (None, None, None, "Q", "C"),
        ("02000",): (6, 4, 1.5, "B", "F"),
    }


def test_the_value_of_a_count_is_the_count(publication: Publication) -> None:
    rows = [("region", "02000", "01000", "_T", 7, None, "F"), ("region", "03000", "01000", "_T", 0, None, "F")]
    assert observed(publication, COUNT, *rows) == {
        ("02000",): (7, None, 7.0, "A", "F"),
        ("03000",): (0, None, 0.0, "A", "F"),
    }
    assert observed(publication, COUNT, ("region", "02000", "01000", "_T", None, None, "C")) == {
        ("02000",): (None, None, None, "Q", "C")
    }


def test_what_is_unknown_is_not_published(publication: Publication) -> None:
    rows = [("region", None, "01000", "_T", 1, 2, "F"), (*ANTWERP, "_U", 1, 2, "F"), (*ANTWERP, "_T", 3, 4, "F")]
    assert observed(publication, CUBE, *rows) == {("11002", "_T"): (3, 4, 75.0, "A", "F")}


def test_everything_is_free_where_nothing_is_protected(publication: Publication) -> None:
    sums = local_frame(publication.run.spark, [(CUBE, 1), (COUNT, 2)], "code STRING, numerator BIGINT")
    found = everything_free(sums, publication).collect()
    assert [tuple(row) for row in found] == [(CUBE, 1, "F"), (COUNT, 2, "F")]

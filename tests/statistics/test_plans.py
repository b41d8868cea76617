"""How Spark sums a year: what makes a national year fast must not get lost unnoticed."""

import re

import pytest
from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.configuration.cards import dimension_names
from imaatlas_spark.schemas.year_tables import PERSON_YEAR
from imaatlas_spark.statistics.build import checkpointed
from imaatlas_spark.statistics.cube import cells
from imaatlas_spark.statistics.measures import amounts_of, summed
from tests.conftest import NastyAtlas, settings

pytestmark = pytest.mark.spark

YEAR = 2019


def plan_of(frame: DataFrame) -> str:
    return str(frame._jdf.queryExecution().executedPlan().toString())


def test_persons_of_a_municipality_are_brought_together_before_they_are_added_up(
    nasty: NastyAtlas, spark: SparkSession
) -> None:
    """Few of them are alike: tables of sums in every task would take more time than they save."""
    configuration = nasty.engine.run.configuration
    cards = [card for card in configuration.cards.values() if card.unit == "person_year"]
    persons = nasty.engine.warehouse.read_year(PERSON_YEAR, YEAR)
    dimensions = {name: configuration.dimensions[name] for name in dimension_names(cards)}
    # An adaptive plan shows its final shape only after it has run; in one partition nothing is exchanged by a key.
    with settings(spark, adaptive_enabled="false", shuffle_partitions="2", debug_maxToStringFields="25"):
        plan = plan_of(cells(persons, amounts_of(cards, "person_year"), dimensions))
    exchanges = re.findall(r"Exchange (.+), \d+\)", plan)
    assert [re.sub(r"#\d+", "", each) for each in exchanges] == ["hashpartitioning(year, municipality"]


def test_what_is_checkpointed_brings_no_plan_along(nasty: NastyAtlas) -> None:
    """Plans of cached rows made of cached rows would grow to millions of lines, described anew at each step."""
    persons = nasty.engine.warehouse.read_year(PERSON_YEAR, YEAR)
    ages = checkpointed(summed(persons, ["municipality"], ["age"]))
    assert not re.search(r"Aggregate|FileScan|InMemory", plan_of(ages))
    assert ages.agg({"age": "sum"}).collect() == persons.agg({"age": "sum"}).collect()

"""How Spark carries the rules out: what makes a national year fast must not get lost unnoticed."""

import re
from collections.abc import Iterator

import pytest
from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.schemas.inputs import CLAIMS, PRACTICE_MEMBERS, PRACTICES
from imaatlas_spark.schemas.year_tables import GMD_EVENTS
from imaatlas_spark.source_variables.gmd import gmd_events
from imaatlas_spark.source_variables.person_practice import person_practice_year
from imaatlas_spark.source_variables.register_spells import practice_spells
from tests.conftest import NastyAtlas, code_generation, settings

pytestmark = pytest.mark.spark

YEAR = 2019


@pytest.fixture
def static_plans(spark: SparkSession) -> Iterator[None]:
    """An adaptive plan shows its final shape only after it has run; in one partition nothing is exchanged by a key."""
    with settings(spark, adaptive_enabled="false", shuffle_partitions="2", debug_maxToStringFields="25"):
        yield


def plan_of(frame: DataFrame) -> str:
    return str(frame._jdf.queryExecution().executedPlan().toString())


def contacts_plan(nasty: NastyAtlas) -> str:
    read, configuration = nasty.engine.warehouse, nasty.engine.run.configuration
    practices, members = read.read(PRACTICES.table), read.read(PRACTICE_MEMBERS.table)
    return plan_of(person_practice_year(read.read_year(CLAIMS.table, YEAR), practices, members, YEAR, configuration))


def events_plan(nasty: NastyAtlas) -> str:
    read, configuration = nasty.engine.warehouse, nasty.engine.run.configuration
    rules = configuration.rules.at(YEAR)
    spells = practice_spells(read.read(PRACTICE_MEMBERS.table), "provider_id", rules)
    return plan_of(gmd_events(read.read_year(CLAIMS.table, YEAR), spells, YEAR, configuration))


@pytest.mark.parametrize("plan", [contacts_plan, events_plan])
def test_claim_lines_are_exchanged_once_and_by_person(plan, nasty: NastyAtlas, static_plans: None) -> None:
    exchanges = re.findall(r"(?<!Broadcast)Exchange (\w+\(\w+)", plan(nasty))
    assert exchanges == ["hashpartitioning(person_id"]


@pytest.mark.parametrize("plan", [contacts_plan, events_plan])
def test_lists_and_registers_are_broadcast(plan, nasty: NastyAtlas, static_plans: None) -> None:
    text = plan(nasty)
    joins = re.findall(r"(\w+Join\w*) \[", text)
    assert joins
    assert set(joins) == {"BroadcastHashJoin"}


@pytest.mark.parametrize("plan", [contacts_plan, events_plan])
def test_nothing_is_computed_outside_the_jvm(plan, nasty: NastyAtlas, static_plans: None) -> None:
    assert not re.search(r"Python|Arrow|Pandas", plan(nasty))


@pytest.mark.parametrize("plan", [contacts_plan, events_plan])
def test_one_year_is_read_and_codes_are_asked_of_the_files(plan, nasty: NastyAtlas, static_plans: None) -> None:
    text = plan(nasty)
    scans = [line for line in text.splitlines() if "FileScan" in line or "Scan parquet" in line]
    assert len(scans) == 1, "the lines of a year are read once"
    assert re.search(r"PartitionFilters: \[[^\]]*year#\d+ = 2019", scans[0])
    assert re.search(r"PushedFilters: \[[^\]]*In\(SS00020, ", scans[0])


def test_the_daily_cap_is_a_window_that_sorts_no_second_time(nasty: NastyAtlas, static_plans: None) -> None:
    text = contacts_plan(nasty)
    assert text.count("Window [") == 1
    assert text.count("+- Sort [") == 1


@pytest.mark.parametrize(("plan", "sums_in_order"), [(contacts_plan, 2), (events_plan, 1)])
def test_sorted_lines_are_added_up_as_they_come(
    plan, sums_in_order: int, nasty: NastyAtlas, static_plans: None
) -> None:
    """Without a table of millions of keys, filled twice: as if before and after one more exchange."""
    text = plan(nasty)
    assert text.count("SortAggregate(") == sums_in_order
    assert text.count("+- Sort [") == 1


def test_lines_pass_through_generated_code_alone(spark: SparkSession, nasty: NastyAtlas, static_plans: None) -> None:
    """Before the exchange every step is compiled with its neighbours: a star and the number of the stage."""
    with code_generation(spark):
        lines = contacts_plan(nasty).splitlines()
    (exchange,) = [number for number, line in enumerate(lines) if "Exchange hashpartitioning(person_id" in line]
    steps = [line for line in lines[exchange + 1 :] if "BroadcastExchange" not in line and "LocalTableScan" not in line]
    assert any("Generate" in line for line in steps)
    assert [line for line in steps if not re.search(r"\*\(\d+\)|InputAdapter|FileScan", line)] == []


def test_history_comes_from_the_small_table(nasty: NastyAtlas) -> None:
    """Building a year again derives no year's events again when nothing has changed."""
    warehouse = nasty.engine.warehouse
    before = warehouse.version(GMD_EVENTS)
    nasty.engine.build([YEAR])
    assert warehouse.version(GMD_EVENTS) == before

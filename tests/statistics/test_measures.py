"""What cards add up: amounts that cards share, sums over rows of a year table, the sums of each card."""

from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.conditions import Condition, Measurement
from imaatlas_spark.statistics.measures import Amount, Amounts, amounts_of, by_card, sum_columns
from imaatlas_spark.storage.local_frames import local_frame

pytestmark = pytest.mark.spark

PERSONS = "person_year"


def at_least(column: str, number: int) -> Condition:
    return Condition(column=column, at_least=number)


def equal_to(column: str, value: bool | int | str) -> Condition:
    return Condition.model_validate({"column": column, "is": value})


def total(rows: DataFrame, column: str | None, *conditions: Condition) -> Any:
    amounts: Amounts = {Amount(PERSONS, column, frozenset(conditions)): "n"}
    return rows.agg(*sum_columns(amounts)).collect()[0].n


@pytest.fixture
def persons(spark: SparkSession) -> DataFrame:
    rows = [(1, True, 3), (2, False, 4), (3, None, 5), (None, True, None)]
    return local_frame(spark, rows, "contacts INT, in_house BOOLEAN, images INT")


def test_rows_are_counted_and_columns_summed_where_all_conditions_hold(persons: DataFrame) -> None:
    assert total(persons, None) == 4
    assert total(persons, "contacts") == 1 + 2 + 3
    assert total(persons, None, at_least("contacts", 2)) == 2
    assert total(persons, "images", at_least("contacts", 2)) == 4 + 5
    assert total(persons, "images", at_least("contacts", 2), equal_to("in_house", False)) == 4
    assert total(persons, "images", at_least("contacts", 9)) == 0


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        ("at_least", 2, {2, 3}),
        ("at_most", 2, {1, 2}),
        ("between", (2, 3), {2, 3}),
        ("between", (3, 9), {3}),
        ("in", (1, 3), {1, 3}),
        ("in", (7,), set()),
        ("is", 2, {2}),
    ],
)
def test_each_kind_of_condition(persons: DataFrame, operator: str, value: Any, met: set[int]) -> None:
    """Both ends of a range count; what is unknown meets none."""
    condition = Condition.model_validate({"column": "contacts", operator: value})
    assert total(persons, None, condition) == len(met)
    assert total(persons, "contacts", condition) == sum(met)


def test_a_card_of_two_units_counts_each_half_in_its_own(spark: SparkSession, configuration: Configuration) -> None:
    """The half that is counted in another unit is 0, until the units are put together."""
    denominator = Measurement(count="rows", unit="person_year")
    card = configuration.cards["stat_020_033"].model_copy(update={"denominator": denominator})
    assert card.units == ("practitioner_year", "person_year")
    found = {}
    for unit in card.units:
        amounts = amounts_of([card], unit)
        assert len(amounts) == 1
        rows = local_frame(spark, [("here", 3)], "municipality STRING, amount_0 BIGINT")
        found[unit] = [tuple(row) for row in by_card(rows, [card], amounts).collect()]
    assert found == {
        "practitioner_year": [("here", "stat_020_033", 3, 0)],
        "person_year": [("here", "stat_020_033", 0, 3)],
    }
    assert Amount.below(card) == Amount(PERSONS, None, frozenset()), "persons are of no profession group"


def test_what_is_unknown_meets_no_condition(persons: DataFrame) -> None:
    assert total(persons, None, equal_to("in_house", True)) == 2
    assert total(persons, None, equal_to("in_house", False)) == 1
    assert total(persons, None, at_least("contacts", 0)) == 3


def test_a_great_many_amounts_are_one_pass(spark: SparkSession) -> None:
    """Persons of 0 to 99 years: as many are at least n as there are from n to 99; their ages add up to what they do."""
    persons = spark.range(100).select(F.col("id").cast("int").alias("age"))
    counts = {Amount(PERSONS, None, frozenset({at_least("age", age)})): f"count_{age}" for age in range(70)}
    sums = {Amount(PERSONS, "age", frozenset({at_least("age", age)})): f"sum_{age}" for age in range(70)}
    expected = {f"count_{age}": 100 - age for age in range(70)}
    expected |= {f"sum_{age}": sum(range(age, 100)) for age in range(70)}
    assert persons.agg(*sum_columns(counts | sums)).collect()[0].asDict() == expected


def test_cards_that_count_the_same_share_an_amount(configuration: Configuration) -> None:
    cards = configuration.cards
    assert Amount.above(cards["stat_003_014"]) == Amount.above(cards["cube_003_014"])
    assert (
        Amount.below(cards["stat_013_007"]) == Amount.below(cards["cube_013_007"]) == Amount(PERSONS, None, frozenset())
    )
    assert Amount.above(cards["stat_013_007"]) != Amount.above(cards["cube_013_003"])
    shared = amounts_of((cards[code] for code in ("stat_013_007", "cube_013_007", "cube_013_003")), PERSONS)
    assert len(shared) == 2 + 1, "persons with an image of either kind, and all persons"
    assert len(set(shared.values())) == len(shared)


def test_where_of_the_card_and_of_the_measurement_say_the_same(configuration: Configuration) -> None:
    card = configuration.cards["stat_003_014"]
    moved = card.model_copy(update={"where": (), "numerator": card.numerator.model_copy(update={"where": card.where})})
    assert card.where
    assert Amount.above(moved) == Amount.above(card)


def test_a_profession_group_is_a_condition_and_a_count_has_no_denominator(configuration: Configuration) -> None:
    card = configuration.cards["stat_020_033"]
    assert equal_to("profession_group", "clinical_geneticist") in Amount.above(card).conditions
    assert Amount.below(card) is None


def test_each_row_of_amounts_stands_once_for_every_card(spark: SparkSession, configuration: Configuration) -> None:
    cards = [configuration.cards[code] for code in ("stat_013_007", "cube_013_007", "cube_013_003")]
    amounts = amounts_of(cards, PERSONS)
    numbers = {amount: 10 * place for place, amount in enumerate(amounts, start=1)}
    sums = ", ".join(f"{name} BIGINT" for name in amounts.values())
    rows = local_frame(spark, [("here", *numbers.values())], f"municipality STRING, {sums}")
    found = by_card(rows, cards, amounts)
    assert found.columns == ["municipality", "code", "numerator", "denominator"]
    beneficiaries = numbers[Amount(PERSONS, None, frozenset())]
    assert {tuple(row) for row in found.collect()} == {
        ("here", card.code, numbers[Amount.above(card)], beneficiaries) for card in cards
    }


def test_the_denominator_of_a_count_is_null(spark: SparkSession, configuration: Configuration) -> None:
    card = configuration.cards["stat_020_033"]
    amounts = amounts_of([card], "practitioner_year")
    rows = local_frame(spark, [("here", 3)], "municipality STRING, amount_0 BIGINT")
    assert [tuple(row) for row in by_card(rows, [card], amounts).collect()] == [("here", "stat_020_033", 3, None)]

"""Rows to cells, cells to the totals of dimensions: codes that are published, `_T` the total, `_U` unknown."""

from itertools import product
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card, Measurement, dimension_names
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.statistics.cube import cells, code_of_row, members_of, with_totals
from imaatlas_spark.statistics.measures import Amount, Amounts
from imaatlas_spark.storage.local_frames import local_frame

pytestmark = pytest.mark.spark

AGE, REIMBURSED, SEX = DIMENSIONS = ("age_class", "increased_reimbursement", "sex")
CONTACTS: Amounts = {Amount("person_year", "contacts", frozenset()): "n"}
Members = tuple[str, ...]
ONE_AT_A_TIME = 1  # dimensions by sector


@pytest.fixture
def cube(configuration: Configuration) -> Card:
    """Of three dimensions, published by sector."""
    return counting_contacts(configuration.cards["cube_003_014"])


@pytest.fixture
def by_age(configuration: Configuration) -> Card:
    return counting_contacts(configuration.cards["cube_013_007"])


def counting_contacts(card: Card) -> Card:
    """The card with everybody's contacts for its numerator, and nothing below the line."""
    return card.model_copy(update={"where": (), "numerator": Measurement(sum="contacts"), "denominator": None})


def cells_of(configuration: Configuration, *persons: tuple[Any, ...]) -> DataFrame:
    """Persons of one place: age, increased reimbursement, sex, contacts."""
    spark = SparkSession.active()
    schema = "municipality STRING, sector STRING, age INT, increased_reimbursement INT, sex INT, contacts INT"
    rows = local_frame(spark, [("11002", "11002A00-", *person) for person in persons], schema)
    dimensions = {name: configuration.dimensions[name] for name in DIMENSIONS}
    return cells(rows.withColumn("year", F.lit(2021)), CONTACTS, dimensions)


def sums(rows: DataFrame, level: str, *cards: Card) -> dict[Members, int]:
    """Contacts by age class, increased reimbursement and sex, of what the cards have."""
    place = ("year", "municipality", *(["sector"] if level == "sector" else []))
    sets = {names for card in cards for names in card.breakdowns(level, ONE_AT_A_TIME)}
    found = with_totals(rows, place, cards, CONTACTS, sorted(sets)).collect()
    names = dimension_names(cards)
    by_members = {tuple(row[name] for name in names): row.n for row in found}
    assert len(by_members) == len(found)
    return by_members


@pytest.mark.parametrize(
    ("age", "code"),
    [(0, "0-9"), (9, "0-9"), (10, "10-19"), (89, "80-89"), (90, "90+"), (125, "90+"), (-1, "_U"), (None, "_U")],
)
def test_the_class_of_an_age(configuration: Configuration, spark: SparkSession, age: int | None, code: str) -> None:
    row = local_frame(spark, [(age,)], "age INT").select(code_of_row(configuration.dimensions[AGE]))
    assert row.collect()[0][0] == code


@pytest.mark.parametrize(("value", "code"), [(1, "M"), (2, "F"), (3, "_U"), (None, "_U")])
def test_the_code_of_a_member(configuration: Configuration, spark: SparkSession, value: int | None, code: str) -> None:
    row = local_frame(spark, [(value,)], "sex INT").select(code_of_row(configuration.dimensions[SEX]))
    assert row.collect()[0][0] == code


def test_a_person_counts_for_its_members_and_every_total(configuration: Configuration, cube: Card) -> None:
    found = sums(cells_of(configuration, (94, 0, 1, 5)), "municipality", cube)
    assert found == dict.fromkeys(product(("90+", "_T"), ("no", "_T"), ("M", "_T")), 5)


def test_by_sector_one_dimension_is_shown_at_a_time(configuration: Configuration, cube: Card) -> None:
    found = sums(cells_of(configuration, (94, 0, 1, 5)), "sector", cube)
    assert found == dict.fromkeys([("90+", "_T", "_T"), ("_T", "no", "_T"), ("_T", "_T", "M"), ("_T", "_T", "_T")], 5)


def test_a_card_of_one_dimension_has_no_total_of_others(configuration: Configuration, by_age: Card) -> None:
    rows = cells_of(configuration, (94, 0, 1, 5), (95, 1, 2, 6))
    assert sums(rows, "municipality", by_age) == {("90+",): 11, ("_T",): 11}
    plain = counting_contacts(configuration.cards["stat_003_014"])
    assert sums(rows, "municipality", plain) == {(): 11}


def test_cards_of_several_dimensions_share_a_frame(configuration: Configuration, cube: Card, by_age: Card) -> None:
    rows = cells_of(configuration, (94, 0, 1, 5))
    assert sums(rows, "municipality", cube, by_age) == sums(rows, "municipality", cube)


def test_what_is_unknown_is_a_part_of_the_total(configuration: Configuration, cube: Card) -> None:
    """Three of 45 years: a woman with increased reimbursement, a man without, one of unknown sex with."""
    rows = cells_of(configuration, (45, 1, 2, 10), (45, 0, 1, 20), (45, 1, None, 40))
    found = sums(rows, "municipality", cube)
    of_45 = {members[1:]: number for members, number in found.items() if members[0] == "40-49"}
    assert of_45 == {
        ("_T", "_T"): 70,
        ("_T", "M"): 20,
        ("_T", "F"): 10,
        ("_T", "_U"): 40,
        ("yes", "_T"): 50,
        ("yes", "F"): 10,
        ("yes", "_U"): 40,
        ("no", "_T"): 20,
        ("no", "M"): 20,
    }
    assert {members[1:]: number for members, number in found.items() if members[0] == "_T"} == of_45


def test_cells_add_up_who_is_alike(configuration: Configuration) -> None:
    alike = cells_of(configuration, (45, 1, 2, 10), (49, 1, 2, 20), (50, 1, 2, 40))
    assert sorted((row.age_class, row.sex, row.n) for row in alike.collect()) == [
        ("40-49", "F", 30),
        ("50-59", "F", 40),
    ]


def test_a_dimension_may_bear_the_name_of_a_column_that_is_summed(configuration: Configuration) -> None:
    rows = local_frame(
        SparkSession.active(), [(2021, "11002", 1), (2021, "11002", 2)], "year INT, municipality STRING, sex INT"
    )
    amounts: Amounts = {Amount("person_year", "sex", frozenset()): "n"}
    found = cells(rows, amounts, {SEX: configuration.dimensions[SEX]}).collect()
    assert {(row.sex, row.sector, row.n) for row in found} == {("M", None, 1), ("F", None, 2)}


def test_what_a_level_shows_of_a_cube(configuration: Configuration, cube: Card, by_age: Card) -> None:
    for level in LEVELS:
        total = dict.fromkeys(DIMENSIONS, "_T")
        members = {
            tuple((total | codes).values())
            for names in cube.breakdowns(level, ONE_AT_A_TIME)
            for codes in members_of(names, configuration.dimensions)
        }
        published = {codes for codes in members if "_U" not in codes}
        assert len(published) == (10 + 2 + 2 + 1 if level == "sector" else 11 * 3 * 3), level
        assert len(members) == (11 + 3 + 3 + 1 if level == "sector" else 12 * 4 * 4), level
    assert len(cube.breakdowns("municipality", ONE_AT_A_TIME)) == 8
    assert [len(cube.breakdowns("sector", most)) for most in (0, 1, 2, 3, 4)] == [1, 4, 7, 8, 8]
    for level in ("sector", "municipality"):
        assert by_age.breakdowns(level, ONE_AT_A_TIME) == [(), (AGE,)]

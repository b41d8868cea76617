"""How sums are carried: combinations of members as one number, and where a row takes part as bits."""

from itertools import product
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Condition
from imaatlas_spark.statistics.amounts import Amount, Amounts, needed_for, totals_of, totals_of_needed
from imaatlas_spark.statistics.cells import cells_of_unit
from imaatlas_spark.statistics.marginals import Marginals
from imaatlas_spark.statistics.members import MEMBERS, Members
from imaatlas_spark.storage.local_frames import local_frame

pytestmark = pytest.mark.spark

DIMENSIONS = ("age_class", "increased_reimbursement", "sex")


@pytest.fixture
def members(configuration: Configuration) -> Members:
    return Members(DIMENSIONS, configuration.dimensions)


def published(rows: DataFrame, members: Members, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The codes of the dimensions `names` that rows with totals are published for."""
    known = members.with_totals(rows, names)
    for name in names:
        known = known.where(members.are_known(name))
    return sorted(tuple(row) for row in known.select(*map(members.code, names)).collect())


def person(
    spark: SparkSession, members: Members, age: int | None, reimbursed: int | None, sex: int | None
) -> DataFrame:
    row = local_frame(spark, [(age, reimbursed, sex)], "age INT, increased_reimbursement INT, sex INT")
    return row.select(members.of_row(DIMENSIONS).alias(MEMBERS))


def test_a_person_counts_for_its_members_and_every_total(spark: SparkSession, members: Members) -> None:
    row = person(spark, members, 94, 0, 1)
    everything = sorted(product(("90+", "_T"), ("no", "_T"), ("M", "_T")))
    assert published(row, members, DIMENSIONS) == everything
    assert published(row, members, ("sex",)) == [("M",), ("_T",)]
    assert published(row, members, ()) == [()]


@pytest.mark.parametrize(
    ("age", "reimbursed", "sex", "expected"),
    [
        (None, 1, 2, {("_T", "yes", "F"), ("_T", "yes", "_T"), ("_T", "_T", "F"), ("_T", "_T", "_T")}),
        (9, 7, None, {("0-9", "_T", "_T"), ("_T", "_T", "_T")}),
        (-1, None, None, {("_T", "_T", "_T")}),
    ],
)
def test_what_is_unknown_counts_for_the_total_alone(
    spark: SparkSession,
    members: Members,
    age: int | None,
    reimbursed: int | None,
    sex: int | None,
    expected: set[tuple[str, str, str]],
) -> None:
    assert published(person(spark, members, age, reimbursed, sex), members, DIMENSIONS) == sorted(expected)


def test_a_row_of_nothing_stands_for_everything_that_is_published(spark: SparkSession, members: Members) -> None:
    nothing = spark.range(1).select(F.lit(None).cast("bigint").alias(MEMBERS))
    everything = sorted(product(("yes", "no", "_T"), ("M", "F", "_T")))
    assert published(nothing, members, ("increased_reimbursement", "sex")) == everything
    assert len(published(nothing, members, DIMENSIONS)) == 11 * 3 * 3


def test_a_member_without_one_dimension_is_its_total(spark: SparkSession, members: Members) -> None:
    row = person(spark, members, 45, 1, 2).select(members.without("sex").alias(MEMBERS))
    assert row.select(*map(members.code, DIMENSIONS)).collect() == [("40-49", "yes", "_T")]


def test_dimensions_of_few_members_lie_beside_each_other(members: Members) -> None:
    marginals = Marginals.of(members, DIMENSIONS, ["n"])
    assert (marginals.down, marginals.beside) == (("age_class",), ("increased_reimbursement", "sex"))
    assert len(marginals.columns["n"]) == 3 * 3  # yes, no and unknown; M, F and unknown
    assert Marginals.of(members, ["age_class"], ["n"]).beside == ()  # eleven columns would be too many
    assert Marginals.of(members, [], ["n"]).columns == {"n": {0: "n_0"}}


def test_folded_sums_unfold_to_every_member_and_total(spark: SparkSession, members: Members) -> None:
    """Three of 45 years of one place: a woman with increased reimbursement, a man without, one of unknown sex with."""
    persons = local_frame(
        spark,
        [("here", 45, 1, 2, 10), ("here", 45, 0, 1, 20), ("here", 45, 1, None, 40)],
        "municipality STRING, age INT, increased_reimbursement INT, sex INT, contacts INT",
    )
    amounts: Amounts = {Amount("contacts", ()): "n"}
    marginals = Marginals.of(members, DIMENSIONS, amounts.values())
    rows = persons.withColumns({"year": F.lit(2021), "sector": F.lit(None).cast("string")})
    cells = cells_of_unit(rows, amounts, members, [marginals])
    assert cells.count() == 1, "they differ in what lies beside each other only"
    found = marginals.unfolded(marginals.summed(marginals.with_totals(cells), ["year"]), ["year"])
    codes = found.select(*map(members.code, DIMENSIONS), members.are_known("sex"), "n").collect()
    of_45 = {(reimbursed, sex): n for age, reimbursed, sex, known, n in codes if age == "40-49" and known}
    assert of_45 == {
        ("_T", "_T"): 70,
        ("_T", "M"): 20,
        ("_T", "F"): 10,
        ("yes", "_T"): 50,
        ("yes", "M"): 0,
        ("yes", "F"): 10,
        ("no", "_T"): 20,
        ("no", "M"): 20,
        ("no", "F"): 0,
    }
    unknown = [(age, reimbursed, n) for age, reimbursed, _, known, n in codes if not known]
    assert sorted(unknown) == [("40-49", "_T", 40), ("40-49", "yes", 40), ("_T", "_T", 40), ("_T", "yes", 40)]
    assert len([n for *_, n in codes if n]) == len(codes) - 4, "the sums of nobody are those that are published"


def test_more_amounts_than_a_number_has_bits(spark: SparkSession) -> None:
    """Persons of 0 to 99 years: as many are at least n as there are from n to 99; their ages add up to what they do."""
    persons = spark.range(100).select(F.lit(2021).alias("year"), F.col("id").cast("int").alias("age"))

    def at_least(age: int) -> tuple[Condition, ...]:
        return (Condition(column="age", at_least=age),)

    counts = {Amount(None, at_least(age)): f"count_{age}" for age in range(70)}
    sums = {Amount("age", at_least(age)): f"sum_{age}" for age in range(70)}
    expected = {f"count_{age}": 100 - age for age in range(70)}
    expected |= {f"sum_{age}": sum(range(age, 100)) for age in range(70)}
    amounts = counts | sums
    light = persons.select(*needed_for(amounts))
    assert len(light.columns) == 1 + 3  # what is summed, and three numbers of 63 bits for 140 amounts
    whole = {name: {name: F.lit(True)} for name in amounts.values()}
    assert light.agg(*totals_of_needed(amounts, whole)).collect()[0].asDict() == expected
    assert persons.agg(*totals_of(amounts)).collect()[0].asDict() == expected

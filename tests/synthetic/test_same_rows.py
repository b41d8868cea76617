"""The same seed gives the same rows, however Spark divides the work and whatever else is drawn."""

from collections.abc import Callable, Sequence

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.delivery import claims
from imaatlas_spark.synthetic.insured import insured
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.persons import people
from imaatlas_spark.synthetic.population import population
from tests.conftest import settings

pytestmark = pytest.mark.spark

PERSONS = 600
Fingerprint = tuple[int, int]


def fingerprint(rows: DataFrame) -> Fingerprint:
    """How many rows, and a sum of their hashes: another row, or one more or less, shows in it."""
    hashed = F.xxhash64(*rows.columns).cast("decimal(38,0)")
    found = rows.select(F.count(F.lit(1)), F.sum(hashed)).first()
    assert found is not None
    return found[0], int(found[1])


def drawn(spark: SparkSession, nation: Nation, years: Sequence[int], partitions: int) -> tuple[DataFrame, DataFrame]:
    everyone = people(spark, nation.dice, nation.parameters, nation.persons, partitions)
    rows = insured(everyone, nation, years)
    return population(rows, nation), claims(rows, nation, years)


@pytest.fixture(scope="module")
def of_2019(spark: SparkSession, nation: Callable[..., Nation]) -> list[Fingerprint]:
    """Population and claims of 2019, drawn alone."""
    return [fingerprint(rows) for rows in drawn(spark, nation(PERSONS), (2019,), partitions=1)]


def test_partitions_do_not_matter(spark: SparkSession, nation: Callable[..., Nation]) -> None:
    small = nation(PERSONS)
    one = [fingerprint(rows) for rows in drawn(spark, small, (2021,), partitions=1)]
    with settings(spark, shuffle_partitions="7"):
        many = [fingerprint(rows) for rows in drawn(spark, small, (2021,), partitions=5)]
    assert one == many


def test_a_year_is_the_same_whichever_years_are_drawn_with_it(
    spark: SparkSession, nation: Callable[..., Nation], of_2019: list[Fingerprint]
) -> None:
    among = drawn(spark, nation(PERSONS), (2018, 2019, 2021), partitions=1)
    assert [fingerprint(rows.where(F.col("year") == 2019)) for rows in among] == of_2019


def test_another_seed_is_another_nation(
    spark: SparkSession, nation: Callable[..., Nation], of_2019: list[Fingerprint]
) -> None:
    """The first is 1."""
    other = drawn(spark, nation(PERSONS, seed=2), (2019,), partitions=1)
    assert all(mine != fingerprint(rows) for mine, rows in zip(of_2019, other, strict=True))

"""The JVM interprets methods of more than 8,000 bytes, ten times slower than it runs them: no stage grows so large."""

import re
from collections.abc import Callable

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.synthetic.delivery import claims
from imaatlas_spark.synthetic.insured import insured
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.persons import people
from imaatlas_spark.synthetic.population import population
from tests.conftest import code_generation

pytestmark = pytest.mark.spark

COMPILED_UP_TO = 8000


def test_every_stage_is_small_enough_to_be_compiled(spark: SparkSession, nation: Callable[..., Nation]) -> None:
    small = nation(10)
    everyone = people(spark, small.dice, small.parameters, small.persons, 1)
    rows = insured(everyone, small, (2021,)).persist()
    debug = spark._jvm.org.apache.spark.sql.execution.debug.package  # type: ignore[union-attr]
    sizes = []
    with code_generation(spark):
        for frame in (insured(everyone, small, (2021,)), population(rows, small), claims(rows, small, (2021,))):
            code = debug.codegenString(frame.select("*")._jdf.queryExecution().executedPlan())
            sizes += [int(size) for size in re.findall(r"maxMethodCodeSize:(\d+)", code)]
    rows.unpersist()
    assert len(sizes) > 5
    assert max(sizes) < COMPILED_UP_TO

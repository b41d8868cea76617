"""One Spark session for the whole test run, made from the configuration that the jobs run with."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.configuration import Configuration, load_configuration

ROOT = Path(__file__).parent.parent
CONF = ROOT / "conf"

_FOR_SMALL_DATA = {
    "spark.master": "local[2]",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.databricks.delta.snapshotPartitions": "2",
}


def spark_defaults() -> dict[str, str]:
    lines = (CONF / "spark-defaults.conf").read_text().splitlines()
    pairs = (line.split(None, 1) for line in lines if line and not line.startswith("#"))
    return {key: value.strip() for key, value in pairs}


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load_configuration(CONF)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("tests")
    for key, value in (spark_defaults() | _FOR_SMALL_DATA).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()

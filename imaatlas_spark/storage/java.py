"""Classes of the JVM by their full names."""

from typing import Any

from py4j.java_gateway import JavaClass
from pyspark.sql import SparkSession


def java_class(spark: SparkSession, name: str) -> Any:
    """`spark._jvm.org.apache...` asks the JVM for each part of the name anew: a run has some thousand such calls."""
    jvm: Any = spark._jvm
    return JavaClass(name, jvm._gateway_client)

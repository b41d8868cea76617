"""One JVM for all processes of a test run: what one has had compiled, the others need not.

The process that hands out the tests (pytest-xdist) starts it, and it ends with that process. Each of the others has a
Spark session of its own in it. Settings and temporary views are its own, and what breaks off there breaks nothing off
elsewhere; tasks and Delta's memory of tables are shared.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Where PySpark looks for a JVM that runs already.
_PORT, _SECRET = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"
# What this process was told of one. Those that it starts are not: a job has a JVM of its own.
_told = {name: os.environ.pop(name) for name in (_PORT, _SECRET) if name in os.environ}


def launch(settings: Mapping[str, str]) -> Callable[[], None]:
    """Start a JVM for the processes that this one starts; what is returned ends it, as the end of this process does.

    Raises RuntimeError with what Java said where it does not start.
    """
    from pyspark import SparkConf
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    with tempfile.TemporaryFile("w+") as told:
        streams = {"stdout": told, "stderr": told}
        try:
            gateway: Any = launch_gateway(SparkConf().setAll(list(settings.items())), streams)  # type: ignore[no-untyped-call]
        except PySparkRuntimeError as failure:
            told.seek(0)
            raise RuntimeError(f"no JVM for the tests:\n{told.read()}") from failure
    os.environ[_PORT] = str(gateway.gateway_parameters.port)
    os.environ[_SECRET] = gateway.gateway_parameters.auth_token

    def end() -> None:
        gateway.proc.stdin.close()
        gateway.proc.wait()

    return end


def is_there() -> bool:
    return bool(_told)


def session_there(settings: Mapping[str, str]) -> "SparkSession":
    """A session of this process in the JVM that it was told of."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    os.environ.update(_told)
    SparkContext._ensure_initialized()
    for name in _told:
        del os.environ[name]
    jvm: Any = SparkContext._jvm
    asked: Any = SparkConf(_jvm=jvm).setAll(list(settings.items()))
    java_context = jvm.JavaSparkContext.fromSparkContext(jvm.org.apache.spark.SparkContext.getOrCreate(asked._jconf))
    context = SparkContext(jsc=java_context, conf=SparkConf(_jconf=java_context.sc().conf()))
    session = SparkSession(context, jvm.org.apache.spark.sql.classic.SparkSession.builder().getOrCreate().newSession())
    context.cancelAllJobs = session.interruptAll  # type: ignore[assignment, method-assign]
    return session

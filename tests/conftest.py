"""One Spark session for the whole test run, made from the configuration that the jobs run with.

What the fast layer does not need (Spark, the oracle) is imported where it is used.
"""

from __future__ import annotations

import copy
import gc
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from tests import shared_jvm
from tools.spark_submit import session_here, settings_here, spark_defaults

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.engine import Engine
    from tests.oracle.compute import Tables

ROOT = Path(__file__).parent.parent
CONF = ROOT / "conf"

_JAVA_OPTIONS = "spark.driver.extraJavaOptions"
_FOR_SMALL_DATA = {
    "spark.master": "local[2]",
    # A handful of rows: one task, and no stage that waits for another to see how large it has become.
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.databricks.delta.snapshotPartitions": "1",
    # VACUUM lists the folders of a table in so many tasks.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    # Nobody reads the plans that Spark writes down at each query, which takes a sixth of the driver's time.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.debug.maxToStringFields": "4",
    "spark.driver.memory": "4g",
    # By default each sort, and each table that is broadcast, takes 64 MB at once.
    "spark.buffer.pageSize": "1m",
    # Two cores that are busy: nothing is gained by collecting in parallel. Nearly all that is made is let go at once:
    # with much room for what is new there is less to collect, and little that is copied.
    _JAVA_OPTIONS: spark_defaults(CONF)[_JAVA_OPTIONS].replace("ParallelGC", "SerialGC")
    + " -Xms4g -Xmn2500m -XX:MetaspaceSize=512m",
    # One session runs some ten thousand queries: what it remembers of them would fill the memory.
    "spark.sql.ui.retainedExecutions": "10",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.ui.retainedTasks": "100",
}
# Hundreds of plans over a handful of rows: compiling one costs ten times what running it costs.
_NO_CODE_GENERATION = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
_OF_THE_SESSION = _FOR_SMALL_DATA | _NO_CODE_GENERATION


# Warehouses that are made once for the tests of several files.
_SHARED = ("nasty", "made", "accepted", "pipeline", "moving", "drawn")

# Groups that share a warehouse, and files, that take a minute and more: the longest first.
_LONG = (
    "pipeline",
    "nasty",
    "accepted",
    "test_scenarios",
    "moving",
    "made",
    "test_publications",
    "drawn",
    "test_ledger",
    "test_properties",
)


def pytest_configure(config: pytest.Config) -> None:
    """The process that hands out tests to others starts the JVM that these share."""
    hands_out = not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None)
    if hands_out and "spark" not in _left_out(config):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        config.add_cleanup(shared_jvm.launch(settings_here(CONF, "tests", _OF_THE_SESSION)))


def _left_out(config: pytest.Config) -> set[str]:
    """The marks of which no test is run."""
    wanted = config.option.markexpr
    return set() if " or " in wanted else set(re.findall(r"\bnot (\w+)", wanted))


_MARKS_OF_A_FILE = re.compile(r"^pytestmark = .+$", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m "not spark and not slow"` a file that is marked as a whole is not even imported: that takes longest."""
    left_out = _left_out(config)
    if not left_out or not collection_path.name.startswith("test_"):
        return None
    marks = _MARKS_OF_A_FILE.search(collection_path.read_text(encoding="utf-8"))
    return True if marks and left_out & set(re.findall(r"\bmark\.(\w+)", marks[0])) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several processes, one runs all tests that share a warehouse, or else all tests of a file.

    What takes long begins first, so that they end at about the same time.
    """
    begins: dict[int, int] = {}
    for item in items:
        shared = next((name for name in _SHARED if name in getattr(item, "fixturenames", ())), None)
        item.add_marker(pytest.mark.xdist_group(shared or str(item.path)))
        name = shared or item.path.stem
        begins[id(item)] = _LONG.index(name) if name in _LONG else len(_LONG)
    items.sort(key=lambda item: begins[id(item)])


def pytest_collection_finish() -> None:
    """What has been imported by now lives to the end: the garbage collector need not go through it time and again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    """Hundreds of tests load the configuration with one file changed: a text that was parsed before is not again."""
    parsed = cache(tomllib.loads)

    def a_copy(text: str, **options: Any) -> dict[str, Any]:
        return copy.deepcopy(parsed(text, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("imaatlas_spark.conf_files.tomllib.loads", a_copy)
        yield


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load_configuration(CONF)


def small_session() -> SparkSession:
    """A session for small data, made from the configuration that the jobs run with."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if shared_jvm.is_there():
        return shared_jvm.session_there(settings_here(CONF, "tests", _OF_THE_SESSION))
    return session_here(CONF, "tests", _OF_THE_SESSION)


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    return small_session()


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """After a file of tests its plans are let go: broadcasts live as long as a data frame that Python holds."""
    yield
    session = sys.modules["pyspark.sql"].SparkSession.getActiveSession() if "pyspark.sql" in sys.modules else None
    if session is not None:
        session._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
        gc.collect()


@contextmanager
def code_generation(spark: SparkSession) -> Iterator[None]:
    """Plans are compiled, as they are in production; afterwards not, also where what is within fails."""
    for name in _NO_CODE_GENERATION:
        spark.conf.unset(name)
    try:
        yield
    finally:
        for name, value in _NO_CODE_GENERATION.items():
            spark.conf.set(name, value)


@contextmanager
def settings(spark: SparkSession, **values: str) -> Iterator[None]:
    """`shuffle_partitions="7"` is `spark.sql.shuffle.partitions`, for as long as it is wanted."""
    names = {name: "spark.sql." + name.replace("_", ".") for name in values}
    before = {name: spark.conf.get(name) for name in names.values()}
    for name, value in values.items():
        spark.conf.set(names[name], value)
    try:
        yield
    finally:
        for name, usual in before.items():
            spark.conf.set(name, usual or "")


@dataclass(frozen=True)
class NastyAtlas:
    """One delivery full of the edges of every rule, computed by the engine and by the oracle."""

    engine: Engine
    oracle: Tables
    years: tuple[int, ...] = (2018, 2019, 2021)
    delivered: tuple[int, ...] = tuple(range(2016, 2022))


@pytest.fixture(scope="session")
def nasty(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> NastyAtlas:
    from tests.engine import Engine, conf_with
    from tests.oracle.compute import compute
    from tests.oracle.nasty import Draw, draw_nasty_delivery, write_nasty_codelists
    from tests.oracle.parameters import Parameters
    from tests.oracle.statistics import ALL

    folder, years, delivered, active = tmp_path_factory.mktemp("nasty"), NastyAtlas.years, NastyAtlas.delivered, 20
    conf = conf_with(CONF, folder / "conf", active_practice_contacts=str(active))
    write_nasty_codelists(conf, seed=1, years=delivered)
    draw = Draw(seed=1, persons=400, active_practice_contacts=active)
    draw_nasty_delivery(folder / "delivery", draw, conf_dir=conf, years=delivered)
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(folder / "delivery", delivered)
    *earlier, last = years
    engine.build(earlier)
    with code_generation(spark), settings(spark, adaptive_enabled="true", shuffle_partitions="3"):
        engine.build((last,))  # planned as in production
    engine.publish(years)
    cards = engine.run.configuration.cards
    planned = {(code, year): cards[code].release.planned_date(year) for code in ALL for year in years}
    parameters = Parameters(active_practice_contacts=active)
    oracle = compute(folder / "delivery", conf, years, parameters=parameters, release_dates=planned)
    return NastyAtlas(engine, oracle)

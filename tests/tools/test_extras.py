"""What `pip install imaatlas-spark[engine]` brings along: all that Spark asks for when it hands tables to Python."""

import re
import tomllib
from importlib.metadata import requires

from tests.conftest import ROOT


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()


def test_the_engine_brings_what_spark_needs_for_tables_in_python() -> None:
    """Found on a cluster whose driver had nothing but this extra: without pandas no statistic is published."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    always, engine = project["dependencies"], project["optional-dependencies"]["engine"]
    brought = {name_of(each) for each in (*always, *engine)}
    of_spark = {name_of(each) for each in requires("pyspark") or () if re.search(r"extra == ['\"]sql['\"]", each)}
    assert {"pandas", "pyarrow"} <= of_spark
    assert of_spark <= brought

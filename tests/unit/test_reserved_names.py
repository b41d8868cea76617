"""A dimension is a column: no name that stands beside it, from the sums to the reader, may be taken for it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import imaatlas_spark
from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.configuration.reserved import is_reserved
from imaatlas_spark.errors import ConfigurationRefused
from tests.unit.edits import edited, refuses

ROOMS = ("statistics", "protection", "reader", "metadata")
NAMING = {
    *("col", "alias", "withColumn", "withColumnRenamed", "withColumnsRenamed", "withColumns", "with_columns"),
    *("select", "drop", "groupBy", "group_by", "agg", "rename", "join"),
}
NO_COLUMNS = {"left", "left_semi", "left_anti"}  # kinds of joins
IN_DDL = re.compile(r"\b([a-z][a-z0-9_]*) (?:STRING|INT|BIGINT|BOOLEAN|DOUBLE|DATE|ARRAY)\b")


def columns_in(path: Path) -> Iterator[str]:
    """Every name of a column that a module writes out: in a call that takes one, or in DDL."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from IN_DDL.findall(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NAMING:
            yield from (text for argument in node.args for text in texts_of(argument) if text not in NO_COLUMNS)


def texts_of(argument: ast.expr) -> Iterator[str]:
    inside = ast.walk(argument) if isinstance(argument, (ast.Tuple, ast.List, ast.Dict, ast.Starred)) else [argument]
    texts = (node.value for node in inside if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return (text for text in texts if re.fullmatch("[a-z][a-z0-9_]*", text))


@pytest.mark.parametrize("room", ROOMS)
def test_every_column_that_statistics_are_made_with_is_reserved(room: str) -> None:
    modules = sorted((Path(imaatlas_spark.__file__).parent / room).glob("*.py"))
    assert modules
    assert {name for path in modules for name in columns_in(path) if not is_reserved(name)} == set()


@pytest.mark.parametrize("name", ["place", "old", "new", "listed", "numerator", "amount_0", "sex_label", "witnesses"])
def test_a_dimension_that_would_be_ambiguous_is_refused(tmp_path: Path, name: str) -> None:
    conf = edited(tmp_path, "dimensions.toml", "[age_class]", f"[{name}]")
    with refuses(
        ConfigurationRefused, f"{name}: what statistics are made with has a column {name} already: choose another name"
    ):
        load_configuration(conf)

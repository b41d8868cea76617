"""The page that says where each rule lives is right: every function that it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_NAMED = re.compile(r"`([a-z_]+)\.([a-z_]+)`")


def functions() -> set[tuple[str, str]]:
    """(module, function) of the whole package."""
    return {
        (path.stem, node.name)
        for path in (ROOT / "imaatlas_spark").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def test_every_function_that_the_page_names_is_there() -> None:
    table = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("## Which rule lives where")[1]
    named = set(_NAMED.findall(table.split("## How a year")[0]))
    assert len(named) > 25
    assert named <= functions()


def test_every_room_of_the_package_has_a_line() -> None:
    rooms = {path.parent.name for path in (ROOT / "imaatlas_spark").glob("*/__init__.py")}
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert {room for room in rooms if f"`{room}/`" not in page} == set()

"""Data flow one way: no module imports from a room that stands to its right (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "imaatlas_spark"

# What every room may use lies to its left; `synthetic` makes deliveries and stands beside the way of the data.
_COMMON = {
    "errors",
    "failures",
    "folders",
    "names",
    "output_folder",
    "periods",
    "csv_text",
    "conf_faults",
    "conf_files",
    "",
}
_MAY_IMPORT = {
    "errors": set(),
    "failures": {"errors"},
    "folders": set(),
    "periods": {"errors"},
    "names": set(),
    "output_folder": {"errors"},
    "csv_text": {"errors", "names"},
    "conf_faults": set(),
    "conf_files": {"errors", "names", "csv_text", "conf_faults"},
    "schemas": set(),
    "storage": _COMMON | {"schemas"},
    "geography": _COMMON | {"storage"},
    "configuration": _COMMON | {"schemas", "geography"},
    "progress": set(),
    "scratch": set(),
    "session": {"errors", "names"},
    "run": _COMMON | {"schemas", "configuration", "progress", "scratch", "session"},
    "warehouse_check": _COMMON | {"schemas", "storage", "configuration", "run", "source_variables", "statistics"},
    "cli": _COMMON | {"configuration", "run", "session"},
    "deliveries": _COMMON | {"session", "schemas", "storage", "geography", "configuration", "run"},
    "source_variables": _COMMON | {"schemas", "storage", "geography", "configuration", "run"},
    "statistics": _COMMON | {"schemas", "storage", "geography", "configuration", "run", "source_variables"},
    "protection": _COMMON | {"schemas", "storage", "geography", "configuration", "run", "statistics"},
    "reader": _COMMON | {"schemas", "geography", "configuration"},
    "protection_report": _COMMON | {"schemas", "geography", "configuration", "protection", "reader"},
    "site": _COMMON | {"schemas", "reader", "metadata", "geography", "configuration", "progress"},
    "metadata": _COMMON | {"schemas", "geography", "configuration", "reader"},
    "synthetic": _COMMON | {"schemas", "storage", "geography", "configuration"},
}
# The audit shares with the solver the cards and the amounts alone: what one gets wrong the other sees.
_WITHIN_PROTECTION = {
    "cards": {"arrays"},
    "blocks": {"arrays"},
    "clusters": {"arrays", "cards", "figures", "blocks"},
    "audit": {"arrays", "cards", "figures", "before"},
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(dotted: str) -> str:
    """`imaatlas_spark.geography.maps` lies in `geography`; the package itself has no room."""
    return [*dotted.split("."), ""][1]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported_rooms(path: Path) -> Iterator[str]:
    """The rooms that a module imports from, inside functions and for type checking too."""
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE.name:
            names = [f"{node.module}.{each.name}" for each in node.names] if node.module == PACKAGE.name else []
            yield from map(room_of, names or [node.module or ""])
        elif isinstance(node, ast.Import):
            yield from (room_of(each.name) for each in node.names if each.name.split(".")[0] == PACKAGE.name)


def own_room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def is_room(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_from_its_own_room_and_from_rooms_to_its_left(path: Path) -> None:
    rooms = {
        room if (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file() else "" for room in imported_rooms(path)
    }
    assert rooms - {own_room(path)} <= _MAY_IMPORT[own_room(path)]


@pytest.mark.parametrize("room", sorted(_WITHIN_PROTECTION))
def test_the_rooms_of_protection_know_of_each_other_what_they_have_to(room: str) -> None:
    """Above all: the audit is written apart from what it looks at."""
    own = f"{PACKAGE.name}.protection."
    imported = {
        node.module.removeprefix(own).split(".")[0]
        for path in (PACKAGE / "protection" / room).glob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(own)
    }
    assert imported - {room} <= _WITHIN_PROTECTION[room]


def test_modules_of_a_room_do_not_import_each_other_in_a_circle() -> None:
    names = {path: ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in modules()}
    imports = {
        name: {
            node.module for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.module in names.values()
        }
        for path, name in names.items()
    }
    leaves = [name for name, needed in imports.items() if not needed]
    while leaves:
        for leaf in leaves:
            del imports[leaf]
        for needed in imports.values():
            needed.difference_update(leaves)
        leaves = [name for name, needed in imports.items() if not needed]
    assert not imports

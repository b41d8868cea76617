"""How data files are written: classic scripts that hand their data to a function, so that pages work from a disk."""

import json
from pathlib import Path
from typing import Any

from imaatlas_spark.errors import ConfigurationRefused


def compact(data: Any) -> str:
    """JSON as short as it can be, the same for the same data."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def embedded(data: Any) -> str:
    """JSON that may stand inside a `script` element of a page."""
    return compact(data).replace("<", "\\u003c").replace("&", "\\u0026")


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_data(path: Path, name: str, data: Any) -> None:
    """A file that a page loads by a `script` element: `atlas.receive(name, data)`."""
    write_text(path, f"atlas.receive({compact(name)},{compact(data)});\n")


def slug(code: str) -> str:
    """A code as a part of a file's name and of an address: `90+` becomes `90plus`."""
    plain = code.replace("+", "plus")
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-") else "_" for letter in plain)


def slugs(codes: tuple[str, ...], where: str) -> dict[str, str]:
    """The slug of each code; two codes that would share one are refused."""
    found = {code: slug(code) for code in codes}
    taken: dict[str, str] = {}
    for code, short in found.items():
        if short in taken:
            raise ConfigurationRefused(f"{where}: {taken[short]} and {code} would be one file: rename one of them")
        taken[short] = code
    return found

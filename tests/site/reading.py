"""Reading the site's own files back."""

import json
from pathlib import Path
from typing import Any


def data_of(path: Path) -> Any:
    """What a data file hands to `atlas.receive`."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("atlas.receive(")
    assert text.endswith(");\n")
    name, data = json.loads(f"[{text.removeprefix('atlas.receive(').removesuffix(');' + chr(10))}]")
    assert path.as_posix().endswith(f"{name}.js")
    return data


def figures_of(block: dict[str, Any], count: int) -> list[tuple[int | None, int | None, str]]:
    """(numerator, denominator, status) of each of the `count` areas of a block."""

    def numbers(text: str) -> list[int | None]:
        found = [int(each) if each else None for each in text.split(",")]
        return found + [None] * (count - len(found))

    statuses = block["s"] if len(block["s"]) > 1 else (block["s"] or "A") * count
    return list(zip(numbers(block["n"]), numbers(block.get("d", "")), statuses, strict=True))

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

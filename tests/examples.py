"""The additions of `docs/examples`, made in a copy of a configuration."""

import shutil
from pathlib import Path

from tests.conftest import ROOT

EXAMPLES = ROOT / "docs" / "examples"


def with_examples(conf: Path, target: Path) -> Path:
    """A copy of `conf` with every addition: files are put beside the others, rows and tables at the end of them."""
    shutil.copytree(conf, target)
    for folder in ("statistics", "source_variables"):
        for path in (EXAMPLES / folder).iterdir():
            shutil.copy(path, target / folder)
    for path in (EXAMPLES / "codelists").iterdir():
        rows = path.read_text(encoding="utf-8").split("\n", maxsplit=1)[1]
        listed = target / "codelists" / path.name
        listed.write_text(listed.read_text(encoding="utf-8").rstrip("\n") + "\n" + rows, encoding="utf-8")
    dimensions = target / "dimensions.toml"
    added = (EXAMPLES / "dimensions.toml").read_text(encoding="utf-8")
    dimensions.write_text(dimensions.read_text(encoding="utf-8") + "\n" + added, encoding="utf-8")
    return target

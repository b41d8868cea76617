"""The linter: `python -m imaatlas_spark.configuration [DIR]` checks a configuration by itself.

With `--readings` it prints the readings of the rules as a table.
"""

import argparse
import sys
from pathlib import Path

from imaatlas_spark.configuration.loading import Configuration, load_configuration
from imaatlas_spark.configuration.readings import as_table, readings
from imaatlas_spark.errors import ConfigurationRefused


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m imaatlas_spark.configuration", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("conf"), help="the configuration, by default conf")
    parser.add_argument("--readings", action="store_true", help="print the readings of the rules as a table")
    asked = parser.parse_args()
    try:
        print(_answer(asked, load_configuration(asked.folder)))
    except ConfigurationRefused as refusal:
        sys.exit(f"refused: {refusal}")


def _answer(asked: argparse.Namespace, linted: Configuration) -> str:
    if asked.readings:
        return as_table(readings(linted.rules))
    return f"{linted.folder}: {len(linted.cards)} cards, all well"


if __name__ == "__main__":
    main()

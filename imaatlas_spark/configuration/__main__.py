"""The linter: `python -m imaatlas_spark.configuration [DIR]` checks a configuration by itself.

With `--readings` it prints the readings of the rules as a table, with `--variables` the source variables, with `--sheet
CODE` the sheet of a statistic.
"""

import argparse
import datetime as dt
import sys
from pathlib import Path

from imaatlas_spark.configuration.labels import LANGUAGES
from imaatlas_spark.configuration.loading import Configuration, load_configuration
from imaatlas_spark.configuration.readings import as_table, readings
from imaatlas_spark.configuration.sheet import Names, as_text, sheet
from imaatlas_spark.errors import ArgumentRefused, Refused


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m imaatlas_spark.configuration", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("conf"), help="the configuration, by default conf")
    parser.add_argument("--readings", action="store_true", help="print the readings of the rules as a table")
    parser.add_argument("--variables", action="store_true", help="print the source variables and what they are called")
    parser.add_argument("--sheet", metavar="CODE", help="print the sheet of a statistic")
    parser.add_argument("--language", choices=LANGUAGES, default="nl", help="of the sheet, by default nl")
    asked = parser.parse_args()
    try:
        print(_answer(asked, load_configuration(asked.folder)))
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        sys.exit(2)


def _answer(asked: argparse.Namespace, linted: Configuration) -> str:
    if asked.readings:
        return as_table(readings(linted.rules))
    if asked.variables:
        return "\n".join(
            f"{name}-{variable.label.in_language(asked.language)}: {variable.description.in_language(asked.language)}"
            for name, variable in linted.variables.items()
        )
    if asked.sheet is not None:
        if asked.sheet not in linted.cards:
            raise ArgumentRefused(f"--sheet {asked.sheet}: there is no such card; there are {', '.join(linted.cards)}")
        today = f"{dt.date.today():%d/%m/%Y}"
        return as_text(sheet(linted.cards[asked.sheet], Names.of(linted), asked.language, today))
    return f"{linted.folder}: {len(linted.cards)} cards, all well"


if __name__ == "__main__":
    main()

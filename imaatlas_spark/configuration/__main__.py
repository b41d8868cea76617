"""The linter: `python -m imaatlas_spark.configuration [DIR]` checks a configuration by itself."""

import sys
from pathlib import Path

from imaatlas_spark.configuration.loading import load_configuration
from imaatlas_spark.errors import ConfigurationRefused


def main() -> None:
    try:
        linted = load_configuration(Path(sys.argv[1] if len(sys.argv) > 1 else "conf"))
    except ConfigurationRefused as refusal:
        sys.exit(f"refused: {refusal}")
    print(f"{linted.folder}: {len(linted.cards)} cards, all well")


if __name__ == "__main__":
    main()

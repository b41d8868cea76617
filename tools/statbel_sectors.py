"""Make the sectors.csv of a delivery from Statbel's list of statistical sectors, as it is published.

    python tools/statbel_sectors.py OPENDATA_SECTOREN_2023.txt sectors.csv

A list holds the sectors of its year, each with its begin. Sectors that ended before are in older lists only: add their
rows by hand where earlier years are computed. Source of the list: (c) Statbel, CC BY 4.0.
"""

import argparse
import csv
import sys
from pathlib import Path

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.statbel import read_sector_list

COLUMNS = ("sector", "name_nl", "name_fr", "valid_from", "valid_to")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make sectors.csv from Statbel's list of statistical sectors.")
    parser.add_argument("input", type=Path, help="the published list, as text")
    parser.add_argument("output", type=Path, help="the sectors.csv to write")
    arguments = parser.parse_args()
    try:
        sectors = read_sector_list(arguments.input)
    except ConfigurationRefused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        sys.exit(2)
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sector.delivered for sector in sectors)
    print(f"{arguments.output}: {len(sectors)} sectors")


if __name__ == "__main__":
    main()

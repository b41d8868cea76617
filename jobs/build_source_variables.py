"""Accepted inputs to the source variables of persons, practices and practitioners."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_year, parse_years
from imaatlas_spark.run import Run

arguments = cli.parser("build_source_variables", __doc__)
arguments.add_argument("--warehouse", required=True, type=cli.existing_folder, help="folder of the Delta tables")
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")
arguments.add_argument("--first-year", type=parse_year, help="the data begin here: take what lies before as absent")


def check(parsed: argparse.Namespace, configuration: Configuration) -> None:
    cli.refuse_first_year(parsed.first_year, parsed.years)
    for year in parsed.years:
        configuration.rules.at(year)
        configuration.geography.municipalities_in(year)


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.source_variables.build import build_source_variables
    from imaatlas_spark.storage.warehouse import Warehouse

    build_source_variables(run, Warehouse(run.spark, parsed.warehouse, run.stamp), parsed.years, parsed.first_year)


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

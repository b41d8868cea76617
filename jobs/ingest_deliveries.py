"""Deliveries to the accepted inputs of a warehouse."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_years
from imaatlas_spark.run import Run

arguments = cli.parser("ingest_deliveries", __doc__)
arguments.add_argument("--input", required=True, type=cli.existing_folder, help="folder of the delivery")
arguments.add_argument("--warehouse", required=True, type=cli.folder, help="folder of the Delta tables")
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")


def check(parsed: argparse.Namespace, configuration: Configuration) -> None:
    for year in parsed.years:
        configuration.rules.at(year)
    if "://" not in parsed.input:
        from imaatlas_spark.deliveries.inspection import inspect
        from imaatlas_spark.deliveries.stores import LocalStore

        inspect(LocalStore(), parsed.input, parsed.years, configuration)
    cli.refuse_within(parsed.input, parsed.warehouse)


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.deliveries.ingest import ingest
    from imaatlas_spark.storage.warehouse import Warehouse

    ingest(run, parsed.input, Warehouse(run.spark, parsed.warehouse, run.stamp), parsed.years)


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

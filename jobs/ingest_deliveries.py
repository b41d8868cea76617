"""Deliveries to the accepted inputs of a warehouse."""

import argparse
import sys
from typing import TYPE_CHECKING

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.folders import is_local
from imaatlas_spark.periods import parse_years
from imaatlas_spark.run import Run
from imaatlas_spark.storage.paths import has_runs

if TYPE_CHECKING:
    from imaatlas_spark.deliveries.inspection import Inspection

arguments = cli.parser("ingest_deliveries", __doc__)
arguments.add_argument("--input", required=True, type=cli.existing_folder, help="folder of the delivery")
arguments.add_argument("--warehouse", required=True, type=cli.folder, help="folder of the Delta tables")
arguments.set_defaults(inspected=None)  # what `check` has seen of a delivery on this machine
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")


def check(parsed: argparse.Namespace, configuration: Configuration) -> None:
    for year in parsed.years:
        configuration.rules.at(year)
    if is_local(parsed.input):
        parsed.inspected = _inspected(parsed, configuration)
    cli.refuse_within(parsed.input, parsed.warehouse)


def _inspected(parsed: argparse.Namespace, configuration: Configuration) -> "Inspection | None":
    """What is seen of a delivery before Spark starts; None: it is refused, by a run that writes that down in `runs`."""
    from imaatlas_spark.deliveries.inspection import inspect
    from imaatlas_spark.deliveries.stores import LocalStore

    try:
        return inspect(LocalStore(), parsed.input, parsed.years, configuration)
    except DeliveryRefused:
        if has_runs(parsed.warehouse):
            return None
        raise


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.deliveries.ingest import ingest, ingest_inspected
    from imaatlas_spark.storage.warehouse import Warehouse

    warehouse = Warehouse(run.spark, parsed.warehouse, run.stamp)
    if parsed.inspected is None:
        ingest(run, parsed.input, warehouse, parsed.years)
    else:
        ingest_inspected(run, warehouse, parsed.inspected)


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

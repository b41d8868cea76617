"""What of a warehouse is complete, what is not, and what was changed by hand, with the command that heals each."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.run import Run

arguments = cli.parser("check_warehouse", __doc__)
arguments.add_argument("--warehouse", required=True, type=cli.existing_folder, help="folder of the Delta tables")


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.storage.warehouse import Warehouse
    from imaatlas_spark.warehouse_check import check_warehouse

    check_warehouse(run, Warehouse(run.spark, parsed.warehouse, run.stamp))


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work))

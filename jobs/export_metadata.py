"""Published statistics for machines: SDMX, CSV on the Web, DCAT, citations. Plain Python, no Spark."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration

arguments = cli.parser("export_metadata", __doc__)
arguments.add_argument("--warehouse", required=True, type=cli.existing_folder, help="folder of the Delta tables")
arguments.add_argument(
    "--output", required=True, type=cli.output_folder, help="folder to write; an export that is there is replaced"
)
arguments.add_argument(
    "--unprotected", action="store_true", help="tables without protection; synthetic warehouses only"
)


def work(_configuration: Configuration, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.metadata.export import export_metadata

    codes = export_metadata(parsed.warehouse, parsed.output, parsed.unprotected)
    print(f"{parsed.output}: {', '.join(codes)}", flush=True)


if __name__ == "__main__":
    sys.exit(cli.main_without_spark(arguments, work))

"""How much protection hides of some years, and why: for inside only. Plain Python, no Spark."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_years

arguments = cli.parser("report_protection", __doc__)
arguments.add_argument("--warehouse", required=True, type=cli.existing_folder, help="folder of the Delta tables")
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")
arguments.add_argument(
    "--output", type=cli.output_folder, help="folder of a page and CSV files; one that is there is replaced"
)


def work(configuration: Configuration, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.output_folder import refuse_other_folder
    from imaatlas_spark.protection_report.counting import Counts
    from imaatlas_spark.protection_report.editions import editions
    from imaatlas_spark.protection_report.page import KIND, PAGE, write_report
    from imaatlas_spark.protection_report.text import print_report
    from imaatlas_spark.reader.store import Store

    if parsed.output is not None:
        refuse_other_folder(parsed.output, PAGE, KIND)
    store = Store.at(parsed.warehouse)
    report = [Counts.of(configuration, edition) for edition in editions(configuration, store, parsed.years)]
    print_report(report)
    if parsed.output is not None:
        write_report(report, parsed.output)
        print(f"{parsed.output}: open {parsed.output / PAGE}", flush=True)


if __name__ == "__main__":
    sys.exit(cli.main_without_spark(arguments, work))

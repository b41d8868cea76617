"""Source variables to published statistics, one table for each."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_years
from imaatlas_spark.protection.cards.structure import refuse_what_cannot_be_protected
from imaatlas_spark.run import Run
from imaatlas_spark.statistics.releases import Releases, releases

arguments = cli.parser("build_statistics", __doc__)
arguments.add_argument("--warehouse", required=True, type=cli.existing_folder, help="folder of the Delta tables")
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")
cli.add_publication(arguments)


def check(parsed: argparse.Namespace, configuration: Configuration) -> None:
    refuse_what_cannot_be_protected(configuration)
    chosen(parsed, configuration)


def chosen(parsed: argparse.Namespace, configuration: Configuration) -> Releases:
    return releases(configuration, parsed.statistics, parsed.years, parsed.release_date, parsed.geography)


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.protection.protect import protect, protected_by
    from imaatlas_spark.statistics.build import build_statistics
    from imaatlas_spark.statistics.publication import Publication
    from imaatlas_spark.storage.warehouse import Warehouse

    warehouse = Warehouse(run.spark, parsed.warehouse, run.stamp)
    publication = Publication.of(run, warehouse, chosen(parsed, run.configuration), parsed.geography)
    build_statistics(publication, protect, protected_by(run.configuration, parsed.withdraw_unprotected))


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

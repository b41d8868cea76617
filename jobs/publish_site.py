"""A warehouse to a static site: pages in three languages, data files, maps, downloads. Plain Python, no Spark."""

import argparse
import sys
from pathlib import Path

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration

arguments = cli.parser("publish_site", __doc__)
arguments.add_argument("--warehouse", required=True, type=cli.existing_folder, help="folder of the Delta tables")
arguments.add_argument(
    "--output", required=True, type=cli.output_folder, help="folder of the site; one that is there is replaced"
)
arguments.add_argument("--boundaries", type=Path, help="GeoJSON of sectors or municipalities, as Statbel publishes it")
arguments.add_argument("--languages", type=cli.codes, default=("nl", "fr", "en"), help="default: nl,fr,en")
arguments.add_argument("--statistics", type=cli.codes, help="codes, comma between; default: all of the warehouse")
arguments.add_argument("--no-sectors", action="store_true", help="leave statistical sectors out")
arguments.add_argument(
    "--unprotected", action="store_true", help="tables without protection; synthetic warehouses only"
)


def work(configuration: Configuration, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.site.publish import Wish, publish_site

    wish = Wish(
        output=parsed.output,
        languages=parsed.languages,
        codes=parsed.statistics,
        boundaries=parsed.boundaries,
        with_sectors=not parsed.no_sectors,
        unprotected=parsed.unprotected,
    )
    publish_site(configuration, Path(parsed.warehouse), wish)
    print(f"{parsed.output}: open {parsed.output / 'index.html'}", flush=True)


if __name__ == "__main__":
    sys.exit(cli.main_without_spark(arguments, work))

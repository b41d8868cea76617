"""A synthetic nation, drawn by chance, as a delivery of claims, population and registers."""

import argparse
import sys

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_years
from imaatlas_spark.run import Run
from imaatlas_spark.synthetic.parameters import load_parameters
from imaatlas_spark.synthetic.request import checked

arguments = cli.parser("draw_synthetic", __doc__)
arguments.add_argument(
    "--output", required=True, type=cli.folder, help="folder of the delivery, new, empty, or drawn alike before"
)
arguments.add_argument("--persons", required=True, type=int, help="persons insured on any day")
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")
arguments.add_argument("--seed", default=1, type=int, help="another seed, another nation")


def check(parsed: argparse.Namespace, configuration: Configuration) -> None:
    checked(parsed.output, parsed.persons, parsed.years, parsed.seed, configuration)


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.synthetic.delivery import draw
    from imaatlas_spark.synthetic.nation import Nation

    parameters = load_parameters(run.configuration)
    nation = Nation.of(parsed.persons, parsed.seed, run.configuration, parameters)
    with run.progress.step(f"drawing {parsed.persons} persons"):
        draw(run.spark, nation, parsed.output, parsed.years)


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

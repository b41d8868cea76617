"""A synthetic nation as a delivery: nobody in it exists."""

import sys

from imaatlas_spark import job
from imaatlas_spark.years import parse_years

arguments = job.parser("draw_synthetic", __doc__)
arguments.add_argument("--output", required=True, help="folder of the delivery, new or empty")
arguments.add_argument("--persons", required=True, type=int, help="persons insured on any day")
arguments.add_argument("--years", required=True, type=parse_years, help="2021, 2019-2021 or 2019,2021")
arguments.add_argument("--seed", default=1, type=int, help="another seed, another nation")


def work(run, parsed):
    from imaatlas_spark.synthetic.draw import draw
    from imaatlas_spark.synthetic.parameters import load_parameters

    parameters = load_parameters(parsed.conf_dir, run.configuration.nomenclature)
    draw(run.spark, run.configuration, parameters, parsed.output, parsed.persons, parsed.years, parsed.seed)


if __name__ == "__main__":
    sys.exit(job.run(arguments, work))

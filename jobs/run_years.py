"""A delivery to published statistics, in one process: each step is left out that is done already for these inputs."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_year, parse_years
from imaatlas_spark.run import Run
from imaatlas_spark.statistics.releases import Releases, releases

arguments = cli.parser("run_years", __doc__)
arguments.add_argument("--input", required=True, type=cli.existing_folder, help="folder of the delivery")
arguments.add_argument("--warehouse", required=True, type=cli.folder, help="folder of the Delta tables")
arguments.add_argument("--years", required=True, type=parse_years, help="to publish: 2021, 2019-2021 or 2019,2021")
arguments.add_argument("--first-year", type=int, help="the data begin here: take what lies before as absent")
arguments.add_argument("--statistics", type=cli.codes, help="codes, comma between; default: all cards")
arguments.add_argument("--release-date", type=cli.release_date, help="yyyy-mm-dd; default: as the cards plan")
arguments.add_argument("--geography", type=parse_year, help="all years on the map of this one; default: each its own")

arguments.add_argument(
    "--withdraw-unprotected", action="store_true", help="unprotected releases of these years are published no more"
)


def check(parsed: argparse.Namespace, configuration: Configuration) -> Releases:
    cli.refuse_first_year(parsed.first_year, parsed.years)
    cli.refuse_within(parsed.input, parsed.warehouse)
    return releases(configuration, parsed.statistics, parsed.years, parsed.release_date, parsed.geography)


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.source_variables.build import years_before

    rules = run.configuration.rules
    history = {year: years_before(rules.at(year), parsed.first_year) for year in parsed.years}
    delivered = tuple(sorted({*parsed.years, *(before for years in history.values() for before in years)}))
    _step(run, f"1 of 3: ingest {parsed.input}", lambda step: _ingest(step, parsed, delivered))
    _step(run, "2 of 3: source variables", lambda step: _build(step, parsed, history))
    _step(run, "3 of 3: statistics", lambda step: _publish(step, parsed))
    run.say(f"the tables lie in {parsed.warehouse}")


def _step(run: Run, name: str, step: Callable[[Run], bool]) -> None:
    """One job of the three, as a run of its own. `step` says whether there was anything left to do."""
    run.say(f"step {name}")
    with run.progress.step(f"step {name.split(':', maxsplit=1)[0]}"):
        if not step(replace(run, run_id=uuid4().hex)):
            run.say("  done already for these inputs")


def _ingest(run: Run, parsed: argparse.Namespace, years: tuple[int, ...]) -> bool:
    from imaatlas_spark.deliveries.ingest import ingest
    from imaatlas_spark.deliveries.inspection import inspect
    from imaatlas_spark.deliveries.origins import is_ingested
    from imaatlas_spark.deliveries.stores import store_of
    from imaatlas_spark.storage.warehouse import Warehouse

    warehouse = Warehouse(run.spark, parsed.warehouse, run.stamp)
    inspected = inspect(store_of(run.spark, parsed.input), parsed.input, years, run.configuration)
    if is_ingested(warehouse, inspected, run.configuration):
        for line in inspected.told:
            run.say(line)
        return False
    ingest(run, parsed.input, warehouse, years)
    return True


def _build(run: Run, parsed: argparse.Namespace, history: dict[int, tuple[int, ...]]) -> bool:
    from imaatlas_spark.source_variables.build import build_source_variables
    from imaatlas_spark.source_variables.origins import is_built
    from imaatlas_spark.storage.warehouse import Warehouse

    warehouse = Warehouse(run.spark, parsed.warehouse, run.stamp)
    years = tuple(year for year in parsed.years if not is_built(warehouse, run.configuration, year, history[year]))
    if years:
        build_source_variables(run, warehouse, years, parsed.first_year)
    return bool(years)


def _publish(run: Run, parsed: argparse.Namespace) -> bool:
    from imaatlas_spark.protection.protect import protect, protected_by
    from imaatlas_spark.statistics.build import build_statistics
    from imaatlas_spark.statistics.origins import is_published
    from imaatlas_spark.statistics.publication import Publication
    from imaatlas_spark.storage.warehouse import Warehouse

    warehouse = Warehouse(run.spark, parsed.warehouse, run.stamp)
    publication = Publication.of(run, warehouse, check(parsed, run.configuration), parsed.geography)
    if is_published(publication):
        return False
    build_statistics(publication, protect, protected_by(run.configuration, parsed.withdraw_unprotected))
    return True


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

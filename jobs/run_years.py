"""A delivery to published statistics, in one process: each step is left out that is done already for these inputs."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from imaatlas_spark import cli
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.periods import parse_year, parse_years
from imaatlas_spark.protection.cards.structure import refuse_what_cannot_be_protected
from imaatlas_spark.run import Run
from imaatlas_spark.statistics.releases import Releases, releases

if TYPE_CHECKING:
    from imaatlas_spark.storage.warehouse import Warehouse

arguments = cli.parser("run_years", __doc__)
arguments.add_argument("--input", required=True, type=cli.existing_folder, help="folder of the delivery")
arguments.add_argument("--warehouse", required=True, type=cli.folder, help="folder of the Delta tables")
arguments.add_argument("--years", required=True, type=parse_years, help="to publish: 2021, 2019-2021 or 2019,2021")
arguments.add_argument("--first-year", type=parse_year, help="the data begin here: take what lies before as absent")
cli.add_publication(arguments)


def check(parsed: argparse.Namespace, configuration: Configuration) -> Releases:
    cli.refuse_first_year(parsed.first_year, parsed.years)
    cli.refuse_within(parsed.input, parsed.warehouse)
    refuse_what_cannot_be_protected(configuration)
    return releases(configuration, parsed.statistics, parsed.years, parsed.release_date, parsed.geography)


def work(run: Run, parsed: argparse.Namespace) -> None:
    from imaatlas_spark.source_variables.build import years_before
    from imaatlas_spark.storage.recording import alone_in
    from imaatlas_spark.storage.warehouse import Warehouse

    rules = run.configuration.rules
    history = {year: years_before(rules.at(year), parsed.first_year) for year in parsed.years}
    delivered = tuple(sorted({*parsed.years, *(before for years in history.values() for before in years)}))
    warehouse = Warehouse(run.spark, parsed.warehouse, run.stamp)
    with alone_in(warehouse, delivered, run.say):
        step = partial(_step, run, warehouse)
        step(f"1 of 3: ingest {parsed.input}", delivered, partial(_ingest, parsed, delivered))
        step("2 of 3: source variables", parsed.years, partial(_build, parsed, history))
        step("3 of 3: statistics", parsed.years, partial(_publish, parsed))
    run.say(f"the tables lie in {parsed.warehouse}")


def _step(
    run: Run, warehouse: "Warehouse", name: str, years: tuple[int, ...], work: Callable[[Run, "Warehouse"], bool]
) -> None:
    """One job of the three, as a run of its own. `work` says whether there was anything left to do."""
    from imaatlas_spark.storage.recording import recorded

    run.say(f"step {name}")
    own = replace(run, run_id=uuid4().hex)
    of_step = warehouse.for_run(own.stamp)
    with run.progress.step(f"step {name.split(':', maxsplit=1)[0]}"), recorded(of_step, years, run.say):
        if not work(own, of_step):
            run.say("  done already for these inputs")


def _ingest(parsed: argparse.Namespace, years: tuple[int, ...], run: Run, warehouse: "Warehouse") -> bool:
    from imaatlas_spark.deliveries.ingest import ingest_inspected
    from imaatlas_spark.deliveries.inspection import inspect
    from imaatlas_spark.deliveries.origins import is_ingested
    from imaatlas_spark.deliveries.stores import store_of

    inspected = inspect(store_of(run.spark, parsed.input), parsed.input, years, run.configuration)
    if is_ingested(warehouse, inspected, run.configuration):
        for line in inspected.told:
            run.say(line)
        return False
    ingest_inspected(run, warehouse, inspected)
    return True


def _build(parsed: argparse.Namespace, history: dict[int, tuple[int, ...]], run: Run, warehouse: "Warehouse") -> bool:
    from imaatlas_spark.source_variables.build import build_source_variables
    from imaatlas_spark.source_variables.origins import is_built

    years = tuple(year for year in parsed.years if not is_built(warehouse, run.configuration, year, history[year]))
    if years:
        build_source_variables(run, warehouse, years, parsed.first_year)
    return bool(years)


def _publish(parsed: argparse.Namespace, run: Run, warehouse: "Warehouse") -> bool:
    from imaatlas_spark.protection.protect import protect, protected_by
    from imaatlas_spark.statistics.build import build_statistics
    from imaatlas_spark.statistics.origins import is_published
    from imaatlas_spark.statistics.publication import Publication

    publication = Publication.of(run, warehouse, check(parsed, run.configuration), parsed.geography)
    if is_published(publication):
        return False
    build_statistics(publication, protect, protected_by(run.configuration, parsed.withdraw_unprotected))
    return True


if __name__ == "__main__":
    sys.exit(cli.main(arguments, work, check))

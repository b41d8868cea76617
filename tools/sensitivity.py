"""How much each national figure moves when a reading is turned: what a data owner has to decide first.

    python -m tools.sensitivity --folder sensitivity [--persons 20000] [--readings R-05,R-12]

A synthetic nation is drawn and ingested once. The year is then built as the rules read it, and once for every value
that a reading can be turned to; the figures of Belgium are kept in `figures.csv`. What is there is not built again.
"""

import argparse
import subprocess
from pathlib import Path

from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.deliveries.ingest import ingest
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.run import Run
from imaatlas_spark.session import settled
from imaatlas_spark.source_variables.build import build_source_variables
from imaatlas_spark.statistics.build import consistent_sums
from imaatlas_spark.statistics.publication import Publication
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.storage.warehouse import Warehouse
from tools.spark_submit import session_here, submit_command
from tools.turned_readings import (
    AS_READ,
    Figures,
    Turn,
    as_table,
    changes,
    draw_picture,
    keep_figures,
    kept_figures,
    turned_conf,
    turns,
)

CONF = Path("conf")
YEAR, DELIVERED = 2021, (2019, 2020, 2021)
ACTS_ON_DELIVERIES = frozenset({"oldest_age"})  # such a reading is turned where deliveries are read


def national_figures(run: Run, folder: Path, turn: Turn) -> dict[str, float | None]:
    """The year is built anew with the configuration of the run, and summed; nothing is published."""
    warehouse = Warehouse(run.spark, str(folder / "warehouse"), run.stamp)
    if turn.name is None or turn.name in ACTS_ON_DELIVERIES:
        ingest(run, str(folder / "delivery"), warehouse, DELIVERED)
    build_source_variables(run, warehouse, (YEAR,), None)
    publication = Publication.of(run, warehouse, releases(run.configuration, None, (YEAR,), None))
    sums = consistent_sums(publication).where(F.col("geo_level") == LEVELS[0])
    for name in publication.dimension_names:
        sums = sums.where(F.col(name) == TOTAL)
    scales = {code: card.scale for code, card in run.configuration.cards.items()}
    return {row.code: _figure(scales[row.code], row.numerator, row.denominator) for row in sums.collect()}


def _figure(scale: float, numerator: int, denominator: int | None) -> float | None:
    if denominator is None:
        return float(numerator)
    return scale * numerator / denominator if denominator else None


def draw_nation(folder: Path, persons: int) -> None:
    years = f"{DELIVERED[0]}-{DELIVERED[-1]}"
    options = ("--output", folder / "delivery", "--persons", persons, "--years", years)
    subprocess.run(submit_command("draw_synthetic", *options, settings={"spark.ui.enabled": "false"}), check=True)


def build_missing(folder: Path, asked: tuple[str, ...]) -> Figures:
    """The figures of every turn that is asked for; each is kept as soon as it is known."""
    kept, figures = folder / "figures.csv", kept_figures(folder / "figures.csv")
    usual = load_configuration(CONF)
    run: Run | None = None
    for turn in turns(usual.rules):
        if turn.label in figures or (turn.name is not None and asked and turn.label.split()[0] not in asked):
            continue
        configuration = load_configuration(turned_conf(CONF, turn, folder / "conf"))
        run = started(configuration) if run is None else _run_of(run, configuration)
        figures[turn.label] = national_figures(run, folder, turn)
        keep_figures(kept, figures)
        if turn.name in ACTS_ON_DELIVERIES:
            national_figures(_run_of(run, usual), folder, Turn(None, AS_READ, None))  # the inputs as they are read
    return figures


def started(configuration: Configuration) -> Run:
    settings = {"spark.ui.enabled": "false", "spark.driver.memory": "4g"}
    return Run(settled(session_here(CONF, "sensitivity", settings)), configuration, "sensitivity")


def _run_of(run: Run, configuration: Configuration) -> Run:
    return type(run)(run.spark, configuration, "sensitivity")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.sensitivity", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("sensitivity"))
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--readings", default="", help="ids, comma between; default: all")
    parser.add_argument("--picture", type=Path, help="where the picture goes; default: sensitivity.png in the folder")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if not (asked.folder / "delivery").is_dir():
        draw_nation(asked.folder, asked.persons)
    moved = changes(build_missing(asked.folder, tuple(filter(None, asked.readings.split(",")))))
    draw_picture(moved, asked.picture or asked.folder / "sensitivity.png")
    print(f"\nPer cent by which the figures of Belgium in {YEAR} move, in a synthetic nation:\n\n{as_table(moved)}")


if __name__ == "__main__":
    main()

"""The engine itself: what the three jobs do, in one session."""

from pyspark.sql import SparkSession

from benchmarks.rivals.definitions import Definitions
from benchmarks.rivals.spark_session import session
from benchmarks.rivals.task import FIGURES, INGEST, SESSION, SOURCE_VARIABLES, Figures, Stopwatch, Task, figures_of
from imaatlas_spark.deliveries.ingest import ingest
from imaatlas_spark.run import Run
from imaatlas_spark.source_variables.build import build_source_variables
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.publication import Publication, everything_free
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage.warehouse import Warehouse


def run(task: Task, watch: Stopwatch) -> Figures:
    with watch.phase(SESSION):
        spark = session(task, "engine")
    try:
        return figures(spark, task, watch)
    finally:
        spark.stop()


def figures(spark: SparkSession, task: Task, watch: Stopwatch) -> Figures:
    definitions = Definitions.of(task)
    configuration, cards, years = definitions.configuration, definitions.cards, (task.year,)
    job = Run(spark, configuration, "benchmark")

    def warehouse() -> Warehouse:
        return Warehouse(spark, str(task.folder / "warehouse"), job.stamp)

    with watch.phase(INGEST):
        ingest(job, str(task.delivery), warehouse(), task.years)
    with watch.phase(SOURCE_VARIABLES):
        build_source_variables(job, warehouse(), years, first_year=min(task.years))
    with watch.phase(FIGURES):
        chosen = releases(configuration, [card.code for card in cards], years, None)
        build_statistics(Publication.of(job, warehouse(), chosen), everything_free)
    found: Figures = {}
    for card in cards:
        rows = warehouse().read_year(statistic_table(card, configuration.dimensions), task.year)
        not_zero = rows.where("numerator <> 0 OR denominator <> 0").collect()
        found |= figures_of(card.code, task.year, (row.asDict() for row in not_zero), card.dimensions)
    return found

"""The engine itself: what the three jobs do, in one session."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from benchmarks.rivals.definitions import Definitions
from benchmarks.rivals.spark_session import session
from benchmarks.rivals.task import FIGURES, INGEST, SESSION, SOURCE_VARIABLES, Figures, Stopwatch, Task, figures_of
from imaatlas_spark.deliveries.ingest import ingest
from imaatlas_spark.job import Run
from imaatlas_spark.source_variables.build import build_source_variables
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.tables import Warehouse


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
        build_statistics(job, warehouse(), releases(configuration, [card.code for card in cards], years, None))
    found: Figures = {}
    for card in cards:
        table = warehouse().read(statistic_table(card, configuration.dimensions)).where(F.col("year") == task.year)
        found |= figures_of(card.code, task.year, (row.asDict() for row in table.toLocalIterator()), card.dimensions)
    return found

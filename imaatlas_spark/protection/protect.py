"""Protection as `build_statistics.py` hands it in: sums in, the same rows with `conf_status` out.

Clusters of a year are protected side by side by the executors; what a cluster needs lies in one group of rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.protection.facts import facts_of
from imaatlas_spark.protection.figures import Layout
from imaatlas_spark.protection.rows import FAILED, Solver, columns_of
from imaatlas_spark.protection.structure import Shown, Structure, structure_of
from imaatlas_spark.statistics.publication import CONFIDENTIAL, FREE, Publication, everything_free
from imaatlas_spark.storage.local_frames import local_frame


def protect(sums: DataFrame, publication: Publication) -> DataFrame:
    """The `Protection` of statistics/publication.py: hides what conf/protection.toml asks for."""
    configuration = publication.run.configuration
    if configuration.protection.is_off:
        publication.run.say("protection is off (threshold = 1): every figure is shown, keep this warehouse inside")
        return everything_free(sums, publication)
    structure = structure_of(map(Shown.of, publication.cards), configuration.protection)
    solver = Solver(
        structure,
        {year: _layout(publication, structure, year) for year in publication.maps},
        facts_of(publication.warehouse, structure, publication.maps, publication.geography),
        configuration.protection,
    )
    hidden = _Clusters(solver, sums, publication.dimension_names).hidden().localCheckpoint()
    _refuse_unprotected(hidden)
    return with_status(sums, hidden, structure, publication.dimension_names).localCheckpoint(eager=False)


def _refuse_unprotected(hidden: DataFrame) -> None:
    failed = hidden.where(F.col("status") == FAILED).select("year", "geo_level", "geo_code", "amount").collect()
    if failed:
        named = ", ".join(sorted({f"{row.geo_level} {row.geo_code} ({row.year})" for row in failed}))
        raise ReleaseRefused(f"no witnesses were found for what lies below {named}: nothing was published")


def _layout(publication: Publication, structure: Structure, year: int) -> Layout:
    cards = {card.code: card for card in publication.cards}
    levels = {
        code: frozenset(publication.levels(card, year) if year in publication.releases[code] else ())
        for code, card in cards.items()
    }
    codes = {name: tuple(publication.dimensions[name].codes) for name in publication.dimension_names}
    return Layout(structure.shown, codes, levels, publication.run.configuration.protection.sector_dimensions.value)


@dataclass(frozen=True)
class _Clusters:
    solver: Solver
    sums: DataFrame
    dimensions: tuple[str, ...]

    def hidden(self) -> DataFrame:
        """Grain: year, amount, geo_level, geo_code, members."""
        solver = self.solver

        def protected(key: tuple[pa.Scalar, ...], rows: pa.Table) -> pa.Table:
            year, cluster = (int(part) for part in key[0].as_py().split(" "))
            return solver.protected(year, cluster, rows)

        rows = self._rows()
        groups = len(solver.layouts) * len(solver.structure.clusters)
        return rows.repartition(groups, "task").groupBy("task").applyInArrow(protected, columns_of(self.dimensions))

    def _rows(self) -> DataFrame:
        """The rows that each cluster of each year needs, with the name of its task."""
        of_cluster = local_frame(self.sums.sparkSession, self._cards(), "code STRING, cluster INT")
        placed = self.sums.where(F.col("geo_code").isNotNull()).join(F.broadcast(of_cluster), "code")
        task = F.concat_ws(" ", F.col("year").cast("string"), F.col("cluster").cast("string"))
        columns = ("code", "geo_level", "geo_code", "parent_code", *self.dimensions, "numerator", "denominator")
        return placed.select(task.alias("task"), *columns)

    def _cards(self) -> Iterator[tuple[str, int]]:
        """(code, cluster) of the cards that a cluster is made of, or whose public denominators it looks at."""
        structure = self.solver.structure
        for number, patterns in enumerate(structure.clusters):
            components = {structure.components[at] for pattern in patterns for at in structure.patterns[pattern]}
            units = {amount.unit for amount in components}
            for card in structure.shown:
                amounts = {card.above, card.below} - {None}
                public = any(amount in structure.public and amount.unit in units for amount in amounts if amount)
                if public or structure.patterns_of_card(card.code) in patterns:
                    yield card.code, number


def with_status(sums: DataFrame, hidden: DataFrame, structure: Structure, dimensions: Iterable[str]) -> DataFrame:
    """The sums with conf_status: hidden where the pattern of the card is."""
    keys = ["pattern", "year", "geo_level", "geo_code", *dimensions]
    pattern_of = local_frame(
        sums.sparkSession,
        [(card.code, structure.patterns_of_card(card.code)) for card in structure.shown],
        "code STRING, pattern INT",
    )
    public = [
        card.code for card in structure.shown if card.below is not None and card.disclosure.denominator == "public"
    ]
    cells = hidden.select(*keys).distinct().withColumn("is_hidden", F.lit(True))
    marked = sums.join(F.broadcast(pattern_of), "code", "left").join(cells, keys, "left")
    is_hidden = F.coalesce(F.col("is_hidden"), F.lit(False))
    return marked.select(
        *(name for name in sums.columns if name not in {"numerator", "denominator"}),
        F.when(~is_hidden, F.col("numerator")).alias("numerator"),
        F.when(~is_hidden | F.col("code").isin(*public), F.col("denominator")).alias("denominator"),
        F.when(is_hidden, CONFIDENTIAL).otherwise(FREE).alias("conf_status"),
    )

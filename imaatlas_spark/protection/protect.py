"""Protection as `build_statistics.py` hands it in: sums in, the same rows with `conf_status` out.

Clusters of a year are protected side by side by the executors; what a cluster needs lies in one group of rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import pyarrow as pa
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.protection.audit.auditor import FAULTS, Auditor
from imaatlas_spark.protection.before import ABOVE_IS_KNOWN, MARKS
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure, is_count_of_persons, structure_of
from imaatlas_spark.protection.earlier import Earlier
from imaatlas_spark.protection.facts import facts_of
from imaatlas_spark.protection.figures import Layout
from imaatlas_spark.protection.kept import is_kept_for, keep, read_kept
from imaatlas_spark.protection.rows import columns_of
from imaatlas_spark.protection.second_map import SecondMap, first_map
from imaatlas_spark.protection.solver import Solver
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.protection import LOOSE
from imaatlas_spark.schemas.statuses import CONFIDENTIAL, FREE
from imaatlas_spark.statistics.publication import ProtectedBy, Publication, everything_free
from imaatlas_spark.storage.local_frames import arrow_frame, local_frame


def protect(sums: DataFrame, publication: Publication, earlier: Sequence[Release]) -> DataFrame:
    """The `Protector` of statistics/publication.py: hides what conf/protection.toml asks for."""
    configuration = publication.run.configuration
    if configuration.protection.is_off:
        publication.run.say("protection is off (threshold = 1): every figure is shown, keep this warehouse inside")
        return everything_free(sums, publication)
    _refuse_without_solver(publication)
    structure = structure_of(map(Shown.of, publication.cards), configuration.protection)
    solver = Solver(
        structure,
        {year: _layout(publication, structure, year) for year in publication.maps},
        facts_of(publication.warehouse, structure, publication.maps, publication.geography),
        configuration.protection,
    )
    names = publication.dimension_names
    told = _told_already(publication, earlier)
    sums_with_marks = Earlier(publication, earlier).marked(sums)
    clusters = _Clusters(solver, sums_with_marks, names)
    hidden = clusters.hidden(year for year in publication.maps if year not in told)
    for year, map_year in told.items():
        hidden = hidden.unionByName(_transferred(publication, year, map_year, structure))
    hidden = hidden.localCheckpoint()
    _say_what_is_withheld(hidden, publication)
    hidden, marked = _audited(hidden, clusters, publication, told)
    if earlier:
        _say_what_stays_shown(marked, publication)
    if told != publication.maps:  # else the tables hold just this: an audit of what they tell changes nothing
        keep(hidden, publication)
    return _without_figures(marked.select(*sums.columns, "conf_status"), structure).localCheckpoint(eager=False)


def _told_already(publication: Publication, earlier: Sequence[Release]) -> dict[int, int]:
    """The years whose hidden cells `protection/*` tell, each with the map that they are told for."""
    found = {}
    for year, map_year in publication.maps.items():
        first = first_map(year, map_year, earlier, publication.geography)
        if first is not None:
            found[year] = first
        elif is_kept_for(publication, year):
            found[year] = map_year
    return found


def _transferred(publication: Publication, year: int, first: int, structure: Structure) -> DataFrame:
    """What `protection/*` tell of a year on the map of `first`, on the map of the publication."""
    spark, names, now = publication.run.spark, publication.dimension_names, publication.maps[year]
    hidden = read_kept(publication.warehouse, year, first, names)
    if now != first:
        onwards = SecondMap(publication.geography, year, first, now)
        hidden = arrow_frame(spark, onwards.transferred(hidden.toArrow(), names), hidden.schema.toDDL())
    pattern_of = [(amount.name, structure.pattern_of[at]) for at, amount in enumerate(structure.components)]
    return hidden.join(F.broadcast(local_frame(spark, pattern_of, "amount STRING, pattern INT")), "amount")


def _refuse_without_solver(publication: Publication) -> None:
    """Executors need a few packages that the engine itself does not: told before anything is computed."""

    def missing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            absent = [name for name in ("numpy", "highspy") if find_spec(name) is None]
            yield pa.RecordBatch.from_pydict({"name": absent}, pa.schema({"name": pa.string()}))

    spark = publication.run.spark
    tried = spark.range(0, 4, 1, 4).mapInArrow(missing, "name STRING").distinct().collect()
    if tried:
        names = ", ".join(sorted(row.name for row in tried))
        raise ReleaseRefused(
            f"executors have no {names}: send them an environment that has, with spark-submit --archives (docs/jobs.md)"
        )


def protected_by(configuration: Configuration, withdraws_unprotected: bool) -> ProtectedBy | None:
    """What `releases` says about what `protect` has protected."""
    protection = configuration.protection
    if protection.is_off:
        return None
    return ProtectedBy(protection.threshold.value, protection.fingerprint, withdraws_unprotected)


def _say_what_is_withheld(hidden: DataFrame, publication: Publication) -> None:
    """How many cells have no witnesses that reach their need: all cells of their statistic and area are hidden."""
    unproven = hidden.where("unproven").groupBy("year").count().collect()
    for row in sorted(unproven):
        publication.run.say(
            f"{row.year}: {row['count']} sensitive amounts whose protection could not be proven: the whole breakdown "
            "of their areas is withheld"
        )


def _say_what_stays_shown(marked: DataFrame, publication: Publication) -> None:
    """Small counts of persons that an earlier release shows: whoever has it knows them."""
    protection = publication.run.configuration.protection
    of_persons = [
        card.code
        for card in publication.cards
        if card.disclosure.protects == "persons" and is_count_of_persons(Amount.above(card), protection.persons_columns)
    ]
    is_small = F.col("numerator").between(1, protection.threshold.value - 1) & (F.col("conf_status") == FREE)
    shown = marked.where(is_small & F.col("code").isin(*of_persons) & F.col(ABOVE_IS_KNOWN)).groupBy("year").count()
    for row in sorted(shown.collect()):
        publication.run.say(
            f"{row.year}: {row['count']} small figures stay shown: an earlier release shows them, and hiding them now "
            "would protect nobody"
        )


def _audited(
    hidden: DataFrame, clusters: "_Clusters", publication: Publication, told: Mapping[int, int]
) -> tuple[DataFrame, DataFrame]:
    """What is hidden and the sums with conf_status, of which the audit has found nothing wrong.

    Statistics with a fault are withheld for the year as a whole, whatever their cells: nothing but what is public is
    shown of them. Raises ReleaseRefused where that does not help, or where another map has shown them (`told`).
    """
    solver, names = clusters.solver, clusters.dimensions
    groups = {year: layout.groups for year, layout in solver.layouts.items()}
    auditor = Auditor(solver.structure, names, solver.facts, solver.protection, groups)
    withheld: set[tuple[int, int | None]] = set()
    while True:
        marked = with_status(clusters.sums, hidden, solver.structure, names).localCheckpoint()
        faults = _faults(marked, hidden, auditor)
        if not faults:
            return hidden, marked
        found = {(row.year, row.cluster): row.fault for row in faults}
        for (year, cluster), fault in sorted(found.items(), key=str):
            if year in told or cluster is None or (year, cluster) in withheld:
                raise ReleaseRefused(
                    f"protection of {year}: {fault}: nothing was published{_mend(told, publication, year)}"
                )
            publication.run.say(f"{year}: {fault}: nothing of the statistics that hang together with it is shown")
        withheld |= found.keys()
        hidden = clusters.with_nothing_shown(hidden, found.keys()).localCheckpoint()


def _mend(told: Mapping[int, int], publication: Publication, year: int) -> str:
    """Of a second map, whose hidden cells are those of the first: perhaps the figures are others since."""
    if told.get(year, publication.maps[year]) == publication.maps[year]:
        return ""
    return f"; where the data have changed since, publish {year} on the map of {told[year]} again first"


def _faults(marked: DataFrame, hidden: DataFrame, auditor: Auditor) -> list[Row]:
    """The first faults that the audit finds, of each cluster and year one."""

    def faults(key: tuple[pa.Scalar, ...], rows: pa.Table, cells: pa.Table) -> pa.Table:
        return auditor.faults(int(key[0].as_py()), rows, cells)

    found = marked.groupBy("year").cogroup(hidden.groupBy("year")).applyInArrow(faults, FAULTS)
    return found.groupBy("year", "cluster").agg(F.min("fault").alias("fault")).collect()


def _layout(publication: Publication, structure: Structure, year: int) -> Layout:
    cards = {card.code: card for card in publication.cards}
    levels = {
        code: frozenset(publication.levels(card, year) if year in publication.releases[code] else ())
        for code, card in cards.items()
    }
    codes = {name: tuple(publication.dimensions[name].codes) for name in publication.dimension_names}
    groups: dict[str, dict[str, str]] = {name: {} for name in publication.geography.groupings}
    for nis, level, code in publication.geography.places(publication.maps[year]):
        if level in groups:
            groups[level][nis] = code
    at_once = publication.run.configuration.protection.sector_dimensions.value
    return Layout(structure.shown, codes, levels, at_once, groups=groups)


@dataclass(frozen=True)
class _Clusters:
    solver: Solver
    sums: DataFrame
    dimensions: tuple[str, ...]

    def hidden(self, years: Iterable[int]) -> DataFrame:
        """Grain: year, amount, geo_level, geo_code, members."""
        numbers = range(len(self.solver.structure.clusters))
        return self._made(self.solver.protected, [(year, number) for year in years for number in numbers])

    def with_nothing_shown(self, hidden: DataFrame, tasks: Iterable[tuple[int, int]]) -> DataFrame:
        """`hidden`, with everything of some clusters and years in place of what it has of them."""
        gone = [(year, pattern) for year, number in tasks for pattern in self.solver.structure.clusters[number]]
        patterns = local_frame(hidden.sparkSession, gone, "year INT, pattern INT")
        kept = hidden.join(F.broadcast(patterns), ["year", "pattern"], "left_anti")
        return kept.unionByName(self._made(self.solver.nothing_shown, tasks))

    def _made(self, make: Callable[[int, int, pa.Table], pa.Table], tasks: Iterable[tuple[int, int]]) -> DataFrame:
        """A partition for each task: the largest clusters begin, so that at the end nobody waits long for the last."""
        clusters = self.solver.structure.clusters
        ordered = sorted(tasks, key=lambda task: (-len(clusters[task[1]]), task))

        def made(key: tuple[pa.Scalar, ...], rows: pa.Table) -> pa.Table:
            year, cluster = ordered[key[0].as_py()]
            return make(year, cluster, rows)

        partitioned = self._rows(ordered).repartitionById(max(len(ordered), 1), "task")
        return partitioned.groupBy("task").applyInArrow(made, columns_of(self.dimensions))

    def _rows(self, tasks: Sequence[tuple[int, int]]) -> DataFrame:
        """The rows that each task needs, with its number: those of the cards that its cluster looks at."""
        of_tasks = [
            (code, year, number)
            for number, (year, cluster) in enumerate(tasks)
            for code in self.solver.structure.cards_of(cluster)
        ]
        needed = local_frame(self.sums.sparkSession, of_tasks, "code STRING, year INT, task INT")
        placed = self.sums.where(F.col("geo_code").isNotNull()).join(F.broadcast(needed), ["code", "year"])
        place = ("code", "geo_level", "geo_code", "parent_code", *self.dimensions)
        return placed.select("task", *place, "numerator", "denominator", *MARKS)


def with_status(sums: DataFrame, hidden: DataFrame, structure: Structure, dimensions: Iterable[str]) -> DataFrame:
    """The sums with conf_status: confidential where the pattern of the card is hidden."""
    keys = ["pattern", "year", "geo_level", "geo_code", *dimensions]
    pattern_of = local_frame(
        sums.sparkSession,
        [(card.code, structure.patterns_of_card(card.code)) for card in structure.shown],
        "code STRING, pattern INT",
    )
    cells = hidden.where(F.col("status") != LOOSE).select(*keys).distinct().withColumn("is_hidden", F.lit(True))
    marked = sums.join(F.broadcast(pattern_of), "code", "left").join(cells, keys, "left")
    is_hidden = F.coalesce(F.col("is_hidden"), F.lit(False))
    return marked.select(*sums.columns, F.when(is_hidden, CONFIDENTIAL).otherwise(FREE).alias("conf_status"))


def _without_figures(marked: DataFrame, structure: Structure) -> DataFrame:
    """What is confidential without its figures, but for denominators that are public."""
    public = [
        card.code for card in structure.shown if card.below is not None and card.disclosure.denominator == "public"
    ]
    is_free = F.col("conf_status") == FREE
    return marked.withColumns(
        {
            "numerator": F.when(is_free, F.col("numerator")),
            "denominator": F.when(is_free | F.col("code").isin(*public), F.col("denominator")),
        }
    )

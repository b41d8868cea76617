"""Year tables to cells: every statistic of a unit in one pass over its rows (cards, rules.md 4).

A person has one residence and a practice one address in a year, so that sums over nested areas add up: persons are
read once, and everything above the smallest level is summed from the small frame of cells (`sums.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.statistics.amounts import Amounts, by_card, needed_for, totals_of, totals_of_needed
from imaatlas_spark.statistics.grid import Territory
from imaatlas_spark.statistics.marginals import Marginals
from imaatlas_spark.statistics.members import MEMBERS, Members


def cells_of_unit(rows: DataFrame, amounts: Amounts, members: Members, marginals: Collection[Marginals]) -> DataFrame:
    """The rows of a year table summed by year, municipality, sector and members, folded for all `marginals`.

    Rows of a municipality are brought together first: few are alike, so that tasks could add up little beforehand. They
    travel light. Columns: year, municipality, sector (null: unknown), members, the columns of `marginals`.
    """
    sector = F.col("sector") if "sector" in rows.columns else F.lit(None).cast("string")
    down = dict.fromkeys(name for each in marginals for name in each.down)
    all_dimensions = down | dict.fromkeys(name for each in marginals for name in each.beside)
    light = rows.select(
        "year",
        "municipality",
        sector.alias("sector"),
        members.of_row(all_dimensions).alias(MEMBERS),
        *needed_for(amounts),
    )
    together = light.repartition("year", "municipality")
    sides = {each.side: members.part(each.beside) for each in marginals}
    columns: dict[str, dict[str, Column]] = defaultdict(dict)
    for each in marginals:
        for name, folded in each.columns.items():
            columns[name] |= {column: F.col(each.side) == number for number, column in folded.items()}
    sided = together.withColumns(sides | {MEMBERS: members.part(down)})
    return sided.groupBy("year", "municipality", "sector", MEMBERS).agg(*totals_of_needed(amounts, columns))


def everybody(rows: DataFrame, cards: Iterable[Card], amounts: Amounts) -> DataFrame:
    """The same sums over all rows of a year, whoever lives where.

    Grain: code of a card, year. Beside: numerator, denominator (null: a count).
    """
    return by_card(rows.groupBy("year").agg(*totals_of(amounts)), cards, amounts)


def on_the_map(cells: DataFrame, territory: Territory) -> DataFrame:
    """The cells by municipality and sector of the map, and a row of nothing for every sector that there is on it.

    A row of nothing has no members (null); it makes the grid complete without a join. A municipality that
    the map does not have keeps its code, and is missed by the checks.
    """
    listed = territory.sectors.select("year", "sector", F.lit(True).alias("listed"))
    placed = (
        cells.withColumnRenamed("municipality", "old")
        .join(F.broadcast(territory.recoding), ["year", "old"], "left")
        .join(F.broadcast(listed), ["year", "sector"], "left")
        .withColumn("municipality", F.coalesce("new", "old"))
        .withColumn("sector", F.when(F.col("listed"), F.col("sector")))
        .drop("old", "new", "listed")
    )
    keys = (*territory.sectors.columns, MEMBERS)
    nothing = {name: F.lit(0) for name in placed.columns if name not in keys}
    return placed.unionByName(territory.sectors.withColumns(nothing), allowMissingColumns=True)

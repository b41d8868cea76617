"""Year tables to cells, cells to the totals of dimensions: every statistic of a unit in one pass over its rows.

A person has one residence and a practice one address in a year, so that sums over nested areas add up: persons are
read once, and everything above the smallest level is summed from the small frame of cells.
A dimension is a column of published codes, `_T` for the total and `_U` for what is unknown: `_U` is summed, so that
members and unknown make the total, and never published.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card, dimension_names
from imaatlas_spark.configuration.dimensions import TOTAL, UNKNOWN, Dimension, Dimensions
from imaatlas_spark.statistics.measures import Amounts, by_card, columns_of, sum_columns


def members_of(names: Iterable[str], dimensions: Dimensions) -> list[Mapping[str, str]]:
    """Every combination of members, and of what is unknown, of the dimensions `names`: name to code."""
    names = tuple(names)
    return [
        dict(zip(names, codes, strict=True))
        for codes in product(*((*dimensions[name].codes, UNKNOWN) for name in names))
    ]


def cells(rows: DataFrame, amounts: Amounts, dimensions: Mapping[str, Dimension]) -> DataFrame:
    """The rows of a year table added up by year, municipality, sector (null: unknown) and the codes of `dimensions`.

    Beside these: the columns of `amounts`. Rows of a municipality are brought together first: few rows of a
    task share a cell, so that sums by task before the exchange would cost more than they save.
    """
    rows_with_sector = rows if "sector" in rows.columns else rows.withColumn("sector", F.lit(None).cast("string"))
    rows_with_codes = rows_with_sector.repartition("year", "municipality").withColumns(
        {_code_column(name): code_of_row(dimension) for name, dimension in dimensions.items()}
    )
    residence = ("year", "municipality", "sector")
    sums = rows_with_codes.groupBy(*residence, *map(_code_column, dimensions)).agg(*sum_columns(amounts))
    return sums.withColumnsRenamed({_code_column(name): name for name in dimensions})


def everybody(rows: DataFrame, cards: Iterable[Card], amounts: Amounts) -> DataFrame:
    """The same sums over all rows of a year, whoever lives where, to hold the country against.

    Grain: code of a card, year. Beside these: numerator, denominator (null: a count).
    """
    return by_card(rows.groupBy("year").agg(*sum_columns(amounts)), cards, amounts)


def with_totals(
    cells: DataFrame, place: Iterable[str], cards: Iterable[Card], amounts: Amounts, sets: Iterable[Iterable[str]]
) -> DataFrame:
    """The amounts of `cards` summed by `place`, broken down by each of `sets` of their dimensions.

    A dimension that a row is not broken down by is `_T`. Columns: those of `place`, the dimensions of `cards`, their
    amounts.
    """
    cards, place = tuple(cards), tuple(place)
    names = dimension_names(cards)
    columns = columns_of(cards, amounts)
    sums = cells.groupingSets([(*place, *each) for each in sets], *place, *names).agg(
        *(F.sum(column).alias(column) for column in columns)
    )
    return sums.withColumns({name: F.coalesce(name, F.lit(TOTAL)) for name in names})


def code_of_row(dimension: Dimension) -> Column:
    """The code of the member that a row of a year table belongs to."""
    value = F.col(dimension.column)
    if dimension.classes is None:
        found = [F.when(value == member.value, F.lit(member.code)) for member in dimension.members]
    else:
        oldest_first = reversed(list(zip(dimension.classes.starts, dimension.codes, strict=True)))
        found = [F.when(value >= start, F.lit(code)) for start, code in oldest_first]
    return F.coalesce(*found, F.lit(UNKNOWN))


def _code_column(dimension: str) -> str:
    """A dimension may bear the name of the very column that it is made of (`sex`); no column begins with `_`."""
    return f"_code_of_{dimension}"

"""What the rules of disclosure ask of the year tables beside the sums: who contributes, which unit is largest.

Both are small: a row for each municipality. They are gathered on the driver and summed upwards there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.geography import COUNTRY, Geography
from imaatlas_spark.geography.codes import COUNTRY_LEVEL
from imaatlas_spark.protection.cards.amounts import AT_LEAST, AT_MOST, IN, Amount, Holds
from imaatlas_spark.protection.cards.expressions import UNITS
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import Area, YearFacts
from imaatlas_spark.schemas.year_tables import YEAR_TABLES
from imaatlas_spark.statistics.publication import Maps
from imaatlas_spark.storage.warehouse import Warehouse

_TWO_LARGEST = 2

Places = Mapping[str | None, list[Area]]


def facts_of(warehouse: Warehouse, structure: Structure, maps: Maps, geography: Geography) -> dict[int, YearFacts]:
    """By year of the data; areas on the map of that year's entry in `maps`."""
    contributors = sorted(
        {card.contributors for card in structure.shown if card.contributors is not None}, key=lambda each: each.name
    )
    dominated = sorted(
        {structure.components[each.owner] for each in structure.wanted if each.kind == UNITS},
        key=lambda each: each.name,
    )
    counted = {amount: _counted(warehouse, amount, maps) for amount in contributors}
    largest = {amount: _largest(warehouse, amount, maps) for amount in dominated}
    found = {}
    for year, map_year in maps.items():
        places = _places(geography, year, map_year)
        found[year] = YearFacts(
            {amount: _summed(rows[year], places) for amount, rows in counted.items()},
            {amount: _two_largest(rows[year], places) for amount, rows in largest.items()},
        )
    return found


def _counted(warehouse: Warehouse, amount: Amount, maps: Maps) -> Mapping[int, list[tuple[str | None, int]]]:
    """(municipality, number of rows) by year."""
    rows = _rows(warehouse, amount, maps).groupBy("year", "municipality").agg(F.count(F.lit(1)).alias("number"))
    return _by_year(rows)


def _largest(warehouse: Warehouse, amount: Amount, maps: Maps) -> Mapping[int, list[tuple[str | None, list[int]]]]:
    """(municipality, its two largest) by year."""
    summed = F.collect_list(F.col(amount.column or "").cast("bigint"))
    largest = F.slice(F.sort_array(summed, asc=False), 1, _TWO_LARGEST)
    rows = _rows(warehouse, amount, maps).groupBy("year", "municipality").agg(largest.alias("number"))
    return _by_year(rows)


def _rows(warehouse: Warehouse, amount: Amount, maps: Maps) -> DataFrame:
    holds = reduce(Column.__and__, (_holds(each) for each in sorted(amount.conditions, key=str)), F.lit(True))
    return warehouse.read(YEAR_TABLES[amount.unit]).where(F.col("year").isin(*maps) & holds)


def _by_year(rows: DataFrame) -> Mapping[int, list[tuple[str | None, Any]]]:
    found: dict[int, list[tuple[str | None, Any]]] = defaultdict(list)
    for row in rows.select("year", "municipality", "number").collect():
        found[row.year].append((row.municipality, row.number))
    return found


def _holds(condition: Holds) -> Column:
    column, how, value = condition
    if how == AT_LEAST:
        return F.coalesce(F.col(column) >= F.lit(value), F.lit(False))
    if how == AT_MOST:
        return F.coalesce(F.col(column) <= F.lit(value), F.lit(False))
    if how == IN:
        return F.coalesce(F.col(column).isin(*(value if isinstance(value, tuple) else (value,))), F.lit(False))
    return F.col(column).eqNullSafe(F.lit(value))


def _places(geography: Geography, year: int, map_year: int) -> Places:
    """The areas, groups included, that each municipality of a year lies in; null: known to lie in the country alone."""
    by_new: dict[str, list[Area]] = defaultdict(list)
    for nis, level, code in geography.places(map_year):
        by_new[nis].append((level, code))
    recoding = geography.recoding_between(year, map_year)
    return {None: [(COUNTRY_LEVEL, COUNTRY)]} | {old: by_new[new] for old, new in recoding.items()}


def _summed(rows: Iterable[tuple[str | None, int]], places: Places) -> dict[Area, int]:
    sums: dict[Area, int] = defaultdict(int)
    for nis, number in rows:
        for area in places[nis]:
            sums[area] += number
    return dict(sums)


def _two_largest(rows: Iterable[tuple[str | None, list[int]]], places: Places) -> dict[Area, tuple[int, int]]:
    parts: dict[Area, list[int]] = defaultdict(list)
    for nis, largest in rows:
        for area in places[nis]:
            parts[area] += largest
    padded = {area: [*sorted(found, reverse=True), 0, 0] for area, found in parts.items()}
    return {area: (found[0], found[1]) for area, found in padded.items()}

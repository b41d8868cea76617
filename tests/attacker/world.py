"""The true figures of a year and what is published of them, as plain dictionaries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

import polars as pl

from tests.attacker.amounts import (
    AGE,
    AMOUNTS,
    CONTRIBUTORS,
    HALVES,
    PERSONS,
    PRACTICES,
    REIMBURSED,
    SEX,
    Amount,
)

TOTAL, UNKNOWN = "_T", "_U"
LEVELS = ("country", "region", "province", "arrondissement", "municipality", "sector")
_REGION = {"21": "04000", "23": "02000", "24": "02000", "25": "03000"} | {
    **dict.fromkeys("1347", "02000"),
    **dict.fromkeys("5689", "03000"),
}
_BRABANT = {"21": "21000", "23": "20001", "24": "20001", "25": "20002"}


class Cell(NamedTuple):
    """An amount for an area and members of its dimensions."""

    amount: str
    level: str
    area: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """A year as it is: every figure of every area, unknown members and areas (`_U` under their parent) included."""

    true: Mapping[Cell, int]
    parents: Mapping[tuple[str, str], tuple[str, str]]
    contributors: Mapping[Cell, int]
    largest: Mapping[tuple[str, str], tuple[int, int]]  # the two largest patient lists of an area

    def children(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for child, parent in sorted(self.parents.items()):
            found[parent].append(child)
        return dict(found)


def above(municipality: str) -> dict[str, str]:
    """The areas that a municipality lies in, by level."""
    return {
        "country": "01000",
        "region": _REGION.get(municipality[:2]) or _REGION[municipality[0]],
        "province": _BRABANT.get(municipality[:2], municipality[0] + "0000"),
        "arrondissement": municipality[:2] + "000",
        "municipality": municipality,
    }


def with_members(persons: pl.DataFrame) -> pl.DataFrame:
    """Rows of person_year with the published codes of their members, `_U` where unknown."""
    low = pl.col("age") // 10 * 10
    age = (
        pl.when(pl.col("age") >= 90)
        .then(pl.lit("90+"))
        .otherwise(pl.concat_str(low.cast(pl.String), pl.lit("-"), (low + 9).cast(pl.String)))
    )
    return persons.with_columns(
        age.fill_null(UNKNOWN).alias(AGE),
        pl.col("sex").replace_strict({1: "M", 2: "F"}, default=UNKNOWN).alias(SEX),
        pl.col("increased_reimbursement").replace_strict({1: "yes", 0: "no"}, default=UNKNOWN).alias(REIMBURSED),
    )


def with_areas(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a column for each level; `_U` where the residence is unknown, the sector alone included."""
    places = {code: above(code) for code in rows["municipality"].drop_nulls().unique().sort()}
    columns = [
        pl.col("municipality")
        .replace_strict({code: at[level] for code, at in places.items()}, default=UNKNOWN)
        .alias(level)
        for level in LEVELS[1:5]
    ]
    sector = pl.col("sector").fill_null(UNKNOWN) if "sector" in rows.columns else pl.lit(UNKNOWN)
    return rows.with_columns(pl.lit("01000").alias("country"), sector.alias("sector"), *columns)


def measured(rows: pl.DataFrame, amount: Amount, level: str, names: Iterable[str]) -> pl.DataFrame:
    """Column `figure` by area of a level and the members of `names`."""
    figure = pl.len() if amount.summed is None else pl.col(amount.summed).sum()
    found = rows.filter(amount.where, pl.col(level) != UNKNOWN)
    return found.group_by(level, *names).agg(figure.cast(pl.Int64).alias("figure"))


def true_figures(name: str, amount: Amount, rows: pl.DataFrame, levels: Iterable[str]) -> dict[Cell, int]:
    """Every figure of an amount, for all members and totals of its dimensions. What is not there is zero."""
    cells: dict[Cell, int] = {}
    for level in levels:
        for size in range(len(amount.dimensions) + 1):
            for names in combinations(amount.dimensions, size):
                if level == "sector" and size > 1:
                    continue
                for row in measured(rows, amount, level, names).iter_rows(named=True):
                    members = tuple(row[each] if each in names else TOTAL for each in amount.dimensions)
                    cells[Cell(name, level, row[level], members)] = row["figure"]
    return cells


def world_of(
    persons: pl.DataFrame, practices: pl.DataFrame, places: Mapping[str, str], sectors: Iterable[str]
) -> World:
    """The world of a year. `places`: every sector with its municipality; `sectors` are those that are looked at."""
    looked_at = set(sectors)
    rows = {PERSONS: with_areas(with_members(persons)), PRACTICES: with_areas(practices)}
    in_sight = rows[PERSONS].with_columns(
        pl.when(pl.col("sector").is_in(list(looked_at)))
        .then(pl.col("sector"))
        .otherwise(pl.lit(UNKNOWN))
        .alias("sector")
    )
    true: dict[Cell, int] = {}
    for name, amount in AMOUNTS.items():
        unit = in_sight if amount.unit == PERSONS else rows[PRACTICES]
        true |= true_figures(name, amount, unit, LEVELS if amount.unit == PERSONS else LEVELS[:5])
    contributors: dict[Cell, int] = {}
    for name, where in CONTRIBUTORS.items():
        heads = Amount(PERSONS, where, dimensions=AMOUNTS[name].dimensions)
        contributors |= true_figures(name, heads, in_sight, LEVELS)
    parents = _parents(set(places.values()), {each: places[each] for each in looked_at})
    return World(true, parents, contributors, _largest(rows[PRACTICES]))


def _parents(municipalities: set[str], sectors: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    parents = {("sector", sector): ("municipality", nis) for sector, nis in sectors.items()}
    for nis in municipalities:
        at = above(nis)
        for upper, lower in pairwise(LEVELS[:5]):
            parents[lower, at[lower]] = (upper, at[upper])
    return parents


def _largest(practices: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """The longest and the second longest patient list of each area."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for level in LEVELS[:5]:
        active = practices.filter(pl.col("is_active"), pl.col(level) != UNKNOWN)
        for area, lists in active.group_by(level).agg(pl.col("assigned_persons").sort(descending=True)).iter_rows():
            found[level, area] = (lists[0], lists[1] if len(lists) > 1 else 0)
    return found


def published_figures(tables: Mapping[str, pl.DataFrame]) -> tuple[set[Cell], dict[Cell, int]]:
    """(every cell that the tables have, those whose figure they show) of one year on one map."""
    cells: set[Cell] = set()
    shown: dict[Cell, int] = {}
    for code, table in tables.items():
        for half, name in zip(("numerator", "denominator"), HALVES[code], strict=True):
            names = AMOUNTS[name].dimensions
            for row in table.iter_rows(named=True):
                members = tuple(row.get(each, TOTAL) for each in names)
                extra = [each for each in (AGE, SEX, REIMBURSED) if each in row and each not in names]
                if any(row[each] != TOTAL for each in extra):
                    continue
                cell = Cell(name, row["geo_level"], row["geo_code"], members)
                cells.add(cell)
                if row[half] is not None:
                    shown[cell] = row[half]
    return cells, shown

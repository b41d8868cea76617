"""A nation as large as asked, drawn again from the year tables of a synthetic warehouse, and its sums: without Spark.

Municipalities keep their share of the persons; seven in ten of their persons are drawn from their own, the others from
all. Sectors have 585 persons on average, as Belgium's have, some of them next to nobody.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import dimension_names
from imaatlas_spark.configuration.dimensions import TOTAL, Dimension
from imaatlas_spark.geography.codes import COUNTRY, LEVELS, SECTOR, ancestors
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.cards.amounts import AT_LEAST, AT_MOST, IN, Amount
from imaatlas_spark.protection.cards.expressions import UNITS
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import Area, Layout, YearFacts

_OF_A_SECTOR = 585
_FROM_HERE = 0.7
_UNEVEN = 1.1  # the spread of the logarithm of a sector's persons
_EMPTY = 0.04

_PERSONS, _PRACTICES = "person_year", "practice_year"
_PLACE = ("code", "geo_level", "geo_code", "parent_code")


@dataclass(frozen=True)
class Nation:
    """units: year tables by name, with the code of each area that a row lies in, by level; null: unknown."""

    year: int
    units: Mapping[str, pl.DataFrame]
    parents: Mapping[Area, str | None]


def nation_arguments(description: str | None) -> argparse.ArgumentParser:
    """What is asked of a benchmark on a drawn nation."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--persons", type=int, default=11_700_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--conf-dir", type=Path, default=Path("conf"))
    return parser


def layout_of(structure: Structure, year: int, configuration: Configuration) -> Layout:
    """The cells of the cards of a structure, with the dimensions of all cards."""
    cards = configuration.cards
    codes = {name: tuple(configuration.dimensions[name].codes) for name in dimension_names(cards.values())}
    levels = {card.code: frozenset(cards[card.code].levels(year)) for card in structure.shown}
    return Layout(structure.shown, codes, levels, configuration.protection.sector_dimensions.value)


def drawn_nation(warehouse: Path, year: int, persons: int, configuration: Configuration, seed: int) -> Nation:
    random = np.random.default_rng(seed)
    everybody, practices = (
        pl.read_delta(str(warehouse / "source_variables" / name))
        .filter(pl.col("year") == year, pl.col("municipality").is_not_null())
        .sort("municipality", f"{name.removesuffix('_year')}_id")
        for name in (_PERSONS, _PRACTICES)
    )
    municipalities = configuration.geography.municipalities_in(year)
    times = persons / len(everybody)
    chosen, municipality, sector = _residents(everybody, municipalities, times, random)
    nation = everybody[chosen].with_columns(municipality=pl.Series(municipality), sector=pl.Series(sector))
    share = nation.group_by("municipality").len().sort("municipality")
    drawn = random.integers(0, len(practices), round(len(practices) * times))
    places = random.choice(share["municipality"].to_numpy(), len(drawn), p=share["len"].to_numpy() / len(nation))
    units = {_PERSONS: nation, _PRACTICES: practices[drawn].with_columns(municipality=pl.Series(places))}
    with_areas = {name: _with_areas(rows, municipalities) for name, rows in units.items()}
    return Nation(year, with_areas, _parents(municipalities, nation["sector"].unique().sort().to_list()))


def _residents(
    everybody: pl.DataFrame, municipalities: tuple[str, ...], times: float, random: np.random.Generator
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Rows of `everybody`, with the municipality and the sector that each is given."""
    counted = dict(everybody.group_by("municipality", maintain_order=True).len().iter_rows())
    first = dict(zip(counted, np.cumsum([0, *counted.values()]), strict=False))
    chosen, sectors, sizes = [], [], []
    for nis in municipalities:
        here = counted.get(nis, 0)
        size = max(round(here * times), 88)  # Herstappe
        anywhere = random.integers(0, len(everybody), size)
        own = first[nis] + random.integers(0, here, size) if here else anywhere
        chosen.append(np.where(random.random(size) < _FROM_HERE, own, anywhere))
        number = max(3, round(size / _OF_A_SECTOR))
        weight = random.lognormal(0, _UNEVEN, number) * (random.random(number) >= _EMPTY) + 1e-9
        names = np.array([f"{nis}-{at:03d}" for at in range(number)])
        sectors.append(random.choice(names, size, p=weight / weight.sum()))
        sizes.append(size)
    return np.concatenate(chosen), np.repeat(np.array(municipalities), sizes), np.concatenate(sectors)


def _with_areas(rows: pl.DataFrame, municipalities: tuple[str, ...]) -> pl.DataFrame:
    places = [ancestors(nis) for nis in municipalities]
    return rows.drop("year").join(pl.DataFrame(places), on="municipality", how="left")


def _parents(municipalities: tuple[str, ...], sectors: list[str]) -> dict[Area, str | None]:
    found: dict[Area, str | None] = {("country", COUNTRY): None}
    for nis in municipalities:
        above = ancestors(nis)
        found |= {(lower, above[lower]): above[upper] for upper, lower in pairwise(LEVELS[: LEVELS.index(SECTOR)])}
    return found | {(SECTOR, sector): sector[:5] for sector in sectors}


def sums_of(nation: Nation, configuration: Configuration, structure: Structure) -> pa.Table:
    """The rows of all cards as `solver.Solver.protected` takes them."""
    names = dimension_names(configuration.cards.values())
    frames = [
        frame.with_columns(pl.lit(TOTAL).alias(name) for name in names if name not in frame.columns)
        for card in structure.shown
        for frame in _sums_of_card(nation, configuration, card)
    ]
    order = (*_PLACE, *names, "numerator", "denominator")
    never = [pl.lit(False).alias(name) for name in MARKS]
    return pl.concat(frame.select(order) for frame in frames).sort(order[:-2]).with_columns(never).to_arrow()


def _sums_of_card(nation: Nation, configuration: Configuration, shown: Shown) -> Iterator[pl.DataFrame]:
    card = configuration.cards[shown.code]
    for level in sorted(card.levels(nation.year)):
        areas = [(area, parent) for (of, area), parent in nation.parents.items() if of == level]
        grid = pl.DataFrame(areas, schema={"geo_code": pl.String, "parent_code": pl.String}, orient="row")
        for names in card.breakdowns(level, configuration.protection.sector_dimensions.value):
            yield _sums_of_grid(nation, configuration, grid, shown, (level, names)).with_columns(
                pl.lit(shown.code).alias("code"), pl.lit(level).alias("geo_level")
            )


def _sums_of_grid(
    nation: Nation,
    configuration: Configuration,
    areas: pl.DataFrame,
    shown: Shown,
    cells: tuple[str, tuple[str, ...]],
) -> pl.DataFrame:
    """Every area with every combination of members of some dimensions: `cells` names the level and these."""
    level, names = cells
    grid = areas
    for name in names:
        grid = grid.join(pl.DataFrame({name: list(configuration.dimensions[name].codes)}), how="cross")
    for column, amount in (("numerator", shown.above), ("denominator", shown.below)):
        if amount is None:
            grid = grid.with_columns(pl.lit(None, pl.Int64).alias(column))
            continue
        members = [_member(configuration.dimensions[name]).alias(name) for name in names]
        summed = pl.len() if amount.column is None else pl.col(amount.column).sum()
        rows = nation.units.get(amount.unit)
        if rows is None:  # practitioners: their numbers are public, and so is nobody of them here
            grid = grid.with_columns(pl.lit(0, pl.Int64).alias(column))
            continue
        found = (
            rows.filter(holds(amount))
            .group_by(pl.col(level).alias("geo_code"), *members)
            .agg(summed.cast(pl.Int64).alias(column))
        )
        grid = grid.join(found, on=["geo_code", *names], how="left").with_columns(pl.col(column).fill_null(0))
    return grid


def _member(dimension: Dimension) -> pl.Expr:
    column = pl.col(dimension.column)
    if dimension.classes is not None:
        found = pl.lit(None, pl.String)
        for start, code in zip(dimension.classes.starts, dimension.codes, strict=True):
            found = pl.when(column >= start).then(pl.lit(code)).otherwise(found)
        return found
    codes = {member.value: member.code for member in dimension.members}
    return column.replace_strict(list(codes), list(codes.values()), default=None, return_dtype=pl.String)


def holds(amount: Amount) -> pl.Expr:
    """Whether the conditions of an amount hold for a row."""
    found = pl.lit(True)
    for name, how, value in sorted(amount.conditions, key=str):
        found &= _fits(pl.col(name), how, value).fill_null(False)
    return found


def _fits(column: pl.Expr, how: str, value: Any) -> pl.Expr:
    if how == AT_LEAST:
        return column.ge(value)
    if how == AT_MOST:
        return column.le(value)
    return column.is_in(list(value)) if how == IN else column.eq(value)


def facts_of(nation: Nation, structure: Structure) -> YearFacts:
    contributors = {
        amount: _by_area(nation, amount, pl.len())
        for card in structure.shown
        if (amount := card.contributors) is not None
    }
    largest: dict[Amount, dict[Area, tuple[int, int]]] = {}
    for amount in {structure.components[each.owner] for each in structure.wanted if each.kind == UNITS}:
        assert amount.column is not None
        top = _by_area(nation, amount, pl.col(amount.column).sort(descending=True).head(2))
        largest[amount] = {area: (parts[0], parts[1] if len(parts) > 1 else 0) for area, parts in top.items()}
    return YearFacts(contributors, largest)


def _by_area(nation: Nation, amount: Amount, wanted: pl.Expr) -> dict[Area, Any]:
    rows = nation.units[amount.unit].filter(holds(amount))
    found = {}
    for level in LEVELS[: LEVELS.index(SECTOR)]:
        for code, value in rows.group_by(level).agg(wanted.alias("value")).iter_rows():
            found[level, code] = value
    return found

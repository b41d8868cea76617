"""A warehouse for the tests of the site: statistics of every card, drawn by formula, some of them hidden.

Nothing here is a figure of anybody: values follow the place of the tile, so that a picture shows whether it is right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from deltalake import write_deltalake

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import Geography
from imaatlas_spark.geography.tiles import load_tiles
from imaatlas_spark.schemas.metadata import AREAS
from tests.reader.published import Release, describe, ledger_row, mark_drawn

CONF = Path(__file__).parent.parent.parent / "conf"
THRESHOLD = 5
SECTORS_EACH = 4
_TYPICAL = {"mean": 5.0, "percentage": 0.62, "rate_per_10000": 0.028, "count": 0.4}
_TYPICAL_OF = {"stat_003_005": 950.0, "stat_003_006": 610.0, "cube_013_003": 0.41, "cube_013_005": 0.12}


@dataclass(frozen=True)
class Origin:
    """What a warehouse says of its data: the draw that they come from (None: real persons), how they were protected."""

    drawn: str | None = '{"seed": 1}'
    threshold: int | None = THRESHOLD


def make_warehouse(
    folder: Path,
    years: Iterable[int],
    codes: Sequence[str] | None = None,
    origin: Origin = Origin(),
    maps: Iterable[int | None] = (None,),
    scale: float = 1.0,
) -> Path:
    """Tables of `codes` (None: every card) in `folder`; `maps`: None for each year's own map, or the year of a map."""
    configuration, ledger = load_configuration(CONF), []
    for code in codes or sorted(configuration.cards):
        card, place = configuration.cards[code], folder / "statistics" / code
        releases = [
            Release(code, year, map_year or year, card.release.planned_date(year))
            for map_year in maps
            for year in years
            if year >= card.available_since
        ]
        frames = [statistic(configuration, card, each.year, each.geography, scale) for each in releases]
        if frames:
            write_deltalake(place, pl.concat(frames).to_arrow(), partition_by=["year"])
            ledger += [ledger_row(each, 0, origin.threshold) for each in releases]
            if origin.drawn:
                mark_drawn(place, origin.drawn)
    describe(configuration, folder, ledger, origin.drawn)
    write_deltalake(folder / "metadata" / "areas", sector_list(configuration.geography), mode="append")
    return folder


def sector_list(geography: Geography) -> pa.Table:
    """Rows of `metadata/areas`: four sectors in each municipality of 2018."""
    rows = [
        ("sector", f"{nis}A{number:02d}-", f"SECTOR {number} VAN {nis}", f"SECTEUR {number} DE {nis}", None, None, None)
        for nis in geography.municipalities_in(2018)
        for number in range(SECTORS_EACH)
    ]
    kinds = [pa.date32() if column.type == "DATE" else pa.string() for column in AREAS.columns]
    schema = pa.schema(list(zip(AREAS.column_names, kinds, strict=True)))
    columns = list(zip(*rows, strict=True))
    return pa.Table.from_arrays(
        [pa.array(each, kind) for each, kind in zip(columns, kinds, strict=True)], schema=schema
    )


def statistic(configuration: Configuration, card: Card, year: int, map_year: int, scale: float) -> pl.DataFrame:
    """Every row of a year of a statistic, summed upwards from the cells of its smallest level, small cells hidden."""
    geography = configuration.geography
    cells = _cells(configuration, card, year, map_year, scale)
    levels = card.levels(year)
    frames = []
    for level in (*[level for level in levels if level != "sector"], *geography.groupings):
        if level in geography.groupings and "municipality" not in levels:
            continue
        frames.append(_summed(cells, card, pl.col("nis").replace_strict(_places(geography, level, map_year)), level))
    if "sector" in levels:
        one_at_a_time = pl.sum_horizontal(
            [(pl.col(name) != TOTAL).cast(pl.Int8) for name in card.dimensions] or [pl.lit(0)]
        )
        frames.append(_summed(cells.filter(one_at_a_time <= 1), card, pl.col("sector"), "sector"))
    return _observed(pl.concat(frames), card, year, map_year)


def _places(geography: Geography, level: str, year: int) -> dict[str, str | None]:
    return {nis: geography.place(nis, level, year) for nis in geography.municipalities_in(year)}


def _cells(configuration: Configuration, card: Card, year: int, map_year: int, scale: float) -> pl.DataFrame:
    """Grain: sector and members. Columns: nis, sector, the dimensions (totals too), numerator, denominator."""
    geography = configuration.geography
    tiles = {tile.nis: tile for tile in load_tiles(CONF / "geography", geography)}
    old = [nis for nis in geography.municipalities_in(2018) for _ in range(SECTORS_EACH)]
    recoding = geography.recoding(map_year)
    draw = np.random.default_rng(20_190_101 + sum(map(ord, card.code[-7:])))
    people = np.repeat(draw.lognormal(7.6, 0.9, len(old) // SECTORS_EACH), SECTORS_EACH) * scale
    people[draw.random(len(old)) < 0.01] = 0
    place = np.array([0.5 + 0.25 * np.sin(tiles[nis].column / 4) - 0.25 * np.cos(tiles[nis].row / 5) for nis in old])
    codes = [configuration.dimensions[name].codes for name in card.dimensions]
    frames = []
    for members in product(*codes) if codes else [()]:
        share = 1 / prod(len(each) for each in codes)
        tilt = (
            1 + 0.15 * sum(each.index(member) - len(each) / 2 for each, member in zip(codes, members, strict=True)) / 3
        )
        denominators = draw.poisson(people * share * (0.02 if card.unit != "person_year" else 1))
        typical = _TYPICAL_OF.get(card.code, _TYPICAL[card.measure]) * (1 + 0.02 * (year - 2019)) * tilt
        rate = typical * (0.75 + 0.5 * place)
        if card.measure in {"percentage", "rate_per_10000"}:
            numerators = draw.binomial(denominators, np.clip(rate, 0, 1))
        else:
            numerators = draw.poisson(denominators * rate)
        frames.append(
            pl.DataFrame(
                {
                    "nis": [recoding[nis] for nis in old],
                    "sector": [f"{nis}A{n % SECTORS_EACH:02d}-" for n, nis in enumerate(old)],
                    **{name: [member] * len(old) for name, member in zip(card.dimensions, members, strict=True)},
                    "numerator": numerators,
                    "denominator": denominators,
                }
            )
        )
    cells = pl.concat(frames)
    for name in card.dimensions:
        totals = cells.with_columns(pl.lit(TOTAL).alias(name)).group_by("nis", "sector", *card.dimensions).sum()
        cells = pl.concat([cells, totals.select(cells.columns)])
    return cells


def _summed(cells: pl.DataFrame, card: Card, place: pl.Expr, level: str) -> pl.DataFrame:
    keys = ["geo_level", "geo_code", *card.dimensions]
    placed = cells.with_columns(pl.lit(level).alias("geo_level"), place.alias("geo_code"))
    return placed.group_by(keys).agg(pl.sum("numerator"), pl.sum("denominator")).drop_nulls("geo_code").sort(keys)


def _observed(sums: pl.DataFrame, card: Card, year: int, map_year: int) -> pl.DataFrame:
    """Values and statuses; a numerator of 1 to 4 in a small area is hidden, for what it is worth to a picture."""
    is_count = card.denominator is None
    released = card.release.planned_date(year)
    small = pl.col("numerator").is_between(1, THRESHOLD - 1) & (pl.lit(not is_count))
    value = (
        pl.col("numerator").cast(pl.Float64)
        if is_count
        else pl.when(pl.col("denominator") > 0).then(card.scale * pl.col("numerator") / pl.col("denominator"))
    )
    normal = "P" if card.release.is_provisional(year, released) else "B" if card.has_break_in(year) else "A"
    cannot = pl.lit(False) if is_count else pl.col("denominator") == 0
    return sums.select(
        pl.lit(year, pl.Int32).alias("year"),
        "geo_level",
        "geo_code",
        pl.lit(map_year, pl.Int32).alias("geography"),
        *card.dimensions,
        pl.when(~small).then(pl.col("numerator")).cast(pl.Int64).alias("numerator"),
        (pl.lit(None) if is_count else pl.col("denominator")).cast(pl.Int64).alias("denominator"),
        pl.when(~small).then(value).alias("value"),
        pl.when(cannot).then(pl.lit("M")).when(small).then(pl.lit("Q")).otherwise(pl.lit(normal)).alias("obs_status"),
        pl.when(small).then(pl.lit("C")).otherwise(pl.lit("F")).alias("conf_status"),
        pl.lit(released).alias("release_date"),
    )

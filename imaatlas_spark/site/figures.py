"""The figures of a statistic as data files: municipalities in one for each member, all larger areas in another.

A page loads what it shows: with a municipality its country, and often a level between. A file has for each level its
blocks, one for each year and map, each with the areas in the order of `Places.codes`:

    {"municipality": {"blocks": [{"year": 2021, "map": 2021, "n": "7,,12", "d": "90,,85", "s": "AQA"}, ...],
                      "classes": [...]}}

`n` and `d` are numerators and denominators with commas between (nothing: hidden, those at the end left out; no `d` for
a count), `s` the status codes (one for all where they are alike, none for `A`; `-`: not published). A page works values
out as the tables do: `scale * n / d`. `classes` are the bounds of the quintiles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.reader.quintiles import quintiles
from imaatlas_spark.schemas.statuses import NORMAL
from imaatlas_spark.site.files import slugs, write_data
from imaatlas_spark.site.places import Places

NOT_PUBLISHED = "-"
_ALONE, _LARGER = "municipality", "larger"  # the level that has a file of its own; the file of the others


@dataclass(frozen=True)
class Outline:
    """What there is of a statistic. `years_of`: level -> years, from the country down; `blocks`: (year, map)."""

    years_of: dict[str, tuple[int, ...]]
    blocks: tuple[tuple[int, int], ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels above the sector."""
        return tuple(level for level in self.years_of if level != SECTOR)

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({year for year, _ in self.blocks}))

    @property
    def maps(self) -> tuple[str, ...]:
        """`own`: each year on its own map; else the year of a map that other years are on as well."""
        own = ("own",) if any(year == on_map for year, on_map in self.blocks) else ()
        return (*own, *(str(on_map) for on_map in sorted({on for year, on in self.blocks if year != on})))


@dataclass(frozen=True)
class Figures:
    """The published figures of one statistic. `observations`: its table (contract, section 4), latest releases.

    `members`: the codes of each dimension, the total included.
    """

    card: Card
    observations: pl.DataFrame
    places: Places
    members: Mapping[str, tuple[str, ...]]

    @cached_property
    def outline(self) -> "Outline":
        years = self.observations.group_by("geo_level").agg(pl.col("year").unique().sort())
        years_of = dict(years.iter_rows())
        levels = tuple(level for level in (*self.places.levels, SECTOR) if level in years_of)
        pairs = self.observations.select("year", "geography").unique().sort("year", "geography")
        return Outline({level: tuple(years_of[level]) for level in levels}, tuple(pairs.iter_rows()))

    @cached_property
    def slugs(self) -> dict[str, dict[str, str]]:
        """The part of a file's name for each member of each dimension, the total included."""
        return {name: slugs(codes, f"the members of {name}") for name, codes in self.members.items()}

    def write(self, folder: Path, with_sectors: bool) -> None:
        """Every data file of the statistic, under `folder` = `data/CODE`."""
        self._check_values()
        above = self.observations.filter(pl.col("geo_level") != SECTOR)
        files: dict[str, dict[str, Any]] = {}
        for (level, *members), rows in self._by_member(above):
            key = self._key(level if level == _ALONE else _LARGER, members)
            files.setdefault(key, {})[level] = self._level(rows, level)
        for key, levels in files.items():
            write_data(folder / f"{key}.js", f"data/{self.card.code}/{key}", levels)
        if with_sectors and SECTOR in self.outline.years_of:
            self._write_sectors(folder)

    def _key(self, place: str, members: Sequence[str]) -> str:
        chosen = zip(self.card.dimensions, members, strict=True)
        return ".".join([place, *[self.slugs[name][member] for name, member in chosen]])

    def _by_member(self, rows: pl.DataFrame) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
        parts = rows.partition_by("geo_level", *self.card.dimensions, as_dict=True, maintain_order=True)
        yield from sorted(parts.items(), key=lambda part: part[0])

    def _level(self, rows: pl.DataFrame, level: str) -> dict[str, Any]:
        blocks = []
        for (year, on_map), block in _by_block(rows):
            codes = self.places.codes(level, self.places.vintage[on_map])
            blocks.append(self._block(year, on_map, block, codes))
        return {"blocks": blocks, "classes": classes(rows["value"])}

    def _block(self, year: int, on_map: int, rows: pl.DataFrame, codes: Sequence[str]) -> dict[str, Any]:
        """The figures of `codes`, in their order."""
        if rows["geo_code"].to_list() != list(codes):
            wanted = pl.DataFrame({"geo_code": codes}, schema={"geo_code": pl.String})
            strangers = rows.join(wanted, on="geo_code", how="anti")["geo_code"].to_list()
            if strangers:
                raise WarehouseRefused(
                    f"{self.card.code}: {strangers[0]} is not on the map of {on_map}: give the --conf-dir that the "
                    "statistics were built with"
                )
            rows = wanted.join(rows, on="geo_code", how="left", maintain_order="left")
        below = {} if self.card.denominator is None else {"d": _packed(rows["denominator"])}
        statuses = rows["obs_status"].fill_null(NOT_PUBLISHED).to_list()
        return {"year": year, "map": on_map, "n": _packed(rows["numerator"]), **below, "s": _shortest(statuses)}

    def _write_sectors(self, folder: Path) -> None:
        """`sector/ARR[.MEMBER].js`: blocks of the sectors of an arrondissement; `codes` says which they are."""
        sectors = self.observations.filter(pl.col("geo_level") == SECTOR)
        pairs = sectors.select("geo_code", "geography").unique()
        placed = pairs.with_columns(
            pl.struct("geo_code", "geography")
            .map_elements(lambda each: self._arrondissement(each["geo_code"], each["geography"]), pl.String)
            .alias("arrondissement")
        )
        with_place = sectors.join(placed, on=["geo_code", "geography"], how="left", maintain_order="left")
        for (place, *members), rows in with_place.partition_by(
            "arrondissement", *self.card.dimensions, as_dict=True, maintain_order=True
        ).items():
            key = self._key(place, members)
            codes = rows["geo_code"].unique().sort().to_list()
            blocks = [self._block(year, on_map, block, codes) for (year, on_map), block in _by_block(rows)]
            name = f"data/{self.card.code}/{SECTOR}/{key}"
            write_data(folder / SECTOR / f"{key}.js", name, {"codes": codes, "blocks": blocks})

    def _arrondissement(self, sector: str, year: int) -> str:
        arrondissement = self.places.arrondissement_of(sector, year)
        if arrondissement is None:
            raise WarehouseRefused(
                f"{self.card.code}: sector {sector} lies in no municipality of {year}: see --conf-dir"
            )
        return arrondissement

    def _check_values(self) -> None:
        """Pages work values out, so what the table says must be what they will find."""
        shown = self.observations.filter(pl.col("value").is_not_null())
        if self.card.denominator is None:
            expected = pl.col("numerator").cast(pl.Float64)
        else:
            expected = (self.card.scale * pl.col("numerator")) / pl.col("denominator")
        strange = shown.filter((pl.col("value") != expected).fill_null(value=True))
        if not strange.is_empty():
            first = strange.row(0, named=True)
            raise WarehouseRefused(
                f"{self.card.code}: the value of {first['geo_level']} {first['geo_code']} in {first['year']} is "
                "not its numerator over its denominator: build the year again"
            )


def _by_block(rows: pl.DataFrame) -> Iterator[tuple[tuple[int, int], pl.DataFrame]]:
    parts = rows.partition_by("year", "geography", as_dict=True, maintain_order=True)
    for (year, on_map), block in sorted(parts.items(), key=lambda part: part[0]):
        yield (year, on_map), block.sort("geo_code")


def _packed(numbers: pl.Series) -> str:
    """Many are hidden where areas are small: those cost a comma here, and five letters as a list."""
    return ",".join(numbers.cast(pl.String).fill_null("").to_list()).rstrip(",")


def _shortest(statuses: Sequence[str]) -> str:
    alike = set(statuses)
    return "".join(statuses) if len(alike) > 1 else "".join(alike - {NORMAL})


def classes(values: pl.Series) -> list[float]:
    """The bounds of the quintiles of all values but zero, over all years: lowest, four cuts, highest.

    A cut is the value that a fifth (two, three, four fifths) of the values do not exceed; equal cuts are one.
    """
    highest = quintiles(values.to_list())
    return [min(value for value in values if value), *highest] if highest else []


def sector_names(sectors: pl.DataFrame, places: Places) -> dict[str, list[list[str]]]:
    """The names of sectors for each arrondissement that they ever lie in: rows of code, Dutch name, French name."""
    found: dict[str, list[list[str]]] = {}
    for code, dutch, french in sectors.sort("sector").iter_rows():
        for arrondissement in places.arrondissements_of(code):
            found.setdefault(arrondissement, []).append([code, dutch, french])
    return found

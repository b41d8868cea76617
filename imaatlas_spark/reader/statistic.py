"""One published statistic: its rows as people read them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.reader.areas import Areas
from imaatlas_spark.reader.names import Names
from imaatlas_spark.reader.selection import LATEST, chosen_releases, releases_of, rows_of
from imaatlas_spark.schemas.metadata import STATISTICS

EVERY = "*"  # as a member: every member of the dimension and the total

Years = int | Iterable[int] | None
Codes = str | Iterable[str]

_NOT_DIMENSIONS = (
    *("year", "geo_level", "geo_code", "geography", "numerator", "denominator", "value"),
    *("obs_status", "conf_status", "release_date"),
)


@dataclass(frozen=True)
class Asked:
    """What a reader asks of a statistic: see `Atlas.values`."""

    level: str | None = None
    areas: Codes | None = None
    years: Years = None
    map_year: int | None = None
    release: str | dt.date = LATEST
    members: Mapping[str, Codes] = field(default_factory=dict)

    @property
    def several_years(self) -> tuple[int, ...] | None:
        if self.years is None:
            return None
        return (self.years,) if isinstance(self.years, int) else tuple(self.years)


@dataclass(frozen=True)
class Statistic:
    """A statistic in the words of one language. Raises NotInAtlas where it is not published."""

    code: str
    areas: Areas
    names: Names

    @cached_property
    def releases(self) -> pl.DataFrame:
        return releases_of(self.areas.store, self.code)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """In the order of the table's columns."""
        latest = self.releases["version"].max()
        schema = self.areas.store.table(f"statistics/{self.code}", int(str(latest))).schema()
        return tuple(each.name for each in schema.fields if each.name not in _NOT_DIMENSIONS)

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """The row of `metadata/statistics`."""
        rows = self.areas.store.frame(STATISTICS).filter(pl.col("code") == self.code)
        return rows.row(0, named=True)

    def values(self, asked: Asked) -> tuple[pl.DataFrame, list[str]]:
        """The rows that are asked for, as `Atlas.values` shows them, and what the frame has to say of other rows."""
        chosen = chosen_releases(self.areas.store, self.code, asked.several_years, asked.map_year, asked.release)
        rows = rows_of(self.areas.store, self.code, chosen).filter(*self._with_members(asked.members))
        if asked.level is not None:
            rows = rows.filter(pl.col("geo_level") == self.areas.known_level(asked.level))
        if asked.areas is not None:
            keys = self.areas.several(asked.areas, asked.level)
            schema = {"geo_level": pl.String, "geo_code": pl.String}
            rows = rows.join(pl.LazyFrame(keys, schema=schema, orient="row"), on=[*schema], how="semi")
        frame = self._presented(rows)
        if frame.is_empty():
            maps = ", ".join(map(str, sorted(set(chosen["geography"]))))
            what = " ".join(filter(None, (asked.level or "area", str(asked.areas or ""))))
            raise NotInAtlas(f"{self.code} has no figure of {what} on the map of {maps}: ask for another level or map=")
        return frame, _other_rows(chosen, asked.map_year)

    def _with_members(self, members: Mapping[str, Codes]) -> list[pl.Expr]:
        """Which rows have the members that are asked for: the total where a dimension is not named."""
        for name in members:
            if name not in self.dimensions:
                by = f"broken down by {', '.join(self.dimensions)}" if self.dimensions else "not broken down"
                raise NotInAtlas(f"{self.code} has no dimension {name}: it is {by}")
        conditions = [pl.lit(True)]
        for name in self.dimensions:
            asked = members.get(name, TOTAL)
            if asked == EVERY:
                continue
            codes, known = [asked] if isinstance(asked, str) else list(asked), self.names.members[name]
            for each in codes:
                if each not in known:
                    raise NotInAtlas(f"{name} has no member '{each}': known are {', '.join(known)}")
            conditions.append(pl.col(name).is_in(codes))
        return conditions

    def _presented(self, rows: pl.LazyFrame) -> pl.DataFrame:
        orders = {"geo_level": self.areas.levels} | {name: tuple(self.names.members[name]) for name in self.dimensions}
        order = {name: _place(name, values) for name, values in orders.items()}
        by_member = [column for name in self.dimensions for column in (name, f"{name}_label")]
        # Sorted while they are narrow: names and labels would make it take twice as long.
        ordered = rows.sort("year", order["geo_level"], "geo_code", *(order[name] for name in self.dimensions))
        return (
            self.names.labelled(ordered, self.dimensions)
            .with_columns(pl.lit(self.names.statistics[self.code][1]).alias("unit"))
            .select(
                *("year", "geo_level", "geo_code", "area_name", "geography", *by_member),
                *("numerator", "denominator", "value", "unit", "obs_status", "obs_status_label"),
                *("conf_status", "conf_status_label", "release_date"),
            )
            .collect()
        )


def refuse_overlap(name: str, asked: Codes) -> None:
    """Members that are to be added up must not overlap."""
    codes = [asked] if isinstance(asked, str) else list(asked)
    if asked == EVERY or (TOTAL in codes and len(codes) > 1) or len(set(codes)) < len(codes):
        raise NotInAtlas(f"the members of {name} overlap: name each once, and the total {TOTAL} alone")


def _place(name: str, values: tuple[str, ...]) -> pl.Expr:
    """The place of a code in the order of its list."""
    places = {each: place for place, each in enumerate(values)}
    return pl.col(name).replace_strict(places, default=len(values), return_dtype=pl.Int32)


def _other_rows(chosen: pl.DataFrame, map_year: int | None) -> list[str]:
    """What a frame says of the maps and releases of its years that were not taken."""
    notes = []
    on_maps, older = chosen.filter(pl.col("maps") > 1)["year"], chosen.filter(pl.col("older") > 0)["year"]
    if map_year is None and len(on_maps):
        notes.append(f"Published on another map, too: {', '.join(map(str, on_maps))} (map=).")
    if len(older):
        notes.append(f"The latest release; there are earlier ones of {', '.join(map(str, older))} (release=).")
    return notes

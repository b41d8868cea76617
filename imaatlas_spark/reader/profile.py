"""Every statistic of one place: its figure, what it lies in, the country, and its rank among its like."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import polars as pl

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.geography.codes import COUNTRY, COUNTRY_LEVEL
from imaatlas_spark.reader.areas import Areas
from imaatlas_spark.reader.figures import Figures
from imaatlas_spark.reader.names import Names


class Published(Protocol):
    """What a profile asks of the Atlas (`atlas.Atlas`)."""

    @property
    def codes(self) -> tuple[str, ...]: ...

    def values(self, code: str, *, level: str, years: int, map: int | None, names: str) -> Figures: ...


@dataclass(frozen=True)
class Profile:
    """The figures of one area in one year, in the words of one language."""

    atlas: Published
    areas: Areas
    names: Names
    area: tuple[str, str]
    year: int
    map_year: int | None

    @cached_property
    def _row_of(self) -> dict[str, pl.DataFrame | None]:
        return {code: self._row(code) for code in self.atlas.codes}

    @property
    def rows(self) -> pl.DataFrame:
        """The rows of `Atlas.profile`. Raises NotInAtlas where no statistic has a figure of the area."""
        found = [row for row in self._row_of.values() if row is not None]
        if not found:
            on_map = "" if self.map_year is None else f" on the map of {self.map_year}"
            level, code = self.area
            raise NotInAtlas(f"{level} {code} has no figure in {self.year}{on_map}: ask for another year or map=")
        return pl.concat(found)

    @property
    def notes(self) -> list[str]:
        """The statistics without a figure."""
        without = [code for code, row in self._row_of.items() if row is None]
        return [f"Without a figure of this place and year: {', '.join(without)}."] if without else []

    def _row(self, code: str) -> pl.DataFrame | None:
        level, geo_code = self.area
        alike = self._values(code, level, self.map_year)
        if alike is None:
            return None
        ranked = alike.with_columns(
            pl.col("value").rank("min", descending=True).cast(pl.Int64).alias("rank"),
            pl.col("value").count().cast(pl.Int64).alias("ranked"),
        )
        own = ranked.filter(pl.col("geo_code") == geo_code)
        if own.is_empty():
            return None
        geography = own["geography"][0]
        parent = self.areas.parent(level, geo_code, geography)
        parent_name = self.names.area(*parent) if parent else None
        parent_level, parent_code = parent or (None, None)
        return own.select(
            *(pl.lit(code).alias("code"), pl.lit(self.names.statistics[code][0]).alias("title")),
            *("year", "geo_level", "geo_code", "area_name", "geography", "numerator", "denominator", "value", "unit"),
            *("obs_status", "obs_status_label", "conf_status"),
            pl.lit(parent_level, dtype=pl.String).alias("parent_level"),
            pl.lit(parent_code, dtype=pl.String).alias("parent_code"),
            pl.lit(parent_name, dtype=pl.String).alias("parent_name"),
            pl.lit(self._value(code, parent, geography), dtype=pl.Float64).alias("parent_value"),
            pl.lit(self._value(code, (COUNTRY_LEVEL, COUNTRY), geography), dtype=pl.Float64).alias("country_value"),
            *("rank", "ranked", "release_date"),
        )

    def _value(self, code: str, area: tuple[str, str] | None, geography: int) -> float | None:
        rows = None if area is None else self._values(code, area[0], geography)
        if area is None or rows is None:
            return None
        found: list[float | None] = rows.filter(pl.col("geo_code") == area[1])["value"].to_list()
        return found[0] if found else None

    def _values(self, code: str, level: str, map_year: int | None) -> Figures | None:
        """The figures of a level; None: the statistic does not publish the year, the map or the level."""
        try:
            return self.atlas.values(code, level=level, years=self.year, map=map_year, names=self.names.language)
        except NotInAtlas:
            return None

"""Areas as people ask for them: by code or by name, on the map of a year."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.geography.codes import LEVELS, ancestors
from imaatlas_spark.reader.names import Names
from imaatlas_spark.reader.store import Store
from imaatlas_spark.schemas.metadata import AREAS, CHANGES, CODES, PLACES

_NAMES = ("name_nl", "name_fr", "name_de")


@dataclass(frozen=True)
class Areas:
    """The areas of the warehouse's metadata."""

    store: Store

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels from the country down, then the groupings."""
        codes = self.store.frame(CODES).filter(pl.col("codelist") == "geo_level").sort("position")
        return tuple(codes["code"])

    @property
    def maps(self) -> tuple[int, ...]:
        """The years whose maps are in use."""
        return tuple(sorted(self.store.frame(PLACES)["geography"].unique()))

    def known_level(self, level: str) -> str:
        if level not in self.levels:
            raise NotInAtlas(f"there is no level '{level}': known are {', '.join(self.levels)}")
        return level

    def found(self, asked: str, level: str | None) -> tuple[str, str]:
        """(level, code) of an area asked for by its code or by its name in any language.

        Raises NotInAtlas where there is none, or several: a code may stand at several levels, a name in several places.
        """
        if level is not None:
            self.known_level(level)
        rows = self.store.frame(AREAS)
        at_level = rows if level is None else rows.filter(pl.col("geo_level") == level)
        matches = at_level.filter(pl.col("geo_code") == asked)
        if matches.is_empty():
            name = asked.casefold()
            in_any_language = [pl.col(column).str.to_lowercase() == name for column in _NAMES]
            matches = at_level.filter(pl.any_horizontal(in_any_language))
        areas = sorted(set(matches.select("geo_level", "geo_code").iter_rows()))
        if not areas:
            at = "area" if level is None else level
            raise NotInAtlas(f"there is no {at} '{asked}': areas() lists codes and names of a level")
        if len(areas) > 1:
            choices = " or ".join(f"{at} {code}" for at, code in areas)
            raise NotInAtlas(f"'{asked}' is {choices}: say level= or the code")
        return areas[0]

    def several(self, asked: Iterable[str] | str, level: str | None) -> list[tuple[str, str]]:
        """`found` for each, each once."""
        names = [asked] if isinstance(asked, str) else list(asked)
        return list(dict.fromkeys(self.found(name, level) for name in names))

    def on_map(self, year: int, level: str | None, names: Names) -> pl.DataFrame:
        """The areas of a map. Grain: geo_level, geo_code, parent_level (a municipality lies in groups, too)."""
        if year not in self.maps:
            raise NotInAtlas(f"no figure is published on the map of {year}: known are {', '.join(map(str, self.maps))}")
        places = self.store.frame(PLACES).filter(pl.col("geography") == year)
        if level is not None:
            places = places.filter(pl.col("geo_level") == self.known_level(level))
        parent_names = names.areas.rename(
            {"geo_level": "parent_level", "geo_code": "parent_code", "area_name": "parent_name"}
        )
        spelled = self.store.frame(AREAS).sort("valid_from").unique(["geo_level", "geo_code"], keep="last")
        order = pl.col("geo_level").replace_strict(dict(zip(self.levels, range(99), strict=False)), default=99)
        return (
            places.join(names.areas, on=["geo_level", "geo_code"], how="left")
            .join(parent_names, on=["parent_level", "parent_code"], how="left")
            .join(spelled, on=["geo_level", "geo_code"], how="left")
            .sort(order, "geo_code", "parent_level")
            .select(
                *("geo_level", "geo_code", "area_name", "geography"),
                *("parent_level", "parent_code", "parent_name"),
                *(*_NAMES, "valid_from", "valid_to"),
            )
        )

    def parent(self, level: str, code: str, year: int) -> tuple[str, str] | None:
        """The area one level up on the map of a year, not a group; None: the country's, or the map has no such area."""
        on_map = (pl.col("geography") == year) & (pl.col("geo_level") == level) & (pl.col("geo_code") == code)
        rows = self.store.frame(PLACES).filter(on_map & pl.col("parent_level").is_in(LEVELS))
        return rows.select("parent_level", "parent_code").row(0) if len(rows) else None

    def redrawn(self, level: str, code: str, after: int, until: int, names: Names) -> str | None:
        """What the area gained or lost by the end of `until`, since the end of `after`; None: nothing (but strips)."""
        if level not in LEVELS or level == LEVELS[-1]:
            return None
        told = []
        changes = self.store.frame(CHANGES).sort("date", "old_nis").select("date", "old_nis", "new_nis")
        for date, old, new in changes.iter_rows():
            before, now = ancestors(old)[level], ancestors(new)[level]
            if before != now and code in {before, now} and after < date.year <= until:
                sign = "-" if code == before else "+"
                told.append(f"{date}: {sign} {names.area('municipality', old)} ({old})")
        return "; ".join(told) or None

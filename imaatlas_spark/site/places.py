"""The areas of the site: the maps that its figures are on, names in each language, what lies in what.

Years whose municipalities are the same share one *vintage*, called after its first year: `2019` for 2019 to 2024.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imaatlas_spark.geography import COUNTRY, LEVELS, Area, Geography, ancestors
from imaatlas_spark.site.files import slug, slugs
from imaatlas_spark.site.texts import LANGUAGES

Names = Mapping[str, Mapping[tuple[str, str], str]]  # language -> (level, code) -> name


@dataclass(frozen=True)
class Places:
    """The areas of the years whose maps are in use."""

    geography: Geography
    map_years: tuple[int, ...]
    names: Names

    @classmethod
    def of(cls, geography: Geography, map_years: Iterable[int], names: Names) -> "Places":
        return cls(geography, tuple(sorted(set(map_years))), names)

    def name(self, area: Area, language: str) -> str:
        return self.names[language].get((area.level, area.code), area.code)

    @cached_property
    def vintage(self) -> dict[int, int]:
        """The vintage of each year in use."""
        return {year: self._first_year_of(year) for year in self.map_years}

    def _first_year_of(self, year: int) -> int:
        municipalities = self.geography.municipalities_in(year)
        while year > self.geography.first_year and self.geography.municipalities_in(year - 1) == municipalities:
            year -= 1
        return year

    @cached_property
    def vintages(self) -> tuple[int, ...]:
        return tuple(sorted(set(self.vintage.values())))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels above the sector, groupings last."""
        return self.geography.levels

    def codes(self, level: str, vintage: int) -> tuple[str, ...]:
        """The areas of a level in the order in which data files give their figures."""
        return self._codes[vintage].get(level, ())

    @cached_property
    def _codes(self) -> dict[int, dict[str, tuple[str, ...]]]:
        found: dict[int, dict[str, tuple[str, ...]]] = {}
        for vintage in self.vintages:
            levels: dict[str, list[str]] = {}
            for level, code in self.geography.areas(vintage, self.levels):
                levels.setdefault(level, []).append(code)
            found[vintage] = {level: tuple(codes) for level, codes in levels.items()}
        return found

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """Every area of every vintage, from the country down."""
        keys = {
            (level, code) for vintage in self.vintages for level, code in self.geography.areas(vintage, self.levels)
        }
        ordered = sorted(keys, key=lambda key: (self.levels.index(key[0]), key[1]))
        return tuple(self.geography.area(code, level) for level, code in ordered)

    def parent_of(self, area: Area) -> tuple[str, str] | None:
        """(level, code) of the area one level up; of a group, the country."""
        if area.code == COUNTRY:
            return None
        if area.level not in LEVELS:
            return "country", COUNTRY
        vintage = next(year for year in self.vintages if area.code in self.codes(area.level, year))
        parent = area.parent(vintage)
        return (parent.level, parent.code) if parent else None

    @cached_property
    def file_of(self) -> dict[tuple[str, str], str]:
        """The name of an area's page: its code, with its level where that is a grouping of the user's own."""
        names = {
            (area.level, area.code): area.code if area.level in LEVELS else f"{area.level}-{slug(area.code)}"
            for area in self.areas
        }
        groups = tuple(f"{area.level}-{area.code}" for area in self.areas if area.level not in LEVELS)
        slugs(groups, "conf/geography/groupings")
        return names

    def script(self) -> dict[str, Any]:
        """`geo/areas.js`: what pages know about areas.

        areas: level -> rows of code, name_nl, name_fr, name_en (empty: as in Dutch), parent; heirs: code that ended ->
        successor and year; groups: vintage -> grouping -> municipality -> group.
        """
        areas: dict[str, list[list[str]]] = {}
        for area in self.areas:
            dutch, french, english = (self.name(area, language) for language in LANGUAGES)
            parent = self.parent_of(area)
            row = [area.code, dutch, french if french != dutch else "", english if english != dutch else ""]
            areas.setdefault(area.level, []).append([*row, parent[1] if parent else ""])
        return {
            "levels": list(self.levels),
            "areas": areas,
            "vintages": {vintage: self._codes[vintage] for vintage in self.vintages},
            "vintageOf": self.vintage,
            "heirs": {change.old_nis: [change.new_nis, change.date.year] for change in self.geography.changes},
            "groups": {vintage: self._groups(vintage) for vintage in self.vintages},
        }

    def _groups(self, vintage: int) -> dict[str, dict[str, str]]:
        return {
            level: {
                nis: group
                for nis in self.geography.municipalities_in(vintage)
                if (group := self.geography.place(nis, level, vintage)) is not None
            }
            for level in self.geography.groupings
        }

    def arrondissement_of(self, sector: str, year: int) -> str | None:
        """The arrondissement of a year that a sector lies in: that of the municipality its code has become."""
        if year not in self._recoding:
            self._recoding[year] = self.geography.recoding(year)
        municipality = self._recoding[year].get(sector[:5])
        return ancestors(municipality)["arrondissement"] if municipality else None

    def arrondissements_of(self, sector: str) -> set[str]:
        """The arrondissements that a sector lies in on the maps in use."""
        return {found for each in self.vintages if (found := self.arrondissement_of(sector, each)) is not None}

    @cached_property
    def _recoding(self) -> dict[int, dict[str, str]]:
        """Filled when a year is asked for: thousands of sectors ask for the same one."""
        return {}

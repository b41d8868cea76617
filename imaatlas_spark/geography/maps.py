"""Areas of Belgium: municipalities by year, forward recoding, the levels above them (definitions, section 5).

Codes are strings, always. Everything above the municipality follows from the municipality's code (`nis`); a sector
belongs to the municipality that the first five characters of its code have become. A year means its last day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from imaatlas_spark.errors import ArgumentRefused, ConfigurationRefused
from imaatlas_spark.geography.areas import Area
from imaatlas_spark.geography.codes import LEVELS, SECTOR, ancestors
from imaatlas_spark.geography.files import (
    Change,
    Municipality,
    NamedArea,
    read_changes,
    read_municipalities,
    read_named_areas,
)
from imaatlas_spark.geography.groupings import Grouping, load_groupings
from imaatlas_spark.periods import last_day


@dataclass(frozen=True)
class Geography:
    """The areas of every year. `groupings` are the levels that a user added, by name."""

    municipalities: tuple[Municipality, ...]
    changes: tuple[Change, ...]
    named_areas: tuple[NamedArea, ...]
    groupings: Mapping[str, Grouping] = field(default_factory=dict)

    @cached_property
    def first_year(self) -> int:
        return min(each.valid_from for each in self.municipalities).year

    @cached_property
    def every_code(self) -> frozenset[str]:
        """The codes of the municipalities of all years."""
        return frozenset(each.nis for each in self.municipalities)

    def municipalities_in(self, year: int) -> tuple[str, ...]:
        """The municipalities of a year. A year before the map begins is an error, never a default."""
        found = tuple(sorted(each.nis for each in self.municipalities if each.exists_in(year)))
        if not found:
            raise ConfigurationRefused(f"the geography has no municipalities in {year}: it begins in {self.first_year}")
        return found

    @cached_property
    def _successor(self) -> dict[str, Change]:
        return {change.old_nis: change for change in self.changes}

    def _changes_of(self, code: str | None, year: int) -> Iterator[Change]:
        """The changes that a municipality's code went through by the end of `year`, in their order."""
        while (change := self._successor.get(code or "")) and change.date <= last_day(year):
            yield change
            code = change.new_nis

    def recode(self, code: str | None, year: int) -> str | None:
        """What `code` has become by `year`; None when it is no municipality of `year` and none came of it by then."""
        return self._recoded(code, year, frozenset(self.municipalities_in(year)))

    def _recoded(self, code: str | None, year: int, valid: frozenset[str]) -> str | None:
        for change in self._changes_of(code, year):
            code = change.new_nis
        return code if code in valid else None

    def recoding(self, year: int) -> dict[str, str]:
        """Every code that is, or has become, a municipality of `year`: old code to the year's code."""
        codes, valid = self.every_code, frozenset(self.municipalities_in(year))
        return {code: new for code in sorted(codes) if (new := self._recoded(code, year, valid)) is not None}

    def recoding_between(self, data_year: int, map_year: int) -> dict[str, str]:
        """Every municipality of `data_year` and what it is called on the map of `map_year`.

        Forward only: what has merged cannot be taken apart, so an earlier map is refused unless it is the same one.
        """
        municipalities, recoding = self.municipalities_in(data_year), self.recoding(map_year)
        if map_year < data_year and municipalities != self.municipalities_in(map_year):
            raise ArgumentRefused(f"data of {data_year} cannot be put on the map of {map_year}: take a later map")
        return {nis: recoding[nis] for nis in municipalities}

    def inexact(self, data_year: int, map_year: int) -> frozenset[tuple[str, str]]:
        """(level, code) of the areas of `map_year` for which recoded data of `data_year` are not exactly right.

        A municipality came in, or left, while a strip of its land went elsewhere; its people are recoded with the rest
        (`partial_transfer`). Where the strip went is not known: it is taken to have stayed in every area that the
        municipality itself did not leave (reading), so the province stays exact; the municipality that got it is not
        counted.
        """
        return self._redrawn(data_year, map_year, partial_only=True)

    def is_exact(self, code: str, level: str, data_year: int, map_year: int) -> bool:
        """Whether data of `data_year` recoded to the map of `map_year` are right for an area of it: see `inexact`."""
        self._refuse_unknown(code, level, map_year)
        return (level, code) not in self.inexact(data_year, map_year)

    def is_unchanged(self, code: str, level: str, data_year: int, map_year: int) -> bool:
        """Whether an area of the map of `map_year` was there in `data_year` and has neither gained nor lost since.

        Strips apart (see `inexact`). Where it is true, the figures on the two maps are the same.
        """
        self._refuse_unknown(code, level, map_year)
        return (level, code) not in self._redrawn(data_year, map_year, partial_only=False)

    def _redrawn(self, data_year: int, map_year: int, partial_only: bool) -> frozenset[tuple[str, str]]:
        """(level, code) of the areas of `map_year` that a municipality entered or left since `data_year`."""
        asked = data_year, map_year, partial_only
        if asked not in self._redrawn_between:
            self._redrawn_between[asked] = self._find_redrawn(*asked)
        return self._redrawn_between[asked]

    @cached_property
    def _redrawn_between(self) -> dict[tuple[int, int, bool], frozenset[tuple[str, str]]]:
        """Filled when a pair of years is asked for: area after area asks for the same pair."""
        return {}

    def _find_redrawn(self, data_year: int, map_year: int, partial_only: bool) -> frozenset[tuple[str, str]]:
        redrawn: set[tuple[str, str | None]] = set()
        for old, new in self.recoding_between(data_year, map_year).items():
            if partial_only and not any(change.partial_transfer for change in self._changes_of(old, map_year)):
                continue
            for level in self.levels:
                before, after = self.place(old, level, data_year), self.place(new, level, map_year)
                if before != after:
                    redrawn |= {(level, before), (level, after)}
        return frozenset(area for area in self.areas(map_year, self.levels) if area in redrawn)

    def _refuse_unknown(self, code: str, level: str, year: int) -> None:
        if not self.members(level, code, year):
            raise ConfigurationRefused(f"there is no {level} {code} on the map of {year}: ask for one that is there")

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that are made of municipalities."""
        return (*LEVELS[: LEVELS.index(SECTOR)], *self.groupings)

    def place(self, nis: str, level: str, year: int) -> str | None:
        """The area of `level` that a municipality of `year` lies in; None = in no group of a grouping."""
        return self.groupings[level].group_of(nis, year) if level in self.groupings else ancestors(nis)[level]

    def places(self, year: int) -> Iterator[tuple[str, str, str]]:
        """(municipality, level, code) of every area that a municipality of a year lies in: itself and groups, too."""
        for nis in self.municipalities_in(year):
            for level in self.levels:
                code = self.place(nis, level, year)
                if code is not None:
                    yield nis, level, code

    def areas(self, year: int, levels: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """(level, code) of every area of a year at `levels`, groupings included, sectors apart."""
        wanted = set(levels)
        return tuple(sorted({(level, code) for _, level, code in self.places(year) if level in wanted}))

    def members(self, level: str, code: str, year: int) -> frozenset[str]:
        """The municipalities of a year that lie in an area; none where the year has no such area."""
        if year not in self._members:
            self._members[year] = defaultdict(set)
            for nis, at, inside in self.places(year):
                self._members[year][at, inside].add(nis)
        return frozenset(self._members[year].get((level, code), ()))

    @cached_property
    def _members(self) -> dict[int, dict[tuple[str, str], set[str]]]:
        """Filled when a year is asked for: walking from area to area asks for the same map again and again."""
        return {}

    def area(self, code: str, level: str | None = None) -> Area:
        """The area with a code, whenever it exists. `level` is needed where a code stands at several: `21000`."""
        found = [area for area in self._areas[code] if level in {None, area.level}] if code in self._areas else []
        if not found:
            raise ConfigurationRefused(f"the geography has no {level or 'area'} {code}: correct the code")
        if len(found) > 1:
            levels = " and ".join(area.level for area in found)
            raise ConfigurationRefused(f"{code} stands at several levels, {levels}: say which")
        return found[0]

    def every_area(self) -> tuple[Area, ...]:
        """Every area of every year, groups included, by level and code."""
        areas = [area for of_code in self._areas.values() for area in of_code]
        return tuple(sorted(areas, key=lambda area: (self.levels.index(area.level), area.code)))

    @cached_property
    def _areas(self) -> dict[str, list[Area]]:
        areas = [
            Area(it.level, it.code, it.name_nl, it.name_fr, it.name_de or None, it.valid_from, it.valid_to, self)
            for it in self.named_areas
        ]
        areas += [
            Area("municipality", it.nis, it.name_nl, it.name_fr, None, it.valid_from, it.valid_to, self)
            for it in self.municipalities
        ]
        for grouping in self.groupings.values():
            for code, rows in grouping.by_code.items():
                first, last = min(row.valid_from for row in rows), max(row.valid_to for row in rows)
                areas.append(Area(grouping.level, code, rows[0].name_nl, rows[0].name_fr, None, first, last, self))
        by_code: dict[str, list[Area]] = defaultdict(list)
        for area in areas:
            by_code[area.code].append(area)
        return dict(by_code)


def load_geography(folder: Path) -> Geography:
    """Load and check the files of a geography and the groupings in `groupings/`."""
    municipalities = read_municipalities(folder)
    changes = read_changes(folder, municipalities)
    named_areas = read_named_areas(folder, municipalities)
    return Geography(
        municipalities, changes, named_areas, load_groupings(folder / "groupings", municipalities, changes)
    )

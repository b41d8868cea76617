"""Areas of Belgium: municipalities by year, forward recoding, the levels above them (rules.md section 5).

Codes are strings, always. Everything above the municipality follows from the municipality's code; a sector belongs
to the municipality that the first five characters of its code have become.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from imaatlas_spark.conf_files import Declared, read_csv
from imaatlas_spark.dates import ValidFrom, ValidTo, last_day
from imaatlas_spark.errors import ConfigurationRefused

LEVELS = ("country", "region", "province", "arrondissement", "municipality", "sector")

COUNTRY = "01000"
NOT_LOCALISABLE = "ZZZZ"

_REGION_BY_PREFIX = {
    **dict.fromkeys(("1", "3", "4", "7", "23", "24"), "02000"),
    "21": "04000",
    **dict.fromkeys(("5", "6", "8", "9", "25"), "03000"),
}
_PROVINCE_IN_BRABANT = {"21": "21000", "23": "20001", "24": "20001", "25": "20002"}

Nis = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]


class Municipality(Declared):
    nis: Nis
    name_nl: str
    name_fr: str
    valid_from: ValidFrom
    valid_to: ValidTo

    def exists_in(self, year: int) -> bool:
        return self.valid_from <= last_day(year) <= self.valid_to


class Change(Declared):
    """A municipality's code `old_nis` ended and its territory went on as `new_nis` from `date`."""

    date: dt.date
    old_nis: Nis
    new_nis: Nis
    kind: Literal["merged", "absorbed", "recoded"]
    partial_transfer: bool


class NamedArea(Declared):
    """An area above the municipality, with its names."""

    code: Nis
    level: Literal["country", "region", "province", "arrondissement"]
    name_nl: str
    name_fr: str
    name_de: str
    valid_from: ValidFrom
    valid_to: ValidTo


def arrondissement_of(nis: str) -> str:
    return nis[:2] + "000"


def province_of(nis: str) -> str:
    """The province; Brussels stands at this level under its own code, as in IMA's PROVINCE."""
    return _PROVINCE_IN_BRABANT.get(nis[:2], nis[0] + "0000")


def region_of(nis: str) -> str:
    return _REGION_BY_PREFIX.get(nis[:2]) or _REGION_BY_PREFIX[nis[0]]


def ancestors(nis: str) -> dict[str, str]:
    """The areas that a municipality lies in, from the country down to itself: code by level."""
    return {
        "country": COUNTRY,
        "region": region_of(nis),
        "province": province_of(nis),
        "arrondissement": arrondissement_of(nis),
        "municipality": nis,
    }


def is_abroad(code: str | None) -> bool:
    """A known residence abroad: 100-999, but not 995 and 999, which say that it is not known."""
    return (
        code is not None
        and re.fullmatch(r"\d+", code) is not None
        and 100 <= int(code) <= 999
        and int(code) not in {995, 999}
    )


@dataclass(frozen=True)
class Geography:
    municipalities: tuple[Municipality, ...]
    changes: tuple[Change, ...]
    named_areas: tuple[NamedArea, ...]

    @cached_property
    def first_year(self) -> int:
        return min(each.valid_from for each in self.municipalities).year

    @cached_property
    def _successor(self) -> dict[str, Change]:
        return {change.old_nis: change for change in self.changes}

    def municipalities_in(self, year: int) -> tuple[str, ...]:
        """The municipalities of a year. A year before the map begins is an error, never a default."""
        found = tuple(sorted(each.nis for each in self.municipalities if each.exists_in(year)))
        if not found:
            raise ConfigurationRefused(f"the geography has no municipalities in {year}: it begins in {self.first_year}")
        return found

    def recode(self, code: str | None, year: int) -> str | None:
        """What `code` has become by `year`; None when it is no municipality of `year` and none came of it by then."""
        return self._recoded(code, year, frozenset(self.municipalities_in(year)))

    def _recoded(self, code: str | None, year: int, valid: frozenset[str]) -> str | None:
        while code is not None and code not in valid:
            change = self._successor.get(code)
            code = change.new_nis if change and change.date <= last_day(year) else None
        return code

    def recoding(self, year: int) -> dict[str, str]:
        """Every code that is, or has become, a municipality of `year`: old code to the year's code."""
        codes, valid = {each.nis for each in self.municipalities}, frozenset(self.municipalities_in(year))
        return {code: new for code in sorted(codes) if (new := self._recoded(code, year, valid)) is not None}

    def areas(self, year: int, levels: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """(level, code) of every area of a year at `levels`, sectors apart."""
        wanted = set(levels)
        found = {pair for nis in self.municipalities_in(year) for pair in ancestors(nis).items() if pair[0] in wanted}
        return tuple(sorted(found))


def load_geography(folder: Path) -> Geography:
    """Load and check `municipalities.csv`, `municipality_changes.csv` and `areas.csv`."""
    geography = Geography(
        tuple(read_csv(folder / "municipalities.csv", Municipality)),
        tuple(read_csv(folder / "municipality_changes.csv", Change)),
        tuple(read_csv(folder / "areas.csv", NamedArea)),
    )
    _check_municipalities(folder / "municipalities.csv", geography)
    _check_changes(folder / "municipality_changes.csv", geography)
    _check_names(folder / "areas.csv", geography)
    return geography


def _check_municipalities(path: Path, geography: Geography) -> None:
    seen: set[str] = set()
    for each in geography.municipalities:
        if each.nis in seen:
            raise ConfigurationRefused(f"{path}: {each.nis} stands twice: a code has one row")
        if each.valid_to < each.valid_from:
            raise ConfigurationRefused(f"{path}: {each.nis} ends before it begins: swap valid_from and valid_to")
        if each.nis[0] not in "123456789" or (each.nis[0] == "2" and each.nis[:2] not in _PROVINCE_IN_BRABANT):
            raise ConfigurationRefused(f"{path}: {each.nis} lies in no province: a municipality's code begins with 1-9")
        seen.add(each.nis)


def _check_changes(path: Path, geography: Geography) -> None:
    by_code = {each.nis: each for each in geography.municipalities}
    seen: set[str] = set()
    for change in geography.changes:
        old, new = by_code.get(change.old_nis), by_code.get(change.new_nis)
        if old is None or new is None:
            missing = change.old_nis if old is None else change.new_nis
            raise ConfigurationRefused(f"{path}: {missing} is not in municipalities.csv: add it or correct the code")
        if change.old_nis in seen:
            raise ConfigurationRefused(f"{path}: {change.old_nis} has two successors: every change is n old to 1 new")
        if old.valid_to != change.date - dt.timedelta(days=1):
            raise ConfigurationRefused(
                f"{path}: {change.old_nis} must end the day before {change.date}, when it changes"
            )
        if not new.valid_from <= change.date <= new.valid_to:
            raise ConfigurationRefused(f"{path}: {change.new_nis} does not exist on {change.date}, when it takes over")
        seen.add(change.old_nis)
    for each in geography.municipalities:
        if each.valid_to.year < 9999 and each.nis not in seen:
            raise ConfigurationRefused(
                f"{path}: {each.nis} ends on {each.valid_to} without a successor: add its change"
            )


def _check_names(path: Path, geography: Geography) -> None:
    named = {(area.level, area.code) for area in geography.named_areas}
    upper = LEVELS[: LEVELS.index("municipality")]
    for nis in (each.nis for each in geography.municipalities):
        for level in upper:
            if (level, ancestors(nis)[level]) not in named:
                raise ConfigurationRefused(f"{path}: the {level} {ancestors(nis)[level]} of {nis} has no row: add it")

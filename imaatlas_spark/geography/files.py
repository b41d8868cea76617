"""The files of a geography, `municipalities.csv`, `municipality_changes.csv`, `areas.csv`, and why they are refused.

A parent follows from the code (`codes.ancestors`), so an area has two parents only where its code stands twice; what is
left to go wrong are gaps, cycles and successors that are not there.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Literal

from imaatlas_spark.conf_files import Declared, read_csv
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.codes import ABOVE_MUNICIPALITY, Nis, ancestors, lies_in_a_province
from imaatlas_spark.periods import END_OF_TIME, ValidFrom, ValidTo, first_day_outside, on_day, valid_at_year_end


class Municipality(Declared):
    nis: Nis
    name_nl: str
    name_fr: str
    valid_from: ValidFrom
    valid_to: ValidTo

    def exists_in(self, year: int) -> bool:
        return valid_at_year_end(self.valid_from, self.valid_to, year)


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


def read_municipalities(folder: Path) -> tuple[Municipality, ...]:
    path = folder / "municipalities.csv"
    rows = tuple(read_csv(path, Municipality))
    if not rows:
        raise ConfigurationRefused(f"{path} has a header and no municipality: give it all of them")
    seen: set[str] = set()
    for each in rows:
        if each.nis in seen:
            raise ConfigurationRefused(f"{path}: {each.nis} stands twice: a code has one row")
        if each.valid_to < each.valid_from:
            raise ConfigurationRefused(f"{path}: {each.nis} ends before it begins: swap valid_from and valid_to")
        if not lies_in_a_province(each.nis):
            raise ConfigurationRefused(f"{path}: {each.nis} lies in no province: a municipality's code begins with 1-9")
        seen.add(each.nis)
    return rows


def read_changes(folder: Path, municipalities: Collection[Municipality]) -> tuple[Change, ...]:
    """The changes: every code that ends has one successor, in being when it takes over; every later code, an origin."""
    path = folder / "municipality_changes.csv"
    changes = tuple(read_csv(path, Change))
    by_code = {each.nis: each for each in municipalities}
    successor: dict[str, Change] = {}
    for change in changes:
        for nis in (change.old_nis, change.new_nis):
            if nis not in by_code:
                raise ConfigurationRefused(f"{path}: {nis} is not in municipalities.csv: add it or correct the code")
        if change.old_nis in successor:
            raise ConfigurationRefused(f"{path}: {change.old_nis} has two successors: every change is n old to 1 new")
        successor[change.old_nis] = change
    _check_no_cycle(path, successor)
    for change in changes:
        _check_hand_over(path, change, by_code)
    _check_no_gap(path, changes, municipalities)
    return changes


def _check_no_cycle(path: Path, successor: Mapping[str, Change]) -> None:
    for start in successor:
        trail, code = [start], start
        while code in successor:
            code = successor[code].new_nis
            if code == start:
                raise ConfigurationRefused(
                    f"{path}: {' -> '.join([*trail, start])} is a cycle: a code that ended never returns, correct a row"
                )
            if code in trail:
                break  # a cycle further on, which is found from a code that lies on it
            trail.append(code)


def _check_hand_over(path: Path, change: Change, by_code: Mapping[str, Municipality]) -> None:
    old, new = by_code[change.old_nis], by_code[change.new_nis]
    if old.valid_to != change.date - dt.timedelta(days=1):
        raise ConfigurationRefused(f"{path}: {old.nis} must end the day before {change.date}, when it changes")
    if not new.valid_from <= change.date <= new.valid_to:
        raise ConfigurationRefused(f"{path}: {new.nis} does not exist on {change.date}, when it takes over")


def _check_no_gap(path: Path, changes: Iterable[Change], municipalities: Collection[Municipality]) -> None:
    """The territory never grows nor shrinks: what ends goes on, and what begins later was something before."""
    changes = tuple(changes)
    ended = {change.old_nis for change in changes}
    begun = {(change.new_nis, change.date) for change in changes}
    beginning = min((each.valid_from for each in municipalities), default=END_OF_TIME)
    for each in municipalities:
        if each.valid_to < END_OF_TIME and each.nis not in ended:
            raise ConfigurationRefused(
                f"{path}: {each.nis} ends on {each.valid_to} without a successor: add its change"
            )
        if each.valid_from > beginning and (each.nis, each.valid_from) not in begun:
            raise ConfigurationRefused(
                f"{path}: {each.nis} begins on {each.valid_from} and nothing became it then: add that change"
            )


def read_named_areas(folder: Path, municipalities: Iterable[Municipality]) -> tuple[NamedArea, ...]:
    """The areas above the municipality: each in being exactly as long as it has municipalities."""
    path = folder / "areas.csv"
    rows = tuple(read_csv(path, NamedArea))
    named: dict[tuple[str, str], NamedArea] = {}
    for area in rows:
        if (area.level, area.code) in named:
            raise ConfigurationRefused(f"{path}: the {area.level} {area.code} stands twice: a code has one row a level")
        named[area.level, area.code] = area
    members: dict[tuple[str, str], list[Municipality]] = {key: [] for key in named}
    for each in municipalities:
        above = ancestors(each.nis)
        for level in ABOVE_MUNICIPALITY:
            if (level, above[level]) not in named:
                raise ConfigurationRefused(f"{path}: the {level} {above[level]} of {each.nis} has no row: add it")
            members[level, above[level]].append(each)
    for key, area in named.items():
        _check_lifetime(path, area, members[key])
    return rows


def _check_lifetime(path: Path, area: NamedArea, members: Iterable[Municipality]) -> None:
    members = tuple(members)
    life, lives = (area.valid_from, area.valid_to), [(each.valid_from, each.valid_to) for each in members]
    empty = first_day_outside(life, lives)
    if empty is not None:
        raise ConfigurationRefused(
            f"{path}: the {area.level} {area.code} has no municipality {on_day(empty)}: correct its dates"
        )
    for each in members:
        orphaned = first_day_outside((each.valid_from, each.valid_to), [life])
        if orphaned is not None:
            raise ConfigurationRefused(
                f"{path}: the {area.level} {area.code} does not exist {on_day(orphaned)}, but {each.nis} lies in it: "
                "correct its dates"
            )

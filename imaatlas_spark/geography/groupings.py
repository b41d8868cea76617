"""Groupings of municipalities that a user adds as a level: primary care zones, hospital regions, fund districts.

`conf/geography/groupings/<level>.csv`, one row a municipality and period. A municipality without a row lies in no group
and counts in none. A row for an older code holds for what the code has become, like every list (definitions,
section 5.3).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from imaatlas_spark.conf_files import Declared, files_in, read_csv
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.codes import LEVELS, Nis
from imaatlas_spark.geography.files import Change, Municipality
from imaatlas_spark.periods import ValidFrom, ValidTo, on_day, valid_at_year_end

_LEVEL = re.compile(r"[a-z][a-z0-9_]*")


def _visible(code: str) -> str:
    """One way to write a code: what looks alike would be two groups, each with half of the persons."""
    if code != unicodedata.normalize("NFC", code) or any(unicodedata.category(each)[0] == "C" for each in code):
        raise ValueError("holds characters that cannot be seen: type it anew")
    return code


class GroupRow(Declared):
    nis: Nis
    group_code: Annotated[str, StringConstraints(pattern=r"^\S+$"), AfterValidator(_visible)]
    name_nl: str
    name_fr: str
    valid_from: ValidFrom
    valid_to: ValidTo


def _by(rows: Iterable[GroupRow], column: str) -> dict[str, list[GroupRow]]:
    found: dict[str, list[GroupRow]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return dict(found)


@dataclass(frozen=True)
class Grouping:
    """One level of groups. `origins` says which codes a code was made from."""

    level: str
    rows: tuple[GroupRow, ...]
    origins: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_code(self) -> dict[str, list[GroupRow]]:
        """The rows of each group."""
        return _by(self.rows, "group_code")

    @cached_property
    def _by_nis(self) -> dict[str, list[GroupRow]]:
        return _by(self.rows, "nis")

    def group_of(self, nis: str, year: int) -> str | None:
        """The group of a municipality: its own row's, else the one that all the codes it was made from lie in.

        None = in no group. Refused where those codes lie in different groups, which loading rules out.
        """
        for row in self._by_nis.get(nis, ()):
            if valid_at_year_end(row.valid_from, row.valid_to, year):
                return row.group_code
        inherited = {old: self.group_of(old, year) for old in self.origins.get(nis, ())}
        if len(set(inherited.values())) > 1:
            apart = ", ".join(f"{old} in {group or 'none'}" for old, group in sorted(inherited.items()))
            raise ConfigurationRefused(
                f"groupings/{self.level}.csv: {nis} was made from codes of different groups in {year} ({apart}): "
                "give it a row of its own"
            )
        return next(iter(inherited.values()), None)


def load_groupings(
    folder: Path, municipalities: Iterable[Municipality], changes: Iterable[Change]
) -> dict[str, Grouping]:
    """The groupings in `folder`, by level; none where it is not there. Each municipality has one group at most."""
    municipalities = tuple(municipalities)
    origins = _origins(municipalities, changes)
    groupings: dict[str, Grouping] = {}
    for path in files_in(folder, ".csv"):
        level = path.stem
        if not _LEVEL.fullmatch(level) or level in LEVELS:
            raise ConfigurationRefused(
                f"{path}: '{level}' cannot be a level: take a lower-case name that is none of {', '.join(LEVELS)}"
            )
        groupings[level] = Grouping(level, _read_rows(path, municipalities), origins)
    _check_inheritance(groupings.values(), municipalities)
    return groupings


def _origins(municipalities: Iterable[Municipality], changes: Iterable[Change]) -> dict[str, tuple[str, ...]]:
    """The codes that each code was made from. One that only absorbed others was there before them."""
    begins = {each.nis: each.valid_from for each in municipalities}
    origins: dict[str, tuple[str, ...]] = {}
    for change in changes:
        if begins[change.new_nis] == change.date:
            origins[change.new_nis] = (*origins.get(change.new_nis, ()), change.old_nis)
    return origins


def _read_rows(path: Path, municipalities: Iterable[Municipality]) -> tuple[GroupRow, ...]:
    begins = {each.nis: each.valid_from for each in municipalities}
    rows = sorted(read_csv(path, GroupRow), key=lambda row: (row.nis, row.valid_from))
    names: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.nis not in begins:
            raise ConfigurationRefused(f"{path}: {row.nis} is not in municipalities.csv: correct the code")
        if row.valid_to < row.valid_from:
            raise ConfigurationRefused(f"{path}: {row.nis} ends before it begins: swap valid_from and valid_to")
        if row.valid_to < begins[row.nis]:
            raise ConfigurationRefused(
                f"{path}: {row.nis} begins on {begins[row.nis]}, after its row: correct the dates"
            )
        if names.setdefault(row.group_code, (row.name_nl, row.name_fr)) != (row.name_nl, row.name_fr):
            raise ConfigurationRefused(f"{path}: group {row.group_code} has two names: give it one")
    for earlier, later in pairwise(rows):
        if earlier.nis == later.nis and later.valid_from <= earlier.valid_to:
            raise ConfigurationRefused(
                f"{path}: {later.nis} lies in two groups {on_day(later.valid_from)}, {earlier.group_code} and "
                f"{later.group_code}: end the earlier row the day before the later one begins"
            )
    return tuple(rows)


def _check_inheritance(groupings: Iterable[Grouping], municipalities: Iterable[Municipality]) -> None:
    """Ask for every group in every year in which a code or a row begins or has ended: the years between are alike."""
    for grouping in groupings:
        periods = [(each.valid_from, each.valid_to) for each in municipalities]
        periods += [(row.valid_from, row.valid_to) for row in grouping.rows]
        years = {year for first, last in periods for year in (first.year, last.year, last.year + 1)}
        for year in sorted(year for year in years if year < 9999):
            for each in municipalities:
                if each.exists_in(year):
                    grouping.group_of(each.nis, year)

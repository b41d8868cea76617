"""Dated code lists: which code belongs to which group on which day.

A code may stand in several groups, but not twice in one group for one day. Lists are small: they are loaded once,
checked here and joined by broadcast (`source_variables.claim_lines`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from imaatlas_spark.conf_files import Declared, read_csv
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.periods import ValidFrom, ValidTo, stretches

NOMENCLATURE_GROUPS = (
    "gp_contact",
    "gp_remote_contact",
    "gp_night_weekend",
    "gp_supplement",
    "gmd",
    "medical_house_forfait",
    "imaging_specialist",
    "imaging_radiologist",
    "imaging_dentist",
)
# Those that a source variable counts.
COUNTED_GROUPS = tuple(group for group in NOMENCLATURE_GROUPS if group not in {"gp_night_weekend", "gp_supplement"})
QUALIFICATION_GROUPS = ("gp", "clinical_geneticist", "radiologist")


class _Entry(Declared):
    code: str
    group: str
    valid_from: ValidFrom
    valid_to: ValidTo
    label: str
    source: Annotated[str, StringConstraints(min_length=1)]

    @model_validator(mode="after")
    def _not_backwards(self) -> "_Entry":
        if self.valid_to < self.valid_from:
            raise ValueError(f"{self.code} ends before it begins: swap valid_from and valid_to")
        return self


class _NomenclatureEntry(_Entry):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    group: str = Field(alias="code_group")


class _QualificationEntry(_Entry):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    group: str = Field(alias="qualification_group")


@dataclass(frozen=True)
class Spell:
    """A stretch of days on which a code belongs to the same groups. The spells of one code never overlap."""

    code: str
    valid_from: dt.date
    valid_to: dt.date
    groups: frozenset[str]


@dataclass(frozen=True)
class CodeList:
    name: str
    entries: tuple[_Entry, ...]

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(entry.group for entry in self.entries)

    def codes(self, groups: Iterable[str]) -> tuple[str, ...]:
        """The codes that belong to one of `groups` on some day."""
        wanted = set(groups)
        return tuple(sorted({entry.code for entry in self.entries if entry.group in wanted}))

    def spells(self, groups: Iterable[str]) -> tuple[Spell, ...]:
        """For the codes of `groups`: disjoint stretches of days, each with the groups that hold on it."""
        wanted = set(groups)
        by_code: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.group in wanted:
                by_code[entry.code].append(entry)
        return tuple(spell for code in sorted(by_code) for spell in _spells_of(code, by_code[code]))


def _spells_of(code: str, entries: list[_Entry]) -> Iterator[Spell]:
    for begins, ends in stretches((entry.valid_from, entry.valid_to) for entry in entries):
        groups = frozenset(entry.group for entry in entries if entry.valid_from <= begins <= entry.valid_to)
        if groups:
            yield Spell(code, begins, ends, groups)


def load_nomenclature(folder: Path) -> CodeList:
    path = folder / "nomenclature.csv"
    entries = _checked(path, read_csv(path, _NomenclatureEntry), NOMENCLATURE_GROUPS)
    unknown = {entry.group for entry in entries} - set(NOMENCLATURE_GROUPS)
    if unknown:
        raise ConfigurationRefused(
            f"{path}: unknown code_group '{min(unknown)}': known are {', '.join(NOMENCLATURE_GROUPS)}"
        )
    return CodeList("nomenclature", entries)


def load_qualifications(folder: Path) -> CodeList:
    path = folder / "qualifications.csv"
    return CodeList("qualifications", _checked(path, read_csv(path, _QualificationEntry), QUALIFICATION_GROUPS))


def _checked(path: Path, entries: Iterable[_Entry], needed: Iterable[str]) -> tuple[_Entry, ...]:
    ordered = tuple(sorted(entries, key=lambda entry: (entry.group, entry.code, entry.valid_from)))
    for earlier, later in pairwise(ordered):
        same = (earlier.group, earlier.code) == (later.group, later.code)
        if same and later.valid_from <= earlier.valid_to:
            raise ConfigurationRefused(
                f"{path}: {later.code} stands twice in group {later.group} on {later.valid_from}: "
                "end the earlier row the day before the later one begins"
            )
    missing = set(needed) - {entry.group for entry in ordered}
    if missing:
        raise ConfigurationRefused(f"{path}: group {min(missing)} has no code: add its codes")
    return ordered

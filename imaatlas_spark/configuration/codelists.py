"""Dated code lists: which code belongs to which group on which day.

A code may stand in several groups, but not twice in one group for one day. Lists are small: they are loaded once,
checked here and joined by broadcast (`source_variables.claim_lines`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise, product
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from imaatlas_spark.conf_files import Declared, Faults, read_csv
from imaatlas_spark.periods import ValidFrom, ValidTo, on_day, stretches

# Groups that the rules look at; others are those of counters (`conf/source_variables`).
COUNTED_GROUPS = ("gp_contact", "gp_remote_contact", "gmd", "medical_house_forfait")
NOMENCLATURE_GROUPS = (*COUNTED_GROUPS, "gp_night_weekend", "gp_supplement")
# Without a code of these, and of the groups of counters, figures would be zero in silence.
NEEDED_GROUPS = ("gp_contact", "gmd", "medical_house_forfait")
_CONTACTS = ("gp_contact", "gp_remote_contact")
_NEVER_CONTACTS = ("gp_night_weekend", "gp_supplement", "medical_house_forfait")
QUALIFICATION_GROUPS = ("gp",)
# Groups of the data contract that may be listed although a configuration has no counter or card that names them.
_CODES_OF_THE_CONTRACT = ("imaging_specialist", "imaging_radiologist", "imaging_dentist")
_QUALIFICATIONS_OF_THE_CONTRACT = ("clinical_geneticist", "radiologist")

GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]  # part of the name of a column


class _Entry(Declared):
    code: str
    group: GroupName
    valid_from: ValidFrom
    valid_to: ValidTo
    label: str
    source: str

    @model_validator(mode="after")
    def _not_backwards(self) -> "_Entry":
        if self.valid_to < self.valid_from:
            raise ValueError(f"{self.code} ends before it begins: swap valid_from and valid_to")
        return self


class _NomenclatureEntry(_Entry):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    group: GroupName = Field(alias="code_group")


class _QualificationEntry(_Entry):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    group: GroupName = Field(alias="qualification_group")


@dataclass(frozen=True)
class CodeSpell:
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

    def spells(self, groups: Iterable[str]) -> tuple[CodeSpell, ...]:
        """For the codes of `groups`: disjoint stretches of days, each with the groups that hold on it."""
        wanted = set(groups)
        by_code: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.group in wanted:
                by_code[entry.code].append(entry)
        return tuple(spell for code in sorted(by_code) for spell in _spells_of(code, by_code[code]))


def _spells_of(code: str, entries: list[_Entry]) -> Iterator[CodeSpell]:
    for begins, ends in stretches((entry.valid_from, entry.valid_to) for entry in entries):
        groups = frozenset(entry.group for entry in entries if entry.valid_from <= begins <= entry.valid_to)
        if groups:
            yield CodeSpell(code, begins, ends, groups)


def load_nomenclature(folder: Path, of_counters: Iterable[str]) -> CodeList:
    """The list of codes: every group that a figure depends on has codes, and there is no group that nothing names."""
    path, of_counters = folder / "nomenclature.csv", tuple(of_counters)
    known = tuple(dict.fromkeys([*NOMENCLATURE_GROUPS, *of_counters]))
    faults, entries = Faults(path), _ordered(read_csv(path, _NomenclatureEntry))
    for group in sorted({entry.group for entry in entries} - {*known, *_CODES_OF_THE_CONTRACT}):
        faults.add(f"unknown code_group '{group}': known are {', '.join(known)}, and those that a counter names")
    listed = CodeList("nomenclature", entries)
    for fault in _contacts_that_are_none(listed):
        faults.add(fault)
    _check(faults, entries, (*NEEDED_GROUPS, *of_counters))
    return listed


def _contacts_that_are_none(listed: CodeList) -> Iterator[str]:
    """What is never a regular contact (definitions, section 3.1) would be counted as one on the days of both groups."""
    for spell in listed.spells((*_CONTACTS, *_NEVER_CONTACTS)):
        for contact, other in product(_CONTACTS, _NEVER_CONTACTS):
            if {contact, other} <= spell.groups:
                yield (
                    f"{spell.code} stands in group {contact} and in group {other} {on_day(spell.valid_from)}: "
                    f"a code of {other} is never a regular contact, take it out of one of the two or end it there"
                )


def load_qualifications(folder: Path) -> CodeList:
    path = folder / "qualifications.csv"
    faults, entries = Faults(path), _ordered(read_csv(path, _QualificationEntry))
    _check(faults, entries, QUALIFICATION_GROUPS)
    return CodeList("qualifications", entries)


def refuse_unnamed_groups(folder: Path, qualifications: CodeList, named: Iterable[str]) -> None:
    """A group that neither the rules nor a counter nor a card names is refused: it is a slip of the pen."""
    known, faults = (
        {*QUALIFICATION_GROUPS, *_QUALIFICATIONS_OF_THE_CONTRACT, *named},
        Faults(folder / "qualifications.csv"),
    )
    for group in sorted(qualifications.groups - known):
        near = get_close_matches(group, known, n=1)
        meant = f" (is it {near[0]}?)" if near else ""
        faults.add(f"nothing names group {group}{meant}: no card, no counter, no rule; name it there or take it out")
    faults.refuse_any()


def _ordered(entries: Iterable[_Entry]) -> tuple[_Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.group, entry.code, entry.valid_from)))


def _check(faults: Faults, ordered: tuple[_Entry, ...], needed: Iterable[str]) -> None:
    for earlier, later in pairwise(ordered):
        same = (earlier.group, earlier.code) == (later.group, later.code)
        if same and later.valid_from <= earlier.valid_to:
            faults.add(
                f"{later.code} stands twice in group {later.group} {on_day(later.valid_from)}: "
                "end the earlier row the day before the later one begins"
            )
    for group in sorted(set(needed) - {entry.group for entry in ordered}):
        faults.add(f"group {group} has no code: add its codes")
    faults.refuse_any()

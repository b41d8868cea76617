"""Counters of claim lines, declared in `conf/source_variables/*.toml` (definitions, section 3.14).

A counter says which lines of a person count (code group, categories, qualifications, hours), how they are counted, and
which column of `person_year` holds the number. Adding one is configuration only.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from imaatlas_spark.conf_faults import shown
from imaatlas_spark.conf_files import Declared, Faults, files_in, read_toml
from imaatlas_spark.configuration.categories import expanded
from imaatlas_spark.configuration.codelists import GroupName
from imaatlas_spark.configuration.labels import Labels, Text
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.schemas.spec import Table, TableColumn
from imaatlas_spark.schemas.year_tables import (
    PERSON_PRACTICE_YEAR,
    PERSON_YEAR,
    PRACTICE_YEAR,
    PRACTITIONER_YEAR,
    with_counters,
)

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
_Column = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_CATEGORIES_OF_RULES = ("physician_categories", "dentist_categories")


def _categories(named: Any) -> str | tuple[str, ...] | None:
    """A set of codes, or the parameter of the rules that is one."""
    if not isinstance(named, str):
        return None if named is None else expanded(named)
    if named not in _CATEGORIES_OF_RULES:
        raise ValueError(
            f"a list of codes is expected, or a parameter of rules.toml ({', '.join(_CATEGORIES_OF_RULES)}); "
            f"found {shown(named)}"
        )
    return named


class Counter(Declared):
    """`counts`: net, the positive net quantities; one_a_day, days with a positive one; one_a_day_and_practice, days and
    practices; persons, 1 where there is any."""

    name: _Name
    column: _Column
    position: Annotated[int, Field(ge=1, strict=True)]
    code_group: GroupName
    categories: Annotated[str | tuple[str, ...] | None, PlainValidator(_categories)] = None  # None: any
    qualified: tuple[GroupName, ...] = ()  # one of these groups; none: anybody
    not_qualified: tuple[GroupName, ...] = ()  # none of these groups, and a qualification that is known
    hours: Literal["all", "regular", "night_weekend_holiday"]
    counts: Literal["net", "one_a_day", "one_a_day_and_practice", "persons"]
    label: Labels
    description: Labels
    sheet: Text
    source: Text

    @model_validator(mode="after")
    def _columns_and_groups_are_new(self) -> "Counter":
        if self.column in (*PERSON_YEAR.column_names, *PERSON_PRACTICE_YEAR.column_names):
            raise ValueError(f"column {self.column} is one that every configuration has: choose another name")
        if both := sorted(set(self.qualified) & set(self.not_qualified)):
            raise ValueError(f"{both[0]} stands in qualified and in not_qualified: nobody is both")
        return self

    @property
    def needs_practice(self) -> bool:
        return self.counts == "one_a_day_and_practice"

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The columns of the delivered claims that it is made from."""
        asked = {
            "SS00065": self.needs_practice,
            "SS00065B": bool(self.qualification_groups),
            "PRACTITIONER_CAT": self.categories is not None,
            "NWE_YN": self.hours != "all",
        }
        always = ("SS00010", "SS00015", "SS00020", "SS00050")
        return (*always, *(column for column, is_asked in asked.items() if is_asked), "BOOKED_MONTH")

    @property
    def qualification_groups(self) -> tuple[str, ...]:
        return (*self.qualified, *self.not_qualified)

    def categories_in(self, rules: YearRules) -> tuple[str, ...] | None:
        """The profession codes of a year; None: any line."""
        if isinstance(self.categories, str):
            named: tuple[str, ...] = getattr(rules, self.categories)
            return named
        return self.categories

    @property
    def table_column(self) -> TableColumn:
        return TableColumn(self.column, "INT", f"{self.name}: {self.label.en}")


def load_counters(folder: Path) -> dict[str, Counter]:
    """Every counter of a folder, each checked by itself and against the others. A folder that is not there has none."""
    counters: list[Counter] = []
    for path in files_in(folder, ".toml"):
        faults = Faults(path)
        counter = faults.validated(Counter, read_toml(path))
        if counter is not None:
            if path.stem != counter.column:
                faults.add(f"the file of column {counter.column} must be called {counter.column}.toml")
            for other in counters:
                for what in ("name", "position"):
                    if getattr(other, what) == getattr(counter, what):
                        faults.add(f"{what} {getattr(counter, what)} is that of {other.column} too: choose another")
            counters.append(counter)
        faults.refuse_any()
    return {each.column: each for each in sorted(counters, key=lambda counter: counter.position)}


def code_groups_of(counters: Iterable[Counter]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.code_group for each in counters))


def qualification_groups_of(counters: Iterable[Counter]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group for each in counters for group in each.qualification_groups))


@dataclass(frozen=True)
class YearTables:
    """The tables of the source variables as a configuration makes them: with a column for each of its counters."""

    person: Table
    practice: Table
    practitioner: Table
    person_practice: Table

    @classmethod
    def of(cls, counters: Iterable[Counter]) -> "YearTables":
        columns = tuple(each.table_column for each in counters)
        return cls(
            with_counters(PERSON_YEAR, columns),
            PRACTICE_YEAR,
            PRACTITIONER_YEAR,
            with_counters(PERSON_PRACTICE_YEAR, columns),
        )

    @property
    def by_unit(self) -> dict[str, Table]:
        """By the name that a card gives as its unit."""
        return {
            "person_year": self.person,
            "practice_year": self.practice,
            "practitioner_year": self.practitioner,
        }


def refuse_unknown_groups(folder: Path, counters: Iterable[Counter], qualification_groups: Container[str]) -> None:
    """Every qualification group of a counter is one of the list; its code group is looked for in the list of codes."""
    for counter in counters:
        faults = Faults(folder / f"{counter.column}.toml")
        for group in counter.qualification_groups:
            if group not in qualification_groups:
                faults.add(f"qualifications.csv has no group {group}: add its codes, or correct the name")
        faults.refuse_any()

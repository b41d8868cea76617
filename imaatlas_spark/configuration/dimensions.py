"""Dimensions: what statistics can be broken down by, declared once in `conf/dimensions.toml`, combined by cards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from imaatlas_spark.conf_faults import shown
from imaatlas_spark.conf_files import Declared, Faults, read_toml
from imaatlas_spark.configuration.conditions import Value, fault_of_value
from imaatlas_spark.configuration.labels import Labels, Text
from imaatlas_spark.configuration.reserved import is_reserved
from imaatlas_spark.schemas.spec import Table, TableColumn

TOTAL = "_T"
UNKNOWN = "_U"  # part of the total, never published
OPEN_CLASS = re.compile(r"([0-9]+)\+")  # 90+, which SDMX writes GE90
CODE_OF_SDMX = re.compile(r"[A-Za-z0-9_@$-]+")


class Member(Declared):
    """One value of a dimension: the code that is published for a value of the column."""

    code: Text
    value: Value
    label: Labels


class Classes(Declared):
    """Classes from 0 on, the last one open: of equal width up to `open_from`, or with the `starts` that are listed."""

    width: Annotated[int, Field(ge=1, strict=True)] | None = None
    open_from: Annotated[int, Field(ge=1, strict=True)] | None = None
    listed: tuple[Annotated[int, Field(ge=0, strict=True)], ...] | None = Field(alias="starts", default=None)

    @model_validator(mode="after")
    def _whole_classes(self) -> "Classes":
        if (self.listed is None) == (self.width is None) or (self.width is None) != (self.open_from is None):
            raise ValueError("write either width and open_from, or starts = [0, 5, 15]")
        if self.width is not None and self.open_from is not None and self.open_from % self.width:
            raise ValueError(f"open_from {self.open_from} is not a multiple of width {self.width}")
        if self.listed is not None and (self.listed != tuple(sorted(set(self.listed))) or self.listed[:1] != (0,)):
            raise ValueError(f"starts {shown(self.listed)} must begin with 0 and rise: nobody is left out")
        return self

    @property
    def starts(self) -> tuple[int, ...]:
        """The least value of each class."""
        if self.listed is not None:
            return self.listed
        assert self.width is not None
        assert self.open_from is not None
        return tuple(range(0, self.open_from + 1, self.width))

    @property
    def codes(self) -> tuple[str, ...]:
        """0-9, 10-19, ..., 90+; a class of one value is called by it."""
        closed = [
            str(first) if following == first + 1 else f"{first}-{following - 1}"
            for first, following in pairwise(self.starts)
        ]
        return (*closed, f"{self.starts[-1]}+")


class Dimension(Declared):
    unit: str
    column: str
    title: Labels
    classes: Classes | None = None
    members: tuple[Member, ...] = ()

    @model_validator(mode="after")
    def _declared_one_way(self) -> "Dimension":
        if (self.classes is None) == (not self.members):
            raise ValueError("declare either classes or members")
        return self

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the members in order, without the total."""
        return tuple(member.code for member in self.members) if self.classes is None else self.classes.codes


@dataclass(frozen=True)
class Dimensions:
    by_name: dict[str, Dimension]

    def __getitem__(self, name: str) -> Dimension:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name


def load_dimensions(path: Path, tables: Mapping[str, Table]) -> Dimensions:
    """The dimensions of a configuration; `tables` are the year tables by unit."""
    raw, faults = read_toml(path), Faults(path)
    by_name = {
        name: dimension
        for name, table in raw.items()
        if (dimension := faults.validated(Dimension, table, name)) is not None
    }
    for name, dimension in by_name.items():
        for fault in _faults_of(name, dimension, tables):
            faults.add(f"{name}: {fault}")
    faults.refuse_any()
    return Dimensions(by_name)


def _faults_of(name: str, dimension: Dimension, tables: Mapping[str, Table]) -> Iterator[str]:
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        yield "the name is that of a column: lower-case letters, digits and _"
    if is_reserved(name):
        yield f"what statistics are made with has a column {name} already: choose another name"
    if dimension.unit not in tables:
        yield f"unit {dimension.unit} is none: write one of {', '.join(tables)}"
    elif dimension.column not in tables[dimension.unit].column_names:
        names = ", ".join(tables[dimension.unit].column_names)
        yield f"{dimension.unit} has no column {dimension.column}: it has {names}"
    else:
        yield from _faults_of_values(dimension, tables[dimension.unit].column(dimension.column))
    codes = dimension.codes
    if len(set(codes)) < len(codes) or {TOTAL, UNKNOWN} & set(codes):
        yield f"codes must differ from each other, from {TOTAL} and from {UNKNOWN}"
    for member in dimension.members:
        if not (CODE_OF_SDMX.fullmatch(member.code) or OPEN_CLASS.fullmatch(member.code)):
            yield f"code {shown(member.code)} cannot be written in SDMX: use letters, digits, _, @, $ and -"


def _faults_of_values(dimension: Dimension, column: TableColumn) -> Iterator[str]:
    kind = column.type
    if dimension.classes is not None and kind not in {"INT", "BIGINT"}:
        yield f"classes need an integer column; {dimension.column} is {kind}"
    expected = {"BOOLEAN": bool, "STRING": str}.get(kind, int)
    values = [member.value for member in dimension.members]
    for value in values:
        if type(value) is not expected:
            yield f"{dimension.column} is {kind}: the value of a member cannot be {shown(value)}"
        else:
            yield from fault_of_value(column, value)
    for value in dict.fromkeys(value for value in values if values.count(value) > 1):
        yield f"two members stand for the value {shown(value)}: a value has one member"

"""Dimensions: what statistics can be broken down by, declared once in `conf/dimensions.toml`, combined by cards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator

from imaatlas_spark.conf_files import Declared, Faults, read_toml
from imaatlas_spark.configuration.labels import Labels
from imaatlas_spark.schemas.spec import Table

TOTAL = "_T"
UNKNOWN = "_U"  # part of the total, never published


class Member(Declared):
    """One value of a dimension: the code that is published for a value of the column."""

    code: str
    value: int | str
    label: Labels


class Classes(Declared):
    """Classes of equal width from 0; the last one is open."""

    width: int = Field(ge=1)
    open_from: int = Field(ge=1)

    @model_validator(mode="after")
    def _whole_classes(self) -> "Classes":
        if self.open_from % self.width:
            raise ValueError(f"open_from {self.open_from} is not a multiple of width {self.width}")
        return self


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
        if self.classes is None:
            return tuple(member.code for member in self.members)
        width, open_from = self.classes.width, self.classes.open_from
        return (*(f"{low}-{low + width - 1}" for low in range(0, open_from, width)), f"{open_from}+")


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
        for fault in _faults_of(dimension, tables):
            faults.add(f"{name}: {fault}")
    faults.refuse_any()
    return Dimensions(by_name)


def _faults_of(dimension: Dimension, tables: Mapping[str, Table]) -> Iterator[str]:
    if dimension.unit not in tables:
        yield f"unit {dimension.unit} is none: write one of {', '.join(tables)}"
    elif dimension.column not in tables[dimension.unit].column_names:
        names = ", ".join(tables[dimension.unit].column_names)
        yield f"{dimension.unit} has no column {dimension.column}: it has {names}"
    codes = dimension.codes
    if len(set(codes)) < len(codes) or {TOTAL, UNKNOWN} & set(codes):
        yield f"codes must differ from each other, from {TOTAL} and from {UNKNOWN}"

"""The card of a statistic: one TOML file that drives computation, checks and metadata.

The sheet in full, the formula as data: which year table is summed, which rows take part, what is counted or summed
above and below the line. A card names columns and gives numbers; it holds no code.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from imaatlas_spark.conf_files import Declared, Faults, files_in, read_toml
from imaatlas_spark.configuration.categories import Categories
from imaatlas_spark.configuration.dimensions import Dimensions
from imaatlas_spark.configuration.disclosure import Disclosure
from imaatlas_spark.configuration.labels import Labels
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.schemas.spec import Table

_Text = Annotated[str, StringConstraints(min_length=1)]
_Year = Annotated[int, Field(ge=1990, le=2100, strict=True)]
_SCALE_OF_MEASURE = {"mean": 1, "percentage": 100, "rate_per_10000": 10_000, "count": 1}
_UNIT_OF_ANCHOR = {"residence": "person_year", "practice": "practice_year", "practitioner": "practitioner_year"}
_INTEGERS = {"INT", "BIGINT"}


@dataclass(frozen=True)
class CardContext:
    """What cards name: dimensions, qualification groups, columns of the year tables (by unit)."""

    dimensions: Dimensions
    qualification_groups: frozenset[str]
    tables: Mapping[str, Table]


class Condition(Declared):
    """`{ column = "...", is = ... }` or `{ column = "...", at_least = n }`."""

    column: _Text
    equals: bool | int | str | None = Field(alias="is", default=None)
    at_least: int | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> "Condition":
        if (self.equals is None) == (self.at_least is None):
            raise ValueError(f"a condition on {self.column} has exactly one of: is, at_least")
        return self


class Measurement(Declared):
    """What stands above or below the line: rows counted, or a column summed, where conditions hold."""

    count: Literal["rows"] | None = None
    sum: _Text | None = None
    where: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _one_measure(self) -> "Measurement":
        if (self.count is None) == (self.sum is None):
            raise ValueError('write either count = "rows" or sum = "column"')
        return self


class SmallestLevel(Declared):
    from_year: _Year = Field(alias="from")
    level: Literal["region", "province", "arrondissement", "municipality", "sector"]


class Break(Labels):
    """A break in the series: figures from `year` on do not compare with those before."""

    year: _Year


class Release(Declared):
    """Published in `quarter` of the year `years_after` the reference year."""

    quarter: Annotated[int, Field(ge=1, le=4)]
    years_after: Annotated[int, Field(ge=1)]
    provisional_years_after: int | None = None

    def planned_date(self, year: int) -> dt.date:
        """The first day of the planned quarter."""
        return dt.date(year + self.years_after, 3 * self.quarter - 2, 1)

    def is_provisional(self, year: int, release_date: dt.date) -> bool:
        return self.provisional_years_after is not None and release_date.year == year + self.provisional_years_after


class Keywords(Declared):
    nl: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]


class Citation(Declared):
    text: _Text
    metadata_updated: dt.date
    sheet: _Text


class Review(Declared):
    """The human half: why the statistic matters, who checked the card, when to look again."""

    why_it_matters: _Text
    checked_by: _Text
    look_again: _Text


class Card(Declared):
    code: Annotated[str, StringConstraints(pattern=r"^(stat|cube)_\d{3}_\d{3}$")]
    definition: Literal["sheet", "reading"]
    unit: Literal["person_year", "practice_year", "practitioner_year"]
    profession_group: str | None = None
    profession_categories: Categories | None = None  # None: physicians
    measure: Literal["mean", "percentage", "rate_per_10000", "count"]
    scale: int
    geography_anchor: Literal["residence", "practice", "practitioner"]
    available_since: _Year
    dimensions: tuple[str, ...]
    source_variables: tuple[str, ...]
    related: tuple[str, ...]
    where: tuple[Condition, ...]
    numerator: Measurement
    denominator: Measurement | None = None
    disclosure: Disclosure
    smallest_level: tuple[SmallestLevel, ...] = Field(min_length=1)
    breaks: tuple[Break, ...] = ()
    release: Release
    title: Labels
    description: Labels
    formula: Labels
    notes: tuple[Labels, ...] = ()
    keywords: Keywords
    citation: Citation
    review: Review

    @model_validator(mode="after")
    def _measure_and_scale_agree(self) -> "Card":
        if self.scale != _SCALE_OF_MEASURE[self.measure]:
            raise ValueError(
                f"scale {self.scale} contradicts measure {self.measure}: it is {_SCALE_OF_MEASURE[self.measure]}"
            )
        if (self.measure == "count") != (self.denominator is None):
            raise ValueError("a count has no denominator, and nothing else goes without one")
        return self

    @model_validator(mode="after")
    def _anchor_fits_unit(self) -> "Card":
        if _UNIT_OF_ANCHOR[self.geography_anchor] != self.unit:
            raise ValueError(
                f"geography_anchor {self.geography_anchor} goes with {_UNIT_OF_ANCHOR[self.geography_anchor]}"
            )
        if (self.unit == "practitioner_year") != (self.profession_group is not None):
            raise ValueError("a profession_group goes with unit practitioner_year, and that unit needs one")
        if self.profession_categories is not None and self.profession_group is None:
            raise ValueError("profession_categories go with a profession_group")
        return self

    @model_validator(mode="after")
    def _levels_from_the_start(self) -> "Card":
        starts = [step.from_year for step in self.smallest_level]
        if starts != sorted(set(starts)) or starts[0] != self.available_since:
            raise ValueError("smallest_level must begin in available_since and go on in ascending years")
        if self.smallest_level[-1].level == "sector" and self.unit != "person_year":
            raise ValueError("only persons have a sector: the smallest level of another unit is the municipality")
        return self

    @model_validator(mode="after")
    def _disclosure_fits(self) -> "Card":
        below = None if self.denominator is None else self.denominator.sum is not None
        faults = list(self.disclosure.faults(self.unit, self.numerator.sum is not None, below))
        if faults:
            raise ValueError(f"disclosure: {'; '.join(faults)}")
        return self

    def levels(self, year: int) -> tuple[str, ...]:
        """The levels at which `year` is published, from the country down."""
        smallest = [step.level for step in self.smallest_level if step.from_year <= year]
        if not smallest:
            raise ConfigurationRefused(f"{self.code} is available since {self.available_since}: it has no {year}")
        return LEVELS[: LEVELS.index(smallest[-1]) + 1]

    def has_break_in(self, year: int) -> bool:
        return any(each.year == year for each in self.breaks)


def load_cards(folder: Path, context: CardContext) -> dict[str, Card]:
    """Every card of a folder by its code, each checked by itself and against what it names."""
    cards: dict[str, Card] = {}
    for path in files_in(folder, ".toml"):
        faults = Faults(path)
        card = faults.validated(Card, read_toml(path))
        if card is not None:
            for fault in _faults_of(card, path, context, cards.values()):
                faults.add(fault)
            cards[card.code] = card
        faults.refuse_any()
    if not cards:
        raise ConfigurationRefused(f"{folder} has no card: --conf-dir must name a complete configuration")
    return cards


def _faults_of(card: Card, path: Path, context: CardContext, others: Iterable[Card]) -> Iterator[str]:
    if path.stem != card.code:
        yield f"the file of {card.code} must be called {card.code}.toml"
    for name in card.dimensions:
        if name not in context.dimensions or context.dimensions[name].unit != card.unit:
            yield f"{name} is no dimension of {card.unit} in dimensions.toml"
    if card.profession_group is not None and card.profession_group not in context.qualification_groups:
        yield f"qualifications.csv has no group {card.profession_group}"
    for other in others:
        same_group = card.profession_group is not None and other.profession_group == card.profession_group
        if same_group and other.profession_categories != card.profession_categories:
            yield f"{other.code} gives {card.profession_group} other categories"
    yield from _faults_of_columns(card, context.tables[card.unit])


def _faults_of_columns(card: Card, table: Table) -> Iterator[str]:
    unit = card.unit
    measurements = [card.numerator, *([card.denominator] if card.denominator else [])]
    contributing = [
        Condition.model_validate(each.model_dump(by_alias=True)) for each in card.disclosure.contributors or ()
    ]
    conditions = (*card.where, *(each for m in measurements for each in m.where), *contributing)
    names = {each.column: each for each in conditions}
    for column in [*names, *(m.sum for m in measurements if m.sum)]:
        if column not in table.column_names:
            yield f"{unit} has no column {column}: it has {', '.join(table.column_names)}"
    for condition in names.values():
        if condition.column in table.column_names:
            yield from _faults_of_condition(condition, table.column(condition.column).type)
    for measurement in measurements:
        if measurement.sum in table.column_names and table.column(measurement.sum).type not in _INTEGERS:
            yield f"{measurement.sum} cannot be summed to a whole number: sum an integer column"


def _faults_of_condition(condition: Condition, kind: str) -> Iterator[str]:
    expected = {"BOOLEAN": bool, "STRING": str}.get(kind, int)
    if condition.at_least is not None and kind not in _INTEGERS:
        yield f"at_least needs an integer column; {condition.column} is {kind}"
    if condition.equals is not None and type(condition.equals) is not expected:
        yield f"{condition.column} is {kind}: it cannot be {condition.equals!r}"

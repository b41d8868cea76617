"""The card of a statistic: one TOML file that drives computation, checks and metadata.

The sheet in full, the formula as data: which year table is summed, which rows take part, what is counted or summed
above and below the line. A card names columns and gives numbers; it holds no code. What it names is checked by
`card_checks`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from imaatlas_spark.conf_faults import shown
from imaatlas_spark.conf_files import Declared
from imaatlas_spark.configuration.categories import Categories
from imaatlas_spark.configuration.codelists import GroupName
from imaatlas_spark.configuration.conditions import NO_QUANTILES, Condition, Measurement, Unit
from imaatlas_spark.configuration.disclosure import Disclosure
from imaatlas_spark.configuration.labels import LANGUAGES, Labels, Language, Text
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.codes import LEVELS, SECTOR

__all__ = ["Card", "Condition", "Measurement", "SmallestLevel", "dimension_names", "levels_of"]

_Year = Annotated[int, Field(ge=1990, le=2100, strict=True)]
_YearsAfter = Annotated[int, Field(ge=1, le=100, strict=True)]
_SCALE_OF_MEASURE = {"mean": 1, "percentage": 100, "rate_per_10000": 10_000, "count": 1}
_LEAST_SCALE = Decimal("1e-9")
_UNIT_OF_ANCHOR = {"residence": "person_year", "practice": "practice_year", "practitioner": "practitioner_year"}
_LABELS = ("title", "description", "formula", "unit_text")


def _positive(scale: Any) -> int | float:
    """A number above 0; a whole one is an integer, however it is written."""
    is_number = isinstance(scale, (int, float, Decimal)) and not isinstance(scale, bool)
    if not is_number or not Decimal(scale).is_finite() or not _LEAST_SCALE <= scale <= 1 / _LEAST_SCALE:
        raise ValueError(f"it must be a number above 0, as 100 or 0.5; found {shown(scale)}")
    return int(scale) if scale == int(scale) else float(scale)


class SmallestLevel(Declared):
    """`words`: how the sheet says since when, where it does."""

    from_year: _Year = Field(alias="from")
    level: Literal["region", "province", "arrondissement", "municipality", "sector"]
    words: Literal["vanaf", "sinds"] = "vanaf"


class Break(Labels):
    """A break in the series: figures from `year` on do not compare with those before."""

    year: _Year


class Note(Labels):
    """A remark of the sheet; with the id of a reading: one of the project's, not of the sheet."""

    reading: Annotated[str, StringConstraints(pattern=r"^R-[0-9]{2}$")] | None = None


class Release(Declared):
    """Published in `quarter` of the year `years_after` the reference year."""

    quarter: Annotated[int, Field(ge=1, le=4, strict=True)]
    years_after: _YearsAfter
    provisional_years_after: _YearsAfter | None = None

    def planned_date(self, year: int) -> dt.date:
        """The first day of the planned quarter."""
        return dt.date(year + self.years_after, 3 * self.quarter - 2, 1)

    def is_provisional(self, year: int, release_date: dt.date) -> bool:
        return self.provisional_years_after is not None and release_date.year == year + self.provisional_years_after


class Keywords(Declared):
    nl: tuple[Text, ...] = Field(min_length=1)
    fr: tuple[Text, ...] = Field(min_length=1)
    en: tuple[Text, ...] = Field(min_length=1)


class Citation(Declared):
    text: Text
    metadata_updated: dt.date
    sheet: Text


class Review(Declared):
    """The human half: why the statistic matters, who checked the card, when to look again."""

    why_it_matters: Text
    checked_by: Text
    look_again: Text


class Card(Declared):
    """`definition`: the sheet of the agency, the project's reading where it has none, or a statistic of one's own."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    definition: Literal["sheet", "reading", "own"]
    languages: tuple[Language, ...] = LANGUAGES  # those of the texts; the others repeat the first of them
    unit: Unit
    profession_group: GroupName | None = None
    profession_categories: Categories | None = None  # None: physicians
    measure: Literal["mean", "percentage", "rate_per_10000", "count", "rate"]
    scale: Annotated[int | float, PlainValidator(_positive)]
    unit_text: Labels | None = None  # of a rate
    geography_anchor: Literal["residence", "practice", "practitioner"]
    available_since: _Year
    dimensions: tuple[str, ...]
    source_variables: tuple[str, ...] = Field(min_length=1)
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
    notes: tuple[Note, ...] = ()
    keywords: Keywords
    citation: Citation
    review: Review

    @model_validator(mode="before")
    @classmethod
    def _text_in_every_language(cls, data: Any) -> Any:
        """A card of one's own may have one language: where the others are asked for, its first one speaks."""
        if not isinstance(data, dict):
            return data
        # Nothing has been held against its type yet: what may be a list is sought in tuples, which need no hash.
        if data.get("measure") in ("median", "quantile"):
            raise ValueError(NO_QUANTILES)
        spoken = data.get("languages")
        first = spoken[0] if isinstance(spoken, (list, tuple)) and spoken else None
        if first not in LANGUAGES or data.get("definition") != "own":
            return data
        told = {name: _in_all(data[name], first) for name in (*_LABELS, "keywords") if name in data}
        lists = {
            name: tuple(_in_all(each, first) for each in data[name])
            for name in ("notes", "breaks")
            if isinstance(data.get(name), (list, tuple))
        }
        return {**data, **told, **lists}

    @model_validator(mode="after")
    def _nothing_contradicts(self) -> "Card":
        faults = [
            *self._faults_of_measure(),
            *self._faults_of_languages(),
            *self._faults_of_units(),
            *self._faults_of_years(),
            *self._faults_of_contributors(),
        ]
        below = None if self.denominator is None else self.denominator.sum is not None
        of_disclosure = self.disclosure.faults(self.unit, self.numerator.sum is not None, below)
        faults += [f"disclosure: {fault}" for fault in of_disclosure]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_measure(self) -> Iterator[str]:
        if self.scale != _SCALE_OF_MEASURE.get(self.measure, self.scale):
            yield (
                f"scale {self.scale} contradicts measure {self.measure}: it is {_SCALE_OF_MEASURE[self.measure]}; "
                'with another scale it is a measure = "rate"'
            )
        if (self.measure == "rate") != (self.unit_text is not None):
            yield 'measure = "rate" needs unit_text = { nl, fr, en }; other measures must not have it'
        if (self.measure == "count") != (self.denominator is None):
            yield "a count has no denominator, and nothing else goes without one"

    def _faults_of_languages(self) -> Iterator[str]:
        if self.languages != LANGUAGES and self.definition != "own":
            yield "a statistic of the agency has its texts in nl, fr and en: leave languages out"
        if not self.languages or len(set(self.languages)) < len(self.languages):
            yield "languages: each once, one at least"

    def _faults_of_units(self) -> Iterator[str]:
        if _UNIT_OF_ANCHOR[self.geography_anchor] != self.unit:
            yield f"geography_anchor {self.geography_anchor} goes with {_UNIT_OF_ANCHOR[self.geography_anchor]}"
        if ("practitioner_year" in self.units) != (self.profession_group is not None):
            yield "a profession_group goes with unit practitioner_year, and that unit needs one"
        if self.profession_categories is not None and self.profession_group is None:
            yield "profession_categories go with a profession_group"
        if self.numerator.unit not in {None, self.unit}:
            yield f"the numerator is counted in the card's unit, {self.unit}: leave its unit out"
        if len(self.units) > 1 and (self.dimensions or self.where):
            yield (
                "numerator and denominator of different units meet in areas only: no dimensions, and the conditions "
                "stand with the half that they are asked of (numerator.where, denominator.where)"
            )
        if len(self.units) > 1 and self.measure in {"percentage", "rate_per_10000"}:
            yield f'a {self.measure} counts among its denominator: of different units it is a "rate"'

    def _faults_of_years(self) -> Iterator[str]:
        starts = [step.from_year for step in self.smallest_level]
        if starts != sorted(set(starts)) or starts[0] != self.available_since:
            yield "smallest_level must begin in available_since and go on in ascending years"
        if any(step.level == "sector" for step in self.smallest_level) and self.units != ("person_year",):
            yield "only persons have a sector: the smallest level of another unit is the municipality"
        for each in self.breaks:
            if each.year <= self.available_since:
                yield f"a break in {each.year} breaks nothing: the series begins in {self.available_since}"
            if each.year > self.citation.metadata_updated.year:
                yield f"a break in {each.year} is not known yet: the metadata are of {self.citation.metadata_updated}"
        if len({each.year for each in self.breaks}) < len(self.breaks):
            yield "a year has one break: say all in one text"

    def _faults_of_contributors(self) -> Iterator[str]:
        if self.disclosure.contributors is None:
            return
        if self.dimensions:
            yield "disclosure: contributors are counted for whole areas: leave dimensions out"
        if any(step.level == "sector" for step in self.smallest_level):
            yield "disclosure: contributors are counted down to the municipality: smallest_level ends there"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The year tables that the card counts in, that of the numerator first."""
        return tuple(dict.fromkeys((self.unit, self.denominator_unit)))

    @property
    def denominator_unit(self) -> Unit:
        return self.unit if self.denominator is None or self.denominator.unit is None else self.denominator.unit

    def conditions_of(self, measurement: Measurement, unit: Unit) -> frozenset[Condition]:
        """All that hold for a row that is counted: of the card, of the measurement, and the group of a practitioner."""
        of_group = {"column": "profession_group", "is": self.profession_group}
        more = (Condition.model_validate(of_group),) if unit == "practitioner_year" else ()
        return frozenset((*self.where, *measurement.where, *more))

    def levels(self, year: int) -> tuple[str, ...]:
        """The levels at which `year` is published, from the country down."""
        found = levels_of(self.smallest_level, year)
        if not found:
            raise ConfigurationRefused(f"{self.code} is available since {self.available_since}: it has no {year}")
        return found

    def breakdowns(self, level: str, sector_dimensions: int) -> list[tuple[str, ...]]:
        """The sets of dimensions that the card is broken down by at a level, none of them (the total) included.

        By sector a cube shows so many dimensions at a time (parameter `sector_dimensions`; data contract, section 4).
        """
        most = min(len(self.dimensions), sector_dimensions) if level == SECTOR else len(self.dimensions)
        return [names for size in range(most + 1) for names in combinations(self.dimensions, size)]

    def has_break_in(self, year: int) -> bool:
        return any(each.year == year for each in self.breaks)


def levels_of(steps: Iterable[SmallestLevel], year: int) -> tuple[str, ...]:
    """The levels of `year`, from the country down to the smallest; none before the first step."""
    smallest = [step.level for step in steps if step.from_year <= year]
    return LEVELS[: LEVELS.index(smallest[-1]) + 1] if smallest else ()


def dimension_names(cards: Iterable[Card]) -> tuple[str, ...]:
    """The dimensions of `cards`, each once."""
    return tuple(sorted({name for card in cards for name in card.dimensions}))


def _in_all(text: Any, first: str) -> Any:
    """A table of texts with the first language where another is missing."""
    if not isinstance(text, dict) or first not in text:
        return text
    return {**dict.fromkeys(LANGUAGES, text[first]), **text}

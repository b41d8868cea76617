"""The parameters of the rules, each valid in time, each with its reason and source (`conf/rules.toml`).

A rule asks for the parameters of its year: `rules.at(2021).active_practice_contacts`. A year that a parameter does
not cover is an error, never a default.
"""

from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from imaatlas_spark.conf_files import Declared, Faults, read_toml, validated
from imaatlas_spark.configuration.categories import Categories
from imaatlas_spark.errors import ConfigurationRefused

_Text = Annotated[str, StringConstraints(min_length=1)]
_Count = Annotated[int, Field(ge=1, strict=True)]
_Year = Annotated[int, Field(ge=1900, le=2199, strict=True)]
_Id = Annotated[str, StringConstraints(pattern=r"^R-[0-9]{2}$")]
_NO_END = 9999
_Share = Annotated[Decimal, Field(ge=0, le=1)]
_Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class RuleValues(Declared):
    """A value for every parameter. What each means, and why it is so, stands in `conf/rules.toml`."""

    booking_window_months: _Count
    physician_categories: Categories
    dentist_categories: Categories
    register_priority: Literal["latest_start", "earliest_start"]

    remote_contacts: Literal["counted", "not_counted"]
    duty_contacts: Literal["counted", "left_out"]
    duty_supplements: Annotated[tuple[_Code, ...], Field(min_length=1)]
    daily_cap_from: _Count
    active_practice_contacts: _Count
    activity_contacts: Literal["capped", "uncapped"]
    activity_of_houses: Literal["forfaits", "regular_contacts"]

    medical_house_forfaits: _Count
    houses_of_forfaits: Literal["any_practice", "medical_houses"]
    forfaits_without_house: Literal["not_counted", "counted"]

    gmd_years_before: Annotated[int, Field(ge=0, le=10, strict=True)]
    gmd_lines: Literal["all_lines", "by_physicians"]
    gmd_event_priority: Literal["latest", "earliest"]
    medical_house_rule: Literal["after_gmd", "as_contacts"]
    attribution_among: Literal["all_practices", "active_practices"]

    residents_abroad: Literal["counted", "left_out"]
    oldest_age: _Count
    practitioner_income: Literal["all_lines", "listed"]
    active_income_share: _Share
    max_quarantined_share: _Share


class YearRules(RuleValues):
    """Every parameter as it holds in one year, and the year."""

    year: _Year


class _Period(Declared):
    from_year: _Year = Field(alias="from")
    to_year: _Year | None = Field(alias="to", default=None)
    value: Any

    @property
    def last_year(self) -> int:
        return _NO_END if self.to_year is None else self.to_year


class Parameter(Declared):
    """A number or choice of the rules. A reading has an id that stays, and the values that it can be turned to."""

    reason: _Text
    source: _Text
    reading: Annotated[bool, Field(strict=True)]
    id: _Id | None = None
    alternatives: tuple[Any, ...] = ()
    periods: tuple[_Period, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _reading_or_not(self) -> "Parameter":
        if self.reading and (self.id is None or not self.alternatives):
            raise ValueError("a reading has an id (R-01) and alternatives: add them")
        if not self.reading and (self.id is not None or self.alternatives):
            raise ValueError("only a reading has an id and alternatives: take them out, or write reading = true")
        return self

    def period_of(self, year: int) -> _Period | None:
        return next((each for each in self.periods if each.from_year <= year <= each.last_year), None)


class Elsewhere(Declared):
    """A reading that is no parameter but a line of another file."""

    name: _Text
    place: _Text
    reason: _Text
    alternative: _Text


@dataclass(frozen=True)
class Rules:
    path: Path
    parameters: dict[str, Parameter]
    elsewhere: dict[str, Elsewhere]

    @property
    def reading_ids(self) -> frozenset[str]:
        return frozenset(self.elsewhere) | {each.id for each in self.parameters.values() if each.id is not None}

    def at(self, year: int) -> YearRules:
        """The parameters of `year`."""
        values = {name: self._value(name, year) for name in self.parameters}
        return validated(YearRules, values | {"year": year}, f"{self.path} ({year})")

    def values(self, name: str) -> tuple[Any, ...]:
        """What a parameter is in each of its periods."""
        years = sorted(period.from_year for period in self.parameters[name].periods)
        kind = _kind_of(name)
        return tuple(kind.validate_python(self._value(name, year)) for year in years)

    def _value(self, name: str, year: int) -> Any:
        period = self.parameters[name].period_of(year)
        if period is None:
            raise ConfigurationRefused(f"{self.path}: {name} has no value for {year}: add a period that covers it")
        return period.value


def load_rules(path: Path) -> Rules:
    """Load the parameters and check each of their periods: known, typed, without overlap or gap."""
    raw, faults = read_toml(path), Faults(path)
    elsewhere = _elsewhere(raw.pop("elsewhere", {}), faults)
    known = set(RuleValues.model_fields)
    for name in sorted(set(raw) - known):
        near = get_close_matches(name, known, n=1)
        meant = f" (is it {near[0]}?)" if near else ""
        faults.add(f"unknown parameter {name}{meant}: known are {', '.join(RuleValues.model_fields)}")
    for name in sorted(known - set(raw)):
        faults.add(f"parameter {name} is missing: add it with its reason and source")
    parameters = {
        name: parameter
        for name, table in raw.items()
        if name in known and (parameter := faults.validated(Parameter, table, name)) is not None
    }
    for name, parameter in parameters.items():
        _check_periods(name, parameter, faults)
        _check_values(name, parameter, faults)
    ids = [*elsewhere, *(each.id for each in parameters.values() if each.id is not None)]
    for twice in sorted({each for each in ids if ids.count(each) > 1}):
        faults.add(f"{twice} is the id of two readings: an id stands once")
    faults.refuse_any()
    return Rules(path, parameters, elsewhere)


def _elsewhere(tables: Any, faults: Faults) -> dict[str, Elsewhere]:
    if not isinstance(tables, dict):
        faults.add(f"elsewhere: tables elsewhere.R-17 and the like are expected; found {tables!r}")
        return {}
    id_of_reading: TypeAdapter[str] = TypeAdapter(_Id)
    made = {}
    for key, table in tables.items():
        faults.check(id_of_reading, key, f"elsewhere.{key}")
        if (each := faults.validated(Elsewhere, table, f"elsewhere.{key}")) is not None:
            made[key] = each
    return made


def _check_periods(name: str, parameter: Parameter, faults: Faults) -> None:
    ordered = sorted(parameter.periods, key=lambda period: period.from_year)
    for period in ordered:
        if period.last_year < period.from_year:
            faults.add(f"{name}: a period ends in {period.to_year} before it begins in {period.from_year}: swap them")
    for earlier, later in pairwise(ordered):
        if later.from_year <= earlier.last_year:
            faults.add(f"{name} has two values for {later.from_year}: end the earlier one")
        elif later.from_year > earlier.last_year + 1:
            gap = sorted({earlier.last_year + 1, later.from_year - 1})
            faults.add(f"{name} has no value for {'-'.join(map(str, gap))}: add a period that covers it, or move one")


def _kind_of(name: str) -> TypeAdapter[Any]:
    """What the values of a parameter are."""
    field = RuleValues.model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *field.metadata)] if field.metadata else annotation)


def _check_values(name: str, parameter: Parameter, faults: Faults) -> None:
    kind = _kind_of(name)
    for period in parameter.periods:
        faults.check(kind, period.value, f"{name}, value from {period.from_year}")
    for value in parameter.alternatives:
        faults.check(kind, value, f"{name}, alternatives")

"""The parameters of the rules, each valid in time, each with its reason and source (`conf/rules.toml`).

A rule asks for the parameters of its year: `rules.at(2021).active_practice_contacts`. A year that a parameter does
not cover is an error, never a default.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from imaatlas_spark.conf_files import Declared, read_toml, validated
from imaatlas_spark.errors import ConfigurationRefused

_Text = Annotated[str, StringConstraints(min_length=1)]
_Count = Annotated[int, Field(ge=1, strict=True)]
_Share = Annotated[Decimal, Field(ge=0, le=1)]
_Category = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]


class YearRules(Declared):
    """Every parameter as it holds in one year. What each means, and why it is so, stands in `conf/rules.toml`."""

    booking_window_months: _Count
    physician_categories: tuple[_Category, _Category]
    dentist_categories: tuple[_Category, _Category]
    register_priority: Literal["latest_start", "earliest_start"]

    remote_contacts: Literal["counted", "not_counted"]
    daily_cap_from: _Count
    active_practice_contacts: _Count
    activity_contacts: Literal["capped", "uncapped"]

    medical_house_forfaits: _Count
    forfaits_without_house: Literal["not_counted"]

    gmd_event_priority: Literal["latest", "earliest"]
    medical_house_rule: Literal["after_gmd"]
    attribution_among: Literal["all_practices"]

    oldest_age: _Count
    practitioner_income: Literal["all_lines", "listed_lines"]
    active_income_share: _Share
    max_quarantined_share: _Share


class _Period(Declared):
    from_year: int = Field(alias="from")
    to_year: int = Field(alias="to", default=9999)
    value: Any


class _Parameter(Declared):
    reason: _Text
    source: _Text
    reading: bool
    periods: tuple[_Period, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Rules:
    path: Path
    parameters: dict[str, _Parameter]

    def at(self, year: int) -> YearRules:
        """The parameters of `year`."""
        values = {name: self._value(name, year) for name in self.parameters}
        return validated(YearRules, values, f"{self.path} ({year})")

    def _value(self, name: str, year: int) -> Any:
        for period in self.parameters[name].periods:
            if period.from_year <= year <= period.to_year:
                return period.value
        raise ConfigurationRefused(f"{self.path}: {name} has no value for {year}: add a period that covers it")


def load_rules(path: Path) -> Rules:
    """Load the parameters and check each of their periods: known, typed, without overlap."""
    raw = read_toml(path)
    unknown, missing = set(raw) - set(YearRules.model_fields), set(YearRules.model_fields) - set(raw)
    if unknown:
        raise ConfigurationRefused(f"{path}: unknown parameter {min(unknown)}: known are those of rules.YearRules")
    if missing:
        raise ConfigurationRefused(f"{path}: parameter {min(missing)} is missing: add it with its reason and source")
    parameters = {name: validated(_Parameter, table, f"{path}, {name}") for name, table in raw.items()}
    for name, parameter in parameters.items():
        ordered = sorted(parameter.periods, key=lambda period: period.from_year)
        for earlier, later in pairwise(ordered):
            if later.from_year <= earlier.to_year:
                raise ConfigurationRefused(f"{path}: {name} has two values for {later.from_year}: end the earlier one")
    rules = Rules(path, parameters)
    starts = {period.from_year for parameter in parameters.values() for period in parameter.periods}
    common_start = max(min(p.from_year for p in parameter.periods) for parameter in parameters.values())
    for year in sorted(start for start in starts if start >= common_start):
        rules.at(year)
    return rules

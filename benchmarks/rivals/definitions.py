"""The project's rules, code lists, areas and cards for one year, in words that every rival's SQL understands.

Conditions are written in the part of SQL that DuckDB, Polars and Spark read alike, on the columns that the rivals give
claim lines: person_id, service_date, code, cases, provider_id, qualification, category, institution_id, nwe.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from benchmarks.rivals.task import STATISTICS, Task
from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.codelists import CodeList
from imaatlas_spark.configuration.conditions import Condition, Measurement
from imaatlas_spark.configuration.dimensions import Dimension
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.geography import ancestors
from imaatlas_spark.periods import first_day, last_day

CODE_GROUPS = (
    "gp_contact",
    "gp_remote_contact",
    "gmd",
    "medical_house_forfait",
    "imaging_specialist",
    "imaging_radiologist",
    "imaging_dentist",
)
# The readings that the rivals are written for; the engine also knows the others.
_READINGS = {
    "register_priority": "latest_start",
    "remote_contacts": "counted",
    "duty_contacts": "counted",
    "activity_contacts": "capped",
    "activity_of_houses": "forfaits",
    "houses_of_forfaits": "any_practice",
    "forfaits_without_house": "not_counted",
    "gmd_years_before": 2,
    "gmd_lines": "all_lines",
    "gmd_event_priority": "latest",
    "medical_house_rule": "after_gmd",
    "attribution_among": "all_practices",
    "residents_abroad": "counted",
    "practitioner_income": "all_lines",
}


@dataclass(frozen=True)
class Definitions:
    configuration: Configuration
    year: int

    @classmethod
    def of(cls, task: Task) -> "Definitions":
        return cls.load(task.conf_dir, task.year)

    @classmethod
    def load(cls, conf_dir: Path, year: int) -> "Definitions":
        made = cls(load_configuration(conf_dir), year)
        for name, reading in _READINGS.items():
            if getattr(made.rules, name) != reading:
                raise ValueError(f"{name}: the rivals know only {reading}")
        return made

    @property
    def rules(self) -> YearRules:
        return self.configuration.rules.at(self.year)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that are compared, as far as they are available in the year."""
        cards = (self.configuration.cards[code] for code in STATISTICS)
        return tuple(card for card in cards if card.available_since <= self.year)

    @property
    def profession_groups(self) -> tuple[str, ...]:
        return tuple(card.profession_group for card in self.cards if card.profession_group)

    # Conditions on claim lines

    def has_code(self, group: str, year: int | None = None) -> str:
        """The nomenclature code belongs to `group` on the day of service."""
        return _in_group("code", self.configuration.nomenclature, group, year or self.year)

    def qualified(self, group: str) -> str:
        """The qualification of the provider belongs to `group` on the day of service."""
        return _in_group("qualification", self.configuration.qualifications, group, self.year)

    @property
    def listed_codes(self) -> str:
        """The codes, as a list in SQL, that any variable but income looks at."""
        return ", ".join(f"'{code}'" for code in self.configuration.nomenclature.codes(CODE_GROUPS))

    @property
    def is_physician(self) -> str:
        return _has_category(self.rules.physician_categories)

    @property
    def is_dentist(self) -> str:
        return _has_category(self.rules.dentist_categories)

    @property
    def is_regular_contact(self) -> str:
        contact = f"({self.has_code('gp_contact')} OR {self.has_code('gp_remote_contact')})"
        return f"{contact} AND {self.is_physician} AND {self.qualified('gp')} AND nwe = 0"

    @property
    def is_imaging_by_specialist(self) -> str:
        no_other = f"NOT {self.qualified('gp')} AND NOT {self.qualified('radiologist')}"
        qualified = f"qualification IS NOT NULL AND {no_other}"
        return f"{self.has_code('imaging_specialist')} AND {self.is_physician} AND {qualified}"

    @property
    def is_imaging_by_radiologist(self) -> str:
        return f"{self.has_code('imaging_radiologist')} AND {self.is_physician} AND {self.qualified('radiologist')}"

    @property
    def is_imaging_by_dentist(self) -> str:
        return f"{self.has_code('imaging_dentist')} AND {self.is_dentist}"

    def last_booked_month(self, year: int) -> int:
        """The accounting month, yyyymm, with which the booking window of `year` closes."""
        months = self.configuration.rules.at(year).booking_window_months - 1
        return (year + months // 12) * 100 + months % 12 + 1

    def claim_faults(self, year: int, matches: str) -> dict[str, str]:
        """Reason to condition for a delivered line; `matches` is how the dialect says {column} is all {pattern}."""

        def malformed(column: str, pattern: str) -> str:
            return "NOT " + matches.format(column=column, pattern=pattern)

        month = "EXTRACT(MONTH FROM SS00015)"
        no_month = "BOOKED_MONTH NOT BETWEEN 100001 AND 999912 OR BOOKED_MONTH % 100 NOT BETWEEN 1 AND 12"
        return {
            "person_missing": "SS00010 IS NULL",
            "date_missing": "SS00015 IS NULL",
            "date_outside_year": f"SS00015 NOT BETWEEN DATE '{first_day(year)}' AND DATE '{last_day(year)}'",
            "code_missing": "SS00020 IS NULL",
            "code_malformed": malformed("SS00020", "0?[0-9]{6}"),
            "cases_missing": "SS00050 IS NULL",
            "amount_missing": "SS00060 IS NULL",
            "nwe_missing": "NWE_YN IS NULL",
            "nwe_not_0_or_1": "NWE_YN NOT IN (0, 1)",
            "booked_month_missing": "BOOKED_MONTH IS NULL",
            "booked_month_malformed": no_month,
            "booked_before_service": f"BOOKED_MONTH - {year * 100} < {month}",
            "qualification_malformed": malformed("SS00065B", "[0-9]{3}"),
            "category_malformed": malformed("PRACTITIONER_CAT", "[0-9]{2}"),
        }

    # Areas

    @cached_property
    def recoding(self) -> pa.Table:
        """Every code that is, or has become, a municipality of the year. Columns: code, municipality."""
        recoded = self.configuration.geography.recoding(self.year)
        return pa.table({"code": list(recoded), "municipality": list(recoded.values())})

    @cached_property
    def places(self) -> pa.Table:
        """The areas that a municipality lies in. Columns: municipality, geo_level, geo_code."""
        rows = [
            {"municipality": nis, "geo_level": level, "geo_code": code}
            for nis in self.configuration.geography.municipalities_in(self.year)
            for level, code in ancestors(nis).items()
            if level != "country"
        ]
        return pa.Table.from_pylist(rows)

    @cached_property
    def areas(self) -> pa.Table:
        """Every area of the year but sectors. Columns: geo_level, geo_code."""
        levels = ("country", "region", "province", "arrondissement", "municipality")
        pairs = self.configuration.geography.areas(self.year, levels)
        return pa.table({"geo_level": [level for level, _ in pairs], "geo_code": [code for _, code in pairs]})

    # Cards

    def levels(self, card: Card) -> str:
        """The levels at which the card is published, as a list in SQL."""
        return ", ".join(f"'{level}'" for level in card.levels(self.year))

    def member(self, dimension: str) -> str:
        """The code of the member that a row belongs to, as an expression; null where it is unknown."""
        return _member(self.configuration.dimensions[dimension])

    def codes(self, dimension: str) -> tuple[str, ...]:
        return self.configuration.dimensions[dimension].codes


def amount(measurement: Measurement) -> str:
    """What one row of the card's unit adds above or below the line."""
    holds = " AND ".join(map(_holds, measurement.where)) or "TRUE"
    return f"CASE WHEN {holds} THEN {measurement.sum or 1} ELSE 0 END"


def takes_part(card: Card) -> str:
    """The rows of the unit that the card looks at."""
    group = [f"profession_group = '{card.profession_group}'"] if card.profession_group else []
    return " AND ".join([*map(_holds, card.where), *group]) or "TRUE"


def _holds(condition: Condition) -> str:
    bounds = {">=": condition.at_least, "<=": condition.at_most}
    compared = [f"{condition.column} {sign} {bound}" for sign, bound in bounds.items() if bound is not None]
    if condition.between is not None:
        compared = ["{} BETWEEN {} AND {}".format(condition.column, *condition.between)]
    values = condition.one_of if condition.one_of is not None else (condition.equals,)
    one_of = f"{condition.column} IN ({', '.join(map(_literal, values))})"
    return f"coalesce({compared[0] if compared else one_of}, FALSE)"


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).upper()


def _member(dimension: Dimension) -> str:
    column = dimension.column
    if dimension.classes is None:
        cases = " ".join(f"WHEN {member.value!r} THEN '{member.code}'" for member in dimension.members)
        return f"CASE {column} {cases} END"
    oldest_first = reversed(list(zip(dimension.classes.starts, dimension.codes, strict=True)))
    return "CASE " + " ".join(f"WHEN {column} >= {low} THEN '{code}'" for low, code in oldest_first) + " END"


def _in_group(column: str, codes: CodeList, group: str, year: int) -> str:
    """`column` stands in `group` on the day of service; false, not null, where it is null."""
    first, last = first_day(year), last_day(year)
    all_year, spells = [], []
    for entry in codes.entries:
        if entry.group == group and entry.valid_from <= first and entry.valid_to >= last:
            all_year.append(f"'{entry.code}'")
        elif entry.group == group and entry.valid_from <= last and entry.valid_to >= first:
            spells.append(_on_days(column, entry.code, max(first, entry.valid_from), min(last, entry.valid_to)))
    held = [f"{column} IN ({', '.join(all_year)})"] if all_year else []
    return f"coalesce({' OR '.join([*held, *spells]) or 'FALSE'}, FALSE)"


def _on_days(column: str, code: str, first: dt.date, last: dt.date) -> str:
    return f"({column} = '{code}' AND service_date BETWEEN DATE '{first}' AND DATE '{last}')"


def _has_category(categories: Iterable[str]) -> str:
    return f"category IN ({', '.join(repr(code) for code in categories)})"

"""What a card says about disclosure, and the parameters of protection (docs/protection.md).

`[disclosure]` of a card says whom its figures tell of; `conf/protection.toml` holds thresholds, each with its reason,
and what is known to lie within what.
"""

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from imaatlas_spark.conf_files import Declared, Faults, read_toml, validated
from imaatlas_spark.configuration.conditions import Condition
from imaatlas_spark.schemas.spec import Table

_Text = Annotated[str, StringConstraints(min_length=1)]
_NOTHING_HIDDEN = 1  # the threshold that turns protection off


class Disclosure(Declared):
    """Whom the figures of a card tell of.

    protects: `persons`; `units` (practices: few, or one that outweighs the others); `public` (nothing is hidden).
    complement: denominator less numerator counts persons, too. contributors: the conditions that make a person
    contribute to the sums of a card, where no denominator counts persons. denominator: `public` is shown whatever it
    is; `protected` is hidden together with the value.
    """

    protects: Literal["persons", "units", "public"]
    complement: bool = False
    contributors: tuple[Condition, ...] | None = None
    denominator: Literal["public", "protected"] = "protected"

    def faults(self, unit: str, above_is_sum: bool, below_is_sum: bool | None) -> Iterator[str]:
        """What does not fit a card of `unit` with these sums or counts (`below_is_sum` None: it has no denominator)."""
        if self.protects == "public":
            if self.complement or self.contributors is not None:
                yield "protects = public hides nothing: leave complement and contributors out"
            return
        if self.protects == "units" and (unit == "person_year" or below_is_sum is not False):
            yield "protects = units goes with a denominator that counts the rows of another unit than person_year"
        if self.protects == "units" and not above_is_sum:
            yield "protects = units looks at the largest parts of a sum: sum above the line, or say protects = public"
        if self.protects == "units" and self.denominator != "public":
            yield "protects = units judges by the number of units, which is known: say denominator = public"
        if self.protects == "persons" and unit != "person_year":
            yield f"protects = persons goes with person_year; rows of {unit} are units or public"
        if self.protects == "units":
            return
        if self.complement and (above_is_sum or below_is_sum is not False):
            yield "complement goes with a count of persons among others: neither half is a sum"
        needs_contributors = below_is_sum is True or (above_is_sum and below_is_sum is None)
        if needs_contributors != (self.contributors is not None):
            yield (
                "a sum over persons says who contributes to it: contributors = [{ column = ..., at_least = 1 }]"
                if needs_contributors
                else "contributors are counted by the card already: leave them out"
            )
        if below_is_sum and not above_is_sum:
            yield "a count over a sum cannot be protected: sum above the line as well, or count below it"
        if self.denominator == "public" and below_is_sum is not False:
            yield "only a denominator that counts rows can be public"


class _Parameter(Declared):
    reason: _Text
    source: _Text
    reading: bool = Field(strict=True)


class _Number(_Parameter):
    value: int = Field(ge=0, strict=True)


class _Share(_Parameter):
    value: Decimal = Field(ge=0, le=1)


class _Switch(_Parameter):
    value: bool = Field(strict=True)


class _Choice(_Parameter):
    value: Literal["refuse"]


class Implied(Declared):
    """Whoever meets `when` meets `then`."""

    when: Condition
    then: Condition
    reason: _Text


class Within(Declared):
    """A column that is never larger than another, row by row."""

    smaller: _Text
    larger: _Text
    reason: _Text


class CountedAgain(Declared):
    """A column of persons whom other units count, too: over the whole country no more than the rows of person_year that
    meet `persons`. Both count each person once, in different places."""

    column: _Text
    persons: Condition
    reason: _Text


class Protection(Declared):
    """`conf/protection.toml`."""

    threshold: _Number
    zero_is_sensitive: _Switch
    width: _Number
    magnitude_share: _Share
    practices_minimum: _Number
    dominance_percent: _Number
    nested_differences: _Switch
    sector_dimensions: _Number
    keep_pattern: _Switch
    second_map: _Choice
    cell_cost: _Number
    mostly_percent: _Number
    persons_columns: tuple[_Text, ...]
    implied: tuple[Implied, ...] = ()
    within: tuple[Within, ...] = ()
    counted_again: tuple[CountedAgain, ...] = ()

    def faults(self, tables: Mapping[str, Table]) -> Iterator[str]:
        """What is out of bounds, or names no column of a year table: it would protect nobody, and say nothing."""
        if self.threshold.value < _NOTHING_HIDDEN:
            yield f"threshold is {self.threshold.value}: 1 hides nothing, 5 is the rule"
        for name, value in (("width", self.width.value), ("magnitude_share", self.magnitude_share.value)):
            if not value:
                yield f"{name} is 0: what is hidden could be worked out exactly"
        known = {name for table in tables.values() for name in table.column_names}
        columns = (*self.persons_columns, *(each.column for each in self.counted_again))
        for column in (*columns, *(name for each in self.within for name in (each.smaller, each.larger))):
            if column not in known:
                yield f"no year table has a column {column}: it has to be one of {', '.join(sorted(known))}"
        conditions = [condition for each in self.implied for condition in (each.when, each.then)]
        for condition in (*conditions, *(each.persons for each in self.counted_again)):
            found = [next(condition.faults(unit, table), None) for unit, table in tables.items()]
            if None not in found:
                yield str(found[0])

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def is_off(self) -> bool:
        return self.threshold.value == _NOTHING_HIDDEN


def load_protection(path: Path, tables: Mapping[str, Table]) -> Protection:
    """`tables`: the year tables, by unit. Raises ConfigurationRefused."""
    found, faults = validated(Protection, read_toml(path), str(path)), Faults(path)
    for fault in found.faults(tables):
        faults.add(fault)
    faults.refuse_any()
    return found

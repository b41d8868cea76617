"""What a card says about disclosure, and the parameters of protection (docs/protection.md).

`[disclosure]` of a card says whom its figures tell of; `conf/protection.toml` holds thresholds, each with its reason,
and what is known to lie within what.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from imaatlas_spark.conf_files import Declared, read_toml, validated
from imaatlas_spark.errors import ConfigurationRefused

_Text = Annotated[str, StringConstraints(min_length=1)]
_NOTHING_HIDDEN = 1  # the threshold that turns protection off


class Disclosure(Declared):
    """Whom the figures of a card tell of.

    protects: `persons`; `units` (practices: few or one dominant); `public` (nothing is hidden).
    complement: denominator less numerator is a count of persons as well.
    contributors: who contributes to sums over persons, where the denominator does not count them.
    denominator: `public` is shown whatever it is; `protected` is hidden with the value.
    """

    protects: Literal["persons", "units", "public"]
    complement: bool = False
    contributors: tuple["HeldCondition", ...] | None = None
    denominator: Literal["public", "protected"] = "protected"


class HeldCondition(Declared):
    """A condition as cards write it."""

    column: _Text
    equals: bool | int | str | None = Field(alias="is", default=None)
    at_least: int | None = None


class _Parameter(Declared):
    reason: _Text
    source: _Text
    reading: bool


class _Number(_Parameter):
    value: int = Field(ge=0)


class _Share(_Parameter):
    value: Decimal = Field(ge=0, le=1)


class _Switch(_Parameter):
    value: bool


class _Choice(_Parameter):
    value: Literal["refuse"]


class Implied(Declared):
    """Whoever meets `when` meets `then`."""

    when: HeldCondition
    then: HeldCondition
    reason: _Text


class Within(Declared):
    """A column that is never larger than another, row by row."""

    smaller: _Text
    larger: _Text
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
    block_seconds: _Number
    persons_columns: tuple[_Text, ...]
    implied: tuple[Implied, ...] = ()
    within: tuple[Within, ...] = ()

    @property
    def is_off(self) -> bool:
        return self.threshold.value == _NOTHING_HIDDEN


def load_protection(path: Path) -> Protection:
    found = validated(Protection, read_toml(path), str(path))
    if found.threshold.value < _NOTHING_HIDDEN:
        raise ConfigurationRefused(f"{path}: threshold is {found.threshold.value}: 1 hides nothing, 5 is the rule")
    return found


Disclosures = Mapping[str, Disclosure]

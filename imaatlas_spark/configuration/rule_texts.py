"""Numbers of the rules in the texts of cards: a text says `{active_practice_contacts}` and gets what the rules say."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.labels import LANGUAGES, Labels, Language
from imaatlas_spark.configuration.rules import Parameter, Rules
from imaatlas_spark.errors import ConfigurationRefused

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
Texts = TypeVar("Texts", bound=Labels)
_TEXTS = ("title", "description", "formula")
# Small numbers are written in words, as the sheets do.
_WORDS: Mapping[Language, tuple[str, ...]] = {
    "nl": ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"),
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
_SINCE: Mapping[Language, str] = {"nl": "vanaf", "fr": "à partir de", "en": "from"}


def with_numbers(card: Card, rules: Rules, folder: Path) -> Card:
    """The card with the numbers of the rules in its texts.

    Raises ConfigurationRefused where a text names a parameter that the rules do not have, or one that is no number.
    """
    try:
        filled: dict[str, Any] = {name: _filled(getattr(card, name), rules) for name in _TEXTS}
        filled["notes"] = tuple(_filled(note, rules) for note in card.notes)
    except KeyError as unknown:
        raise ConfigurationRefused(
            f"{folder / card.code}.toml: a text names {{{unknown.args[0]}}}, no number of rules.toml: correct it"
        ) from unknown
    return card.model_copy(update=filled)


def _filled(labels: Texts, rules: Rules) -> Texts:
    texts: dict[str, str] = {
        language: _PLACEHOLDER.sub(
            lambda match: _over_time(match[1], rules, language),  # noqa: B023
            labels.in_language(language),
        )
        for language in LANGUAGES
    }
    return labels.model_copy(update=texts)


def _over_time(name: str, rules: Rules, language: Language) -> str:
    """The number; where it changes with the years, each with the year from which it holds."""
    parameter = rules.parameters.get(name)
    if parameter is None or not _is_number(parameter):
        raise KeyError(name)
    periods = sorted(parameter.periods, key=lambda period: period.from_year)
    first, *later = [(period.from_year, in_text(period.value, language)) for period in periods]
    changes = "".join(f", {_SINCE[language]} {year} {number}" for year, number in later)
    return first[1] + changes


def _is_number(parameter: Parameter) -> bool:
    return all(isinstance(each.value, int | Decimal) and not isinstance(each.value, bool) for each in parameter.periods)


def in_text(value: int | Decimal, language: Language) -> str:
    """A count with the language's separator of thousands, in words up to ten; a share as a percentage."""
    if isinstance(value, int):
        if 0 <= value < len(_WORDS[language]):
            return _WORDS[language][value]
        return f"{value:,}".replace(",", "," if language == "en" else ".")
    percentage = f"{(value * 100).normalize():f}".replace(".", "." if language == "en" else ",")
    return f"{percentage}%" if language == "nl" else f"{percentage} %"

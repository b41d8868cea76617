"""The sheet of a statistic in the order of the agency's own: headings and paragraphs, from the card's data alone.

Unit, frequency and smallest level are put in words here; remarks of the sheet and readings of the project stand apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.labels import Labels
from imaatlas_spark.configuration.sheet_words import (
    FREQUENCY,
    HEADINGS,
    LEVELS_IN_WORDS,
    NO_SHEET,
    OF_PRACTITIONERS,
    OWN_LANGUAGE,
    SINCE,
    TRANSLATION,
    UNITS,
    WITHOUT_SHEET,
)

if TYPE_CHECKING:
    from imaatlas_spark.configuration.loading import Configuration

Section = tuple[str, list[str]]


@dataclass(frozen=True)
class Names:
    """What a card only names, by code or name: statistics, source variables, dimensions."""

    statistics: Mapping[str, Labels]
    variables: Mapping[str, Labels]
    dimensions: Mapping[str, Labels]

    @classmethod
    def of(cls, configuration: "Configuration") -> "Names":
        return cls(
            {**configuration.atlas, **{code: card.title for code, card in configuration.cards.items()}},
            {name: variable.label for name, variable in configuration.variables.items()},
            {name: dimension.title for name, dimension in configuration.dimensions.by_name.items()},
        )


def sheet(card: Card, names: Names, language: str, accessed_on: str) -> list[Section]:
    """The sections of the sheet in the agency's order, each a heading with its paragraphs; empty ones are left out.

    `accessed_on`: the day on which somebody reads it, as 26/04/2026.
    """

    def named(known: Mapping[str, Labels], codes: tuple[str, ...]) -> list[str]:
        return [f"{code}-{known[code].in_language(language)}" if code in known else code for code in codes]

    dimensions = [names.dimensions[name].in_language(language) for name in card.dimensions if name in names.dimensions]
    sections = {
        "title": [card.title.in_language(language) + ("" if card.definition == "own" else " (Atlas)")],
        "description": [card.description.in_language(language)],
        "unit": [unit_in_words(card, language)],
        "remarks": [note.in_language(language) for note in card.notes if note.reading is None],
        "frequency": [frequency_in_words(card, language)],
        "smallest_level": [smallest_level_in_words(card, language)],
        "formula": [card.formula.in_language(language)],
        "available": [str(card.available_since)],
        "dimensions": dimensions,
        "citation": [citation(card, accessed_on)],
        "updated": [f"{card.citation.metadata_updated:%d/%m/%Y}"],
        "code": [
            card.code if card.definition == "own" else f"{card.code}_At",
            address_in_words(card.citation.sheet, language),
        ],
        "variables": named(names.variables, card.source_variables),
        "related": named(names.statistics, card.related),
        "keywords": [", ".join(getattr(card.keywords, language))],
        "readings": readings_of(card, language),
        "translation": _translation(card, language),
    }
    headings = HEADINGS[language]
    return [(headings[key], paragraphs) for key, paragraphs in sections.items() if paragraphs]


def unit_in_words(card: Card, language: str) -> str:
    """What the sheet calls Codering."""
    return card.unit_text.in_language(language) if card.unit_text is not None else UNITS[card.measure][language]


def address_in_words(address: str, language: str) -> str:
    """Where the agency describes something, or that it does not."""
    return NO_SHEET[language] if address.startswith(WITHOUT_SHEET) else address


def frequency_in_words(card: Card, language: str) -> str:
    """When which year is added, from the planned release."""
    words = (OF_PRACTITIONERS if card.unit == "practitioner_year" else FREQUENCY)[language]
    return words.format(quarter=card.release.quarter, years=card.release.years_after)


def smallest_level_in_words(card: Card, language: str) -> str:
    """The smallest level of the latest years, and since when where it was another before."""
    last = card.smallest_level[-1]
    level = LEVELS_IN_WORDS[language][last.level]
    if len(card.smallest_level) == 1:
        return level
    since = last.words if language == "nl" else SINCE[language]
    return f"{level} ({since} {last.from_year})"


def citation(card: Card, accessed_on: str) -> str:
    """The recommended reference: accessed on the day on which somebody read the figures."""
    return f"{card.citation.text} (accessed on {accessed_on})"


def readings_of(card: Card, language: str) -> list[str]:
    """The project's readings, which are not remarks of the sheet, each with its id."""
    return [f"{note.reading}: {note.in_language(language)}" for note in card.notes if note.reading is not None]


def _translation(card: Card, language: str) -> list[str]:
    """Who put the texts in this language: the sheets of the agency are taken over in Dutch."""
    if card.definition == "own":
        return [] if language in card.languages else [OWN_LANGUAGE[language].format(", ".join(card.languages))]
    return [] if language == "nl" else [TRANSLATION[language]]


def as_text(sections: list[Section]) -> str:
    """The sheet as plain text."""
    lines = []
    for heading, paragraphs in sections:
        if len(paragraphs) == 1:
            lines += [heading, f"  {paragraphs[0]}", ""]
        else:
            lines += [heading, *(f"  - {paragraph}" for paragraph in paragraphs), ""]
    return "\n".join(lines).rstrip()

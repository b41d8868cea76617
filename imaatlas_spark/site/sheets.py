"""The sheet of a statistic in the order of IMA-AIM's own, its readings, and its citation."""

from typing import TYPE_CHECKING

from imaatlas_spark.configuration.cards import Card

if TYPE_CHECKING:
    from imaatlas_spark.site.content import Content

_READING = {"nl": "(lezing van het project)", "fr": "(lecture du projet)", "en": "(reading)"}


def sheet(card: Card, content: "Content", language: str) -> list[tuple[str, list[str]]]:
    return [
        ("?", [getattr(note, language) for note in card.notes if _READING[language] not in getattr(note, language)])
    ]


def readings(card: Card, language: str) -> list[str]:
    return [getattr(note, language) for note in card.notes if _READING[language] in getattr(note, language)]

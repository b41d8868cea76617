"""The sheet of a statistic in the order of IMA-AIM's own, and the project's readings beside it."""

from typing import TYPE_CHECKING

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.sheet import Names, readings_of
from imaatlas_spark.configuration.sheet import sheet as sections_of
from imaatlas_spark.configuration.sheet_words import HEADINGS

if TYPE_CHECKING:
    from imaatlas_spark.site.content import Content


def sheet(card: Card, content: "Content", language: str) -> list[tuple[str, list[str]]]:
    """Headings and paragraphs, `{today}` for the day of reading; the readings stand apart on the page."""
    sections = sections_of(card, Names.of(content.configuration), language, "{today}")
    return [(heading, paragraphs) for heading, paragraphs in sections if heading != HEADINGS[language]["readings"]]


def readings(card: Card, language: str) -> list[str]:
    return readings_of(card, language)

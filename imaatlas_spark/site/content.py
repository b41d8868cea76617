"""What the site knows when all statistics have been read, and what pages say of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.metadata.content import Told
from imaatlas_spark.schemas.statuses import CANNOT_EXIST, SUPPRESSED
from imaatlas_spark.site.downloads import Download
from imaatlas_spark.site.figures import Outline
from imaatlas_spark.site.places import Places
from imaatlas_spark.site.source import Words
from imaatlas_spark.site.summary import Point, Summary
from imaatlas_spark.site.texts import number, texts

_SIGNS = {CANNOT_EXIST: "cannot", SUPPRESSED: "confidential"}  # why there is no value


@dataclass(frozen=True)
class Statistic:
    """One statistic of the site."""

    told: Told
    outline: Outline
    summary: Summary
    downloads: tuple[Download, ...]
    releases: list[dict[str, Any]]
    citation: str

    @property
    def card(self) -> Card:
        return self.summary.card

    @property
    def has_sectors(self) -> bool:
        return SECTOR in self.outline.years_of


@dataclass(frozen=True)
class Content:
    """Everything that pages are made from. `shapes`: the pictures of the country, the first one first shown.

    `has_sector_borders`: whether there are pictures of sectors.
    """

    configuration: Configuration
    places: Places
    words: Mapping[str, Words]
    statistics: Mapping[str, Statistic]
    shapes: tuple[str, ...]
    has_sector_borders: bool
    with_sectors: bool
    synthetic: bool

    def themes(self, language: str) -> list[tuple[str, list[Statistic]]]:
        """The statistics by theme, the middle part of their code."""
        named = texts(language)["themes"]
        found: dict[str, list[Statistic]] = {}
        for code in sorted(self.statistics, key=lambda code: code.split("_")[1:]):
            found.setdefault(theme_of(code, language), []).append(self.statistics[code])
        return sorted(found.items(), key=lambda theme: list(named.values()).index(theme[0]))

    def dimensions(self, card: Card, language: str) -> list[dict[str, Any]]:
        """The dimensions of a card with their members, the total first."""
        words = self.words[language]
        return [
            {
                "name": name,
                "title": words.dimensions[name],
                "members": [{"code": code, "label": label} for code, label in words.members[name].items()],
            }
            for name in card.dimensions
        ]

    def level_names(self, levels: Iterable[str], language: str) -> dict[str, dict[str, str]]:
        """One and many of each level; of a grouping of the user's own both are the same."""
        many, one = texts(language)["levels"], self.words[language].levels
        return {level: {"one": one[level], "many": many.get(level, one[level])} for level in levels}

    @property
    def variables(self) -> tuple[str, ...]:
        """The source variables that the statistics of the site are made from."""
        return tuple(sorted({name for each in self.statistics.values() for name in each.card.source_variables}))

    @property
    def pages_of(self) -> dict[str, str]:
        """How the pages of areas are called, by level: by their code, or by level and code."""
        return {level: "code" if level in LEVELS else "level" for level in self.places.levels}


def theme_of(code: str, language: str) -> str:
    """The theme that the middle part of an agency's code stands for; a statistic of one's own has none."""
    named, parts = texts(language)["themes"], code.split("_")
    return str(named.get(parts[1] if len(parts) == len(("stat", "003", "014")) else "", named["other"]))


def figure(point: Point | None, decimals: int, language: str) -> str:
    """A figure in a page: its value, or the sign of why there is none."""
    if point is None:
        return "–"
    if point.value is None:
        return str(texts(language)["words"][_SIGNS[point.status]])
    return number(point.value, decimals, language)


def rank(point: Point | None, language: str) -> str:
    if point is None or point.rank is None:
        return "–"
    return f"{number(point.rank, 0, language)} / {number(point.ranked, 0, language)}"


def in_words(points: Iterable[Point], decimals: int, language: str) -> str:
    """A series as text."""
    return "; ".join(f"{point.year}: {figure(point, decimals, language)}" for point in points)

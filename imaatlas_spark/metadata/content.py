"""What is told of a statistic, whatever the format: words in three languages, dates, levels, its rows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.reader import EVERY, Atlas, Figures
from imaatlas_spark.schemas.metadata import LANGUAGES

Words = dict[str, str]  # by language
NOBODY = "Synthetic figures, drawn by chance: they describe nobody"


@dataclass(frozen=True)
class Told:
    """A published statistic as it is told: its latest release, each year on its own map."""

    atlas: Atlas
    code: str

    @cached_property
    def card(self) -> Card:
        return self.atlas.card(self.code)

    @cached_property
    def rows(self) -> Figures:
        """Every area and member; columns as `Atlas.values`."""
        every: dict[str, Any] = dict.fromkeys(self.dimensions, EVERY)
        return self.atlas.values(self.code, names="en", **every)

    @property
    def dimensions(self) -> tuple[str, ...]:
        return self.atlas.dimensions(self.code)

    @property
    def title(self) -> Words:
        return _words(self.card.title)

    @property
    def description(self) -> Words:
        words = _words(self.card.description)
        return {language: f"{NOBODY}. {text}" for language, text in words.items()} if self.atlas.synthetic else words

    @property
    def keywords(self) -> dict[str, tuple[str, ...]]:
        return {language: getattr(self.card.keywords, language) for language in LANGUAGES}

    @property
    def unit(self) -> Words:
        return {language: self.atlas.names(language).statistics[self.code][1] for language in LANGUAGES}

    @property
    def publisher(self) -> str:
        """Who publishes: as the citation of the card begins. Nobody, where the figures were drawn by chance."""
        return NOBODY if self.atlas.synthetic else self.card.citation.text.split(" (")[0].split(",")[0]

    @property
    def citation(self) -> str:
        """Without the day of access: the same input gives the same files."""
        return self.atlas.citation(self.code)

    @cached_property
    def years(self) -> tuple[int, ...]:
        return tuple(self.rows["year"].unique().sort())

    @cached_property
    def released(self) -> dt.date:
        dates: list[dt.date] = self.rows["release_date"].to_list()
        return max(dates)

    @cached_property
    def first_released(self) -> dt.date:
        dates: list[dt.date] = self.atlas.releases(self.code)["release_date"].to_list()
        return min(dates)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels that have figures, from the country down."""
        found = set(self.rows["geo_level"].unique())
        return tuple(level for level in self.atlas.levels if level in found)


def told(atlas: Atlas, unprotected: bool) -> list[Told]:
    """Every statistic, by code.

    Raises WarehouseRefused where a release was published without protection, unless the warehouse is synthetic and
    `unprotected` is said.
    """
    statistics = [Told(atlas, code) for code in atlas.codes]
    refuse_unprotected(atlas, atlas.codes, unprotected)
    return statistics


def refuse_unprotected(atlas: Atlas, codes: Iterable[str], unprotected: bool) -> None:
    """Nothing leaves the warehouse that may show how many, or how few, persons a figure is about."""
    open_to_all = [code for code in codes if not atlas.is_protected(code)]
    if not open_to_all or (atlas.synthetic and unprotected):
        return
    mend = (
        "say --unprotected, as the warehouse is synthetic"
        if atlas.synthetic
        else "publish them again with a threshold in protection.toml"
    )
    raise WarehouseRefused(f"{', '.join(open_to_all)}: published without protection of small figures: {mend}")


def _words(labels: object) -> Words:
    return {language: getattr(labels, language) for language in LANGUAGES}

"""What a run publishes, and what decides which of it may be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card, dimension_names
from imaatlas_spark.configuration.dimensions import Dimensions
from imaatlas_spark.geography import Geography
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.schemas.statuses import FREE
from imaatlas_spark.statistics.releases import ReleaseDates, Releases
from imaatlas_spark.storage.warehouse import Warehouse

Maps = Mapping[int, int]  # the year of the data to the year whose map gives the codes


@dataclass(frozen=True)
class Publication:
    """The statistics that a run publishes, with their years and release dates, and the map of each year."""

    run: Run
    warehouse: Warehouse
    releases: Releases
    maps: Maps

    @staticmethod
    def of(run: Run, warehouse: Warehouse, releases: Releases, map_year: int | None = None) -> "Publication":
        """All years on the map of `map_year`; None: each on its own."""
        years = sorted({year for dates in releases.values() for year in dates})
        return Publication(run, warehouse, releases, {year: map_year or year for year in years})

    def with_all_cards(self) -> "Publication":
        """With every card that is to be protected: what is hidden must not depend on which statistics are asked for."""
        dates: dict[str, ReleaseDates] = {}
        for code, card in sorted(self.run.configuration.cards.items()):
            is_looked_at = code in self.releases or card.disclosure.protects != "public"
            years = [year for year in self.maps if year >= card.available_since and is_looked_at]
            dates[code] = {year: card.release.planned_date(year) for year in years} | dict(self.releases.get(code, {}))
        return replace(self, releases={code: of_card for code, of_card in dates.items() if of_card})

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(self.run.configuration.cards[code] for code in self.releases)

    def source(self, unit: str) -> Table:
        """The year table that the cards of a unit are summed from."""
        return self.run.configuration.year_tables.by_unit[unit]

    @property
    def geography(self) -> Geography:
        return self.run.configuration.geography

    @property
    def dimensions(self) -> Dimensions:
        return self.run.configuration.dimensions

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """The dimensions of all cards, each once: the dimension columns of the sums."""
        return dimension_names(self.cards)

    def maps_of(self, card: Card) -> Maps:
        """The maps of the years that the card is published for."""
        return {year: self.maps[year] for year in self.releases[card.code]}

    def breakdowns(self, card: Card, level: str) -> list[tuple[str, ...]]:
        """The sets of dimensions that the card is broken down by at a level."""
        return card.breakdowns(level, self.run.configuration.protection.sector_dimensions.value)

    def levels(self, card: Card, year: int) -> tuple[str, ...]:
        """The levels at which the card is published for a year: those of the card and all groupings."""
        return (*card.levels(year), *self.geography.groupings)


@dataclass(frozen=True)
class ProtectedBy:
    """What `releases` tells of the protection that a release was made with.

    withdraws_unprotected: releases of its years that were not protected are published no more.
    """

    threshold: int
    fingerprint: str
    withdraws_unprotected: bool = False


class Protector(Protocol):
    """Decides which sums may be shown (the job hands it in: this room knows nothing of the rules of disclosure).

    Called once for a publication, after the consistency checks and before anything is written.

    `sums`: all statistics in one frame. Grain: code, year, geo_level, geo_code, parent_code, members. Columns:
    - code STRING: the statistic;
    - year INT: the year of the data;
    - geo_level STRING, geo_code STRING: the area, on the map of `publication.maps[year]`; geo_code null: what counts
      for `parent_code` and for none of its areas of that level (residence, sector or group unknown);
    - parent_code STRING: the area one level up that it lies in (of a grouping: the country); null: the country;
    - one STRING column for each of `publication.dimension_names`: a published code, `_T` (the total; also for every
      statistic that has not this dimension) or `_U` (unknown: part of the total, never published);
    - numerator BIGINT, denominator BIGINT (null: the statistic is a count).
    Every area and every combination of members that is published has a row, zeros included. What is unknown (geo_code
    null, a member `_U`) has one only where somebody is counted there.

    Returned are the same rows, each once, with one more column, conf_status STRING: `F` free, as it came; `C`
    confidential, numerator null, and denominator null unless it is public. Of rows that are not published (geo_code
    null, or a member `_U`) nothing is looked at. The frame is read once for every statistic: return it held.

    `earlier`: what is published already, of whatever year and map.
    """

    def __call__(self, sums: DataFrame, publication: Publication, earlier: Sequence[Release]) -> DataFrame: ...


def everything_free(sums: DataFrame, publication: Publication, earlier: Sequence[Release] = ()) -> DataFrame:
    """The `Protector` that hides nothing: for tests, and for warehouses that stay inside. The run says so."""
    publication.run.say("small cells are not protected: these tables stay inside")
    return sums.withColumn("conf_status", F.lit(FREE))

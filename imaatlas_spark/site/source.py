"""What the site is made from: the published figures of a warehouse, through the reader. Nothing else reads tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.metadata.content import Told
from imaatlas_spark.reader import EVERY, Atlas


@dataclass(frozen=True)
class Words:
    """What the warehouse calls things in one language. `areas`: (level, code) -> name; `statistics`: code -> unit."""

    areas: Mapping[tuple[str, str], str]
    levels: Mapping[str, str]
    statuses: Mapping[str, str]
    dimensions: Mapping[str, str]
    members: Mapping[str, Mapping[str, str]]
    titles: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(frozen=True)
class Source:
    atlas: Atlas

    @classmethod
    def of(cls, warehouse: Path) -> "Source":
        return cls(Atlas(warehouse))

    def chosen(self, codes: Iterable[str] | None) -> tuple[str, ...]:
        """`codes`, or every published statistic; one that is not there is refused."""
        known = self.atlas.codes
        for code in codes or ():
            if code not in known:
                raise ArgumentRefused(
                    f"--statistics: {code} is not published in this warehouse: {', '.join(known)} are"
                )
        return known if codes is None else tuple(sorted(set(codes)))

    def map_years(self, codes: Iterable[str]) -> set[int]:
        """The years whose maps the statistics are on."""
        return {year for code in codes for year in self.atlas.releases(code)["geography"]}

    @cached_property
    def _told(self) -> dict[str, Told]:
        return {code: Told(self.atlas, code) for code in self.atlas.codes}

    def told(self, code: str) -> Told:
        """A statistic as it is told to machines: its rows, each year on its own map."""
        return self._told[code]

    def observations(self, code: str) -> pl.DataFrame:
        """The latest release of each year and map, columns as in the contract, section 4.

        In the order of year, map, level, members, area.
        """
        dimensions = self.atlas.dimensions(code)
        own = self._columns(code, self.told(code).rows)
        taken = own.select("year", "geography").unique()
        releases = self.atlas.releases(code).select("year", "geography").unique()
        every: dict[str, Any] = dict.fromkeys(dimensions, EVERY)
        others = [
            self._columns(code, self.atlas.values(code, map=on_map, **every)).join(taken, on=taken.columns, how="anti")
            for on_map in releases.join(taken, on=taken.columns, how="anti")["geography"].unique().sort()
        ]
        return pl.concat([own, *others]).sort("year", "geography", "geo_level", *dimensions, "geo_code")

    def _columns(self, code: str, values: pl.DataFrame) -> pl.DataFrame:
        columns = ("numerator", "denominator", "value", "obs_status", "conf_status", "release_date")
        keys = ("year", "geo_level", "geo_code", "geography")
        return pl.DataFrame(values.select(*keys, *self.atlas.dimensions(code), *columns))

    def release_rows(self, code: str) -> list[dict[str, Any]]:
        """What each release changed of the one before. Grain: year, map, release date; the newest first.

        `changed`: how many figures differ, came or went (None: there was none before); `country`, `country_before`: the
        value of the country.
        """
        rows: list[dict[str, Any]] = []
        releases = self.atlas.releases(code).sort("year", "geography", "release_date")
        before: tuple[int, int, Any] = (0, 0, None)
        for year, on_map, released in releases.select("year", "geography", "release_date").iter_rows():
            row = {"year": year, "geography": on_map, "release_date": released, "changed": None, "country_before": None}
            if before[:2] == (year, on_map):
                changes = self.atlas.changes(code, before[2], released, map=on_map)
                row["changed"] = changes.filter(pl.col("year") == year).height
                row["country_before"] = self._country(code, year, on_map, before[2])
            rows.append({**row, "country": self._country(code, year, on_map, released)})
            before = (year, on_map, released)
        return sorted(rows, key=lambda row: (-row["year"], -row["geography"], -row["release_date"].toordinal()))

    def _country(self, code: str, year: int, on_map: int, released: Any) -> float | None:
        values = self.atlas.values(code, level="country", areas=COUNTRY, years=year, map=on_map, release=released)
        found: list[float | None] = values["value"].to_list()
        return found[0]

    def sectors(self) -> pl.DataFrame:
        """The names of the statistical sectors. Grain: sector. Columns: sector, name_nl, name_fr."""
        names = {language: self.atlas.names(language).areas for language in ("nl", "fr")}
        dutch, french = (
            rows.filter(pl.col("geo_level") == SECTOR).select("geo_code", pl.col("area_name").alias(f"name_{language}"))
            for language, rows in names.items()
        )
        return dutch.join(french, on="geo_code").rename({"geo_code": "sector"}).sort("sector")

    @cached_property
    def _words(self) -> dict[str, Words]:
        return {}

    def words(self, language: str) -> Words:
        if language not in self._words:
            names = self.atlas.names(language)
            named = names.areas.filter(pl.col("geo_level") != SECTOR).iter_rows()
            self._words[language] = Words(
                areas={(level, code): called for level, code, called in named},
                levels=names.codes("geo_level"),
                statuses=names.codes("obs_status"),
                dimensions=names.dimensions,
                members=names.members,
                titles={code: title for code, (title, _) in names.statistics.items()},
                units={code: unit for code, (_, unit) in names.statistics.items()},
            )
        return self._words[language]

    @property
    def is_synthetic(self) -> bool:
        return self.atlas.synthetic

    def citation(self, code: str) -> str:
        """How to cite a statistic, with `{today}` for the day on which it is read."""
        return f"{self.atlas.citation(code)} (accessed on {{today}})"

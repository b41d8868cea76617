"""The Atlas as one object: what is published, in the words and on the map that the reader asks for."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.configuration.sheet import sheet
from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.reader.areas import Areas
from imaatlas_spark.reader.combining import combined
from imaatlas_spark.reader.comparing import changed, with_breaks
from imaatlas_spark.reader.figures import Figures
from imaatlas_spark.reader.names import Names, known_language
from imaatlas_spark.reader.profile import Profile
from imaatlas_spark.reader.selection import LATEST
from imaatlas_spark.reader.sheets import Sheet, names_of_sheet
from imaatlas_spark.reader.statistic import EVERY, Asked, Codes, Statistic, Years, refuse_overlap
from imaatlas_spark.reader.store import IS_PROTECTED, Store
from imaatlas_spark.schemas.metadata import ABOUT


class Atlas:
    """The published statistics of a warehouse, as they were when this object was made.

    Everything is taken from the releases that the ledger names, of each year the latest one and one map, unless asked
    otherwise; a frame says where a year has others. Areas are asked for by code or by name. What the Atlas does not
    have is refused in one line (`errors.NotInAtlas`); a folder without published tables is a `WarehouseRefused`.
    """

    def __init__(self, warehouse: str | Path) -> None:
        self._store = Store.at(warehouse)
        self._areas = Areas(self._store)
        self._names: dict[str, Names] = {}

    def __repr__(self) -> str:
        years = sorted({year for code in self.codes for year in self._statistic(code).releases["year"]})
        lines = [f"Atlas of {len(self.codes)} statistics, {years[0]}-{years[-1]}: {self._store.root}"]
        return "\n".join([*lines, *self._warnings()])

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the statistics that are published."""
        return self._store.codes

    @property
    def maps(self) -> tuple[int, ...]:
        """The years whose maps are in use."""
        return self._areas.maps

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of areas, from the country down, then the user's groupings."""
        return self._areas.levels

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """The row of `metadata/about`."""
        return self._store.frame(ABOUT).row(0, named=True)

    @cached_property
    def synthetic(self) -> bool:
        """Whether the figures were drawn by chance: the warehouse says so, or one of its published tables does."""
        return bool(self.about["synthetic"]) or self._store.says_synthetic

    def dimensions(self, code: str) -> tuple[str, ...]:
        """The dimensions of a statistic, in the order of its columns."""
        return self._statistic(code).dimensions

    def members(self, dimension: str, language: str = "nl") -> dict[str, str]:
        """Label by code of a dimension's members, in their order, the total `_T` first."""
        members = self.names(language).members
        if dimension not in members:
            raise NotInAtlas(f"there is no dimension '{dimension}': known are {', '.join(members)}")
        return members[dimension]

    def names(self, language: str = "nl") -> Names:
        """Names and labels in a language."""
        if language not in self._names:
            self._names[language] = Names(self._store, known_language(language))
        return self._names[language]

    def statistics(self, language: str = "nl") -> Figures:
        """What is published. Grain: code.

        Columns: code, title, unit, measure, scale, dimensions (list), smallest_level (in the latest year), years,
        maps (lists), latest_release.
        """
        rows = []
        for code in self.codes:
            statistic = self._statistic(code, language)
            releases, (title, unit) = statistic.releases, statistic.names.statistics[code]
            rows.append(
                {
                    **{"code": code, "title": title, "unit": unit},
                    **{name: statistic.metadata[name] for name in ("measure", "scale")},
                    "dimensions": list(statistic.dimensions),
                    "smallest_level": self.card(code).levels(max(releases["year"].to_list()))[-1],
                    "years": releases["year"].unique().sort().to_list(),
                    "maps": releases["geography"].unique().sort().to_list(),
                    "latest_release": releases["release_date"].max(),
                }
            )
        return self._figures(pl.DataFrame(rows, schema_overrides={"dimensions": pl.List(pl.String)}))

    def card(self, code: str) -> Card:
        """The card of a statistic as it was published."""
        return Card.model_validate_json(self._statistic(code).metadata["card"])

    def sheet(self, code: str, language: str = "nl", accessed: dt.date | None = None) -> Sheet:
        """The sheet of a statistic: title, description, remarks, ..., readings, in the agency's order.

        `accessed`: the day on which it is read (None: today), for the recommended reference.
        """
        day = accessed or dt.date.today()
        sections = sheet(self.card(code), names_of_sheet(self._store), known_language(language), f"{day:%d/%m/%Y}")
        return Sheet(code, language, tuple((heading, tuple(paragraphs)) for heading, paragraphs in sections))

    def areas(self, level: str | None = None, year: int | None = None, names: str = "nl") -> Figures:
        """The areas on the map of `year` (None: the latest in use). Grain: geo_level, geo_code, parent_level.

        Columns: geo_level, geo_code, area_name, geography, parent_level, parent_code, parent_name, name_nl, name_fr,
        name_de, valid_from, valid_to. A municipality lies in its arrondissement and in a group of each grouping.
        """
        return self._figures(self._areas.on_map(year or self.maps[-1], level, self.names(names)))

    def find(self, area: str, level: str | None = None) -> tuple[str, str]:
        """(level, code) of an area asked for by code or by name; refused where there is none or several."""
        return self._areas.found(area, level)

    def releases(self, code: str) -> Figures:
        """The releases of a statistic. Grain: year, geography, release_date.

        Columns: statistic, year, geography, release_date, version, run_id, protection_threshold (null: not protected),
        protection_fingerprint, latest (of the year on this map).
        """
        newest = pl.col("release_date").max().over("year", "geography")
        rows = self._statistic(code).releases.with_columns((pl.col("release_date") == newest).alias("latest"))
        return self._figures(rows, code=code)

    def is_protected(self, code: str) -> bool:
        """Whether small figures are hidden in every release of a statistic."""
        return bool(self._statistic(code).releases.select(IS_PROTECTED.all()).item())

    def values(  # noqa: PLR0913 (six, and self)
        self,
        code: str,
        *,
        level: str | None = None,
        years: Years = None,
        areas: Codes | None = None,
        map: int | None = None,
        release: str | dt.date = LATEST,
        names: str = "nl",
        **members: Codes,
    ) -> Figures:
        """The figures of a statistic. Grain: year, area, members.

        `level`, `years`, `areas`: what to take; None: all. `map`: the year whose map gives the areas; None: each year
        on its own, or on the latest map that it is published on where that is not one of them. `release`: the latest,
        or a day: what was published then. Of each dimension the total is taken unless it is named: a code, several
        codes, or EVERY.
        Columns: year, geo_level, geo_code, area_name, geography, each dimension and `<dimension>_label`, numerator,
        denominator, value, unit, obs_status, obs_status_label, conf_status, conf_status_label, release_date; of a
        synthetic warehouse also synthetic (true).
        Order: year, level from the country down, code, members in their order.
        """
        asked = Asked(level, areas, years, map, release, members)
        return self._figures(*self._statistic(code, names).values(asked), code)

    def series(
        self,
        code: str,
        area: str,
        *,
        map: int | None = None,
        level: str | None = None,
        release: str | dt.date = LATEST,
        names: str = "nl",
        **members: str,
    ) -> Figures:
        """The years of an area beside each other, breaks marked. Grain: year, by year.

        As `values`, and break_since: why a figure does not compare with the row before (null: it does); redrawn: what
        the area gained or lost since the row before, where the rows are on different maps (null: nothing).
        """
        at, found = self._areas.found(area, level)
        for name, member in members.items():
            if not isinstance(member, str) or member == EVERY:
                raise NotInAtlas(f"a series has one member of {name}: give one code, or combine() several")
        rows, notes = self._statistic(code, names).values(Asked(at, found, None, map, release, members))
        series = with_breaks(rows, self.names(names).breaks(code), self._areas, self.names(names))
        return self._figures(series, notes, code)

    def profile(
        self, area: str, year: int, *, level: str | None = None, map: int | None = None, names: str = "nl"
    ) -> Figures:
        """Every statistic of a place in a year, totals, against what it lies in. Grain: code.

        Columns: code, title, year, geo_level, geo_code, area_name, geography, numerator, denominator, value, unit,
        obs_status, obs_status_label, conf_status, parent_level, parent_code, parent_name, parent_value, country_value,
        rank (1: the highest of the level; null where there is no value), ranked (how many have one), release_date.
        A statistic that does not publish the level or the year is left out, and named in the notes.
        """
        at = self._areas.found(area, level)
        made = Profile(self, self._areas, self.names(names), at, year, map)
        return self._figures(made.rows, made.notes)

    def combine(  # noqa: PLR0913 (six, and self)
        self,
        code: str,
        areas: Codes,
        *,
        level: str | None = None,
        years: Years = None,
        map: int | None = None,
        release: str | dt.date = LATEST,
        names: str = "nl",
        **members: Codes,
    ) -> Figures:
        """Areas, and members, taken together: numerators and denominators are summed, never averaged. Grain: year.

        Columns: year, geography, areas, area_names, each dimension (list), numerator, denominator, value, unit,
        obs_status, obs_status_label, conf_status, parts. Hidden (`Q`) where a part is, so that it is not given away.
        Raises NotInAtlas where parts overlap (a total beside its members, areas of two levels) or a year lacks one.
        """
        asked = self._areas.several(areas, level)
        statistic = self._statistic(code, names)
        for name in statistic.dimensions:
            refuse_overlap(name, members.get(name, TOTAL))
        if len({at for at, _ in asked}) > 1:
            raise NotInAtlas(f"areas of several levels may overlap: {', '.join(code for _, code in asked)}; say level=")
        codes = [found for _, found in asked]
        rows, notes = statistic.values(Asked(asked[0][0], codes, years, map, release, members))
        sums = combined(rows, codes, statistic)
        return self._figures(sums, notes, code)

    def changes(
        self,
        code: str,
        before: str | dt.date,
        after: str | dt.date = LATEST,
        *,
        names: str = "nl",
        map: int | None = None,
        **members: Codes,
    ) -> Figures:
        """What differs between what was published on two days. Grain: year, area, members; alike rows are left out.

        Columns: year, geo_level, geo_code, area_name, geography, each dimension with its label, change (added, removed,
        changed), value_before, value_after, difference (null where either is not shown), obs_status_before,
        obs_status_after, numerator_before, numerator_after, denominator_before, denominator_after, release_before,
        release_after.
        """
        statistic = self._statistic(code, names)
        every: dict[str, Codes] = dict.fromkeys(statistic.dimensions, EVERY)
        old, new = (
            statistic.values(Asked(map_year=map, release=each, members=every | members))[0] for each in (before, after)
        )
        return self._figures(changed(old, new, statistic.dimensions), code=code)

    def cite(self, code: str, accessed: dt.date | None = None) -> str:
        """How to cite a statistic that was read on a day (None: today), as its sheet asks; never as IMA's if drawn."""
        day = accessed or dt.date.today()
        return f"{self.citation(code)} (accessed on {day:%d/%m/%Y})"

    def citation(self, code: str) -> str:
        """`cite` without the day."""
        cited = str(self._statistic(code).metadata["citation"])
        return f"Synthetic figures, drawn by chance: they describe nobody ({code})" if self.synthetic else cited

    def _statistic(self, code: str, language: str = "nl") -> Statistic:
        if code not in self.codes:
            raise NotInAtlas(f"{self._store.root} publishes no statistic '{code}': known are {', '.join(self.codes)}")
        return Statistic(code, self._areas, self.names(language))

    def _figures(self, frame: pl.DataFrame, notes: Iterable[str] = (), code: str | None = None) -> Figures:
        """With the citation of the statistic; a synthetic warehouse says so in every frame."""
        if self.synthetic and "synthetic" not in frame.columns:
            frame = frame.with_columns(pl.lit(True).alias("synthetic"))
        notes = dict.fromkeys([*notes, *self._warnings()])
        return Figures.of(frame, self.cite(code) if code else "", tuple(notes))

    def _warnings(self) -> list[str]:
        return ["SYNTHETIC: drawn by chance, no figure describes anyone"] if self.synthetic else []

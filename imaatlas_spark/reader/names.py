"""What areas, members, codes and statistics are called, in the language of the reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.reader.store import Store
from imaatlas_spark.schemas.metadata import AREAS, BREAKS, CODES, LANGUAGES, MEMBERS, STATISTICS

# The files of the geography have no English names: in English an area is called as its inhabitants call it.
_IN_ENGLISH = {"01000": "Belgium", "02000": "Flanders", "03000": "Wallonia", "04000": "Brussels"}
_FRENCH_SPEAKING = r"^(25|[5689]|20002)"
_BRUSSELS = r"^21"


def known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise NotInAtlas(f"there is no language '{language}': known are {', '.join(LANGUAGES)}")
    return language


@dataclass(frozen=True)
class Names:
    """Names and labels in one language, out of the metadata of the warehouse."""

    store: Store
    language: str

    @cached_property
    def areas(self) -> pl.DataFrame:
        """Grain: geo_level, geo_code. Beside: area_name. Of an area with several periods the last one's name."""
        rows = (
            self.store.frame(AREAS).sort("valid_from", nulls_last=False).unique(["geo_level", "geo_code"], keep="last")
        )
        return rows.select("geo_level", "geo_code", self._name().alias("area_name"))

    def _name(self) -> pl.Expr:
        dutch, french, code = pl.col("name_nl"), pl.col("name_fr"), pl.col("geo_code")
        if self.language == "nl":
            return pl.coalesce(dutch, french, code)
        if self.language == "fr":
            return pl.coalesce(french, dutch, code)
        own = pl.col("geo_level").is_in(LEVELS)
        both = pl.when(dutch != french).then(pl.concat_str([french, dutch], separator=" / ")).otherwise(dutch)
        return (
            pl.when(pl.col("geo_level").is_in(LEVELS[:2]) & code.is_in(list(_IN_ENGLISH)))
            .then(code.replace_strict(_IN_ENGLISH, default=None))
            .when(own & code.str.contains(_BRUSSELS))
            .then(pl.coalesce(both, french, dutch, code))
            .when(own & code.str.contains(_FRENCH_SPEAKING))
            .then(pl.coalesce(french, dutch, code))
            .otherwise(pl.coalesce(dutch, french, code))
        )

    def area(self, level: str, code: str) -> str:
        found = self.areas.filter((pl.col("geo_level") == level) & (pl.col("geo_code") == code))["area_name"]
        return str(found[0]) if len(found) else code

    @cached_property
    def members(self) -> dict[str, dict[str, str]]:
        """Label by dimension and code, codes in their order, the total first."""
        rows = self.store.frame(MEMBERS).sort("dimension", "position")
        found: dict[str, dict[str, str]] = {}
        for dimension, code, label in rows.select("dimension", "code", f"label_{self.language}").iter_rows():
            found.setdefault(dimension, {})[code] = label
        return found

    @cached_property
    def dimensions(self) -> dict[str, str]:
        """Title by name of the dimension."""
        rows = self.store.frame(MEMBERS).select("dimension", f"dimension_{self.language}").unique()
        return dict(sorted(rows.iter_rows()))

    def codes(self, codelist: str) -> dict[str, str]:
        """Label by code of a list, in its order."""
        rows = self.store.frame(CODES).filter(pl.col("codelist") == codelist).sort("position")
        return dict(rows.select("code", f"label_{self.language}").iter_rows())

    @cached_property
    def statistics(self) -> dict[str, tuple[str, str]]:
        """(title, unit) by code."""
        rows = self.store.frame(STATISTICS).sort("code")
        columns = ("code", f"title_{self.language}", f"unit_{self.language}")
        return {code: (title, unit) for code, title, unit in rows.select(columns).iter_rows()}

    def breaks(self, code: str) -> list[tuple[int, str]]:
        """(year, what changed) of a statistic, by year."""
        rows = self.store.frame(BREAKS).filter(pl.col("code") == code).sort("year")
        return list(rows.select("year", f"text_{self.language}").iter_rows())

    def labelled(self, rows: pl.LazyFrame, dimensions: Iterable[str]) -> pl.LazyFrame:
        """`rows` with area_name, a label beside each dimension and beside both status codes."""
        lists = {name: self.members.get(name, {}) for name in dimensions}
        lists |= {name: self.codes(name) for name in ("obs_status", "conf_status")}
        labels = [
            pl.col(name).replace_strict(labels, default=pl.col(name), return_dtype=pl.String).alias(f"{name}_label")
            for name, labels in lists.items()
        ]
        named = rows.join(self.areas.lazy(), on=["geo_level", "geo_code"], how="left", maintain_order="left")
        return named.with_columns(pl.coalesce("area_name", "geo_code").alias("area_name"), *labels)

"""What is published of a year on a map, with what `protection/amounts` tells of each release: read without Spark."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from deltalake.exceptions import DeltaError
from polars.exceptions import PolarsError

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.errors import ArgumentRefused, WarehouseRefused
from imaatlas_spark.periods import in_words
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure, structure_of
from imaatlas_spark.reader.store import IS_PROTECTED, Store
from imaatlas_spark.schemas.ledger import DONE, RELEASES, RUNS
from imaatlas_spark.schemas.protection import AMOUNTS

CELL = ["geo_level", "geo_code", "members"]


@dataclass(frozen=True)
class Edition:
    """A year on a map, the latest release of each statistic.

    rows: by statistic; CELL, dimensions (how many it is broken down by), numerator, denominator, conf_status.
    kept: by statistic, `protection/amounts` as the run left it that made the release, of this year and map.
    thresholds: those that the releases were protected with. is_of_conf: by `conf/protection.toml` as it is now.
    """

    year: int
    geography: int
    structure: Structure
    rows: Mapping[str, pl.DataFrame]
    kept: Mapping[str, pl.DataFrame]
    thresholds: tuple[int, ...]
    is_of_conf: bool

    @property
    def unpublished(self) -> tuple[str, ...]:
        """Statistics that count in what is hidden, and have no release."""
        return tuple(card.code for card in self.structure.shown if card.code not in self.rows)

    @property
    def is_derived(self) -> bool:
        """Whether what is hidden follows from another map: then not all true values are kept."""
        return any(kept["value"].null_count() > 0 for kept in self.kept.values())


def editions(configuration: Configuration, store: Store, years: Iterable[int]) -> Iterator[Edition]:
    """Of each year and map that is published. Raises where a year is not, or a release is not protected."""
    latest = _latest(store, years)
    _refuse_unprotected(store, latest)
    _refuse_unknown(configuration, latest)
    store.table(AMOUNTS.path)  # refused where there is none
    kept = _Kept(store)
    for (year, geography), of_edition in latest.group_by("year", "geography", maintain_order=True):
        releases = list(of_edition.iter_rows(named=True))
        codes = {release["statistic"] for release in releases}
        cards = [
            card
            for code, card in sorted(configuration.cards.items())
            if code in codes or (card.disclosure.protects != "public" and int(str(year)) >= card.available_since)
        ]
        prints = {release["protection_fingerprint"] for release in releases}
        yield Edition(
            int(str(year)),
            int(str(geography)),
            structure_of(map(Shown.of, cards), configuration.protection),
            {each["statistic"]: _rows(configuration, store, each) for each in releases},
            {each["statistic"]: kept.of(each) for each in releases},
            tuple(sorted({release["protection_threshold"] for release in releases})),
            prints == {configuration.protection.fingerprint},
        )


def _latest(store: Store, years: Iterable[int]) -> pl.DataFrame:
    """The rows of `releases` that count: of each statistic, year and map the one of the latest date."""
    every, asked = store.frame(RELEASES), sorted(set(years))
    known = sorted(set(every["year"]))
    if missing := [year for year in asked if year not in known]:
        lacking, there = in_words(tuple(missing)), in_words(tuple(known))
        raise ArgumentRefused(f"--years: nothing of {lacking} is published in {store.root}, but of {there}")
    return (
        every.filter(pl.col("year").is_in(asked))
        .sort("year", "geography", "statistic", "release_date")
        .unique(["year", "geography", "statistic"], keep="last", maintain_order=True)
    )


def _refuse_unprotected(store: Store, releases: pl.DataFrame) -> None:
    bare = releases.filter(~IS_PROTECTED)
    if bare.height:
        first = bare.row(0, named=True)
        more = f" (and {bare.height - 1} more)" if bare.height > 1 else ""
        raise WarehouseRefused(
            f"{store.root}: {first['statistic']} of {first['year']}, released on {first['release_date']}{more}, is not "
            "protected: publish it again with build_statistics.py --withdraw-unprotected"
        )


def _refuse_unknown(configuration: Configuration, releases: pl.DataFrame) -> None:
    unknown = sorted(set(releases["statistic"]) - set(configuration.cards))
    if unknown:
        raise ArgumentRefused(
            f"--conf-dir has no card of {', '.join(unknown)}, which the warehouse publishes: name the configuration "
            "that it was published with"
        )


def _rows(configuration: Configuration, store: Store, release: Mapping[str, Any]) -> pl.DataFrame:
    card = configuration.cards[release["statistic"]]
    keys = [pl.col(name) == release[name] for name in ("year", "geography", "release_date")]
    named = [
        pl.when(pl.col(name) != TOTAL).then(pl.concat_str(pl.lit(f"{name}="), pl.col(name)))
        for name in sorted(card.dimensions)
    ]
    said = pl.concat_str(named, separator=" ", ignore_nulls=True) if named else pl.lit("")
    return (
        store.statistic(card.code, release["version"], [release["year"]])
        .filter(*keys)
        .select(
            *("geo_level", "geo_code"),
            pl.when(said == "").then(pl.lit(TOTAL)).otherwise(said).alias("members"),
            pl.sum_horizontal(pl.lit(0), *(pl.col(name) != TOTAL for name in card.dimensions)).alias("dimensions"),
            *("numerator", "denominator", "conf_status"),
        )
        .collect()
    )


@dataclass(frozen=True)
class _Kept:
    """`protection/amounts` as completed runs have left it."""

    store: Store

    def of(self, release: Mapping[str, Any]) -> pl.DataFrame:
        version = self._version(release)
        of_release = (pl.col("year") == release["year"]) & (pl.col("geography") == release["geography"])
        try:
            return pl.scan_delta(self.store.table(AMOUNTS.path, version)).filter(of_release).collect()
        except (WarehouseRefused, DeltaError, PolarsError, OSError) as error:
            raise WarehouseRefused(
                f"version {version} of {self.store.root}/{AMOUNTS.path} cannot be read; {release['statistic']} of "
                f"{release['year']} was made with it (old versions are kept for "
                f"{AMOUNTS.retention.readable_for}): run build_statistics.py again"
            ) from error

    def _version(self, release: Mapping[str, Any]) -> int:
        """The version that the run of a release has left, or has read: the same figures hide what they hid before."""
        runs = self.store.frame(RUNS).filter(pl.col("outcome") == DONE, pl.col("run_id") == release["run_id"])
        for told in ("versions_written", "versions_read"):
            tables = [each for of_run in runs[told].to_list() for each in of_run]
            if versions := [int(each["version"]) for each in tables if each["table"] == AMOUNTS.path]:
                return max(versions)
        raise WarehouseRefused(
            f"{self.store.root}/{RUNS.path} tells of no {AMOUNTS.path} that {release['statistic']} of "
            f"{release['year']} was made with: run build_statistics.py again"
        )

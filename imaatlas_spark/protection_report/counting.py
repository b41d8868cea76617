"""How many cells are sensitive, how many are hidden, and what is not shown at all: by statistic, level, dimensions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import is_count_of_persons
from imaatlas_spark.protection_report.editions import CELL, Edition
from imaatlas_spark.protection_report.truth import Truth
from imaatlas_spark.schemas.protection import DOMINANCE, LOOSE, SMALL, WITHHELD
from imaatlas_spark.schemas.statuses import CONFIDENTIAL

THRESHOLDS = (3, 5, 10, 20)
MOSTLY_SENSITIVE, UNPROVEN, PARTS_DO_NOT_FOLLOW = "mostly sensitive", "unproven", "parts do not follow"
_FEWEST_IN_A_SUM = 3  # hidden cells: a sum of fewer would tell them one by one


@dataclass(frozen=True)
class Line:
    """Of a statistic the rows of a level that are broken down by so many dimensions.

    persons_share: of the persons above the line those in hidden cells, in %; None: no persons are counted, too few
    cells are hidden to say it, or the values are kept on another map. at: by threshold the cells that would be
    sensitive themselves; None: the tables do not tell.
    """

    statistic: str
    geo_level: str
    dimensions: int
    cells: int
    sensitive: int
    hidden: int
    persons_share: float | None
    at: tuple[int | None, ...]

    @property
    def hidden_share(self) -> float:
        return 100 * self.hidden / self.cells

    @property
    def sensitive_share(self) -> float:
        return 100 * self.sensitive / self.cells


@dataclass(frozen=True)
class WithheldBreakdown:
    """Areas of a level whose breakdown (or whose parts) a statistic does not show, and why."""

    statistic: str
    geo_level: str
    why: str
    areas: tuple[str, ...]
    of_areas: int

    @property
    def is_every_area(self) -> bool:
        return len(self.areas) == self.of_areas


@dataclass(frozen=True)
class Counts:
    """The report on one year and map."""

    edition: Edition
    lines: tuple[Line, ...]
    withheld: tuple[WithheldBreakdown, ...]

    @staticmethod
    def of(configuration: Configuration, edition: Edition) -> "Counts":
        counting = _Counting(configuration, edition)
        cards = [card for card in edition.structure.shown if card.code in edition.rows]
        return Counts(
            edition,
            tuple(line for card in cards for line in counting.lines(card)),
            tuple(each for card in cards for each in counting.withheld(card)),
        )


@dataclass(frozen=True)
class _Counting:
    configuration: Configuration
    edition: Edition

    @cached_property
    def truth(self) -> Truth:
        return Truth.of(self.edition)

    @cached_property
    def sensitive_from(self) -> Mapping[int, pl.DataFrame | None]:
        """By pattern; on a map that follows from another the values are not told."""
        if self.edition.is_derived:
            return dict.fromkeys(range(len(self.edition.structure.patterns)))
        return self.truth.sensitive_from(self.configuration.protection)

    def lines(self, card: Shown) -> Iterator[Line]:
        pattern = self.edition.structure.patterns_of_card(card.code)
        rows = self._with_truth(card, self._with_reasons(card))
        least = None if pattern is None else self.sensitive_from[pattern]
        is_told = pattern is None or least is not None
        rows = rows.with_columns(pl.lit(None, pl.Int64).alias("least")) if least is None else _left(rows, least)
        persons = is_count_of_persons(card.above, self.configuration.protection.persons_columns)
        hidden = pl.col("conf_status") == CONFIDENTIAL
        counted = rows.group_by("geo_level", "dimensions").agg(
            pl.len().alias("cells"),
            pl.col("is_sensitive").sum().alias("sensitive"),
            hidden.sum().alias("hidden"),
            pl.col("true").null_count().alias("untold"),
            pl.col("true").sum().alias("persons"),
            pl.col("true").filter(hidden).sum().alias("persons_hidden"),
            *((pl.col("least") <= threshold).sum().alias(f"at_{threshold}") for threshold in THRESHOLDS),
        )
        for row in sorted(counted.iter_rows(named=True), key=self._place):
            may_be_told = persons and not row["untold"] and row["persons"] > 0
            may_be_told = may_be_told and not 0 < row["hidden"] < _FEWEST_IN_A_SUM
            yield Line(
                card.code,
                row["geo_level"],
                row["dimensions"],
                row["cells"],
                row["sensitive"],
                row["hidden"],
                100 * row["persons_hidden"] / row["persons"] if may_be_told else None,
                tuple(row[f"at_{threshold}"] if is_told else None for threshold in THRESHOLDS),
            )

    def withheld(self, card: Shown) -> Iterator[WithheldBreakdown]:
        rows = self._with_reasons(card)
        of_level = dict(rows.group_by("geo_level").agg(pl.col("geo_code").n_unique()).iter_rows())
        reasons = ((MOSTLY_SENSITIVE, pl.col("is_withheld")), (UNPROVEN, pl.col("is_unproven")))
        for why, holds in reasons:
            for level, areas in _areas(rows.filter(holds)).items():
                yield WithheldBreakdown(card.code, level, why, areas, of_level[level])
        for level, areas in _areas(self._loose(card)).items():
            if of_level.keys() >= {level, *LEVELS[LEVELS.index(level) + 1 :][:1]}:
                yield WithheldBreakdown(card.code, level, PARTS_DO_NOT_FOLLOW, areas, of_level[level])

    def _place(self, row: Mapping[str, object]) -> tuple[int, str, int]:
        level = str(row["geo_level"])
        return LEVELS.index(level) if level in LEVELS else len(LEVELS), level, int(str(row["dimensions"]))

    def _names(self, patterns: tuple[int, ...]) -> list[str]:
        structure = self.edition.structure
        return [structure.components[at].name for pattern in patterns for at in structure.patterns[pattern]]

    def _loose(self, card: Shown) -> pl.DataFrame:
        """The areas of whose parts nothing is shown of the cluster of a card."""
        pattern = self.edition.structure.patterns_of_card(card.code)
        cluster = next((each for each in self.edition.structure.clusters if pattern in each), ())
        kept = self.edition.kept[card.code].filter(pl.col("status") == LOOSE)
        return kept.filter(pl.col("amount").is_in(self._names(cluster)))

    def _with_reasons(self, card: Shown) -> pl.DataFrame:
        """The rows of a statistic, and why each is hidden: one row of a pattern is hidden as a whole."""
        pattern = self.edition.structure.patterns_of_card(card.code)
        kept = self.edition.kept[card.code].filter(pl.col("status") != LOOSE)
        reasons = (
            kept.filter(pl.col("amount").is_in(self._names(() if pattern is None else (pattern,))))
            .group_by(CELL)
            .agg(
                pl.col("status").is_in([SMALL, DOMINANCE]).any().alias("is_sensitive"),
                (pl.col("status") == WITHHELD).all().alias("is_withheld"),
                pl.col("is_unproven").any().alias("is_unproven"),
                pl.lit(True).alias("is_kept"),
            )
        )
        flags = ("is_sensitive", "is_withheld", "is_unproven", "is_kept")
        rows = _left(self.edition.rows[card.code], reasons).with_columns(pl.col(flags).fill_null(False))
        untold = rows.filter((pl.col("conf_status") == CONFIDENTIAL) & ~pl.col("is_kept")).height
        if untold:
            raise WarehouseRefused(
                f"protection/amounts tells nothing of {untold} hidden cells of {card.code}, {self.edition.year} on the "
                f"map of {self.edition.geography}: name the configuration that it was published with (--conf-dir), or "
                "run build_statistics.py again"
            )
        return rows

    def _with_truth(self, card: Shown, rows: pl.DataFrame) -> pl.DataFrame:
        """With `true`: what stands above the line, shown or not."""
        value = self.truth.value(card.above)
        if value is None:
            return rows.with_columns(pl.col("numerator").alias("true"))
        told = _left(rows, value)
        return told.with_columns(pl.coalesce("numerator", "value").alias("true")).drop("value")


def _left(rows: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    return rows.join(more, on=CELL, how="left", validate="m:1")


def _areas(rows: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The areas of each level, sorted."""
    by_level = rows.group_by("geo_level").agg(pl.col("geo_code").unique().sort())
    places = {level: at for at, level in enumerate(LEVELS)}
    found = sorted(by_level.iter_rows(), key=lambda row: (places.get(row[0], len(places)), row[0]))
    return {level: tuple(codes) for level, codes in found}

"""What earlier releases of the same year and map have told of the sums, read from the versions that hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.protection.before import ABOVE_IS_KNOWN, BELOW_IS_KNOWN, MARKS, WAS_HIDDEN
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.statuses import CONFIDENTIAL, FREE
from imaatlas_spark.statistics.publication import Publication
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage import publications


@dataclass(frozen=True)
class Earlier:
    """Releases that readers may have beside a publication."""

    publication: Publication
    releases: Sequence[Release]

    def marked(self, sums: DataFrame) -> DataFrame:
        """The sums with the columns of `before.MARKS`, BOOLEAN: the row was hidden; its numerator, its denominator was
        shown with the same figure."""
        cells = [cells for card in self.publication.cards if (cells := self._cells(card)) is not None]
        if not cells or not self.publication.run.configuration.protection.keep_pattern.value:
            return sums.withColumns({name: F.lit(False) for name in MARKS})
        keys = ["code", "year", "geo_level", "geo_code", *self.publication.dimension_names]
        now = sums.select(*keys, "numerator", "denominator")
        is_free = F.col("conf_status") == FREE  # else neither half was told, unless it is public
        marks = (
            reduce(DataFrame.unionByName, cells)
            .join(now, keys)
            .groupBy(*keys)
            .agg(
                F.bool_or(F.col("conf_status") == CONFIDENTIAL).alias(WAS_HIDDEN),
                F.bool_or(F.col("numerator").eqNullSafe(F.col("told")) & is_free).alias(ABOVE_IS_KNOWN),
                F.bool_or(F.col("denominator").eqNullSafe(F.col("told_below")) & is_free).alias(BELOW_IS_KNOWN),
            )
        )
        marked = sums.join(marks, keys, "left")
        return marked.withColumns({name: F.coalesce(F.col(name), F.lit(False)) for name in MARKS})

    def _cells(self, card: Card) -> DataFrame | None:
        """The published rows of a card on the maps of the publication, in the columns of the sums."""
        maps = self.publication.maps_of(card)
        of_card = [
            each for each in self.releases if each.statistic == card.code and maps.get(each.year) == each.geography
        ]
        table = statistic_table(card, self.publication.dimensions)
        rows = publications.rows_of(self.publication.warehouse, table, of_card)
        if rows is None:
            return None
        names = self.publication.dimension_names
        members: list[Column] = [F.col(name) if name in card.dimensions else F.lit(TOTAL).alias(name) for name in names]
        told = (F.col("numerator").alias("told"), F.col("denominator").alias("told_below"))
        return rows.select(
            F.lit(card.code).alias("code"), "year", "geo_level", "geo_code", *members, *told, "conf_status"
        )

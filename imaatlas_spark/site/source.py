"""What the site is made from: the published tables of a warehouse and the configuration that describes them.

The one place of the site that knows how a warehouse is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import ArgumentRefused, WarehouseRefused


@dataclass(frozen=True)
class Source:
    configuration: Configuration
    warehouse: Path

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The statistics of the warehouse that have a card, by code."""
        tables = (self.warehouse / "statistics").glob("*/_delta_log")
        found = sorted(path.parent.name for path in tables if path.parent.name in self.configuration.cards)
        if not found:
            raise WarehouseRefused(f"{self.warehouse} has no statistics: run build_statistics.py first")
        return tuple(found)

    def chosen(self, codes: Iterable[str] | None) -> tuple[str, ...]:
        """`codes`, or every statistic; one that is not there is refused."""
        for code in codes or ():
            if code not in self.codes:
                raise ArgumentRefused(
                    f"--statistics: {code} is not in {self.warehouse}: it has {', '.join(self.codes)}"
                )
        return self.codes if codes is None else tuple(sorted(set(codes)))

    def card(self, code: str) -> Card:
        return self.configuration.cards[code]

    def releases(self, code: str) -> pl.DataFrame:
        """Every release of a statistic, as its table holds it (contract, section 4)."""
        return _table(self.warehouse / "statistics" / code)

    def observations(self, code: str) -> pl.DataFrame:
        """The latest release of each year and map, in the order of year, map, level, area, members."""
        card = self.card(code)
        rows = self.releases(code)
        latest = pl.col("release_date").max().over("year", "geography")
        order = ["year", "geography", "geo_level", *card.dimensions, "geo_code"]
        return rows.filter(pl.col("release_date") == latest).sort(order)

    def map_years(self, codes: Iterable[str]) -> set[int]:
        """The years whose maps the statistics are on."""
        return {year for code in codes for year in self.releases(code)["geography"].unique()}

    def is_protected(self, code: str) -> bool:
        return "conf_status" in self.releases(code).columns

    @property
    def is_synthetic(self) -> bool:
        return True

    def sectors(self) -> pl.DataFrame:
        """The names of the statistical sectors. Grain: sector. Columns: sector, name_nl, name_fr."""
        rows = _table(self.warehouse / "inputs" / "sectors").sort("sector", "valid_from")
        return rows.group_by("sector", maintain_order=True).last().select("sector", "name_nl", "name_fr")


def _table(folder: Path) -> pl.DataFrame:
    try:
        table = DeltaTable(str(folder))
    except TableNotFoundError as error:
        raise WarehouseRefused(
            f"there is no table {folder}: give the folder of a warehouse that is complete"
        ) from error
    frame = pl.from_arrow(table.to_pyarrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame

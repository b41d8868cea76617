"""The files that people take along: all published figures of a statistic."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.site.texts import number


@dataclass(frozen=True)
class Download:
    name: str
    label: str
    bytes: int

    def size(self, language: str) -> str:
        if self.bytes < 1_000_000:
            return f"{number(max(1, self.bytes / 1000), 0, language)} kB"
        return f"{number(self.bytes / 1_000_000, 1, language)} MB"


def write_downloads(folder: Path, code: str, observations: pl.DataFrame, with_sectors: bool) -> tuple[Download, ...]:
    """`CODE.csv` and `CODE.parquet`: the columns of the contract, section 4, of the latest releases."""
    rows = observations if with_sectors else observations.filter(pl.col("geo_level") != SECTOR)
    folder.mkdir(parents=True, exist_ok=True)
    table, columnar = folder / f"{code}.csv", folder / f"{code}.parquet"
    rows.write_csv(table)
    rows.write_parquet(columnar, compression="zstd")
    return (
        Download(table.name, "CSV", table.stat().st_size),
        Download(columnar.name, "Parquet", columnar.stat().st_size),
    )

"""The files that people and machines take along: the figures of a statistic, and what describes all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.metadata.citations import bibtex, citation_cff
from imaatlas_spark.metadata.content import Told
from imaatlas_spark.metadata.csvw import csv_rows, csvw
from imaatlas_spark.metadata.dcat import Kind, catalogue
from imaatlas_spark.metadata.sdmx_data import sdmx_rows
from imaatlas_spark.metadata.sdmx_structures import sdmx_structures
from imaatlas_spark.site.files import write_text
from imaatlas_spark.site.texts import number

_FILES: Mapping[str, Kind] = {
    "{code}.csv": ("CSV", "text/csv", "CSV"),
    "{code}.sdmx.csv": ("SDMX-CSV", "application/vnd.sdmx.data+csv", "CSV"),
    "{code}.parquet": ("Parquet", "application/vnd.apache.parquet", "PARQUET"),
}


@dataclass(frozen=True)
class Download:
    name: str
    label: str
    media_type: str
    bytes: int

    def size(self, language: str) -> str:
        if self.bytes < 1_000_000:
            return f"{number(max(1, self.bytes / 1000), 0, language)} kB"
        return f"{number(self.bytes / 1_000_000, 1, language)} MB"


def write_downloads(folder: Path, told: Told, observations: pl.DataFrame, with_sectors: bool) -> tuple[Download, ...]:
    """`CODE.csv` (described by CSVW), `CODE.sdmx.csv`, `CODE.parquet`.

    The text files end at the municipality and hold each year on its own map: a spreadsheet can open them. Parquet has
    everything that the site shows, sectors and other maps too; columns as in the contract, section 4.
    """
    folder.mkdir(parents=True, exist_ok=True)
    above_sectors = pl.col("geo_level") != SECTOR
    rows = csv_rows(told).filter(above_sectors)
    rows.write_csv(folder / f"{told.code}.csv")
    write_text(folder / f"{told.code}.csv-metadata.json", csvw(told, f"{told.code}.csv", rows.columns))
    sdmx_rows(told).filter(pl.col("GEO_LEVEL") != SECTOR).write_csv(folder / f"{told.code}.sdmx.csv")
    everything = observations if with_sectors else observations.filter(above_sectors)
    everything.write_parquet(folder / f"{told.code}.parquet", compression="zstd")
    found = []
    for pattern, (label, media_type, _) in _FILES.items():
        path = folder / pattern.format(code=told.code)
        found.append(Download(path.name, label, media_type, path.stat().st_size))
    return tuple(found)


def write_metadata(folder: Path, statistics: Iterable[Told]) -> None:
    """What describes all statistics to machines: SDMX structures, a DCAT catalogue, citations."""
    statistics = list(statistics)
    files = {f"../download/{pattern}": kind for pattern, kind in _FILES.items()}
    write_text(folder / "structures.xml", sdmx_structures(statistics))
    write_text(folder / "catalogue.ttl", catalogue(statistics, files))
    write_text(folder / "citations.bib", bibtex(statistics))
    write_text(folder / "CITATION.cff", citation_cff(statistics))

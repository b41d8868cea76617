"""The files that people and machines take along: the figures of a statistic, and what describes all of them."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.metadata.citations import bibtex, citation_cff
from imaatlas_spark.metadata.content import Told
from imaatlas_spark.metadata.csvw import csv_rows, csvw
from imaatlas_spark.metadata.dcat import File, catalogue
from imaatlas_spark.metadata.sdmx_data import sdmx_rows
from imaatlas_spark.metadata.sdmx_structures import sdmx_structures
from imaatlas_spark.site.files import write_text
from imaatlas_spark.site.texts import number

LARGEST_TEXT = 1_000_000  # bytes: a larger file of text is packed, it shrinks to a tenth or less
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is packed


@dataclass(frozen=True)
class Download:
    """`format`: what it is, its media type, the European code of its format. A packed one is the same in a ZIP."""

    name: str
    format: tuple[str, str, str]
    bytes: int

    @property
    def is_packed(self) -> bool:
        return self.name.endswith(".zip")

    @property
    def label(self) -> str:
        return f"{self.format[0]}, ZIP" if self.is_packed else self.format[0]

    @property
    def media_type(self) -> str:
        return "application/zip" if self.is_packed else self.format[1]

    def size(self, language: str) -> str:
        if self.bytes < 1_000_000:
            return f"{number(max(1, self.bytes / 1000), 0, language)} kB"
        return f"{number(self.bytes / 1_000_000, 1, language)} MB"


def write_downloads(
    folder: Path, told: Told, observations: pl.DataFrame, with_sectors: bool, largest_text: int = LARGEST_TEXT
) -> tuple[Download, ...]:
    """`CODE.csv` (described by CSVW), `CODE.sdmx.csv`, `CODE.parquet`; text over `largest_text` bytes is packed.

    The text files end at the municipality and hold each year on its own map: a spreadsheet can open them. Parquet has
    everything that the site shows, sectors and other maps too; columns as in the contract, section 4.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain, described = folder / f"{told.code}.csv", folder / f"{told.code}.csv-metadata.json"
    sdmx, columnar = folder / f"{told.code}.sdmx.csv", folder / f"{told.code}.parquet"
    above_sectors = pl.col("geo_level") != SECTOR
    rows = csv_rows(told).filter(above_sectors)
    rows.write_csv(plain)
    write_text(described, csvw(told, plain.name, rows.columns))
    sdmx_rows(told).filter(pl.col("GEO_LEVEL") != SECTOR).write_csv(sdmx)
    everything = observations if with_sectors else observations.filter(above_sectors)
    everything.write_parquet(columnar, compression="zstd")
    written = (
        (_packed([plain, described], largest_text), ("CSV", "text/csv", "CSV")),
        (_packed([sdmx], largest_text), ("SDMX-CSV", "application/vnd.sdmx.data+csv", "CSV")),
        (columnar, ("Parquet", "application/vnd.apache.parquet", "PARQUET")),
    )
    return tuple(Download(path.name, kind, path.stat().st_size) for path, kind in written)


def _packed(files: Sequence[Path], largest: int) -> Path:
    """The first of `files` as it is, or all of them in a ZIP called after it, where it is larger than `largest`."""
    if files[0].stat().st_size <= largest:
        return files[0]
    packed = files[0].with_name(f"{files[0].name}.zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _LONG_AGO)
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
            file.unlink()
    return packed


def write_metadata(folder: Path, statistics: Sequence[tuple[Told, Sequence[Download]]]) -> None:
    """What describes all statistics and their downloads to machines: SDMX structures, a DCAT catalogue, citations."""
    every = [told for told, _ in statistics]
    write_text(folder / "structures.xml", sdmx_structures(every, with_sectors=False))
    write_text(folder / "catalogue.ttl", catalogue([(told, [_file(each) for each in of]) for told, of in statistics]))
    write_text(folder / "citations.bib", bibtex(every))
    write_text(folder / "CITATION.cff", citation_cff(every))


def _file(download: Download) -> File:
    name, media_type, code = download.format
    return File(f"../download/{download.name}", name, media_type, code, download.is_packed)

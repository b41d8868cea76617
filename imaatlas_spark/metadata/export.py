"""Everything for machines in one folder, written aside and renamed: what `export_metadata.py` does."""

import shutil
import uuid
from pathlib import Path

from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.metadata.citations import bibtex, citation_cff
from imaatlas_spark.metadata.content import Told, told
from imaatlas_spark.metadata.csvw import csv_rows, csvw
from imaatlas_spark.metadata.dcat import catalogue
from imaatlas_spark.metadata.sdmx_data import sdmx_rows
from imaatlas_spark.metadata.sdmx_structures import sdmx_structures
from imaatlas_spark.reader import Atlas

CATALOGUE = "catalogue.ttl"  # also the mark of a folder that an export has written


def export_metadata(warehouse: str | Path, output: Path, unprotected: bool = False) -> list[str]:
    """Write the published statistics of `warehouse` to the folder `output`; what it held before is replaced at the end.

    catalogue.ttl (DCAT-AP), sdmx/structures.xml, data/CODE.csv with CODE.csv-metadata.json (CSVW), data/CODE.sdmx.csv,
    citations.bib, CITATION.cff. The same warehouse gives the same bytes. Returns the codes.
    Raises a Refused before anything is written: see `content.told`.
    """
    _refuse_other_folder(output)
    statistics = told(Atlas(warehouse), unprotected)
    aside = output.parent / f".{output.name}.{uuid.uuid4().hex}"
    try:
        _write(aside, statistics)
        _put_in_place(aside, output)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [each.code for each in statistics]


def _write(folder: Path, statistics: list[Told]) -> None:
    for part in ("data", "sdmx"):
        (folder / part).mkdir(parents=True)
    for each in statistics:
        rows = csv_rows(each)
        rows.write_csv(folder / "data" / f"{each.code}.csv")
        _text(folder / "data" / f"{each.code}.csv-metadata.json", csvw(each, f"{each.code}.csv", rows.columns))
        sdmx_rows(each).write_csv(folder / "data" / f"{each.code}.sdmx.csv")
    _text(folder / "sdmx" / "structures.xml", sdmx_structures(statistics))
    _text(folder / "citations.bib", bibtex(statistics))
    _text(folder / "CITATION.cff", citation_cff(statistics))
    _text(folder / CATALOGUE, catalogue(statistics))


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _refuse_other_folder(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise ArgumentRefused(f"--output {output} is a file: name a folder")
    if output.is_dir() and any(output.iterdir()) and not (output / CATALOGUE).is_file():
        raise ArgumentRefused(f"--output {output} holds something that is no export: name a new or an empty folder")
    if not output.resolve().parent.is_dir():
        raise ArgumentRefused(f"the folder {output.parent} of --output does not exist: make it first")


def _put_in_place(aside: Path, output: Path) -> None:
    """Rename the new folder into its place. Should that fail, the old one goes back."""
    former = aside.with_name(f"{aside.name}.former")
    if output.exists():
        output.rename(former)
    try:
        aside.rename(output)
    except OSError:
        if former.exists():
            former.rename(output)
        raise
    shutil.rmtree(former, ignore_errors=True)

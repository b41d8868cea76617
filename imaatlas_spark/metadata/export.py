"""Everything for machines in one folder, written aside and renamed: what `export_metadata.py` does."""

from pathlib import Path

from imaatlas_spark.metadata.citations import bibtex, citation_cff
from imaatlas_spark.metadata.content import Told, told
from imaatlas_spark.metadata.csvw import csv_rows, csvw
from imaatlas_spark.metadata.dcat import File, catalogue
from imaatlas_spark.metadata.sdmx_data import sdmx_rows
from imaatlas_spark.metadata.sdmx_structures import sdmx_structures
from imaatlas_spark.output_folder import refuse_other_folder, written_aside
from imaatlas_spark.reader import Atlas

CATALOGUE = "catalogue.ttl"  # also the mark of a folder that an export has written


def export_metadata(warehouse: str | Path, output: Path, unprotected: bool = False) -> list[str]:
    """Write the published statistics of `warehouse` to the folder `output`; what it held before is replaced at the end.

    catalogue.ttl (DCAT-AP), sdmx/structures.xml, data/CODE.csv with CODE.csv-metadata.json (CSVW), data/CODE.sdmx.csv,
    citations.bib, CITATION.cff. The same warehouse gives the same bytes. Returns the codes.
    Raises a Refused before anything is written: see `content.told`.
    """
    refuse_other_folder(output, CATALOGUE, "export")
    statistics = told(Atlas(warehouse), unprotected)
    with written_aside(output) as aside:
        _write(aside, statistics)
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
    _text(folder / CATALOGUE, catalogue([(each, _files(each.code)) for each in statistics]))


def _files(code: str) -> tuple[File, ...]:
    return (
        File(f"data/{code}.csv", "CSV", "text/csv", "CSV"),
        File(f"data/{code}.sdmx.csv", "SDMX-CSV", "application/vnd.sdmx.data+csv", "CSV"),
    )


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

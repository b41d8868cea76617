"""What could be rows of a delivery and is not read is refused by its name. No JVM."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from imaatlas_spark.errors import DeliveryRefused
from tests.deliveries.delivered import Delivery, claims_of
from tests.deliveries.inspected import inspected
from tests.deliveries.walked import Spoil, second_file, stray, summary_of_a_data_set, year
from tests.unit.edits import refuses


def moved(name: str, folder: str) -> Spoil:
    def spoil(delivery: Delivery) -> None:
        path = second_file(delivery, "part-1.parquet")
        (path.parent / folder).mkdir(parents=True)
        path.rename(path.parent / folder / name)

    return spoil


def renamed(name: str) -> Spoil:
    return lambda delivery: second_file(delivery, "part-1.parquet").rename(year(delivery) / name)


def lost_link(name: str) -> Spoil:
    return lambda delivery: (year(delivery) / name).symlink_to("../../.store/objects/9f/86d0")


def linked_to_itself(delivery: Delivery) -> None:
    (year(delivery) / "part-1.parquet").symlink_to("part-1.parquet")


def instead(*parts: str, make: Callable[[Path], object]) -> Spoil:
    """Something else under the name of a folder or file of the delivery."""

    def spoil(delivery: Delivery) -> None:
        path = delivery.folder.joinpath(*parts)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        make(path)

    return spoil


def two_parts(path: Path) -> None:
    path.mkdir()
    for part in ("part-0.csv", "part-1.csv"):
        (path / part).write_text("sector,name_nl,name_fr,valid_from,valid_to\n44084B00-,naam,nom,2001-01-01,\n")
    (path / "_SUCCESS").touch()


REFUSED: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    # rows that lie deeper
    "a month below the year": (moved("part-1.parquet", "month=07"), ("month=07/part-1.parquet", "directly")),
    "a folder that is called like a file": (moved("part-0.parquet", "p.parquet"), ("p.parquet/part-0.parquet",)),
    "a folder three deep": (moved("part-0.parquet", "a/b/c"), ("a/b/c/part-0.parquet", "directly")),
    "a folder of CSV files": (moved("part-0.csv", "more"), ("more/part-0.csv", "directly")),
    "a link to a folder": (
        lambda d: (year(d) / "more").symlink_to(d.place("claims", 2020)),
        ("more/part-0.parquet", "directly"),
    ),
    "a link to its own folder": (lambda d: (year(d) / "more").symlink_to("."), ("more/part-0.parquet", "directly")),
    "a folder below a register": (
        lambda d: (
            (d.place("practices") / "old").mkdir()
            or shutil.copy(d.place("practices") / "part-0.parquet", d.place("practices") / "old")
        ),
        ("practices/old/part-0.parquet", "directly"),
    ),
    # rows under another name
    "a Parquet file without an ending": (renamed("part-1"), ("year=2021/part-1", ".parquet")),
    "a Parquet file of another ending": (renamed("part-1.dat"), ("part-1.dat", ".parquet")),
    "a Parquet file that ends as a note": (renamed("part-1.parquet.txt"), ("part-1.parquet.txt", ".parquet")),
    "a Parquet file that ends as a checksum": (renamed("part-1.md5"), ("part-1.md5", ".parquet")),
    "a Parquet file that ends as Hadoop's": (renamed("part-1.parquet.crc"), ("part-1.parquet.crc", ".parquet")),
    "a short ending": (renamed("part-1.pq"), ("part-1.pq", ".parquet")),
    "another short ending": (renamed("part-1.parq"), ("part-1.parq", ".parquet")),
    "a file that is still copied": (renamed("part-1.parquet._COPYING_"), ("_COPYING_", ".parquet")),
    "a file that is still received": (renamed("part-1.parquet.filepart"), ("filepart", ".parquet")),
    "a packed file": (renamed("part-1.parquet.gz"), ("part-1.parquet.gz", ".parquet")),
    "an archive": (renamed("claims.zip"), ("claims.zip", ".parquet")),
    "a table of SAS": (renamed("claims.sas7bdat"), ("claims.sas7bdat", ".parquet")),
    "CSV instead of Parquet": (renamed("claims.CSV"), ("claims.CSV", ".parquet")),
    "a space after the ending": (renamed("part-1.parquet "), ("part-1.parquet ", ".parquet")),
    # rows beside the years
    "lines beside the years": (
        lambda d: second_file(d, "p.parquet").rename(d.place("claims") / "p.parquet"),
        ("claims/p.parquet", "year=YYYY"),
    ),
    "the year with a zero": (stray("year=02021"), ("year=02021", "year=2021")),
    "the year in capitals": (stray("YEAR=2021"), ("YEAR=2021", "year=2021")),
    "the year with a space": (stray("year=2021 "), ("year=2021 ", "year=2021")),
    "the year alone": (stray("2021"), ("claims/2021", "year=2021")),
    "the year in wide digits": (stray("year=\uff12\uff10\uff12\uff11"), ("is no folder of a year", "year=2021")),
    "the year with a space without width": (stray("year=2021\u200b"), ("is no folder of a year", "year=2021")),
    "the year in Dutch": (stray("jaar=2021"), ("claims/jaar=2021", "year=2021")),
    "the year in French": (stray("anne\u0301e 2021"), ("is no folder of a year", "year=2021")),
    "the year with a point": (stray("year=2021."), ("claims/year=2021.", "year=2021")),
    "the year with two signs": (stray("year==2021"), ("claims/year==2021", "year=2021")),
    "the year with a dash": (stray("year-2021"), ("year-2021", "year=2021")),
    # files that cannot be read
    "a link to nothing": (lost_link("part-1.parquet"), ("part-1.parquet", "link to nothing")),
    "a link to nothing without an ending": (lost_link("part-1"), ("year=2021/part-1", "part-1")),
    "a link to itself": (linked_to_itself, ("part-1.parquet", "link to nothing")),
    "a pipe": (lambda d: os.mkfifo(year(d) / "part-1.parquet"), ("part-1.parquet", "pipe")),
    "a name with an end of a line": (renamed("a\nb.parquet"), (r"a\nb.parquet", "control character")),
    "a name with an escape": (renamed("a\x1b[2Jb.parquet"), (r"\x1b", "control character")),
    "a name with a line separator": (renamed("a\u2028b.parquet"), (r"\u2028", "control character")),
    "a name that is no UTF-8": (
        lambda d: os.rename(second_file(d, "part-1.parquet"), os.fsencode(year(d)) + b"/\xe9.parquet"),
        ("parquet", "control character"),
    ),
    # one file twice
    "a second link to a file": (
        lambda d: (year(d) / "part-1.parquet").symlink_to("part-0.parquet"),
        ("part-1.parquet", "same file", "part-0.parquet"),
    ),
    "a hard link to a file": (
        lambda d: os.link(year(d) / "part-0.parquet", year(d) / "part-1.parquet"),
        ("part-1.parquet", "same file", "part-0.parquet"),
    ),
    "a register that is a link to another": (
        instead("practitioners", make=lambda path: path.symlink_to("practices")),
        ("practitioners/part-0.parquet", "same file", "practices/part-0.parquet"),
    ),
    # rows that lie elsewhere, or cannot be read
    "the summary of a data set": (
        lambda d: summary_of_a_data_set(d, "summary.parquet"),
        ("summary.parquet", "no rows of its own", "take it away"),
    ),
    "a codec that Spark lacks": (
        lambda d: d.write("claims", claims_of(2021), year=2021, name="b.parquet", compression="brotli"),
        ("b.parquet", "BROTLI", "snappy"),
    ),
    # folders of table formats
    "a table of Delta": (lambda d: (d.place("practices") / "_delta_log").mkdir(), ("practices", "Delta", "export")),
    "claims as a table of Delta": (lambda d: (d.place("claims") / "_delta_log").mkdir(), ("claims", "Delta")),
    "a table of Hudi": (lambda d: (year(d) / ".hoodie").mkdir(), ("year=2021", "Hudi")),
    "a part of a table of Hudi": (lambda d: (year(d) / ".hoodie_partition_metadata").touch(), ("year=2021", "Hudi")),
    "a sink of Spark streaming": (lambda d: (year(d) / "_spark_metadata").mkdir(), ("year=2021", "streaming")),
    # other things under the names of the contract
    "a year that is a file": (instead("claims", "year=2021", make=Path.touch), ("year=2021", "expected a folder")),
    "a register that is a file": (instead("practices", make=Path.touch), ("practices", "expected a folder")),
    "a register that is a lost link": (
        instead("practices", make=lambda path: path.symlink_to("nowhere")),
        ("practices", "link to nothing"),
    ),
    "sectors in a folder": (instead("sectors.csv", make=two_parts), ("sectors.csv", "folder", "one file")),
    "sectors in an empty folder": (instead("sectors.csv", make=Path.mkdir), ("sectors.csv", "folder", "one file")),
    "medians in a folder": (instead("fte_income_medians.csv", make=Path.mkdir), ("fte_income_medians.csv", "folder")),
    "sectors that are a lost link": (
        instead("sectors.csv", make=lambda path: path.symlink_to("nowhere")),
        ("sectors.csv", "link to nothing"),
    ),
    "sectors in capitals": (
        lambda d: (d.folder / "sectors.csv").rename(d.folder / "Sectors.CSV"),
        ("sectors.csv is missing", "'Sectors.CSV' is there"),
    ),
    "claims in capitals": (
        lambda d: d.place("claims").rename(d.folder / "CLAIMS"),
        ("claims is missing", "'CLAIMS' is there"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_be_rows_and_is_not_read_is_refused_by_name(name: str, delivery: Delivery) -> None:
    spoil, parts = REFUSED[name]
    spoil(delivery)
    with refuses(DeliveryRefused, *parts):
        inspected(delivery)

"""What lies in a delivery and is no data is told by its name, with the rows that it holds. No JVM."""

import os

import pytest

from tests.deliveries.delivered import Delivery
from tests.deliveries.inspected import inspected
from tests.deliveries.walked import Spoil, held, lines_in, second_file, stray, year

# What lies in claims/year=2021 and is no data: told by its name, and the year is read without it.
TOLD: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "a note": (lambda d: (year(d) / "notes.txt").write_text("x"), ("notes.txt", "left aside")),
    "a file without an ending": (lambda d: (year(d) / "SUCCESS").write_text(""), ("SUCCESS", "left aside")),
    "an empty folder": (lambda d: (year(d) / "more").mkdir(), ("more", "left aside")),
    "a checksum of a file": (lambda d: (year(d) / "part-0.parquet.md5").write_text("x"), ("part-0.parquet.md5",)),
    "a name with an end of a line": (lambda d: (year(d) / "a\nb.txt").write_text("x"), (r"a\nb.txt",)),
    "a file of a Mac": (lambda d: (year(d) / "._part-0.parquet").write_bytes(b"\0\5"), ("._part-0.parquet", "no data")),
    "a hidden Parquet file": (lambda d: second_file(d, "_part-1.parquet"), ("_part-1.parquet", "no data")),
    "a file beside the years": (lambda d: (d.place("claims") / "notes.txt").write_text("x"), ("notes.txt",)),
    "a file beside the folders": (lambda d: (d.folder / "README.txt").write_text("x"), ("README.txt",)),
    "a folder beside the folders": (lambda d: (d.folder / "claims_old").mkdir(), ("claims_old",)),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_no_data_is_told_by_name(name: str, delivery: Delivery) -> None:
    spoil, parts = TOLD[name]
    spoil(delivery)
    found = inspected(delivery)
    (line,) = found.told
    assert all(part in line for part in parts), line
    assert len(line.splitlines()) == 1
    assert lines_in(found) == 3


@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("year=__HIVE_DEFAULT_PARTITION__", ()),
        ("year=null", ()),
        ("year=2021.bak", ()),
        ("year=2021 (1)", ()),
        ("tmp", ()),
        ("month=202103", ("day=1",)),
        ("year=20210", ()),
        ("1999", ()),
    ],
)
def test_a_folder_of_no_year_is_told_with_its_rows(name: str, below: tuple[str, ...], delivery: Delivery) -> None:
    stray(name, *below)(delivery)
    found = inspected(delivery)
    (line,) = found.told
    assert f"claims/{name} is no folder of a year" in line
    assert "1 rows in 1 files" in line
    assert lines_in(found) == 3


_YEAR = ("claims", "year=2021")
# Rows of claims where no data are: the file, what the line says of it, and how many rows it counts.
WITH_ROWS: dict[str, tuple[tuple[str, ...], str]] = {
    "a hidden folder of a year": ((*_YEAR, "_more", "part.parquet"), "year=2021: no data, as their names begin"),
    "a folder with a point": ((*_YEAR, ".more", "part.parquet"), ".more (2 rows in 1 files)"),
    "what a job of Spark left": ((*_YEAR, "_temporary", "0", "task", "p.parquet"), "_temporary (2 rows in 1 files)"),
    "a hidden file in a hidden folder": ((*_YEAR, "_more", ".part"), "_more (2 rows in 1 files)"),
    "a hidden file in a folder": ((*_YEAR, "more", "_part.parquet"), "more (2 rows in 1 files)"),
    "a hidden file without an ending": ((*_YEAR, "_part-1"), "_part-1 (2 rows in 1 files)"),
    "a hidden Parquet file": ((*_YEAR, "_part-1.parquet"), "_part-1.parquet (2 rows in 1 files)"),
    "a hidden year": (("claims", "_year=2021", "part.parquet"), "claims: no data, as"),
    "a hidden file beside the years": (("claims", "_part.parquet"), "_part.parquet (2 rows in 1 files)"),
    "hidden claims": (("_claims", "year=2021", "part.parquet"), "_claims (2 rows in 1 files)"),
    "a hidden folder of a register": (("practices", ".old", "p.parquet"), "practices: no data, as"),
    "claims in one file": (("claims.parquet",), "left aside: claims.parquet (2 rows in 1 files)"),
    "claims under another ending": (("claims.parquet.txt",), "claims.parquet.txt (2 rows in 1 files)"),
    "a second folder of claims": (("claims2", "year=2021", "p.parquet"), "claims2 (2 rows in 1 files)"),
    "claims in capitals beside them": (("Claims", "p"), "Claims (2 rows in 1 files)"),
    "a year with a point": (("claims", "year=2021.0", "a.pq"), "year=2021.0 is no folder of a year: left aside with 2"),
    "a hidden file in a year with a word": (("claims", "year=2021_bis", "_a"), "left aside with 2 rows in 1 files"),
}


@pytest.mark.parametrize("name", WITH_ROWS)
def test_what_is_left_aside_is_told_with_its_rows(name: str, delivery: Delivery) -> None:
    parts, said = WITH_ROWS[name]
    held(*parts)(delivery)
    found = inspected(delivery)
    (line,) = found.told
    assert said in line
    assert "2 rows in 1 files" in line
    assert lines_in(found) == 3


# What may hold rows that nobody can count: named, and the delivery is read without it.
UNCOUNTED: dict[str, tuple[str, bytes, str]] = {
    "CSV in a folder of no year": (
        "claims/year=2021_bis/a.csv",
        b"a,b\n1,2\n",
        "0 rows in 0 files, not counted: a.csv",
    ),
    "garbage in a folder of no year": ("claims/tmp/deep/a.parquet", b"garbage", "not counted: deep/a.parquet"),
    "CSV in a hidden folder": ("claims/year=2021/_more/a.csv.gz", b"x", "_more (0 rows in 0 files, not counted: a.csv"),
    "garbage under a hidden name": ("practices/_a.parquet", b"PAR1", "_a.parquet (0 rows in 0 files, not counted"),
    "an archive": ("levering.zip", b"PK", "levering.zip (0 rows in 0 files, not counted: levering.zip)"),
}


@pytest.mark.parametrize("name", UNCOUNTED)
def test_what_cannot_be_counted_is_told_by_name(name: str, delivery: Delivery) -> None:
    file, content, said = UNCOUNTED[name]
    (delivery.folder / file).parent.mkdir(parents=True, exist_ok=True)
    (delivery.folder / file).write_bytes(content)
    found = inspected(delivery)
    (line,) = found.told
    assert said in line
    assert lines_in(found) == 3


def test_pipes_and_lost_links_aside_are_not_waited_for(delivery: Delivery) -> None:
    (year(delivery) / "_more").mkdir()
    for folder in (delivery.folder, year(delivery) / "_more"):
        os.mkfifo(folder / "pipe")
        (folder / "lost").symlink_to("nowhere")
        (folder / "up").symlink_to("..")
    told = "\n".join(inspected(delivery).told)
    assert "lost (" in told
    assert "pipe (" in told
    assert "not counted: lost, pipe" in told


def test_every_stranger_is_named(delivery: Delivery) -> None:
    names = [f"note-{number}.txt" for number in range(12)]
    for name in names:
        (delivery.folder / name).touch()
    (line,) = inspected(delivery).told
    assert all(name in line for name in names)


def test_of_very_many_files_the_first_are_counted(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imaatlas_spark.deliveries.asides.MOST_FILES", 2)
    for name in ("a", "b", "c"):
        held("old", f"{name}.parquet", lines=1)(delivery)
    (line,) = inspected(delivery).told
    assert "2 rows in 2 files, not counted: what follows the first 2 files" in line


def test_other_years_are_nobodys_business(delivery: Delivery) -> None:
    (delivery.place("claims", 2020) / "garbage.parquet").write_bytes(b"garbage")
    assert inspected(delivery).told == ()

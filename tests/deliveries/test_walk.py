"""Every entry of a delivery folder is data, is told of, or is refused (data contract, section 1). No JVM."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imaatlas_spark.deliveries.inspection import Inspection
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS
from tests.deliveries.delivered import PRACTICE, Delivery, claims_of, persons_of
from tests.deliveries.inspected import inspected
from tests.oracle.small_cases import practice
from tests.unit.edits import refuses

# Characters that a reader of paths may take for a pattern, an escape, a scheme, a separator or a number.
LITERAL = [
    *("claims[1]", "part-?", "*", "st*r", "{a,b}", "a{b", "a]b", "back\\slash", "23:59:59", "a:b", ":", "100%20", "%"),
    *("a b", " a", "a ", "a,b", "a;b", "a#b", "a+b", "a&b=c", "year=2021", "a'b", 'a"b', "a`b", "$HOME", "${x}", "~"),
    *(
        "\xe9t\xe9",
        "e\u0301",
        "\u4e2d",
        "\U0001f600",
        "nbsp\xa0",
        "zero\u200bwidth",
        "-rf",
        "a..b",
        "file:",
        "a|b",
        "<a>",
    ),
]


def lines_in(inspection: Inspection) -> int:
    return sum(footer.rows for footer in inspection.folder(CLAIMS, 2021).footers)


def year(delivery: Delivery) -> Path:
    return delivery.place("claims", 2021)


def second_file(delivery: Delivery, name: str) -> Path:
    """One more file of a single line beside the three lines of part-0.parquet."""
    return delivery.write("claims", claims_of(2021, 1), year=2021, name=name)


def test_files_are_read_once_by_their_literal_names(delivery: Delivery) -> None:
    paths = {str(second_file(delivery, f"{name}.parquet")) for name in LITERAL}
    found = inspected(delivery)
    assert lines_in(found) == 3 + len(LITERAL)
    assert paths < {entry.path for entry in found.folder(CLAIMS, 2021).folder.files}
    assert found.told == ()


def test_the_folder_of_a_delivery_is_its_literal_name(delivery: Delivery) -> None:
    for name in LITERAL:
        delivery = Delivery(delivery.folder.rename(delivery.folder.with_name(name)))
        assert lines_in(inspected(delivery)) == 3, name


def test_twins_of_one_pattern_are_two_files(delivery: Delivery) -> None:
    second_file(delivery, "claims[1].parquet")
    second_file(delivery, "claims1.parquet")
    assert lines_in(inspected(delivery)) == 5


@pytest.mark.parametrize("ending", [".PARQUET", ".Parquet", ".pArQuEt", ".gz.PARQUET", ".parquet.parquet"])
def test_an_ending_in_any_case_is_that_of_data(ending: str, delivery: Delivery) -> None:
    second_file(delivery, f"part-1{ending}")
    assert lines_in(inspected(delivery)) == 4


def test_links_are_followed(delivery: Delivery, tmp_path: Path) -> None:
    content = second_file(delivery, "part-1.parquet").rename(tmp_path / "9f86d081884c7d")
    (year(delivery) / "part-1.parquet").symlink_to(content)
    moved = delivery.place("population").rename(tmp_path / "elsewhere")
    delivery.place("population").symlink_to(moved)
    sectors = (delivery.folder / "sectors.csv").rename(tmp_path / "list")
    (delivery.folder / "sectors.csv").symlink_to(sectors)
    assert lines_in(inspected(delivery)) == 4


# What lies in claims/year=2021 and is no data: told by its name, and the year is read without it.
Spoil = Callable[[Delivery], object]
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


def stray(name: str, *below: str) -> Spoil:
    """A folder beside those of the years, with one line in it."""

    def spoil(delivery: Delivery) -> None:
        folder = delivery.place("claims").joinpath(name, *below)
        folder.mkdir(parents=True)
        second_file(delivery, "moved.parquet").rename(folder / "part-0.parquet")

    return spoil


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


def held(*parts: str, lines: int = 2) -> Spoil:
    """Lines of claims in a file somewhere in the delivery."""

    def spoil(delivery: Delivery) -> None:
        path = delivery.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        delivery.write("claims", claims_of(2021, lines), year=2021, name="moved.parquet").rename(path)

    return spoil


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


def summary_of_a_data_set(delivery: Delivery, name: str) -> None:
    """As pyarrow and dask write `_metadata` beside the files of a data set: of all of them the footers, no rows."""
    part = year(delivery) / "part-0.parquet"
    footer = pq.read_metadata(part)
    footer.set_file_path(part.name)
    pq.write_metadata(pq.read_schema(part), year(delivery) / name, [footer])


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


def test_two_years_never_share_a_file(delivery: Delivery) -> None:
    """Nothing in the rows of a population says of which year they are."""
    shutil.rmtree(delivery.place("population", 2020))
    delivery.place("population", 2020).symlink_to("year=2021")
    assert lines_in(inspected(delivery)) == 3
    with refuses(DeliveryRefused, "population/year=2021/part-0.parquet", "same file", "population/year=2020/part-0"):
        inspected(delivery, (2020, 2021))


def test_the_persons_of_one_year_delivered_twice_are_told(delivery: Delivery) -> None:
    copied = shutil.copy(delivery.place("population", 2020) / "part-0.parquet", delivery.place("population", 2021))
    (line,) = inspected(delivery, (2020, 2021)).told
    assert line.startswith(f"{copied} holds the same bytes as ")
    assert "population/year=2020/part-0.parquet: are the persons" in line
    delivery.write("population", persons_of(4), year=2021)
    assert inspected(delivery, (2020, 2021)).told == ()


def test_a_few_persons_who_did_not_change_are_no_year_twice(delivery: Delivery) -> None:
    for year, number in ((2020, 4000), (2021, 5000)):
        delivery.write("population", persons_of(number), year=year)
        delivery.write("population", persons_of(2), year=year, name="part-1.parquet")
    assert inspected(delivery, (2020, 2021)).told == ()


def test_a_hidden_summary_of_a_data_set_holds_no_rows(delivery: Delivery) -> None:
    summary_of_a_data_set(delivery, "_metadata")
    assert inspected(delivery).told == ()


def test_a_register_that_no_memory_holds_is_refused(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imaatlas_spark.deliveries.inspection.MOST_ROWS_OF_A_REGISTER", 1)
    inspected(delivery)
    delivery.write("practices", [practice(PRACTICE), practice(PRACTICE + 1)])
    with refuses(DeliveryRefused, "practices holds 2 rows", "at most 1"):
        inspected(delivery)


def test_an_empty_frame_of_pandas_is_read_as_no_rows(delivery: Delivery) -> None:
    names = pq.read_schema(year(delivery) / "part-0.parquet").names
    delivery.write_table(pa.table({name: pa.nulls(0) for name in names}), "claims", year=2021, name="part-9.parquet")
    assert lines_in(inspected(delivery)) == 3


def joined(delivery: Delivery, *, first: str, second: str, between: bytes = b"") -> None:
    """Two files of the year as `cat` writes them into one."""
    parts = [(year(delivery) / name) for name in (first, second)]
    content = between.join(part.read_bytes() for part in parts)
    for part in parts:
        part.unlink()
    (year(delivery) / "all.parquet").write_bytes(content)


@pytest.mark.parametrize("order", [("part-0.parquet", "part-1.parquet"), ("part-1.parquet", "part-0.parquet")])
@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("between", [b"", b"\n"])
def test_two_files_joined_to_one_are_refused(
    order: tuple[str, str], indexed: bool, between: bytes, delivery: Delivery
) -> None:
    delivery.write("claims", claims_of(2021, 3000), year=2021, name="part-1.parquet", write_page_index=indexed)
    joined(delivery, first=order[0], second=order[1], between=between)
    with refuses(DeliveryRefused, "all.parquet", "two Parquet files", "deliver each"):
        inspected(delivery)


def test_a_file_joined_before_one_without_rows_is_refused(delivery: Delivery) -> None:
    delivery.write("claims", [], year=2021, name="part-1.parquet")
    joined(delivery, first="part-0.parquet", second="part-1.parquet")
    with refuses(DeliveryRefused, "all.parquet", "two Parquet files"):
        inspected(delivery)


def test_the_letters_of_a_file_s_end_may_stand_in_its_data(delivery: Delivery) -> None:
    """In a first column, and with indexes so long that the search goes over all of the data."""
    words = pa.array(["PAR1PAR1", "\x10\0\0\0PAR1"] * 1500)
    table = pq.read_table(year(delivery) / "part-0.parquet").schema.empty_table()
    rows = claims_of(2021, 3000)
    table = pa.Table.from_pylist(rows, schema=table.schema).add_column(0, "words", words)
    options = {"use_dictionary": False, "compression": "none", "write_page_index": True, "row_group_size": 50}
    delivery.write_table(table, "claims", year=2021, name="part-1.parquet", **options)
    assert lines_in(inspected(delivery)) == 3003


def test_a_column_whose_name_is_no_utf8_is_refused(delivery: Delivery) -> None:
    path = delivery.write("claims", claims_of(2021), year=2021, name="part-1.parquet", types={"a\u00e9b": pa.int32()})
    path.write_bytes(path.read_bytes().replace("a\u00e9b".encode(), b"a\xff\xfeb"))
    with refuses(DeliveryRefused, "part-1.parquet", "column's name", "UTF-8"):
        inspected(delivery)

"""Every entry of a delivery folder is data, is told of, or is refused (data contract, section 1): data. No JVM."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS
from tests.conftest import CONF
from tests.deliveries.delivered import PRACTICE, Delivery, claims_of, persons_of
from tests.deliveries.inspected import inspected
from tests.deliveries.walked import lines_in, second_file, summary_of_a_data_set, year
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


def test_files_are_read_once_by_their_literal_names(delivery: Delivery) -> None:
    paths = {str(second_file(delivery, f"{name}.parquet")) for name in LITERAL}
    found = inspected(delivery)
    assert lines_in(found) == 3 + len(LITERAL)
    assert paths < {entry.path for entry in found.folder(CLAIMS, 2021).folder.files}
    assert len(found.told) == len(LITERAL) - 1
    assert all("holds the same bytes as" in line for line in found.told)


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


def test_a_second_copy_of_claims_is_told(delivery: Delivery) -> None:
    first = delivery.place("claims", 2021) / "part-0.parquet"
    copied = shutil.copy(first, first.with_name("part-0 (1).parquet"))
    assert inspected(delivery).told == (f"{first} holds the same bytes as {copied}: are these lines delivered twice?",)


def test_a_register_without_rows_is_told(delivery: Delivery) -> None:
    delivery.write("practice_members", [])
    (line,) = inspected(delivery).told
    assert line.endswith("practice_members holds no row: nobody is found in this register")


def one_sector_each(year: int) -> list[tuple[str, ...]]:
    municipalities = sorted(load_configuration(CONF).geography.municipalities_in(year))
    return [(f"{nis}A00-", "x", "x", "2000-01-01", "") for nis in municipalities]


def test_municipalities_that_a_list_of_the_country_lacks_are_told(delivery: Delivery) -> None:
    *most, last_but_one, last = one_sector_each(2021)
    delivery.write_sectors(most)
    (line,) = inspected(delivery).told
    assert f"no sector of 2 municipalities: {last_but_one[0][:5]}, {last[0][:5]};" in line


def test_a_list_of_before_the_mergers_lacks_no_municipality(delivery: Delivery) -> None:
    """Sectors of Puurs (12030) and Sint-Amands (12034) lie in Puurs-Sint-Amands (12041) since 2019."""
    delivery.write_sectors(one_sector_each(2018))
    assert inspected(delivery).told == ()


def test_a_year_before_the_map_has_no_municipality_to_lack(tmp_path: Path) -> None:
    """Of 2001 and 2002 the records alone are taken, which decide in 2003."""
    delivery = Delivery.good(tmp_path / "delivery", years=(2001, 2002, 2003))
    first, *others = one_sector_each(2003)
    delivery.write_sectors([first, *others])
    assert not [line for line in inspected(delivery, (2001, 2002)).told if "sectors.csv" in line]
    delivery.write_sectors(others)
    (line,) = [line for line in inspected(delivery, (2001, 2002, 2003)).told if "sectors.csv" in line]
    assert f"no sector of 1 municipalities: {first[0][:5]};" in line


def test_sectors_of_another_time_and_without_a_place_are_no_sectors_of_the_year(delivery: Delivery) -> None:
    *most, (to_come, *_), (gone, *_), (nowhere, *_) = one_sector_each(2021)
    to_come, gone, nowhere = to_come[:5], gone[:5], nowhere[:5]
    most.append((f"{to_come}A00-", "x", "x", "2022-01-01", ""))
    most.append((f"{gone}A00-", "x", "x", "2000-01-01", "2020-12-31"))
    most.append((f"{nowhere}ZZZZ", "x", "x", "2000-01-01", ""))
    delivery.write_sectors(most)
    (line,) = inspected(delivery).told
    assert f"no sector of 3 municipalities: {to_come}, {gone}, {nowhere};" in line


def test_a_few_persons_who_did_not_change_are_no_year_twice(delivery: Delivery) -> None:
    for of, number in ((2020, 4000), (2021, 5000)):
        delivery.write("population", persons_of(number), year=of)
        delivery.write("population", persons_of(2), year=of, name="part-1.parquet")
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

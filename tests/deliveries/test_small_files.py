"""The small CSV files of a delivery: what is read although it looks odd. No JVM."""

import datetime as dt
import struct
import zlib
from decimal import Decimal
from pathlib import Path

import pytest

from imaatlas_spark.errors import DeliveryRefused
from tests.deliveries.delivered import Delivery
from tests.deliveries.inspected import inspected
from tests.unit.edits import refuses

HEADER = "sector,name_nl,name_fr,valid_from,valid_to\n"


def sectors(delivery: Delivery, text: str | bytes) -> list[tuple[object, ...]]:
    (delivery.folder / "sectors.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return inspected(delivery).small_files[1].values


def checksum_of_hadoop(path: Path) -> None:
    """The file that Hadoop writes beside one: a checksum of each 512 bytes."""
    content = path.read_bytes()
    sums = (struct.pack(">I", zlib.crc32(content[each : each + 512])) for each in range(0, len(content), 512))
    path.with_name(f".{path.name}.crc").write_bytes(b"crc\0" + struct.pack(">i", 512) + b"".join(sums))


def test_a_name_keeps_what_other_programs_take_for_an_end_of_a_line(delivery: Delivery) -> None:
    rows = "".join(f"44084B0{each}-,na{odd}am,nom,2001-01-01,\n" for each, odd in enumerate("\x85\u2028\x0b\x0c\u2029"))
    assert [row[1] for row in sectors(delivery, HEADER + rows)] == [f"na{odd}am" for odd in "\x85\u2028\x0b\x0c\u2029"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_sectors_are_read_with_any_end_of_a_line_and_a_mark(end: str, delivery: Delivery) -> None:
    text = f'{HEADER}44084B00-,"naam, een",nom,2001-01-01,2020-12-31\n44084ZZZZ,,,2001-01-01,\n'.replace("\n", end)
    assert sectors(delivery, b"\xef\xbb\xbf" + text.encode()) == [
        ("44084B00-", "naam, een", "nom", dt.date(2001, 1, 1), dt.date(2020, 12, 31)),
        ("44084ZZZZ", None, None, dt.date(2001, 1, 1), None),
    ]


@pytest.mark.parametrize("code", ["11001A00-", "11002J881", "11001A0MQ", "11001ABCD", "1100112AB", "11001-000"])
def test_every_form_of_a_sector_is_known(code: str, delivery: Delivery) -> None:
    assert sectors(delivery, f"{HEADER}{code},,,2001-01-01,\n")[0][0] == code


def test_an_edited_list_beside_the_checksum_of_the_old_one_is_read(delivery: Delivery) -> None:
    medians = delivery.folder / "fte_income_medians.csv"
    checksum_of_hadoop(medians)
    medians.write_text(medians.read_text() + "radiologist,2021,400000.00\n")
    assert ("radiologist", 2021, Decimal("400000.00")) in inspected(delivery).small_files[0].values


def test_medians_may_be_a_header_where_no_year_needs_one(tmp_path: Path) -> None:
    delivery = Delivery.good(tmp_path / "delivery", (2018, 2021))
    delivery.write_medians([])
    assert inspected(delivery, (2018,)).small_files[0].rows == ()
    with refuses(DeliveryRefused, "fte_income_medians.csv", "no row"):
        inspected(delivery, (2018, 2021))


@pytest.mark.parametrize(
    "value",
    [
        *("7310000001", "7310000001 Janssens", "85.07.30-033.28", "85 07 30 033", "731-000-1", "1985-07-30", "J" * 13),
        "\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
    ],
)
def test_a_value_that_may_be_a_person_is_not_told(value: str, delivery: Delivery) -> None:
    (delivery.folder / "sectors.csv").write_text(f"{HEADER}{value},,,2001-01-01,\n")
    with pytest.raises(DeliveryRefused, match="line 2: column sector, expected STRING") as refusal:
        inspected(delivery)
    assert value not in str(refusal.value)


def test_a_sector_that_begins_twice_on_a_day_is_refused(delivery: Delivery) -> None:
    """Of two names nobody could say which one it has."""
    rows = ("44084B00-,een,un,2001-01-01,\n", "44084B00-,twee,deux,2011-01-01,\n", "44084B00-,drie,trois,2001-01-01,\n")
    with refuses(DeliveryRefused, "sectors.csv, line 4: sector and valid_from stand twice, first on line 2"):
        sectors(delivery, HEADER + "".join(rows))
    assert len(sectors(delivery, HEADER + "".join(rows[:2]))) == 2


def test_sectors_of_no_municipality_are_told(delivery: Delivery) -> None:
    rows = "".join(f"{nis}B00-,,,2001-01-01,\n" for nis in ("44084", "99999", "11001", "00000"))
    sectors(delivery, HEADER + rows)
    (line,) = inspected(delivery).told
    assert line.endswith("sectors.csv: 2 sectors lie in no municipality of the maps: 00000B00-, 99999B00-")


def test_columns_that_are_not_in_the_contract_are_told(delivery: Delivery) -> None:
    sectors(delivery, HEADER.replace("\n", ",area\n") + "44084B00-,,,2001-01-01,,12\n")
    (line,) = inspected(delivery).told
    assert line.endswith("sectors.csv: columns that are not in the contract are ignored: area")


def test_a_short_value_is_told(delivery: Delivery) -> None:
    (delivery.folder / "sectors.csv").write_text(f"{HEADER}44084B,,,2001-01-01,\n")
    with refuses(DeliveryRefused, "line 2: column sector, expected STRING: '44084B' is no sector"):
        inspected(delivery)


def test_a_day_of_birth_is_not_told(delivery: Delivery) -> None:
    (delivery.folder / "sectors.csv").write_text(f"{HEADER}44084B00-,,,1985-02-30,\n")
    with refuses(DeliveryRefused, "line 2: column valid_from", "is not a date") as refusal:
        inspected(delivery)
    assert "1985" not in str(refusal.value)


def test_a_repeated_median_is_told_by_its_lines(delivery: Delivery) -> None:
    delivery.write_medians([("x", 2021, 1), ("7310000001", 2021, 1), ("7310000001", 2021, 2)])
    with refuses(DeliveryRefused, "line 4: profession_group and year stand twice, first on line 3") as refusal:
        inspected(delivery)
    assert "731" not in str(refusal.value)


def test_a_list_without_a_header_names_nobody(delivery: Delivery) -> None:
    (delivery.folder / "sectors.csv").write_text("7310000001,a,7310000001\n")
    with refuses(DeliveryRefused, "sectors.csv, line 1: column number 1 is repeated") as refusal:
        inspected(delivery)
    assert "731" not in str(refusal.value)

"""CSV by the rules of the csv module, and what is refused."""

import pytest

from imaatlas_spark.csv_text import CsvText, read_csv_text
from imaatlas_spark.errors import DeliveryRefused
from tests.unit.edits import refuses

HEADER = "code,name\n"


def read(text: str | bytes) -> CsvText:
    return read_csv_text("list.csv", text if isinstance(text, bytes) else text.encode(), DeliveryRefused)


def names(text: str | bytes) -> list[str]:
    return [row["name"] for _, row in read(text).rows]


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_what_splitlines_takes_for_an_end_is_a_character_of_its_field(character: str) -> None:
    assert names(f"{HEADER}1,a{character}b\n2,c\n") == [f"a{character}b", "c"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_is_read(end: str) -> None:
    assert names(f"code,name{end}1,a{end}2,b{end}") == ["a", "b"]
    assert names(f"code,name{end}1,a{end}2,b") == ["a", "b"], "the last line may lack its end"


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert read(b"\xef\xbb\xbf" + HEADER.encode()).header == ("code", "name")


def test_blank_lines_are_no_rows() -> None:
    assert names(f"{HEADER}\n1,a\n\n\n2,b\n\n") == ["a", "b"]


def test_quotes_keep_commas_quotes_and_ends_of_lines() -> None:
    assert names(f'{HEADER}1,"a, ""b""\nc"\n2,d\n') == ['a, "b"\nc', "d"]


def test_an_end_of_a_line_within_quotes_stays_as_it_is() -> None:
    assert names(f'{HEADER}1,"a\r\nb\rc"\n') == ["a\r\nb\rc"]


def test_a_row_has_the_number_of_its_first_line() -> None:
    assert [number for number, _ in read(f'{HEADER}1,"a\nb"\n2,c\n\n3,d\n').rows] == [2, 4, 6]


def test_a_header_alone_has_no_rows() -> None:
    assert read(HEADER).rows == ()
    assert read(HEADER.strip()).rows == ()


REFUSED: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "a field too few": (f"{HEADER}1,a\n2\n", ("line 3", "1 fields", "2 fields are expected")),
    "a field too many": (f"{HEADER}1,a,b\n", ("line 2", "3 fields", "quotes")),
    "a line of spaces": (f"{HEADER}1,a\n  \n", ("line 3", "1 fields")),
    "a NUL": (f"{HEADER}1,a\n2,b\x00\n", ("line 3", "NUL")),
    "Latin-1": (f"{HEADER}1,\xe9\n".encode("latin-1"), ("line 2", "UTF-8")),
    "UTF-16": (HEADER.encode("utf-16"), ("UTF-16", "save it as UTF-8")),
    "an open quote": (f'{HEADER}1,"a\n2,b\n', ("line 2", "quotes")),
    "a quote that closes too early": (f'{HEADER}1,"a"b\n', ("line 2", "quotes")),
    "a field without an end": (f"{HEADER}1,{'a' * 200_000}\n", ("line 2", "length")),
    "semicolons": ("code;name\n1;a\n", ("';'", "commas")),
    "tabs": ("code\tname\n1\ta\n", ("a tab", "commas")),
    "bars": ("code|name\n1|a\n", ("'|'", "commas")),
    "a column twice": ("code,name,name\n1,a,b\n", ("column name", "repeated")),
    "a column twice by case": ("code,name,NAME\n1,a,b\n", ("repeated",)),
    "a column twice by a space": ("code,name, name\n1,a,b\n", ("repeated",)),
    "columns without a name": ("code,name,,\n1,a,,\n", ("line 1", "columns 3, 4 have no name", "take them out")),
    "columns named by spaces": ("code, ,name,\n1,,a,\n", ("line 1", "columns 2, 4 have no name", "name each of them")),
    "nothing": ("", ("empty", "header")),
    "a mark and nothing": (b"\xef\xbb\xbf", ("empty", "header")),
    "blank lines alone": ("\n\n\n", ("empty", "header")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_file_is_refused_with_its_line(name: str) -> None:
    text, parts = REFUSED[name]
    with refuses(DeliveryRefused, "list.csv", *parts):
        read(text)


def test_the_refusal_of_a_row_does_not_quote_it() -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        read(f"{HEADER}7310000001,a,b\n")
    assert "7310000001" not in str(refusal.value)

"""CSV as text: lines end as the `csv` module says, every row has as many fields as the header, every refusal a line."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imaatlas_spark.errors import Refused
from imaatlas_spark.names import is_tellable, listed, shown

_OTHER_SEPARATORS = {";": "';'", "\t": "a tab", "|": "'|'"}
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")  # the first two bytes of UTF-16


@dataclass(frozen=True)
class CsvText:
    """The header of a CSV file and its rows, each with the number of the line on which it begins."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_csv_text(
    path: str,
    content: bytes,
    refusal: type[Refused],
    check_header: Callable[[tuple[str, ...]], None] = lambda _header: None,
) -> CsvText:
    """The text of `path`; U+0085 and U+2028 are characters of a field like others, and blank lines are no rows.

    `check_header` refuses another header than the expected one before any row is held against it.
    Raises `refusal` for what is not UTF-8, a NUL, another separator, a repeated column, columns without a name,
    an open or misplaced quote, and a row with more or fewer fields than the header.
    """
    text = _decoded(path, content, refusal)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    numbered = _numbered(lines, path, refusal)
    _, header = next(numbered, (1, []))
    _check_header(path, header, refusal)
    check_header(tuple(header))
    rows = []
    for number, fields in numbered:
        if len(fields) != len(header):
            raise refusal(
                f"{path}, line {number}: {len(fields)} fields, {len(header)} fields are expected, as in the header: "
                "put quotes around a field with a comma, write decimal points"
            )
        rows.append((number, dict(zip(header, fields, strict=True))))
    return CsvText(tuple(header), tuple(rows))


def _decoded(path: str, content: bytes, refusal: type[Refused]) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = " but UTF-16" if content.startswith(_OTHER_ENCODINGS) else f", line {_line_of(content, error.start)}"
        raise refusal(f"{path} is not UTF-8{found}: save it as UTF-8") from error
    if "\0" in text:
        line = _line_of(content, content.index(b"\0"))
        raise refusal(f"{path}, line {line}: a NUL character, expected text in UTF-8: save it again as UTF-8")
    return text


def _line_of(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _numbered(lines: Iterator[list[str]], path: str, refusal: type[Refused]) -> Iterator[tuple[int, list[str]]]:
    """Rows that have a field, each with its first line: a field in quotes may go over several."""
    begins = 1
    while True:
        try:
            fields = next(lines, None)
        except csv.Error as error:
            raise refusal(f"{path}, line {begins}: {error}: mend the quotes or the length of this row") from error
        if fields is None:
            return
        if fields:
            yield begins, fields
        begins = lines.line_num + 1  # type: ignore[attr-defined]


def _check_header(path: str, header: list[str], refusal: type[Refused]) -> None:
    if not header:
        raise refusal(f"{path} is empty: it needs a header and its rows")
    if len(header) == 1:
        for separator, name in _OTHER_SEPARATORS.items():
            if separator in header[0]:
                raise refusal(f"{path}: its fields are separated by {name}: save it with commas between the fields")
    unnamed = [str(number) for number, name in enumerate(header, start=1) if not name.strip()]
    if len(unnamed) > 1:
        raise refusal(
            f"{path}, line 1: columns {listed(unnamed)} have no name: take them out of every row (a spreadsheet writes "
            "such columns where cells were emptied), or name each of them"
        )
    folded = [name.strip().casefold() for name in header]
    for number, name in enumerate(header, start=1):
        if folded.count(name.strip().casefold()) > 1:
            told = (
                shown(name) if is_tellable(name) else f"number {number}"
            )  # a list without a header names persons there
            raise refusal(f"{path}, line 1: column {told} is repeated: keep one of them")

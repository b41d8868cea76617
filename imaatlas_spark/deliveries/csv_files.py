"""The small CSV files of a delivery: FTE medians and the sector list, read strictly, without Spark."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from imaatlas_spark.csv_text import read_csv_text
from imaatlas_spark.deliveries.stores import Entry, Store, refusing_what_cannot_be_read
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import is_tellable, shown
from imaatlas_spark.periods import parse_date
from imaatlas_spark.schemas.inputs import FTE_INCOME_MEDIANS, SECTOR_FORM, SECTORS, Source

Row = dict[str, Any]
Kinds = Mapping[str, Callable[[str], Any]]
_MOST_MEGABYTES = 100  # the list of all sectors has two


@dataclass(frozen=True)
class DeliveredFile:
    """The rows of a small file in the contract's types, each with the number of its line."""

    source: Source
    path: str
    rows: tuple[tuple[int, Row], ...]
    ignored_columns: frozenset[str]

    @property
    def values(self) -> list[tuple[Any, ...]]:
        """The rows as tuples in the order of the contract's columns."""
        return [tuple(row[column.name] for column in self.source.columns) for _, row in self.rows]


def read_medians(store: Store, file: Entry, needed: bool) -> DeliveredFile:
    """`fte_income_medians.csv`: one positive median for each profession group and year; none where none is `needed`."""
    kinds: Kinds = {"profession_group": _bare_text, "year": _year, "median_eur": _amount}
    medians = _read(store, file, FTE_INCOME_MEDIANS, kinds)
    if needed:
        _refuse_if_empty(medians)
    _refuse_repeats(medians, ("profession_group", "year"))
    return medians


def read_sectors(store: Store, file: Entry) -> DeliveredFile:
    """`sectors.csv`: dated sectors; an empty `valid_to` is open."""
    kinds: Kinds = {
        "sector": _sector,
        "name_nl": _optional_text,
        "name_fr": _optional_text,
        "valid_from": _date,
        "valid_to": _optional_date,
    }
    sectors = _read(store, file, SECTORS, kinds)
    _refuse_if_empty(sectors)
    _refuse_repeats(sectors, ("sector", "valid_from"))
    for number, row in sectors.rows:
        if row["valid_to"] is not None and row["valid_to"] < row["valid_from"]:
            raise DeliveryRefused(f"{sectors.path}, line {number}: column valid_to lies before valid_from")
    return sectors


def _read(store: Store, file: Entry, source: Source, kinds: Kinds) -> DeliveredFile:
    path = shown(file.path)
    if file.length > _MOST_MEGABYTES * 10**6:
        raise DeliveryRefused(
            f"{path} is larger than {_MOST_MEGABYTES} MB: {source.name} is a small list, deliver that"
        )
    with refusing_what_cannot_be_read(file.path), store.open(file.path) as content:
        table = read_csv_text(path, content.read(), DeliveryRefused)
    for name in kinds:
        if name not in table.header:
            alike = [each for each in table.header if each.strip().casefold() == name.casefold()]
            hint = f" (it has '{shown(alike[0])}': write that name as {name})" if alike else ""
            raise DeliveryRefused(f"{path}: column {name} is missing{hint}")
    rows = tuple((number, _typed(f"{path}, line {number}", line, source, kinds)) for number, line in table.rows)
    return DeliveredFile(source, path, rows, frozenset(table.header) - frozenset(kinds))


def _typed(place: str, line: Mapping[str, str], source: Source, kinds: Kinds) -> Row:
    row: Row = {}
    for name, kind in kinds.items():
        try:
            row[name] = kind(line[name])
        except ValueError as fault:
            expected = f"expected {source.column(name).type}"
            raise DeliveryRefused(f"{place}: column {name}, {expected}: {_told(line[name])} {fault}") from None
    return row


def _told(value: str) -> str:
    """Where a list of persons was delivered by mistake, a refusal names nobody."""
    return f"'{shown(value)}'" if is_tellable(value) else "the value there"


def _refuse_if_empty(file: DeliveredFile) -> None:
    if not file.rows:
        raise DeliveryRefused(f"{file.path} has no row: deliver {file.source.comment.lower()}")


def _refuse_repeats(file: DeliveredFile, key: Iterable[str]) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in file.rows:
        value = tuple(row[name] for name in key)
        if value in seen:
            raise DeliveryRefused(
                f"{file.path}, line {number}: {' and '.join(key)} stand twice, first on line {seen[value]}: keep one"
            )
        seen[value] = number


def _bare_text(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    if text != text.strip():
        raise ValueError("has a space around it")
    return text


def _sector(text: str) -> str:
    if not re.fullmatch(SECTOR_FORM, text):
        raise ValueError("is no sector: nine characters, five digits and four capitals, digits or -, without spaces")
    return text


def _optional_text(text: str) -> str | None:
    return text or None


def _date(text: str) -> dt.date:
    try:
        return parse_date(text)
    except ValueError:  # which quotes the value
        raise ValueError("is not a date: write yyyy-mm-dd") from None


def _optional_date(text: str) -> dt.date | None:
    return _date(text) if text else None


def _year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError("is not a year")
    return int(text)


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,16}(\.[0-9]+)?", text) or Decimal(text) <= 0:
        raise ValueError("is not a positive number")
    if Decimal(text) != round(Decimal(text), 2):
        raise ValueError("would lose parts of a cent")
    if re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", text):
        raise ValueError("may be thousands with a point between them: write two decimals, and no other point")
    return round(Decimal(text), 2)

"""The small CSV files of a delivery: FTE medians and the sector list, read strictly."""

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.periods import parse_date
from imaatlas_spark.schemas.inputs import FTE_INCOME_MEDIANS, SECTORS, Source
from imaatlas_spark.storage.local_frames import local_frame

Row = dict[str, Any]


@dataclass(frozen=True)
class DeliveredFile:
    source: Source
    rows: tuple[Row, ...]
    ignored_columns: frozenset[str]

    def frame(self, spark: SparkSession) -> DataFrame:
        schema = ", ".join(f"{column.name} {column.type}" for column in self.source.columns)
        values = [tuple(row[column.name] for column in self.source.columns) for row in self.rows]
        return local_frame(spark, values, schema)


def read_medians(spark: SparkSession, folder: str) -> DeliveredFile:
    """`fte_income_medians.csv`: one positive median for each profession group and year."""
    file = _read(spark, folder, FTE_INCOME_MEDIANS, {"profession_group": _text, "year": _year, "median_eur": _amount})
    _refuse_repeats(file, ("profession_group", "year"))
    return file


def read_sectors(spark: SparkSession, folder: str) -> DeliveredFile:
    """`sectors.csv`: dated sectors; an empty `valid_to` is open."""
    kinds: dict[str, Callable[[str], Any]] = {
        "sector": _text,
        "name_nl": _optional_text,
        "name_fr": _optional_text,
        "valid_from": parse_date,
        "valid_to": _optional_date,
    }
    file = _read(spark, folder, SECTORS, kinds)
    for number, row in enumerate(file.rows, start=2):
        if row["valid_to"] is not None and row["valid_to"] < row["valid_from"]:
            raise DeliveryRefused(f"{folder}/sectors.csv, line {number}: column valid_to lies before valid_from")
    return file


def _read(spark: SparkSession, folder: str, source: Source, kinds: dict[str, Callable[[str], Any]]) -> DeliveredFile:
    path = f"{folder}/{source.name}.csv"
    lines = csv.DictReader(_text_of(spark, path).splitlines(), strict=True)
    header = tuple(lines.fieldnames or ())
    for name in kinds:
        if header.count(name) != 1:
            raise DeliveryRefused(f"{path}: column {name} is {'repeated' if name in header else 'missing'}")
    try:
        rows = tuple(_typed(path, number, line, source, kinds) for number, line in enumerate(lines, start=2))
    except csv.Error as error:
        raise DeliveryRefused(f"{path}, line {lines.line_num}: {error}") from error
    if not rows:
        raise DeliveryRefused(f"{path} has no row: deliver {source.comment.lower()}")
    return DeliveredFile(source, rows, frozenset(header) - frozenset(kinds))


def _text_of(spark: SparkSession, path: str) -> str:
    jvm: Any = spark._jvm
    place = jvm.org.apache.hadoop.fs.Path(path)
    if not place.getFileSystem(spark._jsc.hadoopConfiguration()).exists(place):
        raise DeliveryRefused(f"{path} is missing: deliver it")
    content = spark.read.format("binaryFile").load(path).select("content").first()
    assert content is not None
    try:
        return bytes(content[0]).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeliveryRefused(f"{path} is not UTF-8: save it as UTF-8") from error


def _typed(path: str, number: int, line: dict[str, Any], source: Source, kinds: dict[str, Callable[[str], Any]]) -> Row:
    if None in line:
        raise DeliveryRefused(f"{path}, line {number}: more fields than the header: quote commas, write decimal points")
    row: Row = {}
    for name, kind in kinds.items():
        try:
            row[name] = kind(line[name] or "")
        except ValueError as error:
            expected = source.column(name).type
            raise DeliveryRefused(f"{path}, line {number}: column {name}, expected {expected}: {error}") from error
    return row


def _refuse_repeats(file: DeliveredFile, key: Iterable[str]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for number, row in enumerate(file.rows, start=2):
        value = tuple(row[name] for name in key)
        if value in seen:
            raise DeliveryRefused(f"{file.source.name}.csv, line {number}: {', '.join(map(str, value))} stands twice")
        seen.add(value)


def _text(text: str) -> str:
    if not text:
        raise ValueError("it is empty")
    return text


def _optional_text(text: str) -> str | None:
    return text or None


def _optional_date(text: str) -> dt.date | None:
    return parse_date(text) if text else None


def _year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError(f"'{text}' is not a year")
    return int(text)


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,16}(\.[0-9]+)?", text) or Decimal(text) <= 0:
        raise ValueError(f"'{text}' is not a positive number")
    if Decimal(text) != round(Decimal(text), 2):
        raise ValueError(f"'{text}' would lose parts of a cent")
    return round(Decimal(text), 2)

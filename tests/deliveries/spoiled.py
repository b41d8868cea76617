"""Ways to spoil a good delivery."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.deliveries.delivered import PERSON, Delivery, claim, claims_of
from tests.oracle.small_cases import insured

UNKNOWN_CODEC = rb"SS00010\x15"  # in a footer: what follows is the codec of that column


@dataclass(frozen=True)
class Case:
    """A way to spoil a delivery, and what the refusal must name."""

    name: str
    spoil: Callable[[Delivery], Any]
    named: tuple[str, ...]


def case(name: str, spoil: Callable[[Delivery], Any], *named: str) -> Case:
    return Case(name, spoil, named)


def without_folder(*parts: str) -> Callable[[Delivery], None]:
    def spoil(delivery: Delivery) -> None:
        folder = delivery.folder.joinpath(*parts)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    return spoil


def without_file(*parts: str) -> Callable[[Delivery], None]:
    return lambda delivery: delivery.folder.joinpath(*parts).unlink()


def claims_without(name: str) -> Callable[[Delivery], Path]:
    return lambda delivery: delivery.write("claims", claims_of(2021), year=2021, without=name)


def claims_with(**columns: tuple[pa.DataType, Any]) -> Callable[[Delivery], Path]:
    """The claims of 2021 with other types and values in some columns."""
    values = {name: value for name, (_, value) in columns.items()}
    types = {name: kind for name, (kind, _) in columns.items()}
    return lambda delivery: delivery.write("claims", [claim(**values)], year=2021, types=types)


def population_with(name: str, kind: pa.DataType, value: Any) -> Callable[[Delivery], Path]:
    return lambda delivery: delivery.write(
        "population", [insured(PERSON, **{name: value})], year=2021, types={name: kind}
    )


def register_with(source: str, row: dict[str, Any], name: str, kind: pa.DataType, value: Any) -> Callable[..., Path]:
    return lambda delivery: delivery.write(source, [{**row, name: value}], types={name: kind})


def content(content: bytes, *parts: str) -> Callable[[Delivery], int]:
    return lambda delivery: delivery.folder.joinpath(*parts).write_bytes(content)


def sparse(length: int, *parts: str) -> Callable[[Delivery], None]:
    """A file of so many bytes that takes no room on the disk."""
    return lambda delivery: os.truncate(delivery.folder.joinpath(*parts), length)


def called(name: str, other: str) -> Callable[[Delivery], Path]:
    """The claims of 2021, with another name for a column."""

    def spoil(delivery: Delivery) -> Path:
        table = pq.ParquetFile(delivery.place("claims", 2021) / "part-0.parquet").read()
        names = [other if each == name else each for each in table.column_names]
        return delivery.write_table(table.rename_columns(names), "claims", year=2021)

    return spoil


def twice(name: str) -> Callable[[Delivery], Path]:
    """The claims of 2021, with a column that stands there twice under one name."""

    def spoil(delivery: Delivery) -> Path:
        table = pq.ParquetFile(delivery.place("claims", 2021) / "part-0.parquet").read()
        return delivery.write_table(table.append_column(name, table[name]), "claims", year=2021)

    return spoil


def truncated(*parts: str) -> Callable[[Delivery], int]:
    def spoil(delivery: Delivery) -> int:
        path = delivery.folder.joinpath(*parts)
        return path.write_bytes(path.read_bytes()[:-50])

    return spoil


def flip(path: Path, before: bytes, bit: int) -> Path:
    """Turn one bit of the byte that follows the only match of a pattern."""
    file = bytearray(path.read_bytes())
    (found,) = re.finditer(before, file, re.DOTALL)
    file[found.end()] ^= 1 << bit
    path.write_bytes(file)
    return path


def garbled(column: str, source: str, year: int | None = None) -> Callable[[Delivery], None]:
    return lambda delivery: delivery.garble(delivery.place(source, year) / "part-0.parquet", column)


def practices(*rows: dict[str, Any]) -> Callable[[Delivery], Path]:
    return lambda delivery: delivery.write("practices", rows)


def practitioners(*rows: dict[str, Any]) -> Callable[[Delivery], Path]:
    return lambda delivery: delivery.write("practitioners", rows)


def medians(*rows: tuple[object, ...]) -> Callable[[Delivery], None]:
    return lambda delivery: delivery.write_medians(rows)


def sectors(*rows: tuple[object, ...]) -> Callable[[Delivery], None]:
    return lambda delivery: delivery.write_sectors(rows)

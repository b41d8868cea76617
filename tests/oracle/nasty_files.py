"""Files as others write them: several for a year, each with types, columns and an order of its own."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .deliveries import Claim
from .small_cases import SCHEMAS

WIDTHS = (pa.int8(), pa.int16(), pa.int32(), pa.int64())
# The narrowest width that holds every value of the column.
NARROWEST = {"SS00050": 0, "NWE_YN": 0, "PP0015": 1, "PP0020": 0, "MAJOR_COVERAGE_YN": 0}
AMOUNTS = (pa.decimal128(12, 2), pa.decimal128(9, 2), pa.decimal128(18, 2), pa.decimal128(38, 2), pa.decimal128(20, 4))

Fault = tuple[str, Callable[[Claim, int], Claim]]
FAULTS: tuple[Fault, ...] = (
    ("no_person", lambda line, year: line._replace(person=None)),  # type: ignore[arg-type]
    ("date", lambda line, year: line._replace(day=None)),  # type: ignore[arg-type]
    ("date", lambda line, year: line._replace(day=date(year - 1, 12, 31))),
    (
        "date",
        lambda line, year: line._replace(day=line.day.replace(day=1, year=year + 1), booked_month=year * 100 + 112),
    ),
    ("code", lambda line, year: line._replace(code=None)),  # type: ignore[arg-type]
    ("code", lambda line, year: line._replace(code="")),
    ("code", lambda line, year: line._replace(code="10107")),
    ("code", lambda line, year: line._replace(code="1101076")),
    ("code", lambda line, year: line._replace(code="00101076")),
    ("code", lambda line, year: line._replace(code="10107A")),
    ("number_of_cases", lambda line, year: line._replace(cases=None)),  # type: ignore[arg-type]
    ("amount", lambda line, year: line._replace(amount=None)),  # type: ignore[arg-type]
    ("outside_hours", lambda line, year: line._replace(outside_hours=None)),  # type: ignore[arg-type]
    ("outside_hours", lambda line, year: line._replace(outside_hours=2)),
    ("booked_month", lambda line, year: line._replace(booked_month=None)),  # type: ignore[arg-type]
    ("booked_month", lambda line, year: line._replace(booked_month=year * 100 + 113)),
    ("booked_month", lambda line, year: line._replace(booked_month=year * 100 + 100)),
    ("booked_month", lambda line, year: line._replace(booked_month=(year - 1) * 100 + 12)),
    ("qualification", lambda line, year: line._replace(qualification="03")),
    ("qualification", lambda line, year: line._replace(qualification="")),
    ("qualification", lambda line, year: line._replace(qualification="0003")),
    ("category", lambda line, year: line._replace(category="1")),
    ("category", lambda line, year: line._replace(category="1O")),
    ("two faults", lambda line, year: line._replace(code="1", outside_hours=7)),
)


def with_faults(rng: Random, lines: list[Claim], year: int, per_thousand: int, reasons: Iterable[str]) -> list[Claim]:
    """The lines and as many bad ones as may pass: `per_thousand` of all, rounded down."""
    faults = [spoil for reason, spoil in FAULTS if reason in set(reasons)]
    number = len(lines) * per_thousand // (1000 - per_thousand) if faults else 0
    first = rng.randrange(len(faults) or 1)
    bad = [faults[(first + place) % len(faults)](rng.choice(lines), year) for place in range(number)]
    return lines + bad


def nasty_type(rng: Random, column: str, kind: pa.DataType) -> pa.DataType:
    """A type that holds the same values: another width, another precision or scale."""
    if pa.types.is_integer(kind):
        return rng.choice(WIDTHS[NARROWEST.get(column, 2) :])
    return rng.choice(AMOUNTS) if pa.types.is_decimal(kind) else kind


def write_file(rng: Random, path: Path, source: str, rows: Sequence[Sequence[Any]], whole_euros: bool = False) -> None:
    """One file: columns in any order, perhaps one that nobody asked for."""
    schema = SCHEMAS[source]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = {}
    for (name, kind), cells in zip(schema.items(), columns, strict=True):
        whole = whole_euros and pa.types.is_decimal(kind)
        arrays[name] = pa.array(cells, pa.decimal128(9, 0) if whole else nasty_type(rng, name, kind))
    if rng.random() < 0.5:
        arrays["EXTRA"] = pa.array(["x"] * len(rows), pa.string())
    names = rng.sample(sorted(arrays), len(arrays))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: arrays[name] for name in names}), path, compression=rng.choice(("snappy", "gzip")))


def write_source(rng: Random, folder: Path, source: str, rows: list[Any]) -> None:
    """Several files; one of the claims has whole euros only, and a type without cents."""
    rng.shuffle(rows)
    is_whole = [source == "claims" and row.amount is not None and row.amount % 1 == 0 for row in rows]
    whole = [row for row, alone in zip(rows, is_whole, strict=True) if alone]
    others = [row for row, alone in zip(rows, is_whole, strict=True) if not alone]
    fifth = len(rows) // 5
    whole, others = whole[:fifth], whole[fifth:] + others
    if whole:
        write_file(rng, folder / "whole-euros.parquet", source, whole, whole_euros=True)
    parts = rng.choice((1, 2, 4)) if len(others) >= 4 else 1
    for part in range(parts):
        write_file(rng, folder / f"part-{part}.parquet", source, others[part::parts])

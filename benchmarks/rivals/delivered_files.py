"""The Parquet files of a delivery, those of the same types together: files of one folder may differ."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from imaatlas_spark.deliveries.contract import Source

_CENTS = 2


@dataclass(frozen=True)
class AlikeFiles:
    """Files with the same types in the columns of the contract."""

    paths: tuple[str, ...]
    finer_than_cents: frozenset[str]


def alike_files(folder: Path, source: Source) -> list[AlikeFiles]:
    """Raises where a file lacks a column: the rivals check what the contract checks, in fewer words."""
    groups: dict[tuple[pa.DataType, ...], list[str]] = defaultdict(list)
    names = [column.name for column in source.columns]
    for path in sorted(folder.glob("*.parquet")):
        schema = pq.read_schema(path)
        groups[tuple(schema.field(name).type for name in names)].append(str(path))
    if not groups:
        raise ValueError(f"{folder} has no Parquet file")
    return [AlikeFiles(tuple(paths), _finer_than_cents(names, types)) for types, paths in groups.items()]


def _finer_than_cents(names: list[str], types: tuple[pa.DataType, ...]) -> frozenset[str]:
    pairs = zip(names, types, strict=True)
    return frozenset(name for name, kind in pairs if pa.types.is_decimal(kind) and kind.scale > _CENTS)

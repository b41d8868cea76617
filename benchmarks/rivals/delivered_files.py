"""The Parquet files of a delivery, those of the same types together: files of one folder may differ."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from imaatlas_spark.schemas.inputs import Source

_CENTS = 2


@dataclass(frozen=True)
class AlikeFiles:
    """Files with the same types in the columns of the contract."""

    paths: tuple[str, ...]
    schema: pa.Schema

    @property
    def finer_than_cents(self) -> tuple[str, ...]:
        """Columns whose amounts may not fit the contract's."""
        return tuple(each.name for each in self.schema if pa.types.is_decimal(each.type) and each.type.scale > _CENTS)


def alike_files(folder: Path, source: Source) -> list[AlikeFiles]:
    """Raises where a file lacks a column: the rivals check what the contract checks, in fewer words."""
    groups: dict[pa.Schema, list[str]] = defaultdict(list)
    for path in sorted(folder.glob("*.parquet")):
        schema = pq.read_schema(path)
        groups[pa.schema([(column.name, schema.field(column.name).type) for column in source.columns])].append(
            str(path)
        )
    if not groups:
        raise ValueError(f"{folder} has no Parquet file")
    return [AlikeFiles(tuple(paths), schema) for schema, paths in groups.items()]

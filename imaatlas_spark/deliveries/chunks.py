"""What a footer says of the chunks of a Parquet file: the values of one column in one group of rows.

Read from the footer's bytes: pyarrow ends the whole process where a chunk has a codec or a type that it does not know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imaatlas_spark.deliveries.thrift import Fields, Unreadable, fields_of

# As parquet.thrift numbers them.
_TYPES = ("BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
_CODECS = ("UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW")
TRAILER = 8  # the length of a footer and the magic after it
_GROUPS = 4  # fields of the footer
_COLUMNS, _ROWS = 1, 3  # of a group
_FILE, _METADATA, _ENCRYPTION = 1, 3, 8  # of a chunk
_TYPE, _CODEC, _LENGTH, _DATA, _DICTIONARY = 1, 4, 7, 9, 11  # of its metadata


@dataclass(frozen=True)
class Chunk:
    """Where the values lie in the file, and how they are compressed. is_elsewhere: they lie in another file."""

    begins: int
    length: int
    codec: str
    is_elsewhere: bool


def read_chunks(footer: bytes, rows: int, types: Sequence[str]) -> list[Chunk]:
    """The chunks of a file of so many rows, whose columns are of these physical types.

    Raises Unreadable where the footer says something else of them: a flipped bit would lose or turn values in silence.
    """
    groups = _structs(fields_of(footer), _GROUPS)
    if sum(_number(group, _ROWS) for group in groups) != rows:
        raise Unreadable("its groups have other rows than the file")
    return [chunk for group in groups for chunk in _chunks(_structs(group, _COLUMNS), types)]


def _chunks(columns: list[Fields], types: Sequence[str]) -> Iterator[Chunk]:
    if len(columns) != len(types):
        raise Unreadable("a group has other columns than the file")
    for column, expected in zip(columns, types, strict=True):
        if _ENCRYPTION in column:
            raise Unreadable("a column is encrypted")
        metadata = column.get(_METADATA)
        if not isinstance(metadata, dict):
            raise Unreadable("a column of which nothing is said")
        if _named(_TYPES, _number(metadata, _TYPE)) != expected:
            raise Unreadable("a column is of two types")
        begins = min(filter(None, (_number(metadata, _DATA), _number(metadata, _DICTIONARY, 0))), default=0)
        if begins <= 0:
            raise Unreadable("a column begins nowhere")
        codec = _named(_CODECS, _number(metadata, _CODEC))
        yield Chunk(begins, _number(metadata, _LENGTH), codec, bool(column.get(_FILE)))


def _named(names: Sequence[str], number: int) -> str:
    if not 0 <= number < len(names):
        raise Unreadable("a type or a codec that there is not")
    return names[number]


def _structs(fields: Fields, field: int) -> list[Fields]:
    found: Any = fields.get(field)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unreadable(f"field {field} is no list")
    return found


def _number(fields: Fields, field: int, default: int | None = None) -> int:
    found = fields.get(field, default)
    if not isinstance(found, int):
        raise Unreadable(f"field {field} is no number")
    return found

"""What the footer of a Parquet file says: columns and their types, number of rows. Read before any Spark job.

Files of one year may be of different types: any integer width, any decimal scale. Spark reads one schema at a time and
would stop at the first file that differs; here the file that lacks a column or has a wrong type is named at once.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from imaatlas_spark.deliveries.chunks import TRAILER, read_chunks
from imaatlas_spark.deliveries.joined import holds_another_file
from imaatlas_spark.deliveries.stores import Entry, Store, refusing_what_cannot_be_read
from imaatlas_spark.deliveries.thrift import Unreadable
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import shown
from imaatlas_spark.schemas.inputs import SYNTHETIC_COLUMN, Source

NO_VALUE = "VOID"  # a column without a single value, as some writers type it
_INTEGERS = {"INT", "BIGINT", "DECIMAL(20,0)"}  # Spark reads unsigned 64-bit integers as decimals
_MOST_DIGITS = 38  # of a decimal that Spark can read
_OF_NO_SPARK = {"BROTLI", "LZO"}  # codecs whose libraries Spark comes without
_OF_SPARK = b"org.apache.spark.sql.parquet.row.metadata"  # where Spark keeps the comments of columns
_AT_ONCE = 1 << 16  # bytes from a file's end in which most footers lie
_READERS = 8  # footers read at once: on a distant store each takes its time


@dataclass(frozen=True)
class Footer:
    """A file's columns in their order, each with the Spark SQL type it is read as; "?..." where none would do.

    is_of_others: it is the summary of a data set, whose rows lie in other files. is_drawn: its columns say that they
    were drawn by chance.
    """

    file: Entry
    columns: tuple[tuple[str, str], ...]
    rows: int
    codecs: frozenset[str] = frozenset()
    is_of_others: bool = False
    is_drawn: bool = False

    @property
    def types(self) -> dict[str, str]:
        return dict(self.columns)


def read_footers(store: Store, files: Sequence[Entry], source: Source) -> tuple[Footer, ...]:
    """The footers of all files, in their order. Raises DeliveryRefused for the first that breaks the contract."""
    with ThreadPoolExecutor(_READERS) as readers:
        return tuple(readers.map(lambda file: _checked(read_footer(store, file), source), files))


def read_footer(store: Store, file: Entry) -> Footer:
    """The footer of one file; refused where it is no Parquet file that can be read."""
    with refusing_what_cannot_be_read(file.path), store.open(file.path) as content:
        try:
            footer, is_joined = _read(file, content)
        except (pa.ArrowException, OSError, Unreadable) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            reason = "it is encrypted: deliver it" if "ncrypt" in str(error) else "deliver it again"
            raise DeliveryRefused(f"{shown(file.path)} cannot be read as Parquet: {reason}") from error
        except UnicodeDecodeError as error:
            raise DeliveryRefused(f"{shown(file.path)}: a column's name is not UTF-8: rename it") from error
    if is_joined:
        raise DeliveryRefused(
            f"{shown(file.path)} is two Parquet files joined to one, of which only the last would be read: deliver each"
        )
    return footer


def _read(file: Entry, content: BinaryIO) -> tuple[Footer, bool]:
    """The footer, and whether a whole file lies before the one that it is of.

    pyarrow reads the schema; whatever it would be asked of the chunks may end the process (`chunks.py`).
    """
    length = content.seek(0, io.SEEK_END)
    end = _end_of(content, length)
    metadata = pq.read_metadata(io.BytesIO(end))
    leaves = list(map(metadata.schema.column, range(len(metadata.schema))))
    chunks = read_chunks(end, metadata.num_rows, [leaf.physical_type for leaf in leaves])
    footer = Footer(
        file,
        tuple(_columns(leaves)),
        metadata.num_rows,
        frozenset(chunk.codec for chunk in chunks),
        is_of_others=any(chunk.is_elsewhere for chunk in chunks),
        is_drawn=SYNTHETIC_COLUMN.encode() in (metadata.metadata or {}).get(_OF_SPARK, b""),
    )
    return footer, holds_another_file(content, length - len(end), chunks)


def _end_of(content: BinaryIO, length: int) -> bytes:
    """The file from where its footer begins, or the whole of a file that is too short for what it says."""
    content.seek(max(0, length - _AT_ONCE))
    end = content.read(_AT_ONCE)
    size = int.from_bytes(end[-TRAILER:-4], "little") + TRAILER
    if len(end) < size <= length:
        content.seek(length - size)
        end = content.read(size)
    return end[-size:]


def _columns(leaves: Iterable[Any]) -> list[tuple[str, str]]:
    """Top-level columns; the leaves of a nested one lie side by side and are told once."""
    columns: list[tuple[str, str]] = []
    for leaf in leaves:
        column = (_top_of(leaf), _spark_type(leaf))
        if not (_is_nested(leaf) and columns and columns[-1] == column):
            columns.append(column)
    return columns


def _is_nested(leaf: Any) -> bool:
    return bool(leaf.max_repetition_level > 0 or leaf.max_definition_level > 1 or leaf.path != leaf.name)


def _top_of(leaf: Any) -> str:
    return str(leaf.path.split(".", 1)[0] if _is_nested(leaf) else leaf.name)


def _spark_type(leaf: Any) -> str:
    if _is_nested(leaf):
        return "?nested"
    logical, physical = leaf.logical_type.type, leaf.physical_type
    if logical == "DECIMAL":
        return f"DECIMAL({leaf.precision},{leaf.scale})"
    known = {
        ("BYTE_ARRAY", "STRING"): "STRING",
        ("INT32", "DATE"): "DATE",
        ("INT32", "NONE"): "INT",
        ("INT64", "NONE"): "BIGINT",
        ("INT32", "INT"): "BIGINT" if leaf.converted_type == "UINT_32" else "INT",
        ("INT64", "INT"): "DECIMAL(20,0)" if leaf.converted_type == "UINT_64" else "BIGINT",
    }
    if logical in {"UNKNOWN", "NULL"}:
        return NO_VALUE
    return known.get((physical, logical), f"?{physical}" if logical == "NONE" else f"?{logical} in {physical}")


def _checked(footer: Footer, source: Source) -> Footer:
    path, types = shown(footer.file.path), footer.types
    if footer.is_of_others:
        raise DeliveryRefused(f"{path} has no rows of its own, it tells of those of other files: take it away")
    for codec in sorted(footer.codecs & _OF_NO_SPARK):
        raise DeliveryRefused(
            f"{path} is compressed by {codec}, which Spark does not read: deliver it with snappy, gzip or zstd"
        )
    times = Counter(name.casefold() for name, _ in footer.columns)
    for column in source.columns:
        found = types.get(column.name)
        if times[column.name.casefold()] > 1:
            raise DeliveryRefused(
                f"{path}: column {column.name} stands twice, upper and lower case apart: keep one of them"
            )
        if found is None:
            alike = [name for name in types if name.strip().casefold() == column.name.casefold()]
            hint = f" (it has '{shown(alike[0])}': write that name as {column.name})" if alike else ""
            raise DeliveryRefused(f"{path}: column {column.name} is missing, expected {column.type}{hint}")
        if not _fits(found, column.type):
            raise DeliveryRefused(
                f"{path}: column {column.name} is {found.lstrip('?')}, expected {column.type}: deliver that type"
            )
    return footer


def _fits(found: str, expected: str) -> bool:
    if found == NO_VALUE:
        return True
    if expected in {"INT", "BIGINT"}:
        return found in _INTEGERS
    if expected.startswith("DECIMAL"):
        digits = re.fullmatch(r"DECIMAL\((\d+),\d+\)", found)
        return digits is not None and int(digits[1]) <= _MOST_DIGITS
    return found == expected

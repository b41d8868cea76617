"""Two Parquet files in one, as `cat` joins them: readers follow the last footer, and the rows of the first are lost."""

import io
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from imaatlas_spark.deliveries.chunks import TRAILER, Chunk

_MAGIC = b"PAR1"
_BLOCK = 1 << 20


def holds_another_file(content: BinaryIO, footer_begins: int, chunks: Iterable[Chunk]) -> bool:
    """Whether a whole Parquet file lies before the one that the last footer describes.

    Between the last column and the footer lie the indexes, if any; of two joined files the whole of the first is added
    to that gap. So the end of a first file, if there is one, lies no deeper in the file than the gap is wide.
    """
    gap = footer_begins - max((chunk.begins + chunk.length for chunk in chunks), default=len(_MAGIC))
    return any(_is_end_of_a_file(content, end) for end in _ends(content, gap))


def _ends(content: BinaryIO, within: int) -> Iterator[int]:
    """Where the magic ends in the first bytes of a file; not the magic that a file begins with."""
    for begins in range(0, max(0, within), _BLOCK):
        content.seek(begins)
        block = content.read(min(_BLOCK, within - begins) + len(_MAGIC) - 1)
        place = block.find(_MAGIC)
        while place >= 0:
            if begins + place >= TRAILER:
                yield begins + place + len(_MAGIC)
            place = block.find(_MAGIC, place + 1)


def _is_end_of_a_file(content: BinaryIO, end: int) -> bool:
    """Four letters may stand anywhere in data; before the end of a file lies a footer that can be read."""
    content.seek(end - TRAILER)
    (size,) = struct.unpack("<I", content.read(4))
    if not 0 < size <= end - TRAILER - len(_MAGIC):
        return False
    content.seek(end - TRAILER - size)
    try:
        pq.read_metadata(io.BytesIO(_MAGIC + content.read(size + TRAILER)))
    except (pa.ArrowException, OSError):
        return False
    except UnicodeDecodeError:  # in a column's name: the footer itself was read
        return True
    return True

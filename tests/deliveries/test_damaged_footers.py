"""Whatever bits of a footer are flipped: the file is read or refused, and this process lives on. No JVM."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imaatlas_spark.deliveries.chunks import Chunk, read_chunks
from imaatlas_spark.deliveries.footers import read_footer
from imaatlas_spark.deliveries.stores import Entry, Kind, LocalStore
from imaatlas_spark.deliveries.thrift import Unreadable, fields_of
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS
from tests.deliveries.delivered import Delivery, claims_of
from tests.deliveries.inspected import inspected
from tests.deliveries.spoiled import UNKNOWN_CODEC, flip
from tests.unit.edits import refuses

# Where one bit is flipped, and which: of a file of one claim line without dictionaries.
FLIPS = {
    "a codec that there is not": (UNKNOWN_CODEC, 6),
    "a column that begins nowhere": (rb"SS00010\x15.+?\x26(?=\x08)", 3),
    "a type that the column's pages do not have": (rb"\x15(?=\x02\x25\x02\x18\x07SS00050)", 2),
    "no row, where a group has one": (rb"\x16(?=\x02\x19\x1c)", 1),
}


@pytest.mark.parametrize("name", FLIPS)
def test_a_flipped_bit_is_refused_by_the_name_of_its_file(name: str, delivery: Delivery) -> None:
    path = delivery.write("claims", claims_of(2021, 1), year=2021, name="part-1.parquet", use_dictionary=False)
    flip(path, *FLIPS[name])
    with refuses(DeliveryRefused, "claims/year=2021/part-1.parquet cannot be read as Parquet: deliver it again"):
        inspected(delivery)


@pytest.mark.parametrize("name", FLIPS)
def test_a_flipped_bit_in_a_hidden_file_stops_nothing(name: str, delivery: Delivery) -> None:
    path = delivery.write("claims", claims_of(2021, 1), year=2021, name="_old.parquet", use_dictionary=False)
    flip(path, *FLIPS[name])
    found = inspected(delivery)
    (line,) = found.told
    assert "_old.parquet (0 rows in 0 files, not counted: _old.parquet)" in line
    assert found.folder(CLAIMS, 2021).rows == 3


@pytest.mark.jobs
def test_pyarrow_still_ends_the_process_at_a_codec_that_there_is_not(delivery: Delivery) -> None:
    """Once it does no more, `thrift.py` and `chunks.py` have no reason to be."""
    path = flip(delivery.place("claims", 2021) / "part-0.parquet", UNKNOWN_CODEC, 6)
    asked = "import sys, pyarrow.parquet as pq; pq.read_metadata(sys.argv[1]).row_group(0).column(0).compression"
    asked = f"import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); {asked}"
    assert subprocess.run([sys.executable, "-c", asked, path], check=False, stderr=subprocess.DEVNULL).returncode < 0


def entry(path: Path) -> Entry:
    return Entry(str(path), Kind.FILE, path.stat().st_size)


@pytest.mark.slow
def test_no_bit_of_a_footer_ends_the_process(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    pq.write_table(pa.table({"a": pa.array([1, 2], pa.int32()), "b": ["x", "y"]}), path, store_schema=False)
    good = path.read_bytes()
    footer_begins = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    refused = 0
    for bit in range(8 * footer_begins, 8 * len(good)):
        file = bytearray(good)
        file[bit // 8] ^= 1 << bit % 8
        path.write_bytes(file)
        try:
            assert read_footer(LocalStore(), entry(path)).rows == 2
        except DeliveryRefused:
            refused += 1
    assert refused > 900


def footer_of(path: Path) -> bytes:
    file = path.read_bytes()
    return file[-8 - int.from_bytes(file[-8:-4], "little") : -8]


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_chunks_are_those_that_pyarrow_tells_of(codec: str, tmp_path: Path) -> None:
    """Of many groups and columns, whose numbers fill several bytes."""
    columns = {f"c{each}": list(range(each, each + 40)) for each in range(20)}
    pq.write_table(pa.table(columns), tmp_path / "a", row_group_size=2, compression=codec, write_page_index=True)
    metadata = pq.read_metadata(tmp_path / "a")
    told = [metadata.row_group(group).column(column) for group in range(20) for column in range(20)]
    assert read_chunks(footer_of(tmp_path / "a"), 40, ["INT64"] * 20) == [
        Chunk(
            each.dictionary_page_offset, each.total_compressed_size, each.compression.replace("LZ4", "LZ4_RAW"), False
        )
        for each in told
    ]


def test_a_footer_that_ends_too_early_is_unreadable(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.5], "b": ["x"], "c": [True]}), tmp_path / "a")
    footer = footer_of(tmp_path / "a")
    assert fields_of(footer)
    for end in range(len(footer)):
        with pytest.raises(Unreadable):
            fields_of(footer[:end])


@pytest.mark.parametrize(
    "content",
    [b"\x1b\x00\x00", b"\x16" + b"\xff" * 11, b"\x19\xfc" + b"\xff\xff\x7f" + b"\x1c" * 9, b"\x1c" * 10_000],
    ids=["a map", "a number without an end", "a list longer than the file", "structures without a bottom"],
)
def test_what_is_no_footer_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        fields_of(content)

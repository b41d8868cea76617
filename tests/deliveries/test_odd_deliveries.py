"""Odd names and files through Spark, in a session whose settings would lose rows: read once each, or refused."""

import io
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.deliveries.inspection import inspect
from imaatlas_spark.deliveries.parquet_files import read_delivered
from imaatlas_spark.deliveries.stores import HadoopStore
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS, QUARANTINE
from tests.conftest import CONF
from tests.deliveries.delivered import TYPES, Delivery, claim, claims_of, state_of, tells_a_pseudonym
from tests.deliveries.inspected import configuration_of_the_jobs
from tests.deliveries.test_small_files import checksum_of_hadoop
from tests.deliveries.test_walk import LITERAL
from tests.engine import Engine, conf_with
from tests.unit.edits import refuses

pytestmark = pytest.mark.spark

ODD_FOLDER = "levering [2021] {a,b} 23:59 50%25 \xe9?*\\"
HOSTILE = {
    "spark.sql.files.ignoreCorruptFiles": "true",
    "spark.sql.files.ignoreMissingFiles": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.mergeSchema": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "LEGACY",
    "spark.sql.session.timeZone": "Asia/Kolkata",
}


@pytest.fixture(scope="module")
def hostile(spark: SparkSession) -> Iterator[SparkSession]:
    before = {name: spark.conf.get(name) for name in HOSTILE}
    for name, value in HOSTILE.items():
        spark.conf.set(name, value)
    yield spark
    for name, value in before.items():
        spark.conf.set(name, value or "")


@pytest.fixture(scope="module")
def odd(hostile: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, str]:
    """An engine that has ingested a delivery of odd names, each file with one line that is known by its number."""
    folder = tmp_path_factory.mktemp("odd")
    conf = conf_with(CONF, folder / "conf", max_quarantined_share="1")
    delivery = Delivery.good(folder / ODD_FOLDER / "delivery", (2021,))
    names = [*(f"{name}.parquet" for name in LITERAL), "part-1.PARQUET", "claims1.parquet"]
    for number, name in enumerate(names):
        delivery.write("claims", [claim(SS00075=number)], year=2021, name=name)
    checksum_of_hadoop(delivery.place("claims", 2021) / "claims1.parquet")
    delivery.write("claims", [claim(SS00075=len(names))], year=2021, name="claims1.parquet")
    for number in (0, 2):
        nothing = pa.table({name: pa.nulls(number) for name in TYPES["claims"]})
        delivery.write_table(nothing, "claims", year=2021, name=f"nothing-{number}.parquet")
    stray = delivery.place("claims") / "year=__HIVE_DEFAULT_PARTITION__"
    stray.mkdir()
    pq.write_table(pa.table({"SS00010": [1, 2]}), stray / "part-0.parquet")
    engine = Engine.at(hostile, conf, folder / "warehouse [a?] {b,c} 1:2 \xe9" / "w")
    output = io.StringIO()
    with redirect_stdout(output):
        engine.ingest(delivery.folder, (2021,))
    return engine, output.getvalue()


def test_every_file_is_read_once_whatever_its_name(odd: tuple[Engine, str]) -> None:
    rows = odd[0].rows(CLAIMS.table, (2021,))
    tags = Counter(row["SS00075"] for row in rows if row["SS00075"] is not None)
    numbers = {*range(len(LITERAL) + 1), len(LITERAL) + 2}
    assert tags == dict.fromkeys(numbers, 1), "the last file was written again beside its old checksum"
    assert len(rows) == 3 + len(numbers)


def test_rows_without_any_value_are_rows(odd: tuple[Engine, str]) -> None:
    assert [row["reason"] for row in odd[0].rows(QUARANTINE, (2021,))] == ["person_missing", "person_missing"]


def test_rows_of_no_year_are_told_with_their_number(odd: tuple[Engine, str]) -> None:
    (line,) = [line for line in odd[1].splitlines() if "__HIVE_DEFAULT_PARTITION__" in line]
    assert "2 rows in 1 files" in line
    assert not tells_a_pseudonym(odd[1])


def flipped(delivery: Delivery) -> Path:
    """One bit of a page that carries its checksum."""
    options = {"compression": "none", "use_dictionary": False, "write_page_checksum": True}
    path = delivery.write("claims", claims_of(2021, 2000), year=2021, name="a b[1].parquet", **options)
    chunk = pq.ParquetFile(path).metadata.row_group(0)
    (place,) = [each for each in map(chunk.column, range(chunk.num_columns)) if each.path_in_schema == "SS00060"]
    content = bytearray(path.read_bytes())
    content[place.data_page_offset + place.total_compressed_size - 2000] ^= 0x10
    path.write_bytes(content)
    return path


def garbled(delivery: Delivery) -> Path:
    path = delivery.write("claims", claims_of(2021), year=2021, name="\xe9 [2].parquet")
    delivery.garble(path, "SS00060")
    return path


@pytest.mark.parametrize("damage", [flipped, garbled])
def test_a_damaged_page_is_refused_whatever_the_session_would_do(
    damage: "type[flipped]", odd: tuple[Engine, str], delivery: Delivery, capfd: pytest.CaptureFixture[str]
) -> None:
    engine, _ = odd
    before = state_of(Path(engine.warehouse.root))
    path = damage(delivery)
    with refuses(DeliveryRefused, str(path), "cannot be read to its end"):
        engine.ingest(delivery.folder, (2021,))
    assert state_of(Path(engine.warehouse.root)) == before
    assert not tells_a_pseudonym("".join(capfd.readouterr()))


def test_a_delivery_that_changes_is_refused_before_a_commit(
    odd: tuple[Engine, str], delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file arrives while the registers are checked."""
    engine, _ = odd
    before = state_of(Path(engine.warehouse.root))
    monkeypatch.setattr(
        "imaatlas_spark.deliveries.ingest.check_registers",
        lambda _: delivery.write("claims", claims_of(2021), year=2021, name="late.parquet"),
    )
    with refuses(DeliveryRefused, "changed while it was read", "late.parquet"):
        engine.ingest(delivery.folder, (2021,))
    assert state_of(Path(engine.warehouse.root)) == before


def test_a_file_that_is_gone_is_refused(odd: tuple[Engine, str], delivery: Delivery) -> None:
    path = delivery.write("claims", claims_of(2021), year=2021, name="gone [1].parquet")
    engine, _ = odd

    def vanish(_: object) -> None:
        path.unlink()

    with pytest.MonkeyPatch.context() as patch, refuses(DeliveryRefused, str(path), "run again"):
        patch.setattr("imaatlas_spark.deliveries.ingest.check_registers", vanish)
        engine.ingest(delivery.folder, (2021,))


def test_a_store_of_hadoop_shows_the_same_as_a_local_folder(spark: SparkSession, delivery: Delivery) -> None:
    delivery.write("claims", claims_of(2021, 2), year=2021, name="[1] a%20b.parquet")
    root = f"file://{delivery.folder}"
    store = HadoopStore(spark, root)
    found = inspect(store, root, (2021,), configuration_of_the_jobs())
    folder = found.folder(CLAIMS, 2021)
    assert sum(footer.rows for footer in folder.footers) == 5
    assert read_delivered(spark, store, folder).count() == 5
    assert len(found.small_files[1].rows) == 1
    found.refuse_changes()
    delivery.write("claims", claims_of(2021, 4), year=2021, name="[1] a%20b.parquet")
    with refuses(DeliveryRefused, "changed", "[1] a%20b.parquet"):
        found.refuse_changes()


@pytest.mark.parametrize("types", ["alike", "of two types"])
def test_what_begins_with_an_underscore_is_no_data_though_it_looks_like_a_partition(
    hostile: SparkSession, delivery: Delivery, types: str
) -> None:
    """Of as many rows as the delivered files, so that no count would tell."""
    delivery.write("claims", [claim(SS00075=7)], year=2021, name="[1] a%20b.parquet")
    if types == "of two types":
        delivery.write_table(
            pa.table({name: pa.nulls(1) for name in TYPES["claims"]}), "claims", year=2021, name="n.parquet"
        )
    place = delivery.place("claims", 2021)
    files = sorted(place.glob("*.parquet"))
    old = delivery.write("claims", [claim(SS00075=9)], year=2021, name="_old.parquet")
    for hidden in ("_old=1", ".old=2", "_empty=", "stray/_b=2", "_old"):
        (place / hidden).mkdir(parents=True)
        for file in files:
            shutil.copy(old, place / hidden / file.name)
    (place / "_part=1.parquet").write_bytes(b"no Parquet at all")
    shutil.copy(old, place / "_part=2.parquet")
    store = HadoopStore(hostile, f"file://{delivery.folder}")
    folder = inspect(store, f"file://{delivery.folder}", (2021,), configuration_of_the_jobs()).folder(CLAIMS, 2021)
    tags = [row.SS00075 for row in read_delivered(hostile, store, folder).select("SS00075").collect()]
    assert len(tags) == sum(footer.rows for footer in folder.footers)
    assert tags.count(7) == 1
    assert 9 not in tags

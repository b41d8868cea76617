"""Nothing that a run leaves tells of a person but the tables of persons: output, logs, commits, the ledger, figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.deliveries.delivered import HOUSE, PERSON, PRACTICE, PROVIDER, Delivery, claim, tells_a_pseudonym
from tests.jobs.conftest import Pipeline
from tests.jobs.processes import submit_one_driver

pytestmark = [pytest.mark.jobs, pytest.mark.spark]
PLANTED = tuple(first + each for first in (PERSON, PROVIDER, PRACTICE, HOUSE) for each in range(12))


def tells_in_bytes(content: bytes) -> bool:
    """As text or as a number of eight bytes, in whichever order."""
    numbers = (number.to_bytes(8, order) for number in PLANTED for order in ("little", "big"))
    return tells_a_pseudonym(content.decode("latin-1")) or any(number in content for number in numbers)


def logs_of(warehouse: Path) -> Iterator[Path]:
    return (path for path in warehouse.rglob("_delta_log/*") if path.is_file())


@pytest.fixture(scope="module")
def spoiled(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """Bad rows of known persons: some are ingested, many refused. The warehouse, the local folder, the output."""
    folder = tmp_path_factory.mktemp("private")
    some = Delivery.good(folder / "delivery", (2021,))
    lines = [claim("2021-03-01", SS00065=None) for _ in range(1500)]
    some.write("claims", [*lines, claim("2021-03-01", SS00020=str(PERSON))], year=2021, name="part-1.parquet")
    many = some.copied_to(folder / "spoiled")
    many.write("population", [{"PP0010": PERSON}, {"PP0010": PERSON}], year=2021, name="part-1.parquet")
    where = ("--warehouse", folder / "warehouse", "--conf-dir", pipeline.conf, "--years", 2021)
    steps = [("ingest_deliveries", "--input", delivery.folder, *where) for delivery in (some, many)]
    outcome = submit_one_driver(steps, {"spark.local.dir": str(folder / "local")})
    (ingested,) = DeltaTable(folder / "warehouse" / "inputs/population").history(1)
    assert ingested["version"] == 1, outcome.output[-2000:]
    assert outcome.exit_code == 2, outcome.output[-2000:]
    return folder / "warehouse", folder / "local", outcome.output


def test_the_bytes_are_found_where_they_are(spoiled: tuple[Path, Path, str]) -> None:
    """The search below finds what is there to be found."""
    persons = DeltaTable(spoiled[0] / "inputs/claims").to_pyarrow_table()["SS00010"].to_pylist()
    assert PERSON in persons
    assert tells_in_bytes(PERSON.to_bytes(8, "little"))
    (row, *_) = DeltaTable(spoiled[0] / "inputs/quarantine").to_pyarrow_table()["row"].to_pylist()
    assert tells_in_bytes(row.encode())


def test_nothing_is_told_on_the_streams(spoiled: tuple[Path, Path, str]) -> None:
    assert not tells_a_pseudonym(spoiled[2])


def test_no_log_of_a_table_tells(pipeline: Pipeline, spoiled: tuple[Path, Path, str]) -> None:
    logs = [*logs_of(pipeline.warehouse), *logs_of(spoiled[0])]
    assert len(logs) > 40
    assert [path for path in logs if tells_in_bytes(path.read_bytes())] == []


def test_neither_the_ledger_nor_a_figure_tells(pipeline: Pipeline, spoiled: tuple[Path, Path, str]) -> None:
    tables = [spoiled[0] / "runs", pipeline.warehouse / "runs", pipeline.warehouse / "releases"]
    tables += sorted((pipeline.warehouse / "statistics").iterdir())
    for table in tables:
        rows = DeltaTable(table).to_pyarrow_table().to_pylist()
        assert rows
        assert not tells_a_pseudonym(repr(rows)), table
        assert [path for path in table.rglob("*.parquet") if tells_in_bytes(path.read_bytes())] == []


def test_nothing_is_left_in_the_local_folder(spoiled: tuple[Path, Path, str]) -> None:
    assert spoiled[1].is_dir()
    assert list(spoiled[1].rglob("*")) == []


def test_what_is_written_is_its_users_alone(spoiled: tuple[Path, Path, str]) -> None:
    paths = [spoiled[0], *spoiled[0].rglob("*")]
    assert [path for path in paths if path.stat().st_mode & 0o077] == []

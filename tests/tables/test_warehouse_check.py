"""check_warehouse.py tells what of a warehouse is to be healed, each with the command that heals it."""

import io
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from delta.tables import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.storage.warehouse import Warehouse
from imaatlas_spark.warehouse_check import check_warehouse, made_tables
from tests.engine import Engine
from tests.tables.conftest import INPUTS, VARIABLES, YEAR, Made

pytestmark = pytest.mark.spark

PERSONS, CONTACTS = "source_variables/person_year", "source_variables/person_practice_year"
PRACTICES, PRACTITIONERS = "source_variables/practice_year", "source_variables/practitioner_year"


def statistic(code: str) -> str:
    return f"statistics/{code}"


OF_NO_VERSION = "part-00009-of-a-killed-run.parquet"


def one_file(table: Path) -> Path:
    """A file of the table's newest version, the same whatever the order in which the disk names them."""
    return min(
        file for file in table.rglob("*.parquet") if file.name != OF_NO_VERSION and "_delta_log" not in file.parts
    )


def remove_file(table: Path, spark: SparkSession) -> None:
    one_file(table).unlink()


def empty_file(table: Path, spark: SparkSession) -> None:
    one_file(table).write_bytes(b"")


def empty_files(table: Path, spark: SparkSession) -> None:
    for file in table.glob("*.parquet"):
        file.write_bytes(b"")


def remove_files(table: Path, spark: SparkSession) -> None:
    for file in table.glob("*.parquet"):
        file.unlink()


def delete_rows(table: Path, spark: SparkSession) -> None:
    rows = DeltaTable.forPath(spark, str(table))
    (least,) = rows.toDF().agg({"person_id": "min"}).first() or ()
    assert rows.toDF().where(f"person_id > {least}").count() > 0
    rows.delete(f"person_id = {least}")


def delete_all_rows(table: Path, spark: SparkSession) -> None:
    DeltaTable.forPath(spark, str(table)).delete()


def set_property(table: Path, spark: SparkSession) -> None:
    spark.sql(f"ALTER TABLE delta.`{table}` SET TBLPROPERTIES ('delta.appendOnly' = 'true')")


def lose_log(table: Path, spark: SparkSession) -> None:
    shutil.rmtree(table / "_delta_log")
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


def forget_release(table: Path, spark: SparkSession) -> None:
    DeltaTable.forPath(spark, str(table)).delete("statistic = 'stat_003_007'")


def write_unreleased(table: Path, spark: SparkSession) -> None:
    """As a publication leaves it that was broken off."""
    rows = spark.read.format("delta").load(str(table)).withColumn("year", F.lit(YEAR + 1))
    rows.write.format("delta").mode("append").save(str(table))


def replace_newest_commit(table: Path, spark: SparkSession) -> None:
    """The commit that holds the release is gone, and VACUUM has made others of its number and the next."""
    for path in (table / "_delta_log").glob("*1.*"):
        path.unlink()
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]
    spark.sql(f"VACUUM delta.`{table}`")


def lose_file_of_an_older_version(table: Path, spark: SparkSession) -> None:
    """A publication was broken off after it had written the table; then what it had replaced was removed."""
    files = list(table.rglob("*.parquet"))
    DeltaTable.forPath(spark, str(table)).delete()
    for file in files:
        file.unlink()


def lose_table(table: Path, spark: SparkSession) -> None:
    shutil.rmtree(table)
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


@dataclass(frozen=True)
class Spoiled:
    """What is done to which table, and what the line says that names it."""

    do: Callable[[Path, SparkSession], None]
    table: str
    said: tuple[str, ...]


AGAIN = f"build_source_variables.py --years {YEAR} again"
APPEND_ONLY = Spoiled(set_property, "inputs/claims", ("inputs/claims", "property delta.appendOnly", "undo the change"))
# What is spoiled at once, each another table: nothing hides anything else. One after the other in one warehouse:
# what begins with a file that is lost or empty is mended in between.
SPOILED = {
    "releases lost": (Spoiled(remove_files, "releases", ("releases cannot be read", "restore the warehouse from a")),),
    "ledger lost": (
        Spoiled(empty_files, "runs", ("runs cannot be read", "move the folder away")),
        APPEND_ONLY,
    ),
    "tables": (
        Spoiled(
            lose_log, "inputs/practices", ("inputs/practices", "_delta_log is missing", "restore it from a backup")
        ),
        Spoiled(lose_table, statistic("stat_020_033"), ("stat_020_033", "is gone", "restore it from a backup")),
        Spoiled(
            replace_newest_commit,
            statistic("stat_003_005"),
            ("stat_003_005", "is not at version 1 as it was published", "VACUUM START"),
        ),
        Spoiled(
            lose_file_of_an_older_version,
            statistic("stat_003_014"),
            ("stat_003_014", f"files of version 1, which releases names for {YEAR}, are gone"),
        ),
        Spoiled(
            write_unreleased,
            statistic("stat_003_007"),
            ("stat_003_007", "never released", f"--years {YEAR + 1} --statistics stat_003_007 again"),
        ),
        Spoiled(remove_file, PERSONS, ("person_year: 1 files are gone", AGAIN)),
        Spoiled(
            empty_file,
            PRACTICES,
            ("practice_year: 1 files are gone or of another length", "restore them from a backup"),
        ),
        Spoiled(delete_rows, CONTACTS, ("person_practice_year", "written by DELETE", AGAIN)),
        Spoiled(delete_all_rows, PRACTITIONERS, ("practitioner_year", "written by DELETE", AGAIN)),
    ),
    "releases changed": (
        Spoiled(forget_release, "releases", ("releases", "written by DELETE", "RESTORE TABLE delta.`")),
    ),
}


@dataclass(frozen=True)
class Told:
    """A warehouse that was spoiled step by step; what a check said of it whole, and at each step what to heal."""

    engine: Engine
    whole: str
    to_heal: dict[str, list[str]]


def looked_at(engine: Engine) -> Engine:
    """The same warehouse, as another process would find it."""
    run = engine.run
    return Engine(run, Warehouse(run.spark, engine.warehouse.root, run.stamp))


def said_of(engine: Engine) -> str:
    with redirect_stdout(io.StringIO()) as out:
        check_warehouse(engine.run, engine.warehouse)
    return out.getvalue()


def lines_to_heal(engine: Engine) -> list[str]:
    with redirect_stdout(io.StringIO()) as out, pytest.raises(WarehouseRefused) as refusal:
        check_warehouse(engine.run, engine.warehouse)
    lines = [line for line in out.getvalue().splitlines() if line.startswith("to heal: ")]
    assert f"has {len(lines)} things to heal" in str(refusal.value)
    return lines


@pytest.fixture(scope="module")
def told(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Told:
    root = shutil.copytree(made.root, tmp_path_factory.mktemp("check") / "warehouse")
    run = made.engine.run
    engine = Engine(run, Warehouse(run.spark, str(root), run.stamp))
    for table in (PERSONS, statistic("stat_003_007")):
        file = one_file(root / table)
        shutil.copy(file, file.with_name(OF_NO_VERSION))
    whole, to_heal = said_of(engine), {}
    for name, spoiled in SPOILED.items():
        for each in spoiled:
            each.do(root / each.table, run.spark)
        to_heal[name] = lines_to_heal(looked_at(engine))
        for table in ("releases", "runs") if name.endswith(" lost") else ():
            shutil.copytree(made.root / table, root / table, dirs_exist_ok=True)
    return Told(engine, whole, to_heal)


def test_every_table_that_the_jobs_make_is_looked_at(configuration: Configuration) -> None:
    assert {table.path for table in made_tables(configuration)} == {table.path for table in (*INPUTS, *VARIABLES)}


def test_a_whole_warehouse_is_said_to_be_whole(told: Told) -> None:
    assert f"{told.engine.warehouse.root} is whole" in told.whole
    assert f"source_variables/person_year: complete for {YEAR}" in told.whole
    assert f"statistics/stat_003_007: {YEAR} on the map of {YEAR}, released" in told.whole


def test_files_of_no_version_are_told_and_nothing_to_heal(told: Told) -> None:
    """VACUUM would leave them: they are too young. A warehouse is not ill for years because a run was killed."""
    assert f"{told.engine.warehouse.root} is whole" in told.whole
    assert "person_year: 1 files belong to no version" in told.whole
    assert "stat_003_007: 1 files belong to no version" in told.whole
    assert "older than 7 days" in told.whole
    assert "older than ten years" in told.whole


@pytest.mark.parametrize(
    ("name", "spoiled"),
    [(name, each) for name, all_of_them in SPOILED.items() for each in all_of_them],
    ids=lambda part: part.do.__name__ if isinstance(part, Spoiled) else part,
)
def test_what_is_to_be_healed_is_named_with_the_way_to_heal_it(name: str, spoiled: Spoiled, told: Told) -> None:
    lines = told.to_heal[name]
    assert any(all(words in line for words in spoiled.said) for line in lines), lines


def test_what_cannot_be_read_hides_nothing_else(told: Told) -> None:
    lines = told.to_heal["ledger lost"]
    assert any("runs cannot be read" in line for line in lines)
    assert any("inputs/claims" in line and "appendOnly" in line for line in lines)


def test_findings_are_told_as_they_come(
    told: Told, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that is broken off has told what it had found."""

    def broken_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imaatlas_spark.warehouse_check.published", broken_off)
    engine = looked_at(told.engine)
    capsys.readouterr()
    with pytest.raises(KeyboardInterrupt):
        check_warehouse(engine.run, engine.warehouse)
    assert "to heal: inputs/claims" in capsys.readouterr().out


def test_what_the_machine_lacks_is_no_fault_of_the_warehouse(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_files(warehouse: Warehouse, table: object) -> bool:
        raise PySparkException("java.io.FileNotFoundException: /made/_delta_log (Too many open files)")

    monkeypatch.setattr(Warehouse, "holds", out_of_files)
    engine = looked_at(made.engine)
    with redirect_stdout(io.StringIO()) as out, pytest.raises(PySparkException, match="Too many open files"):
        check_warehouse(engine.run, engine.warehouse)
    assert "to heal" not in out.getvalue()

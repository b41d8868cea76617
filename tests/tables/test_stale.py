"""Figures are made from year tables that the inputs and the configuration of now would make: others are refused."""

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.warehouse_check import check_warehouse
from tests.conftest import CONF
from tests.engine import Engine, conf_with
from tests.tables.conftest import YEAR, Made

pytestmark = pytest.mark.spark
ONE = ("stat_003_005",)


@pytest.fixture
def root(made: Made, tmp_path: Path) -> Path:
    return shutil.copytree(made.root, tmp_path / "warehouse")


def test_claims_that_were_ingested_again_ask_for_a_new_build(
    spark: SparkSession, made: Made, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = Engine.at(spark, made.engine.run.configuration.folder, root)
    engine.publish((YEAR,), ONE)  # so far nothing has changed
    engine.ingest(made.root.parent / "delivery", (YEAR,))
    asked = (
        f"source variables of {YEAR} were made before inputs/claims of {YEAR} and inputs/population of {YEAR} changed"
    )
    with pytest.raises(WarehouseRefused, match=f"{asked}: run build_source_variables.py --years {YEAR} again"):
        engine.publish((YEAR,), ONE)
    with pytest.raises(WarehouseRefused, match="things to heal"):
        check_warehouse(engine.run, engine.warehouse)
    assert asked in capsys.readouterr().out


def test_rules_that_have_changed_ask_for_a_new_build(spark: SparkSession, root: Path, tmp_path: Path) -> None:
    conf = conf_with(CONF, tmp_path / "conf", active_practice_contacts="21")
    with pytest.raises(WarehouseRefused, match="before the rules, code lists or counters changed"):
        Engine.at(spark, conf, root).publish((YEAR,), ONE)


def test_a_code_that_has_become_another_asks_for_a_new_build(
    spark: SparkSession, made: Made, root: Path, tmp_path: Path
) -> None:
    """A change of after the year changes nothing of it."""
    conf = shutil.copytree(made.engine.run.configuration.folder, tmp_path / "conf")
    changes = conf / "geography" / "municipality_changes.csv"
    text = changes.read_text(encoding="utf-8")
    assert {"2025-01-01,44045,46029", "2019-01-01,12034,12041"} <= {line[:22] for line in text.splitlines()}
    changes.write_text(text.replace("2025-01-01,44045,46029", "2025-01-01,44045,46030"), encoding="utf-8")
    Engine.at(spark, conf, root).publish((YEAR,), ONE)
    changes.write_text(text.replace("2019-01-01,12034,12041", "2019-01-01,12034,12040"), encoding="utf-8")
    with pytest.raises(WarehouseRefused, match=f"of {YEAR} were made before the municipalities of the map changed"):
        Engine.at(spark, conf, root).publish((YEAR,), ONE)


def test_a_profession_group_of_other_codes_asks_for_a_new_build(
    spark: SparkSession, made: Made, root: Path, tmp_path: Path
) -> None:
    conf = shutil.copytree(made.engine.run.configuration.folder, tmp_path / "conf")
    card = conf / "statistics" / "stat_020_033.toml"
    added = 'profession_group = "clinical_geneticist"\nprofession_categories = ["10"]'
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace('profession_group = "clinical_geneticist"', added, 1), encoding="utf-8")
    engine = Engine.at(spark, conf, root)
    with pytest.raises(WarehouseRefused, match="before the profession groups of the cards changed"):
        engine.publish((YEAR,), ("stat_020_033",))
    engine.publish((YEAR,), ONE)  # it counts nobody of the group

"""The job protects what it publishes, unless the configuration says otherwise.

The pipeline has published without protection: these releases are withdrawn.
"""

import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from tests.conftest import CONF
from tests.engine import conf_with, only_cards
from tests.jobs.conftest import STATISTICS, Pipeline
from tests.jobs.processes import here

pytestmark = [pytest.mark.jobs, pytest.mark.spark]


@pytest.fixture(scope="module")
def protected(
    spark: SparkSession, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int, str]:
    """What the pipeline has computed, published anew by the shipped configuration: where, exit code, stdout."""
    folder = tmp_path_factory.mktemp("protected")
    conf = conf_with(CONF, folder / "conf", active_practice_contacts="20")
    only_cards(conf, STATISTICS)
    warehouse = folder / "warehouse"
    shutil.copytree(pipeline.warehouse, warehouse)
    where = ("--warehouse", warehouse, "--conf-dir", conf, "--years", "2020-2021", "--withdraw-unprotected")
    with redirect_stdout(io.StringIO()) as told:
        exit_code = here("build_statistics", *where)
    return warehouse, exit_code, told.getvalue()


def test_nothing_small_is_published(protected: tuple[Path, int, str]) -> None:
    warehouse, exit_code, told = protected
    assert exit_code == 0
    assert "unprotected releases are withdrawn" in told
    for code in STATISTICS:
        rows = DeltaTable(warehouse / "statistics" / code).to_pyarrow_table().to_pylist()
        hidden = [row for row in rows if row["conf_status"] == "C"]
        assert all(row["numerator"] is None and row["value"] is None for row in hidden)
        if code == "stat_003_007":
            assert hidden
            shown = [row["numerator"] for row in rows if row["conf_status"] == "F"]
            assert not set(shown) & {1, 2, 3, 4}


def test_releases_name_the_protection(protected: tuple[Path, int, str]) -> None:
    warehouse, *_ = protected
    rows = DeltaTable(warehouse / "releases").to_pyarrow_table().to_pylist()
    assert {row["protection_threshold"] for row in rows} == {5}
    assert all(len(row["protection_fingerprint"]) == 64 for row in rows)

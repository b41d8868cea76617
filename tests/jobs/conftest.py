"""One small delivery through the three jobs, each a process of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from tests.conftest import CONF
from tests.deliveries.delivered import small_nation, state_of
from tests.engine import conf_with, only_cards
from tests.jobs.processes import Outcome, submit
from tools.turned_readings import unprotected

STATISTICS = ("cube_013_007", "stat_003_005", "stat_003_007", "stat_003_014", "stat_020_033")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Pipeline:
    delivery: Path
    warehouse: Path
    conf: Path
    ingest: Outcome
    build: Outcome
    statistics: Outcome

    @property
    def places(self) -> list[str]:
        return tables_in(self.warehouse)


def tables_in(warehouse: Path) -> list[str]:
    return sorted(str(log.parent.relative_to(warehouse)) for log in warehouse.glob("*/*/_delta_log"))


def rows_of(warehouse: Path, table: str) -> Rows:
    """The rows of a table in an order of their own, read by delta-rs; but for the id of the run that wrote them."""
    content = DeltaTable(warehouse / table).to_pyarrow_table()
    names = sorted(set(content.column_names) - {"run_id"})
    return sorted((tuple(row[name] for name in names) for row in content.to_pylist()), key=repr)


def all_rows(warehouse: Path) -> dict[str, Rows]:
    return {table: rows_of(warehouse, table) for table in tables_in(warehouse)}


@dataclass(frozen=True)
class Snapshot:
    """What a warehouse held at a moment."""

    rows: dict[str, Rows]
    files: dict[str, str]
    versions: dict[str, int]

    @classmethod
    def of(cls, warehouse: Path) -> "Snapshot":
        versions = {table: DeltaTable(warehouse / table).version() for table in tables_in(warehouse)}
        return cls(all_rows(warehouse), state_of(warehouse), versions)


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("pipeline")
    conf = conf_with(CONF, folder / "conf", active_practice_contacts="20")
    only_cards(conf, STATISTICS)
    unprotected(conf)
    delivery, warehouse = small_nation(folder / "delivery").folder, folder / "warehouse"
    common = ("--warehouse", warehouse, "--conf-dir", conf, "--years", "2020-2021")
    return Pipeline(
        delivery,
        warehouse,
        conf,
        submit("ingest_deliveries", "--input", delivery, *common),
        submit("build_source_variables", *common, "--first-year", 2020),
        submit("build_statistics", *common),
    )


@pytest.fixture(scope="session")
def first(pipeline: Pipeline) -> Snapshot:
    """The warehouse after the three jobs have run once."""
    return Snapshot.of(pipeline.warehouse)

"""Two deliveries of a small nation, and the warehouses that undisturbed runs make of them."""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from tests.conftest import CONF
from tests.deliveries.delivered import PERSON, Delivery, claim, small_nation, state_of
from tests.engine import conf_with, only_cards
from tests.jobs.conftest import STATISTICS, Rows, rows_of
from tests.jobs.processes import here
from tools.turned_readings import unprotected

# Hours: part of no other run of the tests, whatever that asks for.
collect_ignore_glob = [] if os.environ.get("FAULTS") else ["test_*.py"]

YEAR, OTHER_YEAR = 2021, 2020
INGEST, BUILD, PUBLISH = "ingest_deliveries", "build_source_variables", "build_statistics"
JOBS = (INGEST, BUILD, PUBLISH)
YEAR_TABLES = ("source_variables/person_year", "source_variables/practice_year", "source_variables/practitioner_year")
INPUTS = ("inputs/claims", "inputs/population", "inputs/practices", "inputs/practice_members", "inputs/practitioners")


@dataclass(frozen=True)
class World:
    """What is asked again and again of the warehouses: the same jobs, the same rows."""

    conf: Path
    first: Delivery
    second: Delivery  # a later delivery of YEAR, with other lines
    before: Path  # the warehouse of the first delivery, both years published
    after: Path  # the same, after the second delivery of YEAR has gone all the way

    def arguments(self, job: str, warehouse: Path, year: int = YEAR, delivery: Delivery | None = None) -> list[object]:
        words: list[object] = ["--warehouse", warehouse, "--conf-dir", self.conf, "--years", year]
        if job == INGEST:
            words += ["--input", (delivery or self.second).folder]
        if job == BUILD:
            words += ["--first-year", OTHER_YEAR]
        return words

    def run(self, job: str, warehouse: Path, **which: Any) -> int:
        """A job in this process."""
        return here(job, *self.arguments(job, warehouse, **which))

    def copy(self, name: Path, *finished: str) -> Path:
        """The warehouse of the first delivery, and of the second one what the jobs of `finished` make of it."""
        return Path(shutil.copytree(self._made_by(finished), name))

    def ready_for(self, job: str, name: Path) -> Path:
        """A copy in which the jobs before this one have run on the second delivery."""
        return self.copy(name, *JOBS[: JOBS.index(job)])

    def _made_by(self, finished: tuple[str, ...]) -> Path:
        """Made once: dozens of turns begin with it."""
        if not finished:
            return self.before
        place = self.before.with_name("after " + " ".join(finished))
        if not place.exists():
            shutil.copytree(self._made_by(finished[:-1]), place)
            assert self.run(finished[-1], place) == 0
        return place


@pytest.fixture(scope="session")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("faults")
    conf = conf_with(CONF, folder / "conf", active_practice_contacts="20")
    only_cards(conf, STATISTICS)
    unprotected(conf)
    first = small_nation(folder / "first")
    second = first.copied_to(folder / "second")
    more = [claim(f"{YEAR}-09-0{day}", SS00010=PERSON + person) for day in range(1, 9) for person in range(6)]
    second.write("claims", more, year=YEAR, name="part-1.parquet")
    world = World(conf, first, second, folder / "before", folder / "after")
    both = ("--warehouse", world.before, "--conf-dir", conf, "--years", "2020-2021")
    assert here(INGEST, *both, "--input", first.folder) == 0
    assert here(BUILD, *both, "--first-year", OTHER_YEAR) == 0
    assert here(PUBLISH, *both) == 0
    world.copy(world.after, INGEST, BUILD, PUBLISH)
    assert figures(world.before) != figures(world.after)
    return world


def year_rows(warehouse: Path) -> dict[str, Rows]:
    """The source variables."""
    return {table: rows_of(warehouse, table) for table in YEAR_TABLES}


def input_rows(warehouse: Path) -> dict[str, Rows]:
    return {table: rows_of(warehouse, table) for table in INPUTS}


def figures(warehouse: Path) -> Rows:
    """What is published, as a reader finds it: through `releases`."""
    found = []
    for release in DeltaTable(warehouse / "releases").to_pyarrow_table().to_pylist():
        table = DeltaTable(warehouse / "statistics" / release["statistic"], version=release["version"])
        keys = ("year", "geography", "release_date")
        # Of the version its own year: what it held of other years may have been vacuumed since.
        of_year = table.to_pyarrow_table(filters=[("year", "=", release["year"])])
        for row in of_year.to_pylist():
            if all(row[key] == release[key] for key in keys):
                found.append((release["statistic"], *(row[name] for name in sorted(row))))
    return sorted(found, key=repr)


def files_of_other_year(warehouse: Path) -> dict[str, str]:
    """The files of the year that no run was asked for, with the hash of their bytes."""
    return {name: file for name, file in state_of(warehouse).items() if f"/year={OTHER_YEAR}/" in name}


@pytest.fixture(scope="session")
def chance() -> Iterator[random.Random]:
    """Reproducible: SEED=... make faults."""
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"SEED={seed}")
    yield random.Random(seed)
    print(f"SEED={seed}")

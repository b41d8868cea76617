"""A warehouse that has accepted a good delivery and a wild one, made once."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import CONF
from tests.deliveries.delivered import Delivery
from tests.deliveries.wild import WILD_YEAR, add_wild_year

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.engine import Engine


@dataclass(frozen=True)
class Accepted:
    """An engine whose warehouse holds the good 2021 and the wild year, and what the ingestion said."""

    engine: Engine
    said: str

    @property
    def root(self) -> Path:
        return Path(self.engine.warehouse.root)


@pytest.fixture(scope="session")
def good_delivery(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return Delivery.good(tmp_path_factory.mktemp("good_delivery"))


@pytest.fixture(scope="session")
def accepted(spark: SparkSession, good_delivery: Delivery, tmp_path_factory: pytest.TempPathFactory) -> Accepted:
    from tests.engine import Engine

    folder = tmp_path_factory.mktemp("accepted")
    delivery = good_delivery.copied_to(folder / "delivery")
    add_wild_year(delivery)
    engine = Engine.at(spark, CONF, folder / "warehouse")
    output = io.StringIO()
    with redirect_stdout(output):
        engine.ingest(delivery.folder, (WILD_YEAR, 2021))
    return Accepted(engine, output.getvalue())


@pytest.fixture
def delivery(good_delivery: Delivery, tmp_path: Path) -> Delivery:
    """A copy of the good delivery, to be spoiled."""
    return good_delivery.copied_to(tmp_path / "delivery")

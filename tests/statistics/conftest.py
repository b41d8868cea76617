"""The places that merge, move and stay, ingested and built once for several files."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.schemas.inputs import SYNTHETIC_MARK
from imaatlas_spark.synthetic.request import mark
from tests.engine import Engine
from tests.moving_country import YEARS, write_conf, write_delivery

REQUEST = mark(1000, YEARS, 3)


@pytest.fixture(scope="session")
def moving(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a delivery that says that it was drawn, its `conf` and its `warehouse`: nothing is published yet.

    The warehouse is to be copied.
    """
    folder = tmp_path_factory.mktemp("moving")
    write_delivery(folder / "delivery")
    (folder / "delivery" / SYNTHETIC_MARK).write_text(REQUEST)
    Engine.at(spark, write_conf(folder / "conf"), folder / "warehouse").ingest(folder / "delivery", YEARS)
    later = Engine.at(spark, folder / "conf", folder / "warehouse")  # another job: it has to find out
    later.build(YEARS, first_year=YEARS[-1])  # no records of earlier years are looked for
    return folder

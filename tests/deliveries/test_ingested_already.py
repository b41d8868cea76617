"""What a warehouse says of the deliveries that made it: whether one is in it already, and whether it was drawn."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.deliveries.drawn import refuse_mixture
from imaatlas_spark.deliveries.origins import is_ingested
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import PRACTICES, QUARANTINE
from imaatlas_spark.schemas.spec import ddl
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.warehouse import Warehouse
from tests.conftest import CONF
from tests.deliveries.delivered import Delivery, claim
from tests.deliveries.inspected import inspected
from tests.engine import STAMP, Engine

pytestmark = pytest.mark.spark


def test_after_a_refused_delivery_the_one_before_is_not_ingested_already(
    spark: SparkSession, delivery: Delivery, tmp_path: Path
) -> None:
    """The refused one has left its quarantine: the delivery before has to be ingested again to have its own."""
    engine = Engine.at(spark, CONF, tmp_path / "warehouse")
    engine.ingest(delivery.folder, (2021,))
    configuration = engine.run.configuration
    assert is_ingested(engine.warehouse, inspected(delivery), configuration)
    another = delivery.copied_to(tmp_path / "another")
    another.write("claims", [claim("2021-03-01"), claim("2021-03-01", SS00010=None)], year=2021)
    with pytest.raises(DeliveryRefused, match="quarantine"):
        engine.ingest(another.folder, (2021,))
    assert len(engine.rows(QUARANTINE, (2021,))) == 1
    assert not is_ingested(engine.warehouse, inspected(delivery), configuration)
    engine.ingest(delivery.folder, (2021,))
    assert engine.rows(QUARANTINE, (2021,)) == []
    assert is_ingested(engine.warehouse, inspected(delivery), configuration)


@pytest.mark.parametrize("drawn_with", ['{"seed": 1}', None])
@pytest.mark.parametrize("first", [PRACTICES.table, QUARANTINE])
def test_a_delivery_that_was_broken_off_before_its_population_is_not_mixed_with_another_kind(
    spark: SparkSession, tmp_path: Path, drawn_with: str | None, first: object
) -> None:
    warehouse = Warehouse(spark, str(tmp_path / "warehouse"), STAMP)
    if drawn_with:
        warehouse.mark_synthetic(drawn_with)
    if first is QUARANTINE:
        nothing = local_frame(spark, [], "source STRING, year INT, reason STRING, row STRING")
        warehouse.replace_years(QUARANTINE, nothing, (2021,))
    else:
        warehouse.replace_whole(PRACTICES.table, local_frame(spark, [], ddl(PRACTICES.columns)))
    next_run = Warehouse(spark, warehouse.root, STAMP)
    assert next_run.drawn_with == drawn_with
    refuse_mixture(next_run, "delivery", drawn_with)
    with pytest.raises(DeliveryRefused, match="use a new warehouse"):
        refuse_mixture(next_run, "delivery", None if drawn_with else '{"seed": 1}')


def test_in_a_new_warehouse_both_kinds_may_begin(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = Warehouse(spark, str(tmp_path / "warehouse"), STAMP)
    for drawn_with in (None, '{"seed": 1}'):
        refuse_mixture(warehouse, "delivery", drawn_with)

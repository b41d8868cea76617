"""What a delivery is refused for (data contract, section 2): the message says where and what; nothing is written."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imaatlas_spark.errors import DeliveryRefused
from tests.conftest import CONF
from tests.deliveries.conftest import Accepted
from tests.deliveries.delivered import (
    TYPES,
    Delivery,
    state_of,
    tells_a_pseudonym,
)
from tests.deliveries.inspected import inspected
from tests.deliveries.refusals import ABOUT_REGISTERS, SEEN_BEFORE_SPARK, SEEN_IN_THE_ROWS, WRONG_TYPE
from tests.deliveries.spoiled import Case

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Refused as whole runs, each seen at another moment; the others up to the refusal.
WRITTEN_DOWN = {SEEN_BEFORE_SPARK[0].name, SEEN_IN_THE_ROWS[0].name, SEEN_IN_THE_ROWS[-1].name}


@pytest.mark.parametrize("case", SEEN_BEFORE_SPARK, ids=lambda case: case.name)
def test_a_delivery_is_refused_before_spark_starts(case: Case, delivery: Delivery) -> None:
    case.spoil(delivery)
    with pytest.raises(DeliveryRefused) as refusal:
        inspected(delivery)
    message = str(refusal.value)
    assert all(name in message for name in case.named), message
    assert "\n" not in message
    assert not tells_a_pseudonym(message)


@pytest.mark.spark
@pytest.mark.parametrize("case", [*SEEN_IN_THE_ROWS, SEEN_BEFORE_SPARK[0]], ids=lambda case: case.name)
def test_a_delivery_is_refused_and_nothing_is_written(
    case: Case,
    accepted: Accepted,
    delivery: Delivery,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if case.name not in ABOUT_REGISTERS:  # they are good, and checking them takes longer than all the rest
        monkeypatch.setattr("imaatlas_spark.deliveries.ingest.check_registers", lambda _: None)
    if case.name not in WRITTEN_DOWN:  # `runs` is read and written for each refusal, whatever it is
        monkeypatch.setattr("imaatlas_spark.deliveries.ingest.recorded", lambda *_: nullcontext())
    before = state_of(accepted.root)
    case.spoil(delivery)
    with pytest.raises(DeliveryRefused) as refusal:
        accepted.engine.ingest(delivery.folder, (2021,))
    message = str(refusal.value)
    assert all(name in message for name in case.named), message
    assert "\n" not in message
    output = "".join(capfd.readouterr())
    assert not tells_a_pseudonym(message + output)
    assert state_of(accepted.root) == before


@pytest.mark.spark
def test_a_refused_first_delivery_leaves_no_warehouse_behind(
    spark: SparkSession, delivery: Delivery, tmp_path: Path
) -> None:
    from tests.engine import Engine

    delivery.write("population", [], year=2021)
    with pytest.raises(DeliveryRefused):
        Engine.at(spark, CONF, tmp_path / "warehouse").ingest(delivery.folder, (2021,))
    assert not (tmp_path / "warehouse").exists()


def test_every_contract_column_is_tried_by_type() -> None:
    """The cases above spoil columns of every type that the contract knows."""
    spoiled = {word for each in WRONG_TYPE for word in each.named if word in TYPES["claims"] | TYPES["population"]}
    assert {str((TYPES["claims"] | TYPES["population"])[name]) for name in spoiled} == {
        "int64",
        "int32",
        "string",
        "date32[day]",
        "decimal128(12, 2)",
    }

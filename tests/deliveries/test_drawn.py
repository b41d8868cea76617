"""The file that says that a delivery was drawn by chance: it says so, or the delivery is refused."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from imaatlas_spark.deliveries.drawn import WITHOUT_REQUEST, mark_of
from imaatlas_spark.deliveries.stores import LocalStore
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import SYNTHETIC_COLUMN, SYNTHETIC_MARK
from imaatlas_spark.synthetic.request import mark
from tests.deliveries.delivered import Delivery
from tests.deliveries.inspected import inspected
from tests.unit.edits import refuses

NO_MARKS = ("[]", "null", "{}", '{"synthetic": false}', '"synthetic"', '{"synthetic": true, "persons": NaN}')


def marked(folder: Path, text: str) -> str | None:
    (folder / SYNTHETIC_MARK).write_text(text, encoding="utf-8")
    return mark_of(LocalStore(), str(folder), ())


def test_a_delivery_without_the_mark_was_not_drawn(tmp_path: Path) -> None:
    assert mark_of(LocalStore(), str(tmp_path), ()) is None


def test_a_drawn_delivery_says_which_request_drew_it(tmp_path: Path) -> None:
    found = marked(tmp_path, mark(100, (2021,), 7))
    assert found == '{"persons": 100, "seed": 7, "synthetic": true, "years": [2021]}'


@pytest.mark.parametrize("text", ["", "{", pytest.param("[" * 100_000, id="deep"), *NO_MARKS])
def test_a_mark_that_does_not_say_so_is_refused(text: str, tmp_path: Path) -> None:
    with refuses(DeliveryRefused, SYNTHETIC_MARK, "draw the delivery again", "take this file away"):
        marked(tmp_path, text)


@pytest.mark.parametrize(
    ("make", "told"), [(os.mkfifo, "is a pipe"), (Path.mkdir, "is a folder"), (lambda p: p.symlink_to("no"), "nothing")]
)
def test_a_mark_that_is_no_file_is_refused_and_not_waited_for(
    make: Callable[[Path], object], told: str, tmp_path: Path
) -> None:
    make(tmp_path / SYNTHETIC_MARK)
    with refuses(DeliveryRefused, SYNTHETIC_MARK, told):
        mark_of(LocalStore(), str(tmp_path), ())


@pytest.mark.parametrize("name", ["_synthetic.json", "SYNTHETIC.JSON", "_SYNTHETIC.json.txt", "._SYNTHETIC.json"])
def test_a_mark_of_another_name_is_not_passed_over(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(mark(100, (2021,), 7))
    with refuses(DeliveryRefused, name, f"write its name as {SYNTHETIC_MARK}"):
        mark_of(LocalStore(), str(tmp_path), ())
    assert marked(tmp_path, mark(100, (2021,), 7))


def test_a_delivery_that_has_lost_the_mark_is_known_by_its_columns(delivery: Delivery) -> None:
    """As when a program copies the files that do not begin with `_`: nobody may take its figures for real ones."""
    assert inspected(delivery).drawn_with is None
    path = delivery.place("practices") / "part-0.parquet"
    fields = [{"name": "practice_id", "metadata": {"comment": SYNTHETIC_COLUMN}}]
    of_spark = {"org.apache.spark.sql.parquet.row.metadata": json.dumps({"type": "struct", "fields": fields})}
    pq.write_table(pq.read_table(path).replace_schema_metadata(of_spark), path)
    assert inspected(delivery).drawn_with == WITHOUT_REQUEST
    assert marked(delivery.folder, mark(100, (2021,), 7)) == inspected(delivery).drawn_with

"""The file that says that a delivery was drawn by chance: it says so, or the delivery is refused."""

from pathlib import Path

import pytest

from imaatlas_spark.deliveries.drawn import mark_of
from imaatlas_spark.deliveries.stores import LocalStore
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import SYNTHETIC_MARK
from imaatlas_spark.synthetic.request import mark
from tests.unit.edits import refuses


def marked(folder: Path, text: str) -> str | None:
    (folder / SYNTHETIC_MARK).write_text(text, encoding="utf-8")
    return mark_of(LocalStore(), str(folder))


def test_a_delivery_without_the_mark_was_not_drawn(tmp_path: Path) -> None:
    assert mark_of(LocalStore(), str(tmp_path)) is None


def test_a_drawn_delivery_says_which_request_drew_it(tmp_path: Path) -> None:
    found = marked(tmp_path, mark(100, (2021,), 7))
    assert found == '{"persons": 100, "seed": 7, "synthetic": true, "years": [2021]}'


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "null", "{}", '{"synthetic": false}', '"synthetic"'])
def test_a_mark_that_does_not_say_so_is_refused(text: str, tmp_path: Path) -> None:
    with refuses(DeliveryRefused, SYNTHETIC_MARK, "draw the delivery again", "take this file away"):
        marked(tmp_path, text)

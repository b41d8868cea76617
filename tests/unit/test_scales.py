"""The scale of a rate: any number above 0, whole or not."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.configuration.cards import Card
from tests.unit.edits import edited

HOUSES = "stat_003_007"


@pytest.mark.parametrize(("written", "scale"), [("0.5", 0.5), ("1000", 1000), ("2.50", 2.5), ("100.0", 100)])
def test_a_rate_has_any_scale_above_nothing(tmp_path: Path, written: str, scale: float) -> None:
    """As the card has it, and as it comes back from the published metadata."""
    unit_text = 'unit_text = { nl = "per", fr = "par", en = "for" }'
    conf = edited(tmp_path, f"statistics/{HOUSES}.toml", "scale = 10000", f"scale = {written}\n{unit_text}")
    path = conf / "statistics" / f"{HOUSES}.toml"
    path.write_text(path.read_text().replace('measure = "rate_per_10000"', 'measure = "rate"'))
    card = load_configuration(conf).cards[HOUSES]
    assert (card.scale, type(card.scale)) == (scale, type(scale))
    assert Card.model_validate_json(card.model_dump_json(by_alias=True)) == card

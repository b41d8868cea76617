"""The attacker on small countries as they would be published: he knows nothing more narrowly than it needs."""

import polars as pl
import pytest

from tests.attacker.amounts import HALVES
from tests.attacker.attacker import Attacker
from tests.attacker.knowledge import Knowledge
from tests.attacker.sensitive import secrets
from tests.attacker.world import published_figures, world_of
from tests.protection.drawn_country import CARDS, Protected, Row, protected

_KNOWN = {"age": pl.Int64, "sex": pl.Int64, "increased_reimbursement": pl.Int64, "attribution_rule": pl.Int64}
_PLACES = {"municipality": pl.String, "sector": pl.String}
_FIGURES = {"numerator": pl.Int64, "denominator": pl.Int64}


def as_a_reader_sees(row: Row) -> Row:
    card = CARDS[row["code"]]
    is_free = row["conf_status"] == "F"
    shows_below = is_free or "public" in {card.disclosure.denominator, card.disclosure.protects}
    return {
        **row,
        "numerator": row["numerator"] if is_free else None,
        "denominator": row["denominator"] if shows_below else None,
    }


def knowledge_of(country: Protected) -> Knowledge:
    persons = pl.DataFrame(country.units["person_year"], schema_overrides=_KNOWN | _PLACES)
    practices = pl.DataFrame(country.units["practice_year"], schema_overrides={"municipality": pl.String})
    world = world_of(
        persons.rename({"attribution_rule": "pat_attrib"}), practices, country.places, sorted(country.places)
    )
    tables = {
        code: pl.DataFrame(
            [as_a_reader_sees(row) for row in country.rows if row["code"] == code],
            schema_overrides=_FIGURES,
            infer_schema_length=None,
        )
        for code in HALVES
    }
    cells, shown = published_figures(tables)
    return Knowledge(world, frozenset(cells), shown)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [6, 14, 23])
def test_nothing_sensitive_is_known(seed: int) -> None:
    knowledge = knowledge_of(protected(seed))
    sensitive = list(secrets(knowledge))
    assert len(sensitive) > 100
    assert Attacker(knowledge).known(sensitive) == []

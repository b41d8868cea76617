"""Which earlier releases a publication is refused beside, before anything is computed. No Spark."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.statistics.beside import withdrawn
from imaatlas_spark.statistics.publication import ProtectedBy

PROTECTED = ProtectedBy(threshold=5, fingerprint="ab")
# One card of the year 2021.
PUBLICATION: Any = SimpleNamespace(
    maps={2021: 2021}, run=SimpleNamespace(configuration=SimpleNamespace(cards={"stat_003_007": None}), say=print)
)


def release(statistic: str, year: int = 2021, threshold: int | None = 5) -> Release:
    return Release(statistic, year, year, dt.date(2022, 7, 1), 1, "run", threshold)


@pytest.mark.parametrize("threshold", [5, None])
def test_protected_figures_are_refused_beside_a_statistic_whose_card_is_gone(threshold: int | None) -> None:
    """Its figures would be subtracted, and nobody can say from which."""
    with pytest.raises(ReleaseRefused, match=r"releases of old_one lie in this warehouse.*no such card"):
        withdrawn([release("stat_003_007"), release("old_one", threshold=threshold)], PUBLICATION, PROTECTED)


def test_other_years_of_it_are_no_matter_nor_are_unprotected_figures() -> None:
    assert withdrawn([release("old_one", 2020)], PUBLICATION, PROTECTED) == ()
    assert withdrawn([release("old_one", threshold=None)], PUBLICATION, None) == ()

"""Published grids are complete: every area of the year at every level, for every member, zeros included."""

import datetime as dt
from itertools import product
from pathlib import Path

import pytest

from tests.oracle.dated import Period
from tests.oracle.geography import LEVELS, Geography
from tests.tables.conftest import STATISTICS, YEAR, Made

pytestmark = pytest.mark.spark

SMALLEST = {
    "cube_013_007": "municipality",
    "stat_003_005": "municipality",
    "stat_003_007": "sector",
    "stat_003_014": "sector",
    "stat_020_033": "arrondissement",
}
AGES = (*(f"{first}-{first + 9}" for first in range(0, 90, 10)), "90+", "_T")
SECTORS = [(sector, Period(dt.date(2001, 1, 1), dt.date.max)) for sector in ("44084B00-", "21004A00-")]


def areas(conf: Path, code: str) -> set[tuple[str, str]]:
    """By the oracle's map, not the engine's."""
    geography = Geography(conf / "geography", SECTORS)
    return set(geography.grid(YEAR, LEVELS[LEVELS.index(SMALLEST[code]) :]))


@pytest.mark.parametrize("code", STATISTICS)
def test_every_area_has_a_row_for_every_member(made: Made, code: str) -> None:
    ages = AGES if code == "cube_013_007" else ("_T",)
    found = [((row["geo_level"], row["geo_code"]), row.get("age_class", "_T")) for row in made.engine.statistic(code)]
    wanted = set(product(areas(made.engine.run.configuration.folder, code), ages))
    assert set(found) == wanted
    assert len(found) == len(wanted)
    assert {area for (level, area), _ in found if level == "country"} == {"01000"}


@pytest.mark.parametrize("code", STATISTICS)
def test_what_is_empty_is_a_zero_and_a_ratio_of_nothing_cannot_exist(made: Made, code: str) -> None:
    rows = made.engine.statistic(code)
    assert all(row["numerator"] is not None for row in rows)
    assert any(row["numerator"] == 0 for row in rows)
    if code == "stat_020_033":
        assert {row["denominator"] for row in rows} == {None}
        assert all(row["value"] == row["numerator"] for row in rows)
        return
    for row in rows:
        assert row["denominator"] is not None
        assert (row["value"] is None) == (row["denominator"] == 0) == (row["obs_status"] == "M")


@pytest.mark.parametrize("code", STATISTICS)
def test_the_map_is_that_of_the_year_and_the_date_as_planned(made: Made, code: str) -> None:
    rows = made.engine.statistic(code)
    planned = {
        "cube_013_007": dt.date(2023, 10, 1),
        "stat_003_005": dt.date(2023, 7, 1),
        "stat_003_007": dt.date(2023, 7, 1),
        "stat_003_014": dt.date(2023, 7, 1),
        "stat_020_033": dt.date(2022, 10, 1),
    }
    assert {row["geography"] for row in rows} == {YEAR}
    assert {row["release_date"] for row in rows} == {planned[code]}

"""A second map of a published year: what a hidden cell of the first becomes there, and what is refused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pytest

from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography import Geography
from imaatlas_spark.geography.groupings import Grouping, GroupRow
from imaatlas_spark.protection.second_map import SecondMap, first_map
from imaatlas_spark.schemas.ledger import Release
from tests.unit.maps import small_map

YEAR, FIRST, SECOND = 2021, 2021, 2025
THEN, NOW = ("2003-01-01", "2024-12-31"), ("2025-01-01", "")
# 44001 and 44002 merge; 46001 comes to their arrondissement, 44004 keeps its own under another code; others stay.
COUNTRY = small_map(
    {
        **dict.fromkeys(("44001", "44002", "44004", "46001"), THEN),
        **dict.fromkeys(("44003", "46002"), ("2003-01-01", "")),
        **dict.fromkeys(("44094", "44095", "44099"), NOW),
    },
    ("2025-01-01", "44001", "44099", "merged"),
    ("2025-01-01", "44002", "44099", "merged"),
    ("2025-01-01", "44004", "44094", "recoded"),
    ("2025-01-01", "46001", "44095", "recoded"),
)


def cell(code: str, moves: Mapping[int, int], level: str = "municipality", **more: object) -> dict[str, object]:
    return {
        "year": YEAR,
        "amount": "rows of person_year",
        "geo_level": level,
        "geo_code": code,
        "status": "A",
        "need": 5,
        "lowest": 0,
        "highest": 9,
        "unproven": False,
        "witnesses": list(moves),
        "moves": list(moves.values()),
        **more,
    }


def transferred(*cells: dict[str, object], geography: Geography = COUNTRY) -> dict[str, dict[str, object]]:
    """What is hidden on the second map, by code."""
    hidden = SecondMap(geography, YEAR, FIRST, SECOND).transferred(pa.Table.from_pylist(list(cells)), ())
    return {row["geo_code"]: row for row in hidden.to_pylist()}


def test_what_was_joined_moves_as_its_parts_together() -> None:
    found = transferred(cell("44001", {0: 5, 1: -3}), cell("44002", {0: -5, 1: -4}, status="D", need=0, unproven=True))
    assert found.keys() == {"44099"}
    assert found["44099"]["witnesses"] == [1]
    assert found["44099"]["moves"] == [-7]
    assert found["44099"]["unproven"]
    assert found["44099"]["need"] is None  # nobody has reckoned it


def test_what_was_joined_is_hidden_where_a_part_of_it_is() -> None:
    """44002 is shown on the first map: the whole less 44002 would be 44001."""
    assert transferred(cell("44001", {0: 5})).keys() == {"44099"}


def test_what_stays_is_hidden_as_it_was() -> None:
    before = cell("44003", {0: 5, 2: -5})
    assert transferred(before) == {"44003": before}


def test_a_hidden_area_that_lies_elsewhere_on_the_second_map_refuses_it() -> None:
    """The arrondissement with it, on the second map, less the same without it, on the first, is the hidden figure."""
    with pytest.raises(ReleaseRefused, match=r"2021 is published on the map of 2021.* 46001 \(now in .* 44000\)"):
        transferred(cell("46001", {0: 5}))
    assert transferred(cell("46002", {0: 5})).keys() == {"46002"}
    loose = cell("46001", {}, status="X")  # of it itself nothing is hidden
    assert transferred(loose).keys() == {"44095"}


def test_a_hidden_area_that_lies_in_another_group_on_the_second_map_refuses_it() -> None:
    zones = [("44003", "Z1", "2003-01-01", "2024-12-31"), ("44003", "Z2", "2025-01-01", "")]
    zones += [("44001", "Z1", "2003-01-01", ""), ("46002", "Z2", "2003-01-01", "")]
    names = ("nis", "group_code", "valid_from", "valid_to")
    rows = [
        GroupRow.model_validate({**dict(zip(names, zone, strict=True)), "name_nl": "", "name_fr": ""}) for zone in zones
    ]
    origins = {"44099": ("44001",)}
    geography = replace(COUNTRY, groupings={"zone": Grouping("zone", tuple(rows), origins)})
    with pytest.raises(ReleaseRefused, match=r"44003 \(now in zone Z2\)"):
        transferred(cell("44003", {0: 5}), geography=geography)
    assert transferred(cell("46002", {0: 5}), geography=geography).keys() == {"46002"}


def released(*maps: int) -> list[Release]:
    return [Release("stat_003_007", YEAR, each, dt.date(2026, 1, 1), 0, "run") for each in maps]


def test_the_earliest_map_that_is_published_decides() -> None:
    assert first_map(YEAR, SECOND, released(FIRST), COUNTRY) == FIRST
    assert first_map(YEAR, SECOND, released(FIRST, SECOND), COUNTRY) == FIRST
    assert first_map(YEAR, FIRST, released(FIRST, SECOND), COUNTRY) is None
    assert first_map(YEAR, FIRST, released(), COUNTRY) is None
    assert first_map(YEAR - 1, SECOND, released(FIRST), COUNTRY) is None


def test_an_earlier_map_would_tell_what_a_later_one_has_joined() -> None:
    """44099 was protected as one: its parts were not."""
    with pytest.raises(ReleaseRefused, match="are protected as one; that of 2021 would show their parts"):
        first_map(YEAR, FIRST, released(SECOND), COUNTRY)
    assert first_map(YEAR, FIRST, released(FIRST + 1), COUNTRY) == FIRST + 1  # the same municipalities

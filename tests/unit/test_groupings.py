"""Levels that a user adds: which group a municipality lies in, and the groupings that are refused."""

import shutil
from pathlib import Path

import pytest

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import Geography, load_geography
from tests.conftest import CONF
from tests.unit.edits import refuses

HEADER = "nis,group_code,name_nl,name_fr,valid_from,valid_to"


def with_grouping(folder: Path, *rows: str, level: str = "care_zone") -> Geography:
    """The shipped geography with one grouping; a row is nis,group_code,valid_from,valid_to."""
    copy = folder / "geography"
    shutil.copytree(CONF / "geography", copy, dirs_exist_ok=True)
    lines = [
        f"{nis},{group},Zone {group},Zone {group},{dates}" for nis, group, dates in (row.split(",", 2) for row in rows)
    ]
    (copy / "groupings").mkdir(exist_ok=True)
    (copy / "groupings" / f"{level}.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return load_geography(copy)


def groups(geography: Geography, year: int, level: str = "care_zone") -> dict[str, str]:
    return {nis: code for nis, at, code in geography.places(year) if at == level}


def test_the_shipped_geography_has_no_groupings() -> None:
    assert load_geography(CONF / "geography").groupings == {}


def test_an_empty_folder_is_no_grouping(tmp_path: Path) -> None:
    shutil.copytree(CONF / "geography", tmp_path / "geography")
    (tmp_path / "geography" / "groupings").mkdir()
    assert load_geography(tmp_path / "geography").groupings == {}


def test_groups_are_areas_of_a_year_like_any_other(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "11001,A,,", "11002,A,,", "44021,B,2020-01-01,2021-12-31")
    assert list(geography.groupings) == ["care_zone"]
    assert geography.areas(2019, ["care_zone"]) == (("care_zone", "A"),)
    assert geography.areas(2021, ["care_zone", "country"]) == (
        ("care_zone", "A"),
        ("care_zone", "B"),
        ("country", "01000"),
    )
    assert groups(geography, 2021) == {"11001": "A", "11002": "A", "44021": "B"}
    assert geography.areas(2021, ["region"]) == load_geography(CONF / "geography").areas(2021, ["region"])


def test_a_municipality_without_a_row_lies_in_no_group(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "11001,A,,2020-12-31")
    assert geography.place("11001", "care_zone", 2020) == "A"
    assert geography.place("11001", "care_zone", 2021) is None
    assert geography.place("11004", "care_zone", 2020) is None
    assert len(list(geography.places(2020))) == 581 * 5 + 1


def test_a_level_has_one_file(tmp_path: Path) -> None:
    with_grouping(tmp_path, "11001,A,,")
    groupings = tmp_path / "geography" / "groupings"
    shutil.copy(groupings / "care_zone.csv", groupings / "care_zone.CSV")
    with refuses(ConfigurationRefused, "care_zone has another file already: keep one of the two"):
        load_geography(tmp_path / "geography")


@pytest.mark.parametrize("code", ["A\u200b", "A\u00ad", "A\ufeff", "e\u0301"])
def test_a_code_that_looks_like_another_is_refused(code: str, tmp_path: Path) -> None:
    with refuses(ConfigurationRefused, "care_zone.csv", "group_code", "cannot be seen"):
        with_grouping(tmp_path, f"11001,{code},,")


def test_several_groupings_stand_side_by_side(tmp_path: Path) -> None:
    with_grouping(tmp_path, "11001,A,,")
    geography = with_grouping(tmp_path, "11001,11,,", level="fund_district")
    assert list(geography.groupings) == ["care_zone", "fund_district"]
    assert geography.areas(2021, geography.groupings) == (("care_zone", "A"), ("fund_district", "11"))


def test_a_municipality_may_change_group(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "11001,A,,2019-12-31", "11001,B,2020-01-01,")
    assert [groups(geography, year)["11001"] for year in (2019, 2020)] == ["A", "B"]
    assert geography.area("B", "care_zone").at(2019) is None, "it had not begun"


def test_a_year_takes_what_holds_on_its_last_day(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "11001,A,,2020-06-30", "11001,B,2020-07-01,2021-12-30")
    assert [geography.place("11001", "care_zone", year) for year in (2019, 2020, 2021)] == ["A", "B", None]


def test_what_a_code_became_stays_in_its_group(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "73006,A,,", "73032,A,,", "54007,B,,", "11007,C,,", "12041,D,,")
    assert groups(geography, 2018) == {"73006": "A", "73032": "A", "54007": "B", "11007": "C"}
    assert groups(geography, 2024) == {"73006": "A", "73032": "A", "57096": "B", "11007": "C", "12041": "D"}
    # Antwerp absorbed 11007 and was there before: it has no row of its own, and so no group.
    assert groups(geography, 2025) == {"73110": "A", "57096": "B", "12041": "D"}


def test_a_row_of_its_own_goes_before_what_a_code_came_from(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "73006,A,,", "73032,B,,", "73110,C,2025-01-01,")
    assert groups(geography, 2025) == {"73110": "C"}


@pytest.mark.parametrize("other", ["73032,B,,", "11001,A,,"])
def test_codes_of_different_groups_that_merge_are_refused(tmp_path: Path, other: str) -> None:
    """A code without a group is a difference, too."""
    with refuses(ConfigurationRefused, "care_zone.csv", "73110", "2025", "73006 in A", "give it a row of its own"):
        with_grouping(tmp_path, "73006,A,,", other)


@pytest.mark.parametrize(("end", "year"), [("2026-06-30", 2026), ("2026-12-31", 2027)])
def test_codes_that_lie_in_different_groups_later_are_refused(tmp_path: Path, end: str, year: int) -> None:
    with refuses(ConfigurationRefused, "73110", f"different groups in {year}", "73006 in none, 73032 in A"):
        with_grouping(tmp_path, f"73006,A,,{end}", "73032,A,,")


def test_groups_can_be_walked_and_recoded(tmp_path: Path) -> None:
    geography = with_grouping(tmp_path, "73006,A,,", "73032,A,,", "55022,B,,", "71072,A,2025-01-01,")
    zone = geography.area("A", "care_zone")
    assert (zone.name_nl, zone.name_de) == ("Zone A", None)
    assert [child.code for child in zone.children(2024)] == ["73006", "73032"]
    assert zone.parent(2024) == geography.area("01000")
    assert zone.successors(2025) == zone.predecessors(2025) == ()
    assert zone.at(2025) == zone
    assert geography.is_exact("A", "care_zone", 2024, 2025)
    assert not geography.is_unchanged("A", "care_zone", 2024, 2025)
    assert geography.is_exact("B", "care_zone", 2018, 2019), "La Louvière stayed in its group: the strip, too"
    with refuses(ConfigurationRefused, "no care_zone C on the map of 2024"):
        geography.is_exact("C", "care_zone", 2024, 2024)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["11001,A,,", "11001,B,,"], ("11001 lies in two groups", "A and B", "end the earlier row")),
        (["11001,A,,2020-12-31", "11001,A,2020-12-31,"], ("11001 lies in two groups on 2020-12-31",)),
        (["11999,A,,"], ("11999 is not in municipalities.csv", "correct the code")),
        (["1100,A,,"], ("line 2", "nis", "^[0-9]{5}$")),
        (["11001,,,"], ("line 2", "group_code")),
        (["11001,A B,,"], ("line 2", "group_code")),
        (["11001,A,2020-01-01,2019-12-31"], ("11001 ends before it begins", "swap")),
        (["46030,A,,2024-12-31"], ("46030 begins on 2025-01-01, after its row", "correct the dates")),
        (["11001,A,01/01/2020,"], ("line 2", "valid_from", "yyyy-mm-dd")),
    ],
)
def test_a_wrong_grouping_is_refused(tmp_path: Path, rows: list[str], message: tuple[str, ...]) -> None:
    with refuses(ConfigurationRefused, "care_zone.csv", *message):
        with_grouping(tmp_path, *rows)


def test_a_group_has_one_name(tmp_path: Path) -> None:
    with_grouping(tmp_path, "11001,A,,")
    file = tmp_path / "geography" / "groupings" / "care_zone.csv"
    file.write_text(file.read_text() + "11002,A,Another zone,Zone A,,\n")
    with refuses(ConfigurationRefused, "group A has two names", "give it one"):
        load_geography(tmp_path / "geography")


@pytest.mark.parametrize("level", ["province", "sector", "Care_zone", "care-zone", "2nd_line", "zone_é"])
def test_a_level_is_a_lower_case_name_of_its_own(tmp_path: Path, level: str) -> None:
    with refuses(ConfigurationRefused, f"'{level}' cannot be a level", "take a lower-case name"):
        with_grouping(tmp_path, "11001,A,,", level=level)


def test_a_grouping_is_part_of_the_fingerprint(tmp_path: Path) -> None:
    shutil.copytree(CONF, tmp_path / "conf")
    before = load_configuration(tmp_path / "conf").fingerprint
    with_grouping(tmp_path / "conf", "11001,A,,")
    assert load_configuration(tmp_path / "conf").fingerprint != before

"""An area as an object: where it lies, what lies in it, what it was and what it became."""

import datetime as dt

import pytest

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import Area, Geography, Link, load_geography
from tests.conftest import CONF
from tests.unit.edits import refuses
from tests.unit.maps import small_map

IN_2019, IN_2025 = dt.date(2019, 1, 1), dt.date(2025, 1, 1)


@pytest.fixture(scope="module")
def belgium() -> Geography:
    return load_geography(CONF / "geography")


def codes(areas: tuple[Area, ...]) -> list[str]:
    return [area.code for area in areas]


def told(links: tuple[Link, ...]) -> list[tuple[str, dt.date, str]]:
    return [(link.area.code, link.date, link.kind) for link in links]


def test_an_area_has_names_and_a_life(belgium: Geography) -> None:
    zwijndrecht, limburg = belgium.area("11056"), belgium.area("70000")
    assert (zwijndrecht.level, zwijndrecht.name_nl, zwijndrecht.name_de) == ("municipality", "Zwijndrecht", None)
    assert (zwijndrecht.valid_from, zwijndrecht.valid_to) == (dt.date(2003, 1, 1), dt.date(2024, 12, 31))
    assert (limburg.level, limburg.name_fr, limburg.name_de) == ("province", "Limbourg", "Limburg")
    assert [zwijndrecht.exists_in(year) for year in (2002, 2003, 2024, 2025)] == [False, True, True, False]


def test_a_code_of_two_levels_asks_for_its_level(belgium: Geography) -> None:
    with refuses(ConfigurationRefused, "21000 stands at several levels, province and arrondissement", "say which"):
        belgium.area("21000")
    assert belgium.area("21000", "province").children(2021) == (belgium.area("21000", "arrondissement"),)


@pytest.mark.parametrize(("code", "level"), [("99999", None), ("11056", "province")])
def test_an_unknown_area_is_an_error(belgium: Geography, code: str, level: str | None) -> None:
    with refuses(ConfigurationRefused, f"no {level or 'area'} {code}"):
        belgium.area(code, level)


def test_parents_are_those_of_a_year_up_to_the_country(belgium: Geography) -> None:
    assert codes(belgium.area("11056").ancestors(2024)) == ["01000", "02000", "10000", "11000"]
    assert codes(belgium.area("46030").ancestors(2025)) == ["01000", "02000", "40000", "46000"]
    assert belgium.area("46030").parent(2025) == belgium.area("46000")
    assert belgium.area("23000").parent(2021) == belgium.area("20001")
    assert belgium.area("01000").parent(2021) is None
    assert belgium.area("01000").ancestors(2021) == ()


def test_children_are_those_of_a_year(belgium: Geography) -> None:
    assert codes(belgium.area("01000").children(2021)) == ["02000", "03000", "04000"]
    assert codes(belgium.area("04000").children(2021)) == ["21000"]
    assert codes(belgium.area("58000").children(2019)) == ["58001", "58002", "58003", "58004"]
    assert "54000" in codes(belgium.area("50000").children(2018))
    assert "54000" not in codes(belgium.area("50000").children(2019))
    assert belgium.area("11056").children(2024) == ()


def test_what_depends_on_a_year_is_refused_where_the_area_does_not_exist(belgium: Geography) -> None:
    for ask in (Area.parent, Area.ancestors, Area.children):
        with refuses(ConfigurationRefused, "municipality 11056 is not on the map of 2025", "at(2025)"):
            ask(belgium.area("11056"), 2025)
        with refuses(ConfigurationRefused, "arrondissement 58000 is not on the map of 2018"):
            ask(belgium.area("58000"), 2018)


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        ("11056", 2024, "11056"),
        ("11056", 2025, "46030"),
        ("46030", 2024, None),
        ("44029", 2018, "44029"),
        ("44029", 2030, "44084"),
        ("54000", 2018, "54000"),
        ("54000", 2025, "57000"),
        ("58000", 2018, None),
        ("11000", 2025, "11000"),
    ],
)
def test_an_area_on_another_map(belgium: Geography, code: str, year: int, expected: str | None) -> None:
    there = belgium.area(code).at(year)
    assert (there and there.code) == expected


def test_links_carry_date_and_kind_and_wait_for_their_year(belgium: Geography) -> None:
    zwijndrecht = belgium.area("11056")
    assert zwijndrecht.successors(2024) == ()
    assert told(zwijndrecht.successors(2025)) == [("46030", IN_2025, "merged")]
    [link] = zwijndrecht.successors(2030)
    assert (link.crossed, link.partial_transfer) == (("province", "arrondissement"), False)
    assert [change.kind for change in link.changes] == ["merged"]


def test_what_a_municipality_came_from(belgium: Geography) -> None:
    assert told(belgium.area("73110").predecessors(2025)) == [
        ("73006", IN_2025, "merged"),
        ("73032", IN_2025, "merged"),
    ]
    assert belgium.area("11002").predecessors(2024) == ()
    assert told(belgium.area("11002").predecessors(2025)) == [("11007", IN_2025, "merged")]
    assert belgium.area("11002").successors(2025) == ()


def test_a_municipality_recoded_to_another_arrondissement_has_moved(belgium: Geography) -> None:
    [link] = belgium.area("55022").successors(2019)
    assert (link.area.code, link.kind, link.crossed, link.partial_transfer) == (
        "58001",
        "moved",
        ("arrondissement",),
        True,
    )


def test_areas_above_are_linked_by_the_municipalities_that_changed_between_them(belgium: Geography) -> None:
    assert told(belgium.area("54000").successors(2019)) == [("57000", IN_2019, "merged")]
    assert told(belgium.area("58000").predecessors(2019)) == [("55000", IN_2019, "moved"), ("56000", IN_2019, "moved")]
    assert told(belgium.area("11000").successors(2025)) == [("46000", IN_2025, "moved")]
    assert told(belgium.area("10000").successors(2025)) == [("40000", IN_2025, "moved")]
    assert belgium.area("50000").successors(2025) == belgium.area("50000").predecessors(2025) == ()
    [link] = belgium.area("46000").predecessors(2025)[:1]
    assert [(change.old_nis, change.new_nis) for change in link.changes] == [("11056", "46030")]


def test_every_change_of_a_municipality_is_one_link_there_and_back(belgium: Geography) -> None:
    for change in belgium.changes:
        [there] = belgium.area(change.old_nis).successors(2030)
        assert (there.area.code, there.date, there.changes) == (change.new_nis, change.date, (change,))
        back = [link for link in there.area.predecessors(2030) if link.area.code == change.old_nis]
        assert [(link.date, link.kind, link.changes) for link in back] == [(there.date, there.kind, there.changes)]


def test_going_on_alone_is_renaming_within_the_arrondissement_and_moving_across() -> None:
    country = small_map(
        {
            "11001": ("2003-01-01", "2018-12-31"),
            "11091": ("2019-01-01", "2024-12-31"),
            "12001": ("2025-01-01", ""),
            "41001": ("2003-01-01", "2018-12-31"),
            "42001": ("2019-01-01", ""),
        },
        ("2019-01-01", "11001", "11091", "recoded"),
        ("2025-01-01", "11091", "12001", "recoded"),
        ("2019-01-01", "41001", "42001", "recoded"),
    )
    assert told(country.area("11001").successors(2025)) == [("11091", IN_2019, "renamed")]
    assert told(country.area("11091").successors(2025)) == [("12001", IN_2025, "moved")]
    assert told(country.area("12001").predecessors(2025)) == [("11091", IN_2025, "moved")]
    assert told(country.area("41000").successors(2025)) == [("42000", IN_2019, "renamed")]
    here = country.area("11001")
    assert country.area("11000").name_de is None
    assert [here.at(year) for year in (2018, 2019, 2025)] == [here, country.area("11091"), country.area("12001")]


def test_an_area_that_ended_within_a_year_is_not_on_the_map_of_that_year() -> None:
    country = small_map(
        {"11001": ("2003-01-01", "2010-06-30"), "11091": ("2010-07-01", "")},
        ("2010-07-01", "11001", "11091", "recoded"),
    )
    ended, begun = country.area("11001"), country.area("11091")
    assert [ended.at(year) for year in (2009, 2010)] == [ended, begun]
    assert [begun.at(year) for year in (2009, 2010)] == [None, begun]
    assert told(ended.successors(2010)) == [("11091", dt.date(2010, 7, 1), "renamed")]


def test_an_area_that_was_split_has_several_successors_and_no_one_heir() -> None:
    country = small_map(
        {
            "54001": ("2003-01-01", "2018-12-31"),
            "54002": ("2003-01-01", "2018-12-31"),
            "57001": ("2019-01-01", ""),
            "58001": ("2019-01-01", ""),
        },
        ("2019-01-01", "54001", "57001", "recoded"),
        ("2019-01-01", "54002", "58001", "recoded"),
    )
    split = country.area("54000")
    assert told(split.successors(2019)) == [("57000", IN_2019, "moved"), ("58000", IN_2019, "moved")]
    assert split.at(2019) is None

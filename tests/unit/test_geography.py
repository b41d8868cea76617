"""Areas of Belgium by year and forward recoding (definitions, section 5)."""

import csv
import re

import pytest

from imaatlas_spark.errors import ArgumentRefused, ConfigurationRefused
from imaatlas_spark.geography import Geography, ancestors, load_geography
from imaatlas_spark.geography.codes import ABROAD
from tests.conftest import CONF
from tests.unit.edits import refuses
from tests.unit.maps import small_map
from tests.unit.reference import reference_file

VINTAGES = ((2003, 589), (2018, 589), (2019, 581), (2024, 581), (2025, 565), (2030, 565))
YEARS = range(2003, 2031)
AREAS = ("region", "province", "arrondissement", "municipality")


@pytest.fixture(scope="module")
def belgium() -> Geography:
    return load_geography(CONF / "geography")


def ima_province(nis: str | None) -> str | None:
    """IMA's own public derivation of PROVINCE; "abroad" where it says so."""
    if nis is None:
        return None
    number = int(nis)
    if number > 93999 or number < 100 or number in (995, 999):
        return None
    if number < 1000:
        return "abroad"
    brabant = {21: 21000, 23: 20001, 24: 20001, 25: 20002}
    return f"{brabant.get(number // 1000, number // 10000 * 10000):05}"


@pytest.mark.parametrize(("year", "number"), VINTAGES)
def test_every_vintage_has_its_municipalities(belgium: Geography, year: int, number: int) -> None:
    assert len(belgium.municipalities_in(year)) == number


@pytest.mark.parametrize("year", [year for year, _ in VINTAGES])
def test_every_vintage_has_43_arrondissements_11_provinces_and_3_regions(belgium: Geography, year: int) -> None:
    areas = belgium.areas(year, ("country", "region", "province", "arrondissement"))
    counts = {level: sum(1 for each, _ in areas if each == level) for level, _ in areas}
    assert counts == {"country": 1, "region": 3, "province": 11, "arrondissement": 43}


def test_an_arrondissement_ended_and_another_began_in_2019(belgium: Geography) -> None:
    before, after = belgium.areas(2018, ["arrondissement"]), belgium.areas(2019, ["arrondissement"])
    assert {code for _, code in set(before) - set(after)} == {"54000"}
    assert {code for _, code in set(after) - set(before)} == {"58000"}


@pytest.mark.parametrize("year", YEARS)
def test_the_province_of_every_municipality_is_imas_own(belgium: Geography, year: int) -> None:
    provinces = {nis: code for nis, level, code in belgium.places(year) if level == "province"}
    assert provinces == {nis: ima_province(nis) for nis in belgium.municipalities_in(year)}


def test_abroad_is_what_ima_calls_abroad() -> None:
    codes = [str(number) for number in range(1200)] + ["93999", "94000", "99999"]
    abroad = [code for code in codes if ima_province(code) == "abroad"]
    assert [code for code in codes if re.fullmatch(ABROAD, code)] == abroad


@pytest.mark.parametrize("code", ["0150", "00150", "00100", "00999", "0995"])
def test_a_code_with_zeros_before_it_is_another_and_not_abroad(code: str) -> None:
    assert not re.fullmatch(ABROAD, code)


@pytest.mark.parametrize("code", ["", "-150", "15O", "1 50", "ABC", "150.0", "150\n", "١٥٠"])
def test_what_is_no_number_is_not_abroad(code: str) -> None:
    assert not re.fullmatch(ABROAD, code)


@pytest.mark.parametrize(
    ("nis", "region", "province", "arrondissement"),
    [
        ("11002", "02000", "10000", "11000"),
        ("21004", "04000", "21000", "21000"),
        ("23088", "02000", "20001", "23000"),
        ("24062", "02000", "20001", "24000"),
        ("25072", "03000", "20002", "25000"),
        ("31005", "02000", "30000", "31000"),
        ("44021", "02000", "40000", "44000"),
        ("52011", "03000", "50000", "52000"),
        ("62063", "03000", "60000", "62000"),
        ("71022", "02000", "70000", "71000"),
        ("81001", "03000", "80000", "81000"),
        ("92094", "03000", "90000", "92000"),
    ],
)
def test_what_lies_in_what_follows_from_the_code(nis: str, region: str, province: str, arrondissement: str) -> None:
    assert ancestors(nis) == {
        "country": "01000",
        "region": region,
        "province": province,
        "arrondissement": arrondissement,
        "municipality": nis,
    }


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        ("44021", 2018, "44021"),
        ("44021", 2025, "44021"),
        ("44001", 2018, "44001"),
        ("44001", 2019, "44084"),
        ("44029", 2025, "44084"),
        ("44084", 2018, None),
        ("54007", 2018, "54007"),
        ("54007", 2019, "57096"),
        ("56011", 2019, "58002"),
        ("58002", 2018, None),
        ("11007", 2024, "11007"),
        ("11007", 2025, "11002"),
        ("11002", 2018, "11002"),
        ("11002", 2025, "11002"),
        ("11056", 2024, "11056"),
        ("11056", 2025, "46030"),
        ("46030", 2024, None),
        ("44045", 2024, "44045"),
        ("44045", 2025, "46029"),
        ("73040", 2024, "73040"),
        ("73040", 2025, "71072"),
        ("71072", 2024, None),
        ("99999", 2021, None),
        ("150", 2021, None),
        ("", 2021, None),
        (None, 2021, None),
    ],
)
def test_a_code_is_recoded_forward_and_never_backward(
    belgium: Geography, code: str | None, year: int, expected: str | None
) -> None:
    assert belgium.recode(code, year) == expected


def test_three_moves_of_2025_cross_an_arrondissement_and_one_of_them_a_province(belgium: Geography) -> None:
    crossing = {
        (change.old_nis, change.new_nis): ancestors(change.old_nis)["province"] != ancestors(change.new_nis)["province"]
        for change in belgium.changes
        if change.date.year == 2025
        and ancestors(change.old_nis)["arrondissement"] != ancestors(change.new_nis)["arrondissement"]
    }
    assert crossing == {("11056", "46030"): True, ("44045", "46029"): False, ("73040", "71072"): False}


@pytest.mark.parametrize("year", [2018, 2025])
def test_the_recoding_of_a_year_covers_its_municipalities_and_leads_to_them_only(belgium: Geography, year: int) -> None:
    recoding, valid = belgium.recoding(year), set(belgium.municipalities_in(year))
    assert {nis: recoding[nis] for nis in valid} == {nis: nis for nis in valid}
    assert set(recoding.values()) == valid


def test_a_chain_of_changes_is_followed_as_far_as_the_year() -> None:
    chain = small_map(
        {"11001": ("", "2018-12-31"), "11091": ("2019-01-01", "2024-12-31"), "11099": ("2025-01-01", "")},
        ("2019-01-01", "11001", "11091", "recoded"),
        ("2025-01-01", "11091", "11099", "recoded"),
    )
    assert [chain.recode("11001", year) for year in (2018, 2019, 2024, 2025)] == ["11001", "11091", "11091", "11099"]
    assert [chain.recode("11091", year) for year in (2018, 2019, 2025)] == [None, "11091", "11099"]


def test_a_year_before_the_map_is_an_error_and_never_a_default(belgium: Geography) -> None:
    with refuses(ConfigurationRefused, "no municipalities in 2002", "begins in 2003"):
        belgium.municipalities_in(2002)


@pytest.mark.parametrize(("data_year", "map_year", "changed"), [(2018, 2019, 26), (2018, 2025, 55), (2024, 2025, 29)])
def test_data_of_a_year_find_their_place_on_a_later_map(
    belgium: Geography, data_year: int, map_year: int, changed: int
) -> None:
    recoding = belgium.recoding_between(data_year, map_year)
    assert tuple(recoding) == belgium.municipalities_in(data_year)
    assert set(recoding.values()) == set(belgium.municipalities_in(map_year))
    assert sum(old != new for old, new in recoding.items()) == changed


def test_maps_without_a_change_between_them_are_the_same_in_both_directions(belgium: Geography) -> None:
    same = {nis: nis for nis in belgium.municipalities_in(2021)}
    assert belgium.recoding_between(2021, 2019) == belgium.recoding_between(2019, 2021) == same


@pytest.mark.parametrize(("data_year", "map_year"), [(2019, 2018), (2025, 2024), (2025, 2018)])
def test_what_has_merged_is_not_taken_apart(belgium: Geography, data_year: int, map_year: int) -> None:
    with refuses(ArgumentRefused, f"data of {data_year}", f"map of {map_year}", "take a later map"):
        belgium.recoding_between(data_year, map_year)


@pytest.mark.parametrize(
    ("level", "code", "years", "exact", "unchanged"),
    [
        ("municipality", "11002", (2018, 2025), True, False),  # Antwerp took in Borsbeek
        ("municipality", "11002", (2018, 2024), True, True),
        ("municipality", "46030", (2024, 2025), True, False),  # Beveren-Kruibeke-Zwijndrecht is new
        ("municipality", "73110", (2018, 2025), True, False),  # and so is Bilzen-Hoeselt
        ("municipality", "82039", (2024, 2025), False, False),  # a strip of Bastogne and Bertogne went elsewhere
        ("municipality", "82039", (2025, 2026), True, True),
        ("municipality", "58001", (2018, 2019), False, False),  # a strip of La Louvière
        ("municipality", "58001", (2019, 2025), True, True),
        ("arrondissement", "11000", (2018, 2025), True, False),  # lost Zwijndrecht
        ("arrondissement", "46000", (2018, 2025), True, False),  # won Zwijndrecht and Moerbeke
        ("arrondissement", "44000", (2018, 2025), True, False),  # lost Moerbeke
        ("arrondissement", "73000", (2018, 2025), True, False),  # Kortessem went to Hasselt
        ("arrondissement", "12000", (2018, 2025), True, True),  # a merger inside
        ("arrondissement", "82000", (2018, 2025), True, True),  # the strip is taken to have stayed inside
        ("arrondissement", "58000", (2018, 2019), False, False),  # new, and La Louvière came in without its strip
        ("arrondissement", "57000", (2018, 2019), True, False),  # took in all of 54000
        ("arrondissement", "58000", (2019, 2025), True, True),
        ("province", "10000", (2024, 2025), True, False),  # Zwijndrecht changed province
        ("province", "40000", (2024, 2025), True, False),
        ("province", "50000", (2018, 2025), True, True),
        ("province", "70000", (2018, 2025), True, True),
        ("region", "02000", (2018, 2025), True, True),
        ("country", "01000", (2003, 2030), True, True),
    ],
)
def test_which_areas_of_a_map_are_exact_and_which_unchanged(
    belgium: Geography, level: str, code: str, years: tuple[int, int], exact: bool, unchanged: bool
) -> None:
    """`years`: of the data, and of the map."""
    assert belgium.is_exact(code, level, *years) == exact
    assert belgium.is_unchanged(code, level, *years) == unchanged


def test_only_partial_transfers_make_a_municipality_inexact(belgium: Geography) -> None:
    strips = {("municipality", change.new_nis) for change in belgium.changes if change.partial_transfer}
    inexact = belgium.inexact(2018, 2025)
    assert {area for area in inexact if area[0] == "municipality"} == strips
    assert {code for level, code in inexact if level == "arrondissement"} == {"51000", "52000", "55000", "58000"}
    assert {level for level, _ in inexact} == {"municipality", "arrondissement"}


@pytest.mark.parametrize(("level", "code", "year"), [("arrondissement", "54000", 2019), ("sector", "11001A00-", 2019)])
def test_an_area_that_is_not_on_the_map_is_neither_exact_nor_not(
    belgium: Geography, level: str, code: str, year: int
) -> None:
    with refuses(ConfigurationRefused, f"no {level} {code} on the map of {year}"):
        belgium.is_exact(code, level, 2018, year)


def test_places_say_where_every_municipality_lies(belgium: Geography) -> None:
    places = list(belgium.places(2025))
    assert len(places) == len(set(places)) == 565 * 5
    assert all(ancestors(nis)[level] == code for nis, level, code in places)
    assert belgium.members("arrondissement", "58000", 2019) == {"58001", "58002", "58003", "58004"}
    assert belgium.members("arrondissement", "58000", 2018) == frozenset()


def test_areas_are_those_of_the_reference_in_every_vintage(belgium: Geography) -> None:
    with reference_file("refnis_hierarchy_by_vintage.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for year in (2003, 2018, 2019, 2024, 2025):
        expected = {
            row["nis"]: (row["reg_nis"], _as_ima(row["prov_nis"], row["nis"]), row["arr_nis"], row["nis"])
            for row in rows
            if int(row["year_from"]) <= year <= int(row["year_to"] or 9999)
        }
        found = {nis: tuple(ancestors(nis)[level] for level in AREAS) for nis in belgium.municipalities_in(year)}
        assert found == expected


def _as_ima(province: str, nis: str) -> str:
    """Statbel has no province for Brussels; IMA's PROVINCE gives it its own code."""
    return "21000" if nis.startswith("21") else province


def test_changes_are_those_of_the_crosswalk(belgium: Geography) -> None:
    with reference_file("municipality_crosswalk.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["effective_date"], row["old_nis"], row["new_nis"]) for row in csv.DictReader(file)]
    changed = {row for row in rows if row[1] != row[2]}  # Antwerp keeps its code: no change of code
    assert {(str(change.date), change.old_nis, change.new_nis) for change in belgium.changes} == changed

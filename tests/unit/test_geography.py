"""Areas of Belgium by year, forward recoding, and the maps that are refused (rules.md section 5)."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import Change, Geography, Municipality, ancestors, is_abroad, load_geography
from tests.conftest import CONF
from tests.unit.edits import edited, refuses

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
VINTAGES = ((2003, 589), (2018, 589), (2019, 581), (2024, 581), (2025, 565), (2030, 565))
AREAS = ("region", "province", "arrondissement", "municipality")
MUNICIPALITIES, CHANGES, NAMES = (
    f"geography/{name}.csv" for name in ("municipalities", "municipality_changes", "areas")
)


@pytest.fixture(scope="module")
def belgium() -> Geography:
    return load_geography(CONF / "geography")


def reference_file(name: str) -> Path:
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"{path} is not here: the shared reference folder is no part of the project")
    return path


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


def test_the_province_of_every_municipality_is_imas_own(belgium: Geography) -> None:
    codes = {nis for year, _ in VINTAGES for nis in belgium.municipalities_in(year)}
    assert len(codes) == 620
    assert {nis: ancestors(nis)["province"] for nis in codes} == {nis: ima_province(nis) for nis in codes}


def test_abroad_is_what_ima_calls_abroad() -> None:
    codes = [str(number) for number in range(1200)] + ["93999", "94000", "99999"]
    assert [code for code in codes if is_abroad(code)] == [code for code in codes if ima_province(code) == "abroad"]


@pytest.mark.parametrize("code", [None, "", "-150", "15O", "1 50", "ABC", "150.0"])
def test_what_is_no_number_is_not_abroad(code: str | None) -> None:
    assert not is_abroad(code)


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
    def municipality(nis: str, first: str, last: str) -> Municipality:
        return Municipality.model_validate(
            {"nis": nis, "name_nl": "", "name_fr": "", "valid_from": first, "valid_to": last}
        )

    def change(day: dt.date, old: str, new: str) -> Change:
        return Change(date=day, old_nis=old, new_nis=new, kind="recoded", partial_transfer=False)

    chain = Geography(
        (
            municipality("11001", "2003-01-01", "2018-12-31"),
            municipality("11091", "2019-01-01", "2024-12-31"),
            municipality("11099", "2025-01-01", ""),
        ),
        (change(dt.date(2019, 1, 1), "11001", "11091"), change(dt.date(2025, 1, 1), "11091", "11099")),
        (),
    )
    assert [chain.recode("11001", year) for year in (2018, 2019, 2024, 2025)] == ["11001", "11091", "11091", "11099"]
    assert [chain.recode("11091", year) for year in (2018, 2019, 2025)] == [None, "11091", "11099"]


def test_a_year_before_the_map_is_an_error_and_never_a_default(belgium: Geography) -> None:
    with refuses(ConfigurationRefused, "no municipalities in 2002", "begins in 2003"):
        belgium.municipalities_in(2002)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            CHANGES,
            "2025-01-01,11056,46030,merged,false\n",
            "2025-01-01,11056,46030,merged,false\n2025-01-01,11056,46029,merged,false\n",
            ("11056", "two successors", "n old to 1 new"),
        ),
        (CHANGES, "2025-01-01,11056,46030,merged,false\n", "", ("11056", "2024-12-31", "without a successor", "add")),
        (CHANGES, "11056,46030", "11056,46999", ("46999 is not in municipalities.csv", "add it or correct")),
        (CHANGES, "11056,46030", "11999,46030", ("11999 is not in municipalities.csv", "add it or correct")),
        (CHANGES, "2025-01-01,11056", "2025-02-01,11056", ("11056", "the day before 2025-02-01")),
        (CHANGES, "11056,46030", "11056,44084", None),
        (CHANGES, "2025-01-01,11056,46030", "2025-01-01,11056,46003", ("46003", "does not exist on 2025-01-01")),
        (CHANGES, "11056,46030,merged", "11056,46030,swallowed", ("kind", "'merged'")),
        (CHANGES, "2025-01-01,11056,46030", "2025-01-01,11056,4603", ("new_nis", r"^\d{5}$")),
        (MUNICIPALITIES, "11001,", "11002,Antwerpen,Anvers,2003-01-01,\n11001,", ("11002 stands twice", "one row")),
        (MUNICIPALITIES, "11001,", "01001,X,X,2003-01-01,\n11001,", ("01001 lies in no province", "begins with 1-9")),
        (MUNICIPALITIES, "11001,", "22001,X,X,2003-01-01,\n11001,", ("22001 lies in no province",)),
        (MUNICIPALITIES, "11001,", "1101,X,X,2003-01-01,\n11001,", ("nis", r"^\d{5}$")),
        (
            MUNICIPALITIES,
            "11001,",
            "11999,X,X,2003-01-01,2002-12-31\n11001,",
            ("11999 ends before it begins", "swap valid_from and valid_to"),
        ),
        (
            MUNICIPALITIES,
            "11001,",
            "11999,X,X,2003-01-01,2010-06-30\n11001,",
            ("municipality_changes.csv", "11999 ends on 2010-06-30 without a successor", "add its change"),
        ),
        (MUNICIPALITIES, "11001,", "61999,X,X,2003-01-01,\n11001,", None),
        (
            MUNICIPALITIES,
            "11001,",
            "65999,X,X,2003-01-01,\n11001,",
            ("areas.csv", "arrondissement 65000 of 65999", "add it"),
        ),
    ],
)
def test_a_tampered_map_is_refused(
    tmp_path: Path, file: str, old: str, new: str, message: tuple[str, ...] | None
) -> None:
    """Where no message is given, the edit is harmless: the loader must not refuse what is right."""
    conf = edited(tmp_path, file, old, new)
    if message is None:
        load_geography(conf / "geography")
        return
    with refuses(ConfigurationRefused, ".csv", *message):
        load_geography(conf / "geography")


def test_a_gap_between_a_code_and_its_successor_is_refused(tmp_path: Path) -> None:
    rows = (CONF / MUNICIPALITIES).read_text(encoding="utf-8").splitlines()
    [row] = [row for row in rows if row.startswith("11056,")]
    conf = edited(tmp_path, MUNICIPALITIES, row, row.replace("2024-12-31", "2024-11-30"))
    with refuses(ConfigurationRefused, "11056", "must end the day before 2025-01-01"):
        load_geography(conf / "geography")


def test_an_area_without_a_name_is_refused(tmp_path: Path) -> None:
    rows = (CONF / NAMES).read_text(encoding="utf-8").splitlines(keepends=True)
    [row] = [row for row in rows if row.startswith("58000,arrondissement")]
    conf = edited(tmp_path, NAMES, row, "")
    with refuses(ConfigurationRefused, "areas.csv", "arrondissement 58000", "add it"):
        load_geography(conf / "geography")


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


@pytest.mark.parametrize("year", [2003, 2018, 2019])
def test_municipalities_are_those_of_statbels_list(belgium: Geography, year: int) -> None:
    """The list stops at the situation of 2019."""
    with reference_file("TU_COM_REFNIS_situation2019.txt").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="|") if row["LVL_REFNIS"] == "4"]
    last_day = dt.date(year, 12, 31)
    parents = {
        row["CD_REFNIS"]: row["CD_SUP_REFNIS"]
        for row in rows
        if _day(row["DT_VLDT_START"]) <= last_day <= _day(row["DT_VLDT_END"])
    }
    assert {nis: ancestors(nis)["arrondissement"] for nis in belgium.municipalities_in(year)} == parents


def _day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


def test_changes_are_those_of_the_crosswalk(belgium: Geography) -> None:
    with reference_file("municipality_crosswalk.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["effective_date"], row["old_nis"], row["new_nis"]) for row in csv.DictReader(file)]
    changed = {row for row in rows if row[1] != row[2]}  # Antwerp keeps its code: no change of code
    assert {(str(change.date), change.old_nis, change.new_nis) for change in belgium.changes} == changed

"""Dated code lists: what a code means on a day, and the lists that are refused."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaatlas_spark.configuration.codelists import (
    NEEDED_GROUPS,
    NOMENCLATURE_GROUPS,
    QUALIFICATION_GROUPS,
    CodeList,
    _NomenclatureEntry,
    load_nomenclature,
    load_qualifications,
    refuse_unnamed_groups,
)
from imaatlas_spark.configuration.counters import code_groups_of, load_counters
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.periods import BEGINNING_OF_TIME, END_OF_TIME
from tests.conftest import CONF
from tests.unit.edits import refuses

Row = tuple[str, str, str, str]
SHIPPED = CONF / "codelists"
OF_COUNTERS = ("imaging_specialist", "imaging_radiologist", "imaging_dentist")
GROUPS = (*NOMENCLATURE_GROUPS, *OF_COUNTERS)
ONE_OF_EACH: list[Row] = [(f"90000{place}", group, "", "") for place, group in enumerate(GROUPS)]
GMD = next(code for code, group, *_ in ONE_OF_EACH if group == "gmd")
ADDED = f"line {len(ONE_OF_EACH) + 2}"  # of a row that comes after them and the header


def loaded(folder: Path) -> CodeList:
    """The list of codes, where counters name these groups; for the shipped list, its own counters."""
    declared = code_groups_of(load_counters(CONF / "source_variables").values())
    return load_nomenclature(folder, declared if folder == SHIPPED else OF_COUNTERS)


def nomenclature(folder: Path, rows: Iterable[Row], source: str = "a test") -> Path:
    lines = [f"{code},{group},{begins},{ends},,{source}" for code, group, begins, ends in rows]
    text = "\n".join(["code,code_group,valid_from,valid_to,label,source", *lines]) + "\n"
    (folder / "nomenclature.csv").write_text(text)
    return folder


def test_shipped_lists_are_well_and_have_every_group() -> None:
    assert loaded(SHIPPED).groups >= set(GROUPS)
    assert load_qualifications(SHIPPED).groups >= set(QUALIFICATION_GROUPS)


def test_qualifications_of_a_gp_are_000_to_009() -> None:
    assert load_qualifications(SHIPPED).codes(["gp"]) == tuple(f"00{digit}" for digit in range(10))


def test_the_forfait_is_109616() -> None:
    assert loaded(SHIPPED).codes(["medical_house_forfait"]) == ("109616",)


def test_visits_at_night_and_in_the_weekend_are_in_a_group_of_their_own() -> None:
    shipped = loaded(SHIPPED)
    assert {"104230", "104252", "104554"} <= set(shipped.codes(["gp_night_weekend"]))
    assert not {"104230", "104252", "104554"} & set(shipped.codes(["gp_contact"]))


def test_supplements_are_never_contacts() -> None:
    shipped = loaded(SHIPPED)
    assert not set(shipped.codes(["gp_supplement"])) & set(shipped.codes(["gp_contact"]))


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("101135", dt.date(2020, 3, 14), dt.date(2022, 7, 31)),
        ("101990", dt.date(2020, 3, 14), dt.date(2022, 7, 31)),
        ("101835", dt.date(2020, 3, 14), dt.date(2022, 7, 31)),
        ("101673", dt.date(2022, 8, 1), END_OF_TIME),
        ("101710", dt.date(2022, 8, 1), END_OF_TIME),
        ("101732", dt.date(2022, 8, 1), END_OF_TIME),
    ],
)
def test_consultations_at_a_distance_are_dated(code: str, first: dt.date, last: dt.date) -> None:
    spells = [each for each in loaded(SHIPPED).spells(["gp_remote_contact"]) if each.code == code]
    assert [(each.valid_from, each.valid_to) for each in spells] == [(first, last)]


def test_twelve_qualifications_make_a_clinical_geneticist() -> None:
    expected = ("348", "398", "586", "599", "668", "693", "737", "788", "798", "810", "811", "868")
    assert load_qualifications(SHIPPED).codes(["clinical_geneticist"]) == expected


def test_a_code_in_two_groups_is_cut_into_spells_with_the_groups_that_hold(tmp_path: Path) -> None:
    rows = [*ONE_OF_EACH, ("459115", "gmd", "", "2021-06-30"), ("459115", "gp_contact", "2021-03-01", "")]
    spells = loaded(nomenclature(tmp_path, rows)).spells(["gmd", "gp_contact"])
    assert [(s.valid_from, s.valid_to, set(s.groups)) for s in spells if s.code == "459115"] == [
        (BEGINNING_OF_TIME, dt.date(2021, 2, 28), {"gmd"}),
        (dt.date(2021, 3, 1), dt.date(2021, 6, 30), {"gmd", "gp_contact"}),
        (dt.date(2021, 7, 1), END_OF_TIME, {"gp_contact"}),
    ]


def test_a_code_that_pauses_has_no_spell_in_the_pause(tmp_path: Path) -> None:
    rows = [*ONE_OF_EACH, ("459115", "gmd", "", "2020-12-31"), ("459115", "gmd", "2022-01-01", "")]
    spells = [s for s in loaded(nomenclature(tmp_path, rows)).spells(["gmd"]) if s.code == "459115"]
    assert [(s.valid_from, s.valid_to) for s in spells] == [
        (BEGINNING_OF_TIME, dt.date(2020, 12, 31)),
        (dt.date(2022, 1, 1), END_OF_TIME),
    ]


def test_groups_that_are_not_asked_for_leave_no_trace(tmp_path: Path) -> None:
    rows = [*ONE_OF_EACH, ("459115", "gmd", "", ""), ("459115", "gp_contact", "2021-03-01", "")]
    listed = loaded(nomenclature(tmp_path, rows))
    assert [(s.valid_from, s.groups) for s in listed.spells(["gmd"]) if s.code == "459115"] == [
        (BEGINNING_OF_TIME, frozenset({"gmd"}))
    ]
    assert "459115" not in listed.codes(["gp_supplement"])


def test_a_group_may_end_and_begin_again_the_next_day(tmp_path: Path) -> None:
    rows = [*ONE_OF_EACH, ("459115", "gmd", "", "2020-12-31"), ("459115", "gmd", "2021-01-01", "")]
    assert loaded(nomenclature(tmp_path, rows)).codes(["gmd"]) == ("459115", GMD)


MARCH = dt.date(2021, 3, 1)
DAY = dt.timedelta(days=1)
ENTRIES = st.lists(
    st.tuples(st.sampled_from(["111111", "222222"]), st.sampled_from(["gmd", "gp_contact"]), st.integers(0, 9)),
    unique=True,
    max_size=12,
)


@given(ENTRIES)
def test_on_every_day_spells_say_what_the_entries_say(days: list[tuple[str, str, int]]) -> None:
    """Each drawn row stands for one day, so that no two of them overlap."""
    entries = tuple(
        _NomenclatureEntry(
            code=code,
            code_group=group,
            valid_from=str(MARCH + n * DAY),
            valid_to=str(MARCH + n * DAY),
            label="",
            source="drawn",
        )
        for code, group, n in days
    )
    spells = CodeList("drawn", entries).spells(["gmd", "gp_contact"])
    for code in ("111111", "222222"):
        for number in range(-1, 11):
            day = MARCH + number * DAY
            holding = [s for s in spells if s.code == code and s.valid_from <= day <= s.valid_to]
            assert len(holding) <= 1
            expected = {group for c, group, n in days if c == code and n == number}
            assert (set(holding[0].groups) if holding else set()) == expected


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((GMD, "gmd", "2021-01-01", ""), (GMD, "twice in group gmd", "2021-01-01", "end the earlier row")),
        (("459115", "gmd", "2021-01-02", "2021-01-01"), ("459115", "ends before it begins", "swap")),
        (("459115", "gmdd", "", ""), ("unknown code_group 'gmdd'", "known are gp_contact")),
        (("45911", "gmd", "", ""), (ADDED, "code", r"^[0-9]{6}$")),
        (("4591150", "gmd", "", ""), (ADDED, "code", r"^[0-9]{6}$")),
        (("45911A", "gmd", "", ""), (ADDED, "code", r"^[0-9]{6}$")),
        (("٤٥٩١١٥", "gmd", "", ""), (ADDED, "code", r"^[0-9]{6}$")),
        (("459115", "gmd", "2021-1-1", ""), (ADDED, "valid_from", "'2021-1-1'", "yyyy-mm-dd")),
        (("459115", "gmd", "", "31/12/2021"), (ADDED, "valid_to", "'31/12/2021'", "yyyy-mm-dd")),
        (("459115", "gmd", "2021-02-30", ""), (ADDED, "valid_from")),
    ],
)
def test_a_wrong_row_is_refused(tmp_path: Path, row: Row, message: tuple[str, ...]) -> None:
    with refuses(ConfigurationRefused, "nomenclature.csv", *message):
        loaded(nomenclature(tmp_path, [*ONE_OF_EACH, row]))


def test_an_overlap_of_a_single_day_is_refused(tmp_path: Path) -> None:
    rows = [*ONE_OF_EACH, ("459115", "gmd", "", "2021-01-01"), ("459115", "gmd", "2021-01-01", "")]
    with refuses(ConfigurationRefused, "459115", "2021-01-01", "end the earlier row the day before"):
        loaded(nomenclature(tmp_path, rows))


@pytest.mark.parametrize("contact", ["gp_contact", "gp_remote_contact"])
@pytest.mark.parametrize("other", ["gp_night_weekend", "gp_supplement", "medical_house_forfait"])
def test_a_contact_that_is_never_a_regular_one_is_refused(tmp_path: Path, contact: str, other: str) -> None:
    rows = [*ONE_OF_EACH, ("459115", contact, "", "2021-01-01"), ("459115", other, "2021-01-01", "")]
    told = f"459115 stands in group {contact} and in group {other} on 2021-01-01"
    with refuses(ConfigurationRefused, "nomenclature.csv: ", told, "never a regular contact", "take it out"):
        loaded(nomenclature(tmp_path, rows))


def test_a_code_may_become_a_contact_when_it_is_no_supplement_any_more(tmp_path: Path) -> None:
    rows = [*ONE_OF_EACH, ("459115", "gp_supplement", "", "2020-12-31"), ("459115", "gp_contact", "2021-01-01", "")]
    assert "459115" in loaded(nomenclature(tmp_path, rows)).codes(["gp_contact"])


def test_a_list_without_sources_is_taken_and_the_shipped_ones_have_one_in_every_row(tmp_path: Path) -> None:
    assert loaded(nomenclature(tmp_path, ONE_OF_EACH, source="")).groups == set(GROUPS)
    assert all(entry.source for shipped in (loaded(SHIPPED), load_qualifications(SHIPPED)) for entry in shipped.entries)


@pytest.mark.parametrize("group", ["gp_night_weekend", "gp_supplement", "gp_remote_contact"])
def test_a_group_that_no_figure_depends_on_may_be_left_out(tmp_path: Path, group: str) -> None:
    rows = [row for row in ONE_OF_EACH if row[1] != group]
    assert loaded(nomenclature(tmp_path, rows)).groups == set(GROUPS) - {group}


@pytest.mark.parametrize("group", ["ct-scan", "ct scan", "CT", "1ct", "gmd ", "échographie", ""])
def test_a_group_whose_name_is_no_word_is_refused(tmp_path: Path, group: str) -> None:
    with refuses(ConfigurationRefused, "nomenclature.csv", ADDED, "code_group", "^[a-z][a-z0-9_]*$"):
        loaded(nomenclature(tmp_path, [*ONE_OF_EACH, ("459115", group, "", "")]))
    text = (SHIPPED / "qualifications.csv").read_text()
    (tmp_path / "qualifications.csv").write_text(f"{text.rstrip()}\n780,{group},,,A doctor,a test\n")
    with refuses(ConfigurationRefused, "qualifications.csv", "qualification_group", "^[a-z][a-z0-9_]*$"):
        load_qualifications(tmp_path)


@pytest.mark.parametrize("group", ["clinical_geneticist", "radiologist", "gp"])
def test_a_group_of_qualifications_is_none_of_codes(tmp_path: Path, group: str) -> None:
    with refuses(ConfigurationRefused, f"unknown code_group '{group}'"):
        loaded(nomenclature(tmp_path, [*ONE_OF_EACH, ("459115", group, "", "")]))


@pytest.mark.parametrize("group", ["imaging_specialist", "gmd"])
def test_a_group_of_codes_is_none_of_qualifications(tmp_path: Path, group: str) -> None:
    text = (SHIPPED / "qualifications.csv").read_text()
    (tmp_path / "qualifications.csv").write_text(f"{text.rstrip()}\n780,{group},,,A doctor,a test\n")
    listed = load_qualifications(tmp_path)
    with refuses(ConfigurationRefused, "qualifications.csv", f"nothing names group {group}"):
        refuse_unnamed_groups(tmp_path, listed, ("clinical_geneticist", "radiologist"))


@pytest.mark.parametrize("group", [*NEEDED_GROUPS, *OF_COUNTERS])
def test_a_group_without_any_code_is_refused(tmp_path: Path, group: str) -> None:
    with refuses(ConfigurationRefused, f"group {group} has no code", "add its codes"):
        loaded(nomenclature(tmp_path, [row for row in ONE_OF_EACH if row[1] != group]))


def test_another_header_is_refused_with_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "nomenclature.csv").write_text("code,group\n101076,gp_contact\n")
    with refuses(ConfigurationRefused, "nomenclature.csv", "header", "code_group", "valid_from", "source"):
        loaded(tmp_path)


def test_a_row_with_too_many_fields_is_refused_with_its_line(tmp_path: Path) -> None:
    nomenclature(tmp_path, ONE_OF_EACH, source="one, two")
    with refuses(ConfigurationRefused, "line 2", "6 fields"):
        loaded(tmp_path)


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with refuses(ConfigurationRefused, "nomenclature.csv is missing", "--conf-dir"):
        loaded(tmp_path)


def test_a_qualification_of_two_digits_is_refused(tmp_path: Path) -> None:
    text = (SHIPPED / "qualifications.csv").read_text()
    (tmp_path / "qualifications.csv").write_text(text.replace("\n003,", "\n03,"))
    with refuses(ConfigurationRefused, "qualifications.csv: line 5, code", r"^[0-9]{3}$"):
        load_qualifications(tmp_path)


def test_statistics_may_bring_qualification_groups_of_their_own(tmp_path: Path) -> None:
    text = (SHIPPED / "qualifications.csv").read_text()
    (tmp_path / "qualifications.csv").write_text(f"{text.rstrip()}\n780,cardiologist,,,A cardiologist,a test\n")
    assert load_qualifications(tmp_path).codes(["cardiologist"]) == ("780",)

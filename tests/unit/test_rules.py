"""The parameters of the rules: their values, and the files that are refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.configuration.readings import as_table, readings
from imaatlas_spark.configuration.rules import Rules, RuleValues, YearRules, load_rules
from imaatlas_spark.errors import ConfigurationRefused
from tests.conftest import CONF
from tests.unit.edits import edited, refuses

ACTIVE = "periods = [{ from = 2001, value = 1250 }]"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(CONF / "rules.toml")


def rules_with(folder: Path, old: str, new: str) -> Rules:
    return load_rules(edited(folder, "rules.toml", old, new) / "rules.toml")


@pytest.mark.parametrize("year", [2001, 2003, 2018, 2019, 2025])
def test_shipped_parameters_are_those_of_the_rules(rules: Rules, year: int) -> None:
    assert rules.at(year) == YearRules(
        year=year,
        booking_window_months=21,
        physician_categories=("10", "11", "12", "13", "14", "15", "16", "17", "18", "19"),
        dentist_categories=("30", "31", "32", "33", "34", "35", "36", "37", "38", "39"),
        register_priority="latest_start",
        houses_of_forfaits="any_practice",
        remote_contacts="counted",
        duty_contacts="counted",
        duty_supplements=("101091",),
        daily_cap_from=2019,
        active_practice_contacts=1250,
        activity_contacts="capped",
        activity_of_houses="forfaits",
        medical_house_forfaits=6,
        forfaits_without_house="not_counted",
        gmd_years_before=2,
        gmd_lines="all_lines",
        gmd_event_priority="latest",
        medical_house_rule="after_gmd",
        attribution_among="all_practices",
        residents_abroad="counted",
        oldest_age=125,
        practitioner_income="all_lines",
        active_income_share=Decimal("0.05"),
        max_quarantined_share=Decimal("0.001"),
    )


def test_shares_are_exact_decimals(rules: Rules) -> None:
    shares = (rules.at(2021).active_income_share, rules.at(2021).max_quarantined_share)
    assert [str(share) for share in shares] == ["0.05", "0.001"]


def test_every_parameter_gives_its_reason_and_its_source(rules: Rules) -> None:
    assert all(len(parameter.reason) > 20 and parameter.source for parameter in rules.parameters.values())


def test_every_reading_has_an_id_of_its_own_and_a_way_to_turn_it(rules: Rules) -> None:
    found = readings(rules)
    assert len({each.id for each in found}) == len(found) == len(rules.reading_ids)
    assert all(each.read_as and each.turned_to and each.read_as != each.turned_to for each in found)
    assert {each.name for each in found} >= {name for name, each in rules.parameters.items() if each.reading}


def test_ids_of_readings_stay(rules: Rules) -> None:
    """Cards, pages and citations name them: an id is never given to another reading."""
    named = {each.id: each.name for each in readings(rules)}
    assert [named[f"R-{number:02}"] for number in (1, 5, 6, 8, 12, 14, 16, 18)] == [
        "booking_window_months",
        "remote_contacts",
        "duty_contacts",
        "activity_of_houses",
        "medical_house_rule",
        "residents_abroad",
        "practitioner_income",
        "medical_house_persons_left_out",
    ]


def test_every_value_that_a_reading_is_turned_to_is_one_that_the_rules_know(rules: Rules) -> None:
    usual = rules.at(2021).model_dump()
    for name, parameter in rules.parameters.items():
        for value in parameter.alternatives:
            turned = YearRules.model_validate(usual | {name: value})
            assert getattr(turned, name) != usual[name]


def test_the_definitions_list_the_readings(rules: Rules) -> None:
    """`docs/definitions.md` holds what `--readings` prints."""
    text = (CONF.parent / "docs" / "definitions.md").read_text(encoding="utf-8")
    listed = text.split("<!-- readings: begin -->")[1].split("<!-- readings: end -->")[0]
    assert listed.strip() == as_table(readings(rules))


def test_a_year_before_every_period_is_an_error_and_never_a_default(rules: Rules) -> None:
    with refuses(ConfigurationRefused, "has no value for 2000", "add a period that covers it"):
        rules.at(2000)


def test_the_parameters_hold_for_the_records_that_decide_in_the_first_year_of_the_series(rules: Rules) -> None:
    """The series begin in 2003: records of 2001 and 2002 decide there, by the rules of their own year."""
    first = min(card.available_since for card in load_configuration(CONF).cards.values())
    for year in range(first - rules.at(first).gmd_years_before, first):
        assert rules.at(year).year == year


def test_a_parameter_may_change_in_time(tmp_path: Path) -> None:
    periods = "periods = [{ from = 2001, to = 2018, value = 1250 }, { from = 2019, value = 1000 }]"
    changed = rules_with(tmp_path, ACTIVE, periods)
    assert [changed.at(year).active_practice_contacts for year in (2003, 2018, 2019, 2030)] == [1250, 1250, 1000, 1000]


@pytest.mark.parametrize(("begins_again", "gap"), [(2012, "2011"), (2014, "2011-2013")])
def test_a_gap_between_periods_is_refused(tmp_path: Path, begins_again: int, gap: str) -> None:
    periods = f"periods = [{{ from = 2001, to = 2010, value = 1250 }}, {{ from = {begins_again}, value = 1000 }}]"
    with refuses(ConfigurationRefused, f"active_practice_contacts has no value for {gap}", "add a period"):
        rules_with(tmp_path, ACTIVE, periods)


def test_all_faults_of_the_file_are_told_at_once(tmp_path: Path) -> None:
    copy = edited(tmp_path, "rules.toml", ACTIVE, "periods = [{ from = 2001, value = 0 }]")
    path = copy / "rules.toml"
    text = path.read_text(encoding="utf-8").replace("[oldest_age]", "[oldest_ages]").replace('"capped"', '"halved"')
    path.write_text(text, encoding="utf-8")
    with refuses(
        ConfigurationRefused,
        "unknown parameter oldest_ages (is it oldest_age?)",
        "parameter oldest_age is missing",
        "active_practice_contacts, value from 2001",
        "'capped' or 'uncapped' is expected; found 'halved'",
    ):
        load_rules(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[oldest_age]", "[oldest_ages]", ("unknown parameter oldest_ages (is it oldest_age?)", "known are")),
        (
            ACTIVE,
            "periods = [{ from = 2001, to = 2019, value = 1250 }, { from = 2019, value = 1000 }]",
            ("active_practice_contacts has two values for 2019", "end the earlier one"),
        ),
        (
            ACTIVE,
            "periods = [{ from = 2001, value = 1250 }, { from = 2019, value = 1000 }]",
            ("active_practice_contacts has two values for 2019", "end the earlier one"),
        ),
        (
            ACTIVE,
            "periods = [{ from = 2001, value = 1250 }, { from = 2019, to = 2010, value = 1000 }]",
            ("active_practice_contacts", "2019"),
        ),
        (ACTIVE, "periods = []", ("active_practice_contacts", "periods")),
        (
            ACTIVE,
            'periods = [{ from = 2001, value = "1250" }]',
            ("active_practice_contacts", "a whole number is expected; found"),
        ),
        (
            ACTIVE,
            "periods = [{ from = 2001, value = 1250.5 }]",
            ("active_practice_contacts", "a whole number is expected; found"),
        ),
        (
            ACTIVE,
            "periods = [{ from = 2001, value = true }]",
            ("active_practice_contacts", "a whole number is expected; found"),
        ),
        (ACTIVE, "periods = [{ from = 2001, value = 0 }]", ("active_practice_contacts", "greater than or equal to 1")),
        (ACTIVE, "periods = [{ from = 2001 }]", ("active_practice_contacts", "value", "required")),
        (
            ACTIVE,
            "periods = [{ from = 2010, to = 2003, value = 1250 }]",
            ("active_practice_contacts: a period ends in 2003 before it begins in 2010",),
        ),
        (ACTIVE, "periods = [{ since = 2003, value = 1250 }]", ("active_practice_contacts", "from")),
        ('value = "capped"', 'value = "halved"', ("activity_contacts", "'capped' or 'uncapped'")),
        ('value = ["10-19"]', "value = [10, 19]", ("physician_categories", "10 is neither a code of two digits")),
        ('value = ["10-19"]', 'value = ["19-10"]', ("physician_categories", "runs backwards")),
        ('id = "R-02"', 'id = "R-01"', ("R-01 is the id of two readings",)),
        ('id = "R-02"\n', "", ("dentist_categories", "a reading has an id (R-01) and alternatives")),
        ('id = "R-02"', 'id = "two"', ("dentist_categories, id", "^R-[0-9]{2}$", "found 'two'")),
        ('alternatives = ["uncapped"]', 'alternatives = ["halved"]', ("activity_contacts, alternatives", "halved")),
        ("[elsewhere.R-17]", "[elsewhere.R17]", ("elsewhere.R17",)),
        ("value = 0.05", "value = 5", ("active_income_share", "less than or equal to 1")),
        ("value = 0.05", 'value = "five"', ("active_income_share", "a number is expected")),
        ('source = "sheet stat_003_007"', 'source = ""', ("medical_house_forfaits", "source")),
        ("reading = false", "", ("physician_categories", "reading", "required")),
        (
            "reading = false",
            "reading = false\ncolour = 1",
            ("physician_categories: unknown key colour: known are reason, source",),
        ),
        ("[oldest_age]", "[oldest_age", ("is not valid TOML",)),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, message: tuple[str, ...]) -> None:
    with refuses(ConfigurationRefused, "rules.toml", *message):
        rules_with(tmp_path, old, new)


@pytest.mark.parametrize("name", sorted(RuleValues.model_fields))
def test_a_missing_parameter_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    text = (CONF / "rules.toml").read_text(encoding="utf-8")
    blocks = text.split("\n[")
    path = tmp_path / "rules.toml"
    path.write_text("\n[".join(block for block in blocks if not block.startswith(f"{name}]")), encoding="utf-8")
    with refuses(ConfigurationRefused, f"parameter {name} is missing", "add it with its reason and source"):
        load_rules(path)

"""The parameters of the rules: their values, and the files that are refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from imaatlas_spark.configuration.rules import Rules, YearRules, load_rules
from imaatlas_spark.errors import ConfigurationRefused
from tests.conftest import CONF
from tests.unit.edits import edited, refuses

ACTIVE = "periods = [{ from = 2003, value = 1250 }]"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(CONF / "rules.toml")


def rules_with(folder: Path, old: str, new: str) -> Rules:
    return load_rules(edited(folder, "rules.toml", old, new) / "rules.toml")


@pytest.mark.parametrize("year", [2003, 2018, 2019, 2025])
def test_shipped_parameters_are_those_of_the_rules(rules: Rules, year: int) -> None:
    assert rules.at(year) == YearRules(
        booking_window_months=21,
        physician_categories=("10", "19"),
        dentist_categories=("30", "39"),
        register_priority="latest_start",
        remote_contacts="counted",
        daily_cap_from=2019,
        active_practice_contacts=1250,
        activity_contacts="capped",
        medical_house_forfaits=6,
        forfaits_without_house="not_counted",
        gmd_event_priority="latest",
        medical_house_rule="after_gmd",
        attribution_among="all_practices",
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


def test_readings_say_that_they_are_readings(rules: Rules) -> None:
    readings = {name for name, parameter in rules.parameters.items() if parameter.reading}
    assert {"register_priority", "gmd_event_priority", "practitioner_income", "medical_house_rule"} <= readings


def test_a_year_before_every_period_is_an_error_and_never_a_default(rules: Rules) -> None:
    with refuses(ConfigurationRefused, "has no value for 2002", "add a period that covers it"):
        rules.at(2002)


def test_a_parameter_may_change_in_time(tmp_path: Path) -> None:
    periods = "periods = [{ from = 2003, to = 2018, value = 1250 }, { from = 2019, value = 1000 }]"
    changed = rules_with(tmp_path, ACTIVE, periods)
    assert [changed.at(year).active_practice_contacts for year in (2003, 2018, 2019, 2030)] == [1250, 1250, 1000, 1000]


def test_a_year_in_a_gap_is_an_error(tmp_path: Path) -> None:
    periods = "periods = [{ from = 2003, to = 2010, value = 1250 }, { from = 2012, value = 1000 }]"
    gap = rules_with(tmp_path, ACTIVE, periods)
    with refuses(ConfigurationRefused, "active_practice_contacts", "2011", "add a period"):
        gap.at(2011)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[oldest_age]", "[oldest_ages]", ("unknown parameter oldest_ages", "known are")),
        (
            ACTIVE,
            "periods = [{ from = 2003, to = 2019, value = 1250 }, { from = 2019, value = 1000 }]",
            ("active_practice_contacts has two values for 2019", "end the earlier one"),
        ),
        (
            ACTIVE,
            "periods = [{ from = 2003, value = 1250 }, { from = 2019, value = 1000 }]",
            ("active_practice_contacts has two values for 2019", "end the earlier one"),
        ),
        (
            ACTIVE,
            "periods = [{ from = 2003, value = 1250 }, { from = 2019, to = 2010, value = 1000 }]",
            ("active_practice_contacts", "2019"),
        ),
        (ACTIVE, "periods = []", ("active_practice_contacts", "periods")),
        (ACTIVE, 'periods = [{ from = 2003, value = "1250" }]', ("active_practice_contacts", "valid integer")),
        (ACTIVE, "periods = [{ from = 2003, value = 1250.5 }]", ("active_practice_contacts", "valid integer")),
        (ACTIVE, "periods = [{ from = 2003, value = true }]", ("active_practice_contacts", "valid integer")),
        (ACTIVE, "periods = [{ from = 2003, value = 0 }]", ("active_practice_contacts", "greater than or equal to 1")),
        (ACTIVE, "periods = [{ from = 2003 }]", ("active_practice_contacts", "value", "required")),
        (ACTIVE, "periods = [{ since = 2003, value = 1250 }]", ("active_practice_contacts", "from")),
        ('value = "capped"', 'value = "halved"', ("activity_contacts", "'capped' or 'uncapped'")),
        ('value = "not_counted"', 'value = "counted"', ("forfaits_without_house", "'not_counted'")),
        ('value = ["10", "19"]', "value = [10, 19]", ("physician_categories", "string")),
        ('value = ["10", "19"]', 'value = ["10"]', ("physician_categories",)),
        ('value = ["10", "19"]', 'value = ["1", "19"]', ("physician_categories", r"^\d{2}$")),
        ("value = 0.05", "value = 5", ("active_income_share", "less than or equal to 1")),
        ("value = 0.05", 'value = "five"', ("active_income_share", "decimal")),
        ('source = "sheet stat_003_007"', 'source = ""', ("medical_house_forfaits", "source")),
        ("reading = false", "", ("booking_window_months", "reading", "required")),
        ("reading = false", "reading = false\ncolour = 1", ("booking_window_months", "colour")),
        ("[oldest_age]", "[oldest_age", ("is not valid TOML",)),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, message: tuple[str, ...]) -> None:
    with refuses(ConfigurationRefused, "rules.toml", *message):
        rules_with(tmp_path, old, new)


@pytest.mark.parametrize("name", sorted(YearRules.model_fields))
def test_a_missing_parameter_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    text = (CONF / "rules.toml").read_text(encoding="utf-8")
    blocks = text.split("\n[")
    path = tmp_path / "rules.toml"
    path.write_text("\n[".join(block for block in blocks if not block.startswith(f"{name}]")), encoding="utf-8")
    with refuses(ConfigurationRefused, f"parameter {name} is missing", "add it with its reason and source"):
        load_rules(path)

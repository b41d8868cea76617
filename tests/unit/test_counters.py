"""Counters of claim lines: what is declared, the column that follows, and the declarations that are refused."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.counters import Counter, YearTables
from imaatlas_spark.errors import ConfigurationRefused
from tests.conftest import CONF
from tests.unit.edits import edited, refuses

SPECIALIST = "source_variables/imag_spec_n.toml"
DENTIST = """name = "TESTED_N"
column = "tested_n"
position = 99
code_group = "tested_code"
categories = ["30-39"]
hours = "all"
counts = "one_a_day"
sheet = "no public sheet"
source = "a test"
label = { nl = "Tandarts", fr = "Dentiste", en = "Days with a dentist" }
description = { nl = "x", fr = "x", en = "x" }
"""
# The table as the data contract fixes it for the shipped configuration.
OF_THE_CONTRACT = [
    *("year", "person_id", "municipality", "sector", "age", "sex", "increased_reimbursement"),
    *("regcontact", "regcontact_active", "ff_mh", "in_medical_house", "pat_attrib", "attribution_rule", "has_gmd"),
    *("assigned_contacts", "all_contacts", "imag_spec_n", "imag_radio_n", "imag_dent_n"),
]


def with_dentist(folder: Path, declaration: str = DENTIST) -> Path:
    header = "code,code_group,valid_from,valid_to,label,source\n"
    row = "371011,tested_code,,,Consultation,a test\n"
    conf = edited(folder, "codelists/nomenclature.csv", header, header + row)
    (conf / "source_variables" / "tested_n.toml").write_text(declaration, encoding="utf-8")
    return conf


def test_with_the_shipped_configuration_person_year_is_that_of_the_contract(configuration: Configuration) -> None:
    """Counters that somebody has added come after its columns."""
    names = configuration.year_tables.person.column_names
    assert list(names[: len(OF_THE_CONTRACT)]) == OF_THE_CONTRACT


def test_another_counter_is_a_column_with_its_check_and_comment_at_the_end(tmp_path: Path) -> None:
    configuration = load_configuration(with_dentist(tmp_path))
    table = configuration.year_tables.person
    assert list(table.column_names[: len(OF_THE_CONTRACT)]) == OF_THE_CONTRACT
    assert table.column_names[-1] == "tested_n"
    assert table.column("tested_n").comment == "TESTED_N: Days with a dentist"
    assert table.checks["tested_n_not_negative"] == "tested_n >= 0"
    assert "tested_code" in configuration.counted_groups
    assert configuration.year_tables.person_practice.column_names[-1] == "tested_n"


def test_a_statistic_may_count_it(tmp_path: Path) -> None:
    conf = with_dentist(tmp_path)
    card = conf / "statistics" / "stat_013_007.toml"
    card.write_text(card.read_text().replace('"imag_spec_n"', '"tested_n"'))
    assert load_configuration(conf).cards["stat_013_007"].numerator.where[0].column == "tested_n"


def test_the_categories_of_the_rules_are_those_of_the_year(tmp_path: Path) -> None:
    periods = 'periods = [{ from = 2001, to = 2018, value = ["30"] }, { from = 2019, value = ["30-39"] }]'
    conf = edited(tmp_path, "rules.toml", 'periods = [{ from = 2001, value = ["30-39"] }]', periods)
    configuration = load_configuration(conf)
    counter = configuration.counters["imag_dent_n"]
    assert counter.categories_in(configuration.rules.at(2018)) == ("30",)
    assert counter.categories_in(configuration.rules.at(2019)) == tuple(str(code) for code in range(30, 40))


def test_a_configuration_without_counters_has_none(tmp_path: Path) -> None:
    assert YearTables.of(()).person.column_names == tuple(OF_THE_CONTRACT[:-3])


def test_the_definitions_depend_on_the_counters(tmp_path: Path, configuration: Configuration) -> None:
    assert load_configuration(with_dentist(tmp_path)).definitions != configuration.definitions


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('column = "imag_spec_n"', 'column = "imag_n"', "the file of column imag_n must be called imag_n.toml"),
        ('column = "imag_spec_n"', 'column = "age"', "column age is one that every configuration has"),
        ('column = "imag_spec_n"', 'column = "Imag"', "column: text of the form"),
        ('name = "IMAG_SPEC_N"', 'name = "IMAG_RADIO_N"', "name IMAG_RADIO_N is that of imag_radio_n too"),
        ("position = 1", "position = 2", "position 2 is that of imag_radio_n too"),
        ('"physician_categories"', '"physicians"', "a parameter of rules.toml (physician_categories"),
        ('"physician_categories"', '["19-10"]', 'the range "19-10" runs backwards'),
        ('counts = "net"', 'counts = "gross"', "counts: 'net', 'one_a_day', 'one_a_day_and_practice' or 'persons'"),
        ('hours = "all"', 'hours = "often"', "hours: 'all', 'regular' or 'night_weekend_holiday'"),
        ("qualified = []", 'qualified = ["gp"]', "gp stands in qualified and in not_qualified"),
        ("qualified = []", 'qualified = ["surgeon"]', "qualifications.csv has no group surgeon"),
        ("qualified = []", 'qualified = ["sur-geon"]', "qualified.0: text of the form ^[a-z][a-z0-9_]*$"),
        ('code_group = "imaging_specialist"', 'code_group = "ct scan"', "code_group: text of the form ^[a-z]"),
        ('counts = "net"', 'count = "net"', "unknown key count (is it counts?)"),
        ('code_group = "imaging_specialist"', 'code_group = "imaging"', "group imaging has no code"),
        ('en = "Number of medical', 'en = ""\nde = "Number of medical', "label.en: is empty"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    conf = edited(tmp_path, SPECIALIST, old, new)
    with refuses(ConfigurationRefused, told):
        load_configuration(conf)


def test_all_faults_of_a_counter_are_told_at_once() -> None:
    faults = ("column", "position", "counts")
    with pytest.raises(ValueError, match="4 validation errors") as error:
        Counter.model_validate({"column": "A", "position": 0, "counts": "x"} | {"hours": "all"} | FULL)
    assert all(fault in str(error.value) for fault in faults)


FULL = {
    "code_group": "gmd",
    "label": {"nl": "x", "fr": "x", "en": "x"},
    "description": {"nl": "x", "fr": "x", "en": "x"},
    "sheet": "x",
    "source": "x",
}


def test_the_three_shipped_counters_come_in_the_order_of_the_contract() -> None:
    counters = load_configuration(CONF).counters
    assert list(counters)[:3] == ["imag_spec_n", "imag_radio_n", "imag_dent_n"]

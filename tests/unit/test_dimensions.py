"""What statistics can be broken down by."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration.counters import YearTables
from imaatlas_spark.configuration.dimensions import load_dimensions
from imaatlas_spark.errors import ConfigurationRefused
from tests.conftest import CONF
from tests.unit.edits import edited, refuses

TABLES = YearTables.of(()).by_unit
CLASSES = "classes = { width = 10, open_from = 90 }"


def test_age_classes_are_ten_years_wide_and_the_last_one_is_open() -> None:
    assert load_dimensions(CONF / "dimensions.toml", TABLES)["age_class"].codes == (
        "0-9",
        "10-19",
        "20-29",
        "30-39",
        "40-49",
        "50-59",
        "60-69",
        "70-79",
        "80-89",
        "90+",
    )


@pytest.mark.parametrize(("name", "codes"), [("sex", ("M", "F")), ("increased_reimbursement", ("yes", "no"))])
def test_members_have_the_codes_of_the_contract(name: str, codes: tuple[str, ...]) -> None:
    dimensions = load_dimensions(CONF / "dimensions.toml", TABLES)
    assert name in dimensions
    assert dimensions[name].codes == codes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (CLASSES, "classes = { width = 10, open_from = 85 }", ("age_class", "open_from 85", "multiple of width 10")),
        (CLASSES, "classes = { width = 0, open_from = 90 }", ("age_class", "width", "greater than or equal to 1")),
        (CLASSES, "", ("age_class", "declare either classes or members")),
        (CLASSES, "classes = { width = 10 }", ("age_class", "write either width and open_from, or starts")),
        (CLASSES, "classes = { width = 10, starts = [0, 5] }", ("age_class", "write either width and open_from")),
        (CLASSES, "classes = { starts = [5, 15] }", ("age_class", "starts [5, 15] must begin with 0 and rise")),
        (CLASSES, "classes = { starts = [0, 15, 5] }", ("age_class", "must begin with 0 and rise")),
        (CLASSES, "classes = { starts = [0, 5, 5] }", ("age_class", "must begin with 0 and rise")),
        ('column = "age"', 'column = "sector"', ("age_class", "classes need an integer column; sector is STRING")),
        ('code = "F", value = 2', 'code = "F", value = 1', ("sex", "two members stand for the value 1")),
        ('code = "F", value = 2', 'code = "F", value = "2"', ("sex", "the value of a member cannot be '2'")),
        ('code = "F", value = 2', 'code = "F", value = true', ("sex", "the value of a member cannot be true")),
        ("[sex]", "[year]", ("has a column year already",)),
        ("[sex]", "[value]", ("has a column value already",)),
        ("[sex]", "[Sex]", ("Sex: the name is that of a column",)),
        (
            CLASSES,
            f"{CLASSES}\nmembers = [{{ code = 'x', value = 1, label = {{ nl = 'x', fr = 'x', en = 'x' }} }}]",
            ("age_class", "declare either classes or members"),
        ),
        ('column = "age"', 'column = "ages"', ("age_class", "person_year has no column ages", "it has year")),
        ('unit = "person_year"', 'unit = "person_month"', ("age_class", "unit person_month is none", "person_year")),
        ('code = "M"', 'code = "F"', ("sex", "codes must differ from each other, from _T")),
        ('code = "M"', 'code = "_T"', ("sex", "codes must differ from each other, from _T")),
        ('code = "M"', 'code = "_U"', ("sex", "codes must differ from each other", "and from _U")),
        ('code = "F"', 'code = "not male"', ("sex", "code 'not male' cannot be written in SDMX")),
        ('code = "F"', 'code = "sex=F"', ("sex", "code 'sex=F' cannot be written in SDMX")),
        ("[sex]", "[numerator]", ("numerator", "has a column numerator already")),
        ("[sex]", "[sector]", ("sector", "has a column sector already")),
        ('code = "M", value', 'code = "M", worth', ("sex", "members.0.value", "required")),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, old: str, new: str, message: tuple[str, ...]) -> None:
    conf = edited(tmp_path, "dimensions.toml", old, new)
    with refuses(ConfigurationRefused, "dimensions.toml", *message):
        load_dimensions(conf / "dimensions.toml", TABLES)


@pytest.mark.parametrize(
    ("starts", "codes"),
    [
        ("[0, 5, 15, 25, 45, 65, 75]", ("0-4", "5-14", "15-24", "25-44", "45-64", "65-74", "75+")),
        ("[0, 18]", ("0-17", "18+")),
        ("[0, 1, 2]", ("0", "1", "2+")),
        ("[0]", ("0+",)),
    ],
)
def test_classes_may_be_of_unequal_width(tmp_path: Path, starts: str, codes: tuple[str, ...]) -> None:
    conf = edited(tmp_path, "dimensions.toml", CLASSES, f"classes = {{ starts = {starts} }}")
    assert load_dimensions(conf / "dimensions.toml", TABLES)["age_class"].codes == codes

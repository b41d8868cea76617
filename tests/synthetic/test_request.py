"""What is refused before Spark starts, and the parameters that are."""

import json
import shutil
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.errors import ArgumentRefused, ConfigurationRefused
from imaatlas_spark.synthetic.parameters import load_parameters
from imaatlas_spark.synthetic.request import MARKER, checked, mark, marker_text
from imaatlas_spark.synthetic.values import YearValue, in_year
from tests.conftest import CONF


def test_a_new_and_an_empty_folder_are_taken(configuration: Configuration, tmp_path: Path) -> None:
    assert checked(str(tmp_path / "new"), 1, (2021,), 1, configuration)
    assert checked(str(tmp_path), 1, (2003, 2035), 1, configuration)


def test_a_folder_that_holds_something_is_refused_by_name(configuration: Configuration, tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    with pytest.raises(ArgumentRefused, match=f"{tmp_path} is not empty"):
        checked(str(tmp_path), 100, (2021,), 1, configuration)


def test_a_folder_of_the_same_request_is_drawn_again(configuration: Configuration, tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / MARKER).write_text(marker_text(100, (2021,), 7))
    assert checked(str(tmp_path), 100, (2021,), 7, configuration)
    with pytest.raises(ArgumentRefused, match="not drawn with these persons, years and seed"):
        checked(str(tmp_path), 100, (2021,), 8, configuration)


def test_a_folder_with_a_text_of_somebody_else_is_refused(configuration: Configuration, tmp_path: Path) -> None:
    (tmp_path / MARKER).write_bytes(b"caf\xe9")
    with pytest.raises(ArgumentRefused, match="is not empty"):
        checked(str(tmp_path), 100, (2021,), 7, configuration)


def test_a_file_is_refused(configuration: Configuration, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArgumentRefused, match="is a file"):
        checked(str(tmp_path / "file"), 100, (2021,), 1, configuration)


@pytest.mark.parametrize("persons", [0, -1, 10**9 + 1, 10**20])
def test_nobody_is_no_nation(persons: int, configuration: Configuration, tmp_path: Path) -> None:
    with pytest.raises(ArgumentRefused, match=f"--persons {persons}"):
        checked(str(tmp_path), persons, (2021,), 1, configuration)


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1])
def test_a_seed_that_no_machine_holds_is_refused(seed: int, configuration: Configuration, tmp_path: Path) -> None:
    with pytest.raises(ArgumentRefused, match=f"--seed {seed}"):
        checked(str(tmp_path), 100, (2021,), seed, configuration)


@pytest.mark.parametrize("year", [2002, 2036])
def test_years_without_a_map_or_a_nation_are_refused(year: int, configuration: Configuration, tmp_path: Path) -> None:
    with pytest.raises(ArgumentRefused, match=f"--years {year}"):
        checked(str(tmp_path), 100, (2021, year), 1, configuration)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('code = "102771"', 'code = "102772"', "102772 is not in group gmd"),
        ('prefix = "91"', 'prefix = "10"', "made-up codes need another prefix"),
        ("sizes = [1, 1, 1, 3", "sizes = [2, 1, 1, 3", "add up to 12"),
        ("men = 0.492", "men = 1.492", "life.men"),
        ('{ code = "004", weight = 55 }', '{ code = "930", weight = 55 }', "930 is not in group gp"),
    ],
)
def test_wrong_parameters_are_refused(right: str, wrong: str, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    shutil.copytree(CONF, folder)
    path = folder / "synthetic.toml"
    assert right in path.read_text()
    path.write_text(path.read_text().replace(right, wrong))
    with pytest.raises(ConfigurationRefused, match=told):
        load_parameters(load_configuration(folder))


def test_values_between_years_lie_on_a_line_and_stay_level_beyond_them() -> None:
    values = (YearValue(year=2010, value=1.0), YearValue(year=2020, value=2.0))
    assert [in_year(values, year) for year in (2000, 2010, 2015, 2020, 2030)] == [1.0, 1.0, 1.5, 2.0, 2.0]


def test_the_mark_of_a_delivery_is_the_request_that_drew_it() -> None:
    told = {"synthetic": True, "persons": 100, "years": [2020, 2021], "seed": 7}
    assert json.loads(mark(100, (2020, 2021), 7)) == told

"""What moves when a reading is turned: the turns, the configuration of each, and the table."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from tests.conftest import CONF
from tools.turned_readings import (
    AS_READ,
    Turn,
    as_table,
    changes,
    draw_picture,
    keep_figures,
    kept_figures,
    turned_conf,
    turns,
)


def test_every_reading_is_turned_to_each_of_its_values(configuration: Configuration) -> None:
    found = list(turns(configuration.rules))
    readings = {name: each for name, each in configuration.rules.parameters.items() if each.reading}
    assert found[0] == Turn(None, AS_READ, None)
    assert {turn.name for turn in found[1:]} == readings.keys()
    assert len(found) == 1 + sum(len(each.alternatives) for each in readings.values())


@pytest.mark.parametrize("name", ["remote_contacts", "dentist_categories", "oldest_age"])
def test_one_reading_is_turned_and_nothing_else(configuration: Configuration, tmp_path: Path, name: str) -> None:
    turn = next(each for each in turns(configuration.rules) if each.name == name)
    turned = load_configuration(turned_conf(CONF, turn, tmp_path / "conf")).rules.at(2021).model_dump()
    usual = configuration.rules.at(2021).model_dump()
    assert {key for key in usual if usual[key] != turned[key]} == {name}


def test_changes_are_per_cent_of_the_figure_as_it_is_read(tmp_path: Path) -> None:
    figures = {AS_READ: {"a": 4.0, "b": 10.0, "c": None}, "R-01 x: y": {"a": 5.0, "b": 10.0, "c": 1.0}}
    moved = changes(figures)
    assert moved == {"R-01 x: y": {"a": 25.0, "b": 0.0}}
    assert as_table(moved).splitlines()[-1] == "| R-01 x: y | +25.00 | · |"
    draw_picture(moved, tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 1000


def test_figures_are_kept(tmp_path: Path) -> None:
    figures = {AS_READ: {"a": 4.25, "b": None}}
    keep_figures(tmp_path / "figures.csv", figures)
    assert kept_figures(tmp_path / "figures.csv") == figures
    assert kept_figures(tmp_path / "none.csv") == {}

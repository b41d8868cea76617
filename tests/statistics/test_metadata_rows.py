"""The rows of the metadata tables, from the configuration that ships and from a small one."""

import datetime as dt
import json
from typing import Any

import pytest

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.schemas.metadata import METADATA_TABLES
from imaatlas_spark.statistics.labels import class_label
from imaatlas_spark.statistics.metadata_rows import about_row, metadata_rows

MAPS = (2018, 2019, 2025)
_DECLARED = {table.path.removeprefix("metadata/"): table for table in METADATA_TABLES}


def table_of(configuration: Configuration, name: str, synthetic: bool = False) -> list[dict[str, Any]]:
    made = {table.path: rows for table, rows in metadata_rows(configuration, MAPS, synthetic)}
    return [dict(zip(_DECLARED[name].column_names, row, strict=True)) for row in made[f"metadata/{name}"]]


def test_every_table_but_about_has_rows_with_values_where_they_must_be(configuration: Configuration) -> None:
    made = metadata_rows(configuration, MAPS, synthetic=False)
    assert {table.path for table, _ in made} == {each.path for each in METADATA_TABLES} - {"metadata/about"}
    for table, rows in made:
        assert rows, table.path
        for row in rows:
            named = zip(table.columns, row, strict=True)
            assert all(value is not None or column.nullable for column, value in named), (table.path, row)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("areas", ("geo_level", "geo_code", "valid_from")),
        ("places", ("geography", "geo_level", "geo_code", "parent_level")),
        ("changes", ("old_nis",)),
        ("members", ("dimension", "code")),
        ("statistics", ("code",)),
        ("breaks", ("code", "year")),
        ("codes", ("codelist", "code")),
        ("variables", ("variable",)),
    ],
)
def test_the_grain_is_the_one_declared(configuration: Configuration, name: str, key: tuple[str, ...]) -> None:
    keys = [tuple(row[column] for column in key) for row in table_of(configuration, name)]
    assert len(set(keys)) == len(keys)


def test_an_open_end_is_null_and_a_name_is_in_its_language(configuration: Configuration) -> None:
    areas = {(row["geo_level"], row["geo_code"]): row for row in table_of(configuration, "areas")}
    borsbeek = areas["municipality", "11007"]
    assert (borsbeek["name_nl"], borsbeek["valid_to"]) == ("Borsbeek", dt.date(2024, 12, 31))
    antwerp = areas["municipality", "11002"]
    assert (antwerp["name_nl"], antwerp["name_fr"], antwerp["valid_to"]) == ("Antwerpen", "Anvers", None)
    assert areas["country", "01000"]["name_de"] == "Belgien"


def test_places_follow_the_map_of_the_year(configuration: Configuration) -> None:
    rows = table_of(configuration, "places")
    parents = {
        (row["geography"], row["geo_level"], row["geo_code"]): (row["parent_level"], row["parent_code"])
        for row in rows
        if row["parent_level"] in {"country", "region", "province", "arrondissement", None}
    }
    assert parents[2018, "municipality", "11056"] == ("arrondissement", "11000")
    assert parents[2025, "municipality", "46030"] == ("arrondissement", "46000")
    assert (2025, "municipality", "11056") not in parents
    assert parents[2019, "country", "01000"] == (None, None)
    assert parents[2019, "province", "21000"] == ("region", "04000")
    in_2019 = [row for row in rows if row["geography"] == 2019 and row["geo_level"] == "municipality"]
    assert len({row["geo_code"] for row in in_2019}) == len(configuration.geography.municipalities_in(2019))


def test_members_come_in_their_order_with_the_total_first(configuration: Configuration) -> None:
    rows = [row for row in table_of(configuration, "members") if row["dimension"] == "sex"]
    assert [(row["position"], row["code"], row["label_nl"]) for row in rows] == [
        (0, "_T", "Totaal"),
        (1, "M", "Man"),
        (2, "F", "Vrouw"),
    ]
    assert {row["dimension_fr"] for row in rows} == {"Sexe"}


def test_a_class_is_called_as_its_code_and_an_open_one_in_words() -> None:
    assert class_label("10-19") == ("10-19", "10-19", "10-19")
    assert class_label("90+") == ("90 of meer", "90 ou plus", "90 or more")


def test_the_card_comes_back_from_its_row(configuration: Configuration) -> None:
    for row in table_of(configuration, "statistics"):
        card = configuration.cards[row["code"]]
        assert Card.model_validate_json(row["card"]) == card
        assert (row["citation"], row["scale"], row["measure"]) == (card.citation.text, card.scale, card.measure)


def test_no_synthetic_card_is_cited_as_the_agency(configuration: Configuration) -> None:
    for row in table_of(configuration, "statistics", synthetic=True):
        card = json.loads(row["card"])
        assert card["citation"]["text"] == row["citation"]
        assert "IMA" not in row["citation"]
        assert row["code"] in row["citation"]
        assert card["title"]["nl"] == configuration.cards[row["code"]].title.nl


def test_every_status_that_a_table_may_hold_has_a_label(configuration: Configuration) -> None:
    codes = {(row["codelist"], row["code"]) for row in table_of(configuration, "codes")}
    assert {("obs_status", code) for code in "AMQEBP"} <= codes
    assert {("conf_status", "F"), ("conf_status", "C")} <= codes
    levels = {level for level, _ in configuration.geography.areas(2021, configuration.geography.levels)}
    assert {("geo_level", level) for level in (*levels, "sector")} <= codes


def test_a_variable_names_the_statistics_that_are_made_from_it(configuration: Configuration) -> None:
    variables = {row["variable"]: row["statistics"].split(",") for row in table_of(configuration, "variables")}
    for code, card in configuration.cards.items():
        assert all(code in variables[name] for name in card.source_variables)


def test_about_says_what_it_was_written_from(configuration: Configuration) -> None:
    expected = (False, None, __version__, configuration.fingerprint, "2018,2025", "all of it")
    assert about_row(configuration, None, (2025, 2018), "all of it") == expected
    assert about_row(configuration, "{}", (2025,), "all of it")[:2] == (True, "{}")

"""What protection is measured on: the sums of a nation that was drawn again, counted here by hand."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks.drawn_nation import Nation, facts_of, sums_of
from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure, structure_of

CONFIGURATION: Configuration = load_configuration(Path(__file__).parents[2] / "conf")
STRUCTURE: Structure = structure_of(map(Shown.of, CONFIGURATION.cards.values()), CONFIGURATION.protection)
AREAS = {"country": "01000", "region": "02000", "province": "10000", "arrondissement": "11000"}


def person(municipality: str, **differently: object) -> dict[str, object]:
    usual = {
        "sector": f"{municipality}-000",
        "age": 34,
        "sex": 1,
        "increased_reimbursement": 0,
        "regcontact": 2,
        "regcontact_active": 2,
        "in_medical_house": False,
        "has_gmd": True,
        "attribution_rule": 1,
        "assigned_contacts": 2,
        "all_contacts": 2,
        "imag_spec_n": 0,
        "imag_radio_n": 0,
        "imag_dent_n": 0,
    }
    return {**AREAS, "municipality": municipality, **usual, **differently}


def practice(assigned: int) -> dict[str, object]:
    usual = {"practice_type": "solo", "contacts": 2000, "is_active": True, "gmd_persons": 1}
    return {**AREAS, "municipality": "11001", "assigned_persons": assigned, **usual}


@pytest.fixture(scope="module")
def nation() -> Nation:
    persons = [
        person("11001", in_medical_house=True, sector="11001-001"),
        person("11001", imag_dent_n=3),
        person("11002", imag_dent_n=1, age=95),
        person("11002", imag_dent_n=1, age=None),
    ]
    units = {"person_year": pl.DataFrame(persons), "practice_year": pl.DataFrame([practice(9), practice(4)])}
    parents = {("country", "01000"): None, ("region", "02000"): "01000", ("province", "10000"): "02000"}
    parents |= {("arrondissement", "11000"): "10000", ("municipality", "11001"): "11000"}
    parents |= {("municipality", "11002"): "11000", ("sector", "11001-001"): "11001"}
    return Nation(2021, units, parents)


def figures(nation: Nation, code: str) -> dict[tuple[str, str], tuple[int, int]]:
    rows = sums_of(nation, CONFIGURATION, STRUCTURE).to_pylist()
    return {
        (row["geo_code"], row["age_class"]): (row["numerator"], row["denominator"])
        for row in rows
        if row["code"] == code and row["sex"] == row["increased_reimbursement"] == "_T"
    }


def test_persons_are_counted_where_they_live(nation: Nation) -> None:
    houses = figures(nation, "stat_003_007")
    assert houses["01000", "_T"] == (1, 4)
    assert houses["11001", "_T"] == (1, 2)
    assert houses["11002", "_T"] == (0, 2)
    assert houses["11001-001", "_T"] == (1, 1)


def test_an_unknown_age_counts_in_the_total(nation: Nation) -> None:
    dentists = figures(nation, "cube_013_005")
    assert dentists["11002", "_T"] == (2, 2)
    assert dentists["11002", "90+"] == (1, 1)
    assert dentists["11002", "30-39"] == (0, 0)
    assert dentists["11001", "30-39"] == (1, 2)


def test_the_largest_practices_and_those_who_contribute(nation: Nation) -> None:
    facts = facts_of(nation, STRUCTURE)
    assert {parts["municipality", "11001"] for parts in facts.dominance.values()} == {(9, 4), (1, 1)}
    assert {of["country", "01000"] for of in facts.contributors.values()} == {4}

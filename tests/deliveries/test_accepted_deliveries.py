"""What a delivery may look like and still be read, value for value (data contract, section 1)."""

from typing import Any

import pytest
from pyspark.sql import functions as F

from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION, QUARANTINE, RECONCILIATION
from tests.deliveries.conftest import Accepted
from tests.deliveries.delivered import PERSON, tells_a_pseudonym
from tests.deliveries.wild import FILES, NO_PLACES, PLACES, UNLISTED, WILD_YEAR, wild_lines

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def claims(accepted: Accepted) -> list[dict[str, Any]]:
    return accepted.engine.rows(CLAIMS.table, (WILD_YEAR,))


@pytest.fixture(scope="module")
def figures(accepted: Accepted) -> dict[tuple[str, str], int]:
    rows = accepted.engine.rows(RECONCILIATION, (WILD_YEAR,))
    return {(row["source"], row["figure"]): row["rows"] for row in rows}


@pytest.mark.parametrize("name", FILES)
def test_every_width_and_scale_is_read_without_loss(name: str, claims: list[dict[str, Any]]) -> None:
    expected = wild_lines()[list(FILES).index(name)]
    assert {"year": WILD_YEAR, **{column: expected[column] for column in CLAIMS.table.column_names[1:]}} in claims


def test_a_code_of_seven_digits_loses_its_zero(claims: list[dict[str, Any]]) -> None:
    assert {row["SS00020"] for row in claims} == {"101076"}


def test_one_row_in_a_thousand_may_be_bad(claims: list[dict[str, Any]], figures: dict[tuple[str, str], int]) -> None:
    assert len(claims) == 999
    for source in ("claims", "population"):
        assert figures[source, "read"] == 1000
        assert figures[source, "accepted"] == 999
        assert figures[source, "quarantined person_missing"] == 1


def test_the_year_is_that_of_the_folder_whatever_a_column_says(claims: list[dict[str, Any]]) -> None:
    assert {row["year"] for row in claims} == {WILD_YEAR}


def test_columns_that_are_not_in_the_contract_are_named(accepted: Accepted) -> None:
    (line,) = [line for line in accepted.said.splitlines() if "not in the contract" in line]
    assert "COLOUR" in line
    assert "year" in line
    assert "claims" in line
    assert "blue" not in line


def test_the_output_tells_what_was_read_and_no_pseudonym(accepted: Accepted) -> None:
    assert f"claims {WILD_YEAR}: 1000 rows read, 999 accepted, 1 in quarantine" in accepted.said
    assert not tells_a_pseudonym(accepted.said)


def test_impossible_birth_years_and_sexes_are_emptied_and_counted(
    accepted: Accepted, figures: dict[tuple[str, str], int]
) -> None:
    people = {row["PP0010"] - PERSON: row for row in accepted.engine.rows(POPULATION.table, (WILD_YEAR,))}
    births = [people[each]["PP0015"] for each in range(5)]
    assert births == [None, WILD_YEAR - 125, WILD_YEAR, None, None]
    assert [people[each]["PP0020"] for each in range(3, 7)] == [None, None, None, 1]
    assert figures["population", "nulled PP0015"] == 2
    assert figures["population", "nulled PP0020"] == 2


def test_codes_of_places_that_are_none_are_counted_and_told_and_stay(
    accepted: Accepted, figures: dict[tuple[str, str], int]
) -> None:
    people = accepted.engine.rows(POPULATION.table, (WILD_YEAR,))
    for column, number in NO_PLACES.items():
        assert figures["population", f"malformed {column}"] == number
        (line,) = [
            line for line in accepted.said.splitlines() if f"column {column} has {number} codes of no form" in line
        ]
        assert line.startswith(f"population {WILD_YEAR}: ")
        assert not any(code and code in line for code in PLACES[column])
        assert set(PLACES[column]) <= {row[column] for row in people}
    told = [line for line in accepted.said.splitlines() if "codes of no form" in line]
    assert len(told) == len(NO_PLACES) + 1, "of the year without such codes nothing is told"
    assert "practitioners: column nis has 1 codes of no form of a place: they are taken as unknown" in told


def test_codes_that_are_on_no_map_are_counted_and_told(accepted: Accepted, figures: dict[tuple[str, str], int]) -> None:
    told = [line for line in accepted.said.splitlines() if "of no municipality" in line]
    assert told == [
        f"population {WILD_YEAR}: column {column} has {number} codes of no municipality of any year: "
        "they are taken as unknown"
        for column, number in UNLISTED.items()
    ]
    for column in NO_PLACES:
        assert figures["population", f"unlisted {column}"] == UNLISTED.get(column, 0)


def test_a_status_that_is_none_is_counted_and_told_and_stays(
    accepted: Accepted, figures: dict[tuple[str, str], int]
) -> None:
    assert figures["population", "malformed MAJOR_COVERAGE_YN"] == 1
    assert "column MAJOR_COVERAGE_YN has 1 values other than 0 and 1: they are taken as unknown" in accepted.said
    people = accepted.engine.rows(POPULATION.table, (WILD_YEAR,))
    assert {None, 0, 2} <= {row["MAJOR_COVERAGE_YN"] for row in people} <= {None, 0, 1, 2}


def test_a_quarantined_row_stands_there_as_delivered(accepted: Accepted) -> None:
    rows = accepted.engine.warehouse.read(QUARANTINE).where(F.col("year") == WILD_YEAR)
    (row,) = rows.where("source = 'population'").collect()
    assert row.reason == "person_missing"
    assert '"PP0010":null' in row.row.replace(" ", "")
    assert '"PP0015":1,' in row.row.replace(" ", ""), "an impossible birth year is shown, not emptied"

"""Each reason for the quarantine, row by row: nothing is dropped in silence (data contract, section 2)."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS, QUARANTINE, RECONCILIATION
from tests.conftest import CONF
from tests.deliveries.conftest import Accepted
from tests.deliveries.delivered import Delivery, claim, persons_of, state_of, tells_a_pseudonym
from tests.engine import Engine, conf_with

pytestmark = pytest.mark.spark

YEAR, OTHER_YEAR = 2018, 2017
# What is wrong with a line of 2018, and the reason that it is put away for; None: it is accepted.
ROWS: list[tuple[dict[str, Any], str | None]] = [
    ({"SS00010": None}, "person_missing"),
    ({"SS00015": None}, "date_missing"),
    ({"SS00015": dt.date(2017, 12, 31)}, "date_outside_year"),
    ({"SS00015": dt.date(2019, 1, 1), "BOOKED_MONTH": 201902}, "date_outside_year"),
    ({"SS00015": dt.date(2018, 1, 1), "BOOKED_MONTH": 201801}, None),
    ({"SS00015": dt.date(2018, 12, 31), "BOOKED_MONTH": 201812}, None),
    ({"SS00020": None}, "code_missing"),
    ({"SS00020": ""}, "code_malformed"),
    ({"SS00020": "10107"}, "code_malformed"),
    ({"SS00020": "1101076"}, "code_malformed"),
    ({"SS00020": "00101076"}, "code_malformed"),
    ({"SS00020": "10107A"}, "code_malformed"),
    ({"SS00020": " 101076"}, "code_malformed"),
    ({"SS00020": "101076\n"}, "code_malformed"),
    ({"SS00020": "١٠١٠٧٦"}, "code_malformed"),
    ({"SS00020": "-10107"}, "code_malformed"),
    ({"SS00020": "0101076"}, None),
    ({"SS00020": "010107"}, None),
    ({"SS00050": None}, "cases_missing"),
    ({"SS00050": 0}, None),
    ({"SS00050": -3}, None),
    ({"SS00060": None}, "amount_missing"),
    ({"SS00060": 0}, None),
    ({"NWE_YN": None}, "nwe_missing"),
    ({"NWE_YN": 2}, "nwe_not_0_or_1"),
    ({"NWE_YN": -1}, "nwe_not_0_or_1"),
    ({"BOOKED_MONTH": None}, "booked_month_missing"),
    ({"BOOKED_MONTH": 201813}, "booked_month_malformed"),
    ({"BOOKED_MONTH": 201900}, "booked_month_malformed"),
    ({"BOOKED_MONTH": 1812}, "booked_month_malformed"),
    ({"BOOKED_MONTH": 20181201}, "booked_month_malformed"),
    ({"BOOKED_MONTH": -201812}, "booked_month_malformed"),
    ({"BOOKED_MONTH": 201802}, "booked_before_service"),
    ({"BOOKED_MONTH": 201712}, "booked_before_service"),
    ({"BOOKED_MONTH": 202512}, None),
    ({"SS00065B": "03"}, "qualification_malformed"),
    ({"SS00065B": "0003"}, "qualification_malformed"),
    ({"SS00065B": ""}, "qualification_malformed"),
    ({"SS00065B": "00A"}, "qualification_malformed"),
    ({"SS00065B": "003\n"}, "qualification_malformed"),
    ({"SS00065B": None}, None),
    ({"PRACTITIONER_CAT": "1"}, "category_malformed"),
    ({"PRACTITIONER_CAT": "1O"}, "category_malformed"),
    ({"PRACTITIONER_CAT": ""}, "category_malformed"),
    ({"PRACTITIONER_CAT": None}, None),
    ({"SS00065": None}, None),
    ({"SS00010": None, "SS00020": "1", "NWE_YN": 7}, "person_missing"),
    ({"SS00020": None, "BOOKED_MONTH": None}, "code_missing"),
]


def tagged_lines() -> list[dict[str, Any]]:
    """Each row with its number as institution, to be known again."""
    return [claim(f"{YEAR}-03-01", SS00075=number, **changes) for number, (changes, _) in enumerate(ROWS)]


@pytest.fixture(scope="module")
def patient(spark: SparkSession, accepted: Accepted, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine that puts up with any share of bad rows, on the same warehouse; both years ingested."""
    folder = tmp_path_factory.mktemp("patient")
    conf = conf_with(CONF, folder / "conf", max_quarantined_share="1")
    engine = Engine.at(spark, conf, accepted.root)
    delivery = Delivery.good(folder / "delivery", (OTHER_YEAR, YEAR))
    delivery.write("claims", tagged_lines(), year=YEAR)
    delivery.write("claims", [claim(f"{OTHER_YEAR}-03-01", NWE_YN=9), claim(f"{OTHER_YEAR}-03-01")], year=OTHER_YEAR)
    engine.ingest(delivery.folder, (OTHER_YEAR, YEAR))
    return engine


@pytest.fixture(scope="module")
def reasons(patient: Engine) -> dict[int, str]:
    rows = patient.rows(QUARANTINE, (YEAR,))
    assert {row["source"] for row in rows} == {"claims"}
    found = {json.loads(row["row"])["SS00075"]: row["reason"] for row in rows}
    assert len(found) == len(rows), "a row with two faults is one row"
    return found


@pytest.fixture(scope="module")
def accepted_tags(patient: Engine) -> set[int]:
    return {row["SS00075"] for row in patient.rows(CLAIMS.table, (YEAR,))}


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{changes}" for changes, _ in ROWS])
def test_a_row_goes_where_its_fault_sends_it(number: int, reasons: dict[int, str], accepted_tags: set[int]) -> None:
    _, reason = ROWS[number]
    assert reasons.get(number) == reason
    assert (number in accepted_tags) == (reason is None)


def test_accepted_and_quarantined_are_all_that_was_read(
    patient: Engine, reasons: dict[int, str], accepted_tags: set[int]
) -> None:
    assert reasons.keys() | accepted_tags == set(range(len(ROWS)))
    rows = {row["figure"]: row["rows"] for row in patient.rows(RECONCILIATION, (YEAR,)) if row["source"] == "claims"}
    assert rows["read"] == len(ROWS)
    assert rows["accepted"] == len(accepted_tags)
    by_reason = {name.split(" ")[1]: number for name, number in rows.items() if name.startswith("quarantined ")}
    assert by_reason == {reason: list(reasons.values()).count(reason) for reason in set(reasons.values())}


def test_a_quarantined_row_is_kept_as_json(patient: Engine) -> None:
    (row,) = patient.rows(QUARANTINE, (OTHER_YEAR,))
    kept = json.loads(row["row"])
    assert kept["NWE_YN"] == 9
    assert kept["SS00015"] == "2017-03-01"
    assert set(kept) == set(CLAIMS.table.column_names) - {"year"}


def test_too_many_bad_rows_are_refused_after_they_were_reported(
    accepted: Accepted, patient: Engine, delivery: Delivery, capfd: pytest.CaptureFixture[str]
) -> None:
    """1 of 999 is more than one in a thousand; the other year of the call, all good, is not written either."""
    lines = [claim("2021-03-01") for _ in range(998)]
    delivery.write("claims", [*lines, claim("2021-03-01", SS00010=None)], year=2021)
    before, other = state_of(accepted.root), patient.rows(QUARANTINE, (OTHER_YEAR,))
    with pytest.raises(DeliveryRefused) as refusal:
        accepted.engine.ingest(delivery.folder, (2020, 2021))
    message = str(refusal.value)
    assert all(words in message for words in ("claims 2021", "1 of 999", "0.1", "quarantine")), message
    assert not tells_a_pseudonym(message + "".join(capfd.readouterr()))
    after = state_of(accepted.root)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed
    assert {str(Path(*Path(name).parts[:2])) for name in changed} <= {"inputs/quarantine", "inputs/reconciliation"}
    assert len(accepted.engine.rows(QUARANTINE, (2021,))) == 1
    assert patient.rows(QUARANTINE, (OTHER_YEAR,)) == other


def test_bad_rows_of_the_population_are_counted_for_themselves(accepted: Accepted, delivery: Delivery) -> None:
    delivery.write("population", [*persons_of(), persons_of()[0] | {"PP0010": None}], year=2021)
    with pytest.raises(DeliveryRefused, match="population 2021: 1 of 4"):
        accepted.engine.ingest(delivery.folder, (2021,))


def test_ingesting_a_year_again_replaces_its_quarantined_rows(
    patient: Engine, tmp_path: Path, reasons: dict[int, str], accepted_tags: set[int]
) -> None:
    """The last of these tests: it writes over the year that the others look at."""
    assert reasons
    assert accepted_tags
    delivery = Delivery.good(tmp_path / "delivery", (YEAR,))
    delivery.write("claims", [claim(f"{YEAR}-03-01"), claim(f"{YEAR}-03-01", SS00020="1")], year=YEAR)
    patient.ingest(delivery.folder, (YEAR,))
    assert [row["reason"] for row in patient.rows(QUARANTINE, (YEAR,))] == ["code_malformed"]
    assert [row["reason"] for row in patient.rows(QUARANTINE, (OTHER_YEAR,))] == ["nwe_not_0_or_1"]
    assert len(patient.rows(CLAIMS.table, (YEAR,))) == 1

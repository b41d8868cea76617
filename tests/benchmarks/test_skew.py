"""The skewed delivery, and the judgement of stages."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.event_log import Stage
from benchmarks.skew import LINES_OF_PERSON, contact_codes, huge_practice, large, refuse_uneven, skew
from tests.conftest import CONF

YEAR, CODES = 2021, ("101032", "101076")
PRACTICES, CONTACTS_OF_EACH = 250, 4
BEGIN = dt.date(2000, 1, 1)


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Provider 1000 + p is the member of practice p; each has four contacts and one line of another code."""
    members = [
        {"practice_id": p, "provider_id": 1000 + p, "valid_from": BEGIN, "valid_to": None} for p in range(PRACTICES)
    ]
    kinds = [*CODES, *CODES, "999999"]
    claims = [
        {
            "SS00010": person,
            "SS00015": dt.date(YEAR, 3, 1),
            "SS00020": code,
            "SS00050": 1,
            "SS00060": 25,
            "SS00065": 1000 + person,
            "SS00065B": "004",
            "PRACTITIONER_CAT": "10",
            "SS00075": None,
            "NWE_YN": 0,
            "BOOKED_MONTH": 100 * YEAR + 4,
        }
        for person in range(PRACTICES)
        for code in kinds
    ]
    ended = {"practice_id": 1, "provider_id": 1000, "valid_from": BEGIN, "valid_to": BEGIN}
    rows = {"claims/year=2021": claims, "practice_members": [*members, ended], "claims/year=2020": claims}
    for name, of_folder in rows.items():
        folder = tmp_path / "drawn" / name
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(of_folder), folder / "part-0.parquet")
    return tmp_path / "drawn"


def test_one_practice_and_one_person_are_huge(delivery: Path, tmp_path: Path) -> None:
    target = tmp_path / "skewed"
    assert skew(delivery, target, YEAR, CODES) == 0.4
    claims = target / "claims/year=2021"
    lines = pq.ParquetFile(claims / "part-0.parquet").read().to_pylist()
    contacts = [line for line in lines if line["SS00020"] in CODES]
    # Provider 1000 was a member of two practices in his life: the first who is certain is 1001.
    of_huge = sum(line["SS00065"] == 1001 for line in contacts)
    assert 100 * CONTACTS_OF_EACH <= of_huge <= 101 * CONTACTS_OF_EACH
    assert all(line["SS00065"] == 1000 + line["SS00010"] for line in lines if line["SS00020"] == "999999")
    huge_person = pq.ParquetFile(claims / "huge-person.parquet").read()
    assert huge_person.num_rows == LINES_OF_PERSON
    assert len(set(huge_person["SS00010"].to_pylist())) == 1
    days = huge_person["SS00015"].to_pylist()
    assert len(set(days)) == 365
    assert huge_person["BOOKED_MONTH"].to_pylist() == [100 * day.year + day.month for day in days]
    assert set(huge_person["SS00020"].to_pylist()) == set(CODES)
    assert [path.name for path in (target / "claims").iterdir()] == ["year=2021"]


def test_too_few_contacts_for_a_huge_practice() -> None:
    with pytest.raises(SystemExit, match="draw more persons"):
        huge_practice({1: 10, 2: 10}, {1: 100, 2: 200})


def test_contact_codes_are_those_of_the_whole_year() -> None:
    assert set(CODES) <= set(contact_codes(CONF, YEAR))


def test_a_stage_is_judged_when_it_has_tasks_and_work() -> None:
    even, uneven = Stage(1, "", (2.0, 2.0, 2.0, 2.0)), Stage(2, "", (1.0, 1.0, 1.0, 2.9))
    few, short = Stage(3, "", (1.0, 1.0, 9.0)), Stage(4, "", (0.1, 0.1, 0.1, 1.0))
    assert large([even, few, uneven, short]) == [uneven, even]
    refuse_uneven([uneven, even])
    with pytest.raises(SystemExit, match=r"stage 5 lasts 3\.1 times"):
        refuse_uneven([even, Stage(5, "", (1.0, 1.0, 1.0, 3.1))])

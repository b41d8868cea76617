"""Good and bad rows, and the comparison of two tables, by contract section 2."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .compare import assert_same, differences
from .deliveries import read_delivery
from .parameters import Parameters, RefusedError
from .small_cases import Case, Row, Run, insured, line, member, practice, practitioner, run, write_rows

FAULTS: dict[str, Row] = {
    "no_person": {"SS00010": None},
    "code": {"SS00020": "10107"},
    "number_of_cases": {"SS00050": None},
    "amount": {"SS00060": None},
    "outside_hours": {"NWE_YN": 2},
    "booked_month": {"BOOKED_MONTH": 202102},
    "qualification": {"SS00065B": "03"},
    "category": {"PRACTITIONER_CAT": "1O"},
}
MORE_FAULTS = [
    *FAULTS.items(),
    ("code", {"SS00020": None}),
    ("code", {"SS00020": "1101076"}),
    ("code", {"SS00020": "00101076"}),
    ("code", {"SS00020": "10107A"}),
    ("outside_hours", {"NWE_YN": None}),
    ("booked_month", {"BOOKED_MONTH": None}),
    ("booked_month", {"BOOKED_MONTH": 202113}),
    ("booked_month", {"BOOKED_MONTH": 202200}),
    ("qualification", {"SS00065B": ""}),
    ("no_person", {"SS00010": None, "SS00050": None}),
]
LENIENT = Parameters(max_quarantined_share=Decimal(1), active_practice_contacts=1)


@pytest.mark.parametrize(("reason", "fault"), MORE_FAULTS)
def test_quarantine(computed: Run, reason: str, fault: Row) -> None:
    tables = computed([line(), line(**fault)], parameters=LENIENT)
    assert [why for why, _ in tables.delivery.quarantine["claims", 2021]] == [reason]
    assert tables.quarantine_counts == {
        ("claims", 2019): 0,
        ("claims", 2020): 0,
        ("claims", 2021): 1,
        ("population", 2021): 0,
    }
    assert len(tables.delivery.claims[2021]) == 2


def test_a_date_must_be_of_the_folders_year(tmp_path: Path) -> None:
    run(tmp_path, Case())
    lines = [line(), line("2020-12-31"), line(SS00015=None)]
    write_rows(tmp_path / "delivery/claims/year=2021", "claims", lines)
    delivery = read_delivery(tmp_path / "delivery", [2021], [2021], LENIENT)
    assert [why for why, _ in delivery.quarantine["claims", 2021]] == ["date", "date"]


def test_exactly_one_in_a_thousand_passes(computed: Run) -> None:
    good, bad = [line()] * 997, line(SS00010=None)
    assert computed([*good, line(), bad]).quarantine_counts["claims", 2021] == 1
    with pytest.raises(RefusedError, match="2 of 1000"):
        computed([*good, bad, bad])


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("two rows for one person", {"population": [insured(), insured()]}),
        ("empty", {"population": []}),
        ("overlap", {"practices": [practice(10, first="2020-01-01")]}),
        ("overlap", {"practitioners": [practitioner(1, last="2020-01-01"), practitioner(1, first="2020-01-01")]}),
        ("not in the register", {"members": [member(99, 100)]}),
        ("unknown types", {"practices": [practice(50, practice_type="clinic")]}),
        ("fte_income", {"medians": [("clinical_geneticist", 2021, "0")]}),
    ],
)
def test_refused(computed: Run, what: str, named: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=what):
        computed([], **named)


def test_any_integer_width_and_decimal_scale(tmp_path: Path) -> None:
    run(tmp_path, Case())
    folder = tmp_path / "delivery/claims/year=2021"
    rows = pq.read_table(folder / "part-0.parquet", partitioning=None).append_column("EXTRA", pa.array(["x"]))

    def deliver(amount: str, kind: pa.DataType) -> Decimal:
        changed = rows.set_column(4, "SS00060", pa.array([Decimal(amount)], kind))
        changed = changed.set_column(9, "NWE_YN", pa.array([0], pa.int8()))
        pq.write_table(changed.set_column(0, "SS00010", pa.array([7], pa.int16())), folder / "part-1.parquet")
        return read_delivery(tmp_path / "delivery", [2021], []).claims[2021][1].amount

    assert deliver("12", pa.decimal128(5, 0)) == 12
    assert deliver("12.3400", pa.decimal128(20, 4)) == Decimal("12.34")
    with pytest.raises(RefusedError, match="cents"):
        deliver("12.345", pa.decimal128(12, 3))


def test_compare_names_what_differs() -> None:
    rows = [{"year": 2021, "code": "a", "n": 1, "value": 0.5}, {"year": 2021, "code": "b", "n": 2, "value": None}]
    assert not differences(rows, rows[::-1], ("year", "code"))
    changed = [{**rows[0], "n": True}, {"year": 2021, "code": "c", "n": 2, "value": None}]
    assert differences(rows, [*changed, changed[1]], ("year", "code"), name="t") == [
        "t: actual more than once: year=2021, code='c'",
        "t: missing: year=2021, code='b': {'year': 2021, 'code': 'b', 'n': 2, 'value': None}",
        "t: unexpected: year=2021, code='c': {'year': 2021, 'code': 'c', 'n': 2, 'value': None}",
        "t: differs: year=2021, code='a': n expected 1, got True",
    ]
    with pytest.raises(AssertionError, match=r"value expected 0\.5, got 0\.49"):
        assert_same(rows[:1], [{**rows[0], "value": 0.49}], ("year", "code"))

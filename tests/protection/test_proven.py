"""Witnesses that programs find keep to what nests and to both halves of a whole, so that the audit accepts them."""

import pyarrow as pa

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.audit.moves import cells_of
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.figures import YearFacts
from imaatlas_spark.protection.proofs import proofs_of
from imaatlas_spark.protection.proven import with_witnesses
from tests.protection.small import (
    GMD,
    IN_HOUSE,
    OF_OUTSIDE,
    PROTECTION,
    WITH_CONTACT,
    WITH_GMD,
    houses,
)
from tests.protection.test_audit import MANY, YEAR, Row, laid_out


def faults_once_proven(cards: tuple[Shown, ...], *amounts: Amount, rows: list[Row]) -> list[str]:
    """Nothing moves; then programs look for witnesses. What the audit says of these. amounts: what the solver names."""
    structure = structure_of(cards, PROTECTION)
    auditor = Auditor(structure, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
    of_card = {each.above: each.code for each in cards}
    values = [
        (amount, row.area, row.numerator)
        for amount in amounts
        for row in rows
        if row.code == of_card[amount] and row.conf_status == "C"
    ]
    table, cells = laid_out(rows, [], {(amount, area, "_T"): ("A", True) for amount, area, _ in values})
    told = pa.array([value for _, _, value in values], pa.int64())
    cells = cells.append_column("lowest", told).append_column("highest", told)
    audit = auditor.audit(YEAR, table, cells)
    proofs = proofs_of(audit, amounts)
    assert len(audit.unproven().cell) > 0
    assert len(proofs.unproven.cell) == 0
    places = cells_of(cells, audit.found, ("sex",), {amount.name: amount for amount in amounts})
    proven = with_witnesses(cells, places, audit, proofs)
    return [str(fault) for fault in auditor.faults(YEAR, table, proven)["fault"].to_pylist()]


def test_a_witness_keeps_to_what_nests() -> None:
    """Of the five with a GMD who are in no house two live in M1, three in M2: there may be none to five in each."""
    figures = {"M": (148, 153, "F"), "M1": (48, 50, "C"), "M2": (100, 103, "C")}
    rows = []
    for area, (in_house, gmd, status) in figures.items():
        people = 2 * MANY if area == "M" else MANY
        rows.append(Row("stat_003_007", area, "_T", in_house, people, status))
        rows.append(Row("stat_003_001", area, "_T", gmd, people, status))
    assert faults_once_proven((houses(), WITH_GMD), IN_HOUSE, GMD, rows=rows) == []


def test_a_witness_keeps_both_halves_of_a_whole_together() -> None:
    """Of 997 outside 995 had a contact, of 950 in the other sector 947: two and three had none, or none to five."""
    figures = {"M": (53, 1942, "F"), "M1": (3, 995, "C"), "M2": (50, 947, "C")}
    rows = []
    for area, (in_house, with_contact, status) in figures.items():
        people = 2 * MANY if area == "M" else MANY
        rows.append(Row("stat_003_007", area, "_T", in_house, people, status))
        rows.append(Row("stat_003_015", area, "_T", with_contact, people - in_house, status))
    assert faults_once_proven((houses(), OF_OUTSIDE), IN_HOUSE, WITH_CONTACT, rows=rows) == []

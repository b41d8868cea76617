"""What has no witness yet: one is found over all cells at once, or it is said that there is none."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest

from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.audit.moves import cells_of
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.closing import closed_for_programs
from imaatlas_spark.protection.figures import YearFacts
from imaatlas_spark.protection.proofs import proofs_of
from imaatlas_spark.protection.proven import with_witnesses
from tests.protection.small import IN_HOUSE, PROTECTION, card
from tests.protection.test_audit import YEAR, Row, laid_out

STRUCTURE = structure_of([card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons")], PROTECTION)
AUDITOR = Auditor(STRUCTURE, ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
SECTORS, MEMBERS = ("M1", "M2", "M3", "M4"), ("p", "q", "r", "s")

# Two squares, p and q of M1 and M2, r and s of M3 and M4, and one cell of 3 that alone joins them: the first two rows
# less the first two columns are that cell.
SQUARES = {(sector, member) for sector in ("M1", "M2") for member in "pq"} | {
    (sector, member) for sector in ("M3", "M4") for member in "rs"
}
SMALL = ("M2", "r")


def rows_with(hidden: Iterable[tuple[str, str]]) -> list[Row]:
    """Sectors by members, 50 in each cell but one; all totals are shown."""
    figures = {(sector, member): 3 if (sector, member) == SMALL else 50 for sector in SECTORS for member in MEMBERS}
    for sector in SECTORS:
        figures[sector, "_T"] = sum(figures[sector, member] for member in MEMBERS)
    for member in (*MEMBERS, "_T"):
        figures["M", member] = sum(figures[sector, member] for sector in SECTORS)
    status = {place: "C" if place in set(hidden) else "F" for place in figures}
    return [Row("cube_000_001", *place, value, None, status[place]) for place, value in figures.items()]


def audit_of(hidden: set[tuple[str, str]], withheld: bool = False) -> tuple[Audit, pa.Table]:
    """Nothing moves so far; the small cell is unproven, or all of them are a breakdown that is withheld."""
    status = ("W", False) if withheld else None
    statuses = {(IN_HOUSE, *place): status or ("A", place == SMALL) for place in sorted(hidden)}
    rows, cells = laid_out(rows_with(hidden), [], statuses)
    value = pa.array([3 if place == SMALL else 50 for place in sorted(hidden)], pa.int64())
    cells = cells.append_column("lowest", value).append_column("highest", value)
    return AUDITOR.audit(YEAR, rows, cells), cells


@pytest.mark.parametrize("withheld", [False, True], ids=["unproven", "withheld"])
def test_a_cell_that_rows_and_columns_tell_together_is_lacking(withheld: bool) -> None:
    audit, _ = audit_of({*SQUARES, SMALL}, withheld)
    assert len(audit.worked_out().cell) == 0  # no sum tells it alone
    proofs = proofs_of(audit, [IN_HOUSE])
    assert [audit.found.name(cell)[-12:] for cell in proofs.lacking.cell] == ["sector M2, r"]
    assert proofs.witnesses == ()


def test_the_lowest_block_that_tells_of_what_is_lacking_is_closed_first() -> None:
    """The sectors of M; then M itself."""
    audit, _ = audit_of({*SQUARES, SMALL})
    lacking = proofs_of(audit, [IN_HOUSE]).lacking
    sectors, above = (0, ("municipality", "M")), (0, None)
    assert closed_for_programs(audit, lacking, STRUCTURE, 1) == {sectors}
    assert closed_for_programs(audit, lacking, STRUCTURE, 2) == {sectors, above}


def test_a_withheld_cell_that_can_move_lacks_nothing() -> None:
    audit, _ = audit_of({*SQUARES, SMALL, ("M1", "r")}, withheld=True)
    assert len(audit.unwitnessed().cell) == 1
    proofs = proofs_of(audit, [IN_HOUSE])
    assert len(proofs.lacking.cell) == 0
    assert proofs.witnesses == ()


def test_a_witness_is_found_that_the_audit_accepts() -> None:
    audit, cells = audit_of({*SQUARES, SMALL, ("M1", "r")})
    proofs = proofs_of(audit, [IN_HOUSE])
    assert len(proofs.lacking.cell) == len(proofs.unproven.cell) == 0
    places = cells_of(cells, audit.found, ("sex",), {IN_HOUSE.name: IN_HOUSE})
    proven = with_witnesses(cells, places, audit, proofs)
    rows, _ = laid_out(rows_with({*SQUARES, SMALL, ("M1", "r")}), [])
    assert AUDITOR.faults(YEAR, rows, proven).num_rows == 0
    assert not any(proven["unproven"].to_pylist())
    at = next(row for row in range(proven.num_rows) if places[row] == audit.secrets.cell[0])
    reach = np.array([0, *proven["moves"][at].as_py()])
    assert reach.max() - reach.min() >= 5
    assert proven["lowest"][at].as_py() == 3 + reach.min()
    assert proven["highest"][at].as_py() == 3 + reach.max()

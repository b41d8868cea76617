"""The hidden cells of a cluster with the witnesses that programs found for what the solver left unproven."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.proofs import Proofs


def with_witnesses(hidden: pa.Table, cell: Whole, audit: Audit, proofs: Proofs) -> pa.Table:
    """hidden: as the solver returns it. cell: of each row; -1: none. Witnesses get the numbers after its last one."""
    row_of = np.full(len(audit.found.keys), -1, dtype=np.int64)
    row_of[cell[cell >= 0]] = np.flatnonzero(cell >= 0)
    rows = [pc.list_parent_indices(hidden["moves"]).to_numpy().astype(np.int64)]
    witnesses = [pc.list_flatten(hidden["witnesses"]).to_numpy().astype(np.int64)]
    moves = [pc.list_flatten(hidden["moves"]).to_numpy()]
    first = int(witnesses[0].max(initial=-1)) + 1
    for at_number, witness in enumerate(proofs.witnesses, first):
        at = row_of[np.flatnonzero(witness)]
        rows.append(at[at >= 0])  # what is a public whole less a hidden amount has no row: it moves with that one
        moves.append(witness[np.flatnonzero(witness)][at >= 0])
        witnesses.append(np.full(len(rows[-1]), at_number))
    row, number, by = np.concatenate(rows), np.concatenate(witnesses), np.concatenate(moves)
    order = np.argsort(row, kind="stable")
    start = pa.array(np.searchsorted(row[order], np.arange(hidden.num_rows + 1)).astype(np.int32))
    value = np.where(cell >= 0, audit.found.value[cell], 0)
    lowest, highest = hidden["lowest"].to_numpy().copy(), hidden["highest"].to_numpy().copy()
    np.minimum.at(lowest, row, value[row] + by)
    np.maximum.at(highest, row, value[row] + by)
    left = np.append(proofs.unproven.cell, proofs.unproven.less[proofs.unproven.less >= 0])
    unproven = np.isin(cell, audit.declared.moves.base[left]) & (cell >= 0)
    columns = {
        "lowest": pa.array(lowest),
        "highest": pa.array(highest),
        "unproven": pa.array(unproven),
        "witnesses": pa.ListArray.from_arrays(start, pa.array(number[order].astype(np.int32))),
        "moves": pa.ListArray.from_arrays(start, pa.array(by[order])),
    }
    for name, column in columns.items():
        hidden = hidden.set_column(hidden.column_names.index(name), name, column)
    return hidden

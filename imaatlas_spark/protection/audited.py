"""A year as Arrow rows to the audit, and what it says back: what travels to executors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa

from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.audit import Audit, Cell, Knowledge, Move, Row
from imaatlas_spark.protection.cells import LOOSE, WITHHELD
from imaatlas_spark.protection.rows import YearFacts
from imaatlas_spark.protection.structure import Structure, nesting_of

FAULTS = "year INT, fault STRING"
_TOLD = 20  # faults of a year


@dataclass(frozen=True)
class Auditor:
    """What an executor needs to audit a year."""

    structure: Structure
    dimensions: tuple[str, ...]
    facts: Mapping[int, YearFacts]
    protection: Protection

    def faults(self, year: int, rows: pa.Table, hidden: pa.Table) -> pa.Table:
        """`rows`: the sums with conf_status. `hidden`: as `rows.Solver.protected` returns them. The first faults."""
        facts = self.facts[year]
        cells = list(self._cells(hidden))
        withheld = {(cell.amount, cell.level) for cell, at in cells if at["status"] == WITHHELD}
        loose = {(at["geo_level"], at["geo_code"]) for at in hidden.to_pylist() if at["status"] == LOOSE}
        moves = [
            Move(cell, witness, by)
            for cell, at in cells
            for witness, by in zip(at["witnesses"], at["moves"], strict=True)
        ]
        knowledge = Knowledge(
            {card.code: card for card in self.structure.shown},
            self.protection,
            nesting_of(self.protection),
            facts.contributors,
            facts.dominance,
            frozenset(withheld),
            frozenset(cell for cell, at in cells if at["unproven"]),
            frozenset(loose),
        )
        found = list(islice(Audit(list(self._rows(rows)), moves, knowledge).faults(), _TOLD))
        return pa.table({"year": pa.array([year] * len(found), pa.int32()), "fault": pa.array(found, pa.string())})

    def _cells(self, hidden: pa.Table) -> Iterator[tuple[Cell, Mapping[str, Any]]]:
        by_name = {amount.name: amount for amount in self.structure.components}
        for at in hidden.to_pylist():
            if at["status"] != LOOSE:
                members = tuple(at[name] for name in self.dimensions)
                yield Cell(by_name[at["amount"]], at["geo_level"], at["geo_code"], members), at

    def _rows(self, rows: pa.Table) -> Iterator[Row]:
        """What is published, of the levels of the country: what is unknown is looked at by nobody."""
        for at in rows.to_pylist():
            members = tuple(at[name] for name in self.dimensions)
            if at["geo_code"] is not None and at["geo_level"] in LEVELS and UNKNOWN not in members:
                yield Row(
                    at["code"],
                    at["geo_level"],
                    at["geo_code"],
                    at["parent_code"],
                    members,
                    at["numerator"],
                    at["denominator"],
                    at["conf_status"],
                )

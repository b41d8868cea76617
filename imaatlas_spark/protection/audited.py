"""A year as Arrow rows to the audit, and what it says back: what travels to executors."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pyarrow as pa

from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.audit import Audit, Cell, Knowledge, Move, Row
from imaatlas_spark.protection.before import IS_KNOWN, WAS_HIDDEN
from imaatlas_spark.protection.cells import LOOSE, WITHHELD
from imaatlas_spark.protection.rows import YearFacts
from imaatlas_spark.protection.structure import Structure, nesting_of

FAULTS = "year INT, fault STRING"
_TOLD = 20  # faults of a year


@dataclass(frozen=True)
class Auditor:
    """What an executor needs to audit a year. groups: by year, level of grouping and municipality."""

    structure: Structure
    dimensions: tuple[str, ...]
    facts: Mapping[int, YearFacts]
    protection: Protection
    groups: Mapping[int, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

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
            self._groups_of(year),
        )
        found = list(islice(Audit(list(self._rows(rows)), moves, knowledge).faults(), _TOLD))
        return pa.table({"year": pa.array([year] * len(found), pa.int32()), "fault": pa.array(found, pa.string())})

    def _groups_of(self, year: int) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for level, group_of in self.groups.get(year, {}).items():
            for nis, group in group_of.items():
                found[nis].append((level, group))
        return found

    def _cells(self, hidden: pa.Table) -> Iterator[tuple[Cell, Mapping[str, Any]]]:
        by_name = {amount.name: amount for amount in self.structure.components}
        for at in hidden.to_pylist():
            if at["status"] != LOOSE:
                members = tuple(at[name] for name in self.dimensions)
                yield Cell(by_name[at["amount"]], at["geo_level"], at["geo_code"], members), at

    def _rows(self, rows: pa.Table) -> Iterator[Row]:
        """What is published: what is unknown is looked at by nobody."""
        for at in rows.to_pylist():
            members = tuple(at[name] for name in self.dimensions)
            if at["geo_code"] is not None and UNKNOWN not in members:
                yield Row(
                    at["code"],
                    at["geo_level"],
                    at["geo_code"],
                    at["parent_code"],
                    members,
                    at["numerator"],
                    at["denominator"],
                    at["conf_status"],
                    at[IS_KNOWN] and not at[WAS_HIDDEN],
                )

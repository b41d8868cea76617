"""A year as Arrow rows to the audit, and what it says back: what travels to executors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.cells import published
from imaatlas_spark.protection.audit.moves import declared
from imaatlas_spark.protection.audit.secrets import Knowledge
from imaatlas_spark.protection.cards.amounts import Nesting
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import YearFacts

FAULTS = "year INT, cluster INT, fault STRING"  # cluster null: not known
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
        """The first faults. `rows`: the sums with conf_status. `hidden`: as `solver.Solver.protected` returns them."""
        told = list(islice(self.audit(year, rows, hidden).faults(), _TOLD))
        columns = {
            "year": pa.array([year] * len(told), pa.int32()),
            "cluster": pa.array([self._cluster_of(fault) for fault in told], pa.int32()),
            "fault": pa.array(told, pa.string()),
        }
        return pa.table(columns)

    def audit(self, year: int, rows: pa.Table, hidden: pa.Table) -> Audit:
        """Of rows and hidden cells as `faults` takes them."""
        facts = self.facts[year]
        cards = {card.code: card for card in self.structure.shown}
        found = published(rows, self.dimensions, cards)
        components = {amount.name: amount for amount in self.structure.components}
        knowledge = Knowledge(
            cards,
            self.protection,
            Nesting.of(self.protection),
            facts.contributors,
            facts.dominance,
            self.groups.get(year, {}),
        )
        return Audit(found, declared(hidden, found, self.dimensions, components), knowledge)

    def _cluster_of(self, fault: str) -> int | None:
        """The cluster of the first amount that a fault names."""
        named = [
            (fault.index(amount.name), -len(amount.name), expression.terms[0][0])
            for amount, expression in self.structure.expressions.items()
            if expression.terms and amount.name in fault
        ]
        if not named:
            return None
        pattern = self.structure.pattern_of[min(named)[2]]
        return next(at for at, patterns in enumerate(self.structure.clusters) if pattern in patterns)

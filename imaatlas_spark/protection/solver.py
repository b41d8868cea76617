"""A cluster of a year protected, from rows to rows: what travels to executors.

The solver hides and finds witnesses; the audit looks at what it left; what can be worked out even so is closed, and
the solver begins again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.audit.moves import cells_of
from imaatlas_spark.protection.before import before_of, is_kept
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.closing import closed_for_arithmetic, closed_for_programs
from imaatlas_spark.protection.clusters.asked import Asked, asked_for
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.clusters.groupings import rows_of_groups
from imaatlas_spark.protection.clusters.hidden import hidden_rows, nothing_shown
from imaatlas_spark.protection.clusters.withholding import Withheld, withheld_levels, without
from imaatlas_spark.protection.figures import Figures, Layout, YearFacts
from imaatlas_spark.protection.proofs import proofs_of
from imaatlas_spark.protection.proven import with_witnesses
from imaatlas_spark.protection.rows import figures_of, with_status
from imaatlas_spark.schemas.protection import LOOSE

_ONE_BY_ONE = 2  # after so many turns twice as many blocks are closed each time: a small nation would take a hundred


@dataclass(frozen=True)
class Solver:
    """What an executor needs to protect a cluster of a year. It is sent there as it is."""

    structure: Structure
    layouts: Mapping[int, Layout]
    facts: Mapping[int, YearFacts]
    protection: Protection

    def protected(self, year: int, cluster: int, rows: pa.Table) -> pa.Table:
        """A row for each hidden cell and component (`columns_of`), and for each area that follows nothing."""
        layout = self.layouts[year]
        figures = figures_of(rows, self.structure, layout, self.facts[year])
        cells = self._unknowable(year, self._cluster(year, cluster, figures), rows)
        before = before_of(rows, self.structure, layout)
        if any(before) and not is_kept(before, cells, self.structure, layout.dimensions):
            cells = self._unknowable(year, self._cluster(year, cluster, replace(figures, before=before)), rows)
        return cells

    def _unknowable(self, year: int, cluster: Cluster, rows: pa.Table) -> pa.Table:
        """Blocks are closed until nothing can be worked out, as far as is known, or nothing is left to close."""
        withheld = withheld_levels(cluster)
        asked = tuple(asked_for(cluster, withheld))  # neither depends on what is closed
        turn = 0
        while True:
            cells = self._hidden(year, cluster, withheld, asked)
            audit = self._audit(year, cluster, rows, cells)
            proofs = proofs_of(audit, cluster.amounts)
            more = closed_for_arithmetic(audit, audit.worked_out(), self.structure)
            at_once = 2 ** max(0, turn - _ONE_BY_ONE)
            more |= closed_for_programs(audit, proofs.lacking, self.structure, at_once)
            if not more - cluster.closed:
                return with_witnesses(cells, self._places(year, cells, audit), audit, proofs)
            cluster, turn = replace(cluster, closed=cluster.closed | more), turn + 1

    def _places(self, year: int, cells: pa.Table, audit: Audit) -> Whole:
        """Of each hidden cell the one that the audit has for it; -1: none, as of an area that follows nothing."""
        components = {amount.name: amount for amount in self.structure.components}
        place = cells_of(cells, audit.found, self.layouts[year].dimensions, components)
        return np.where(pc.equal(cells["status"], LOOSE).to_numpy(zero_copy_only=False), -1, place)

    def _audit(self, year: int, cluster: Cluster, rows: pa.Table, cells: pa.Table) -> Audit:
        """Of the cluster alone: what its rows have of other clusters is as if hidden."""
        layout = self.layouts[year]
        auditor = Auditor(self.structure, layout.dimensions, self.facts, self.protection, {year: layout.groups})
        return auditor.audit(year, with_status(rows, cells, cluster), cells)

    def nothing_shown(self, year: int, cluster: int, rows: pa.Table) -> pa.Table:
        """All of the cluster hidden: for one whose cells cannot be protected."""
        figures = figures_of(rows, self.structure, self.layouts[year], self.facts[year])
        return nothing_shown(year, self._cluster(year, cluster, figures))

    def _cluster(self, year: int, number: int, figures: Figures) -> Cluster:
        return Cluster(self.structure, self.structure.clusters[number], self.layouts[year], figures, self.protection)

    @staticmethod
    def _hidden(year: int, whole: Cluster, withheld: Sequence[Withheld], asked: Sequence[Asked]) -> pa.Table:
        cascade = Cascade(without(whole, withheld), asked)
        cascade.protect()
        cells = hidden_rows(year, whole, withheld, cascade)
        return pa.concat_tables([cells, rows_of_groups(year, whole, cells)]) if whole.layout.groups else cells

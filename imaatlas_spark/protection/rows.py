"""The sums of a year as Arrow rows to figures, a protected cluster back to rows: what travels to executors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.amounts import Amount
from imaatlas_spark.protection.before import before_of, is_kept
from imaatlas_spark.protection.blocks import Whole
from imaatlas_spark.protection.cascade import Cascade
from imaatlas_spark.protection.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Figures, Layout, Member
from imaatlas_spark.protection.groupings import rows_of_groups
from imaatlas_spark.protection.hidden import hidden_rows, nothing_shown
from imaatlas_spark.protection.structure import Structure
from imaatlas_spark.protection.withholding import withheld_levels, without


@dataclass(frozen=True)
class YearFacts:
    """What the rules need of a year beside the sums.

    contributors: by amount (a count) and area. dominance: by amount and area the largest and second largest unit.
    """

    contributors: Mapping[Amount, Mapping[Area, int]]
    dominance: Mapping[Amount, Mapping[Area, tuple[int, int]]]


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
        cells = self._hidden(year, cluster, layout, figures)
        before = before_of(rows, self.structure, layout)
        if before and not is_kept(before, cells, layout.dimensions):
            cells = self._hidden(year, cluster, layout, replace(figures, before=before))
        return cells

    def nothing_shown(self, year: int, cluster: int, rows: pa.Table) -> pa.Table:
        """All of the cluster hidden: for one whose cells cannot be protected."""
        layout = self.layouts[year]
        figures = figures_of(rows, self.structure, layout, self.facts[year])
        patterns = self.structure.clusters[cluster]
        return nothing_shown(year, Cluster(self.structure, patterns, layout, figures, self.protection))

    def _hidden(self, year: int, cluster: int, layout: Layout, figures: Figures) -> pa.Table:
        whole = Cluster(self.structure, self.structure.clusters[cluster], layout, figures, self.protection)
        withheld = withheld_levels(whole)
        cascade = Cascade(without(whole, withheld))
        cascade.protect()
        cells = hidden_rows(year, whole, withheld, cascade)
        return pa.concat_tables([cells, rows_of_groups(year, whole, cells)]) if layout.groups else cells


def figures_of(rows: pa.Table, structure: Structure, layout: Layout, facts: YearFacts) -> Figures:
    """`rows`: code, geo_level, geo_code, parent_code, the dimensions of the layout, numerator, denominator.

    Rows of nowhere or of unknown members are left out: what is unknown stands still in every witness.
    """
    known = pc.is_valid(rows["geo_code"])
    for name in layout.dimensions:
        known = pc.and_(known, pc.not_equal(rows[name], UNKNOWN))
    rows = rows.filter(known)
    values: dict[Amount, dict[Area, Whole]] = {}
    codes = rows["code"].to_numpy(zero_copy_only=False)
    for card in structure.shown:
        of_card = rows.filter(pa.array(codes == card.code))
        for amount, name in ((card.above, "numerator"), (card.below, "denominator")):
            if amount is not None and of_card.num_rows:
                for level in sorted(pc.unique(of_card["geo_level"]).to_pylist()):
                    of_level = of_card.filter(pc.equal(of_card["geo_level"], level))
                    _read(of_level, name, layout.members(amount, level), layout, values.setdefault(amount, {}))
    for amount, counted in facts.contributors.items():
        values[amount] = {area: np.array([number], dtype=np.int64) for area, number in counted.items()}
    of_country = rows.filter(pc.is_in(rows["geo_level"], pa.array(LEVELS)))
    return Figures(_children(of_country), values, facts.dominance)


def _read(rows: pa.Table, name: str, members: Sequence[Member], layout: Layout, into: dict[Area, Whole]) -> None:
    """A column of the rows of one card and level. Another card may have told of other members of the same amount."""
    codes = rows["geo_code"].combine_chunks().dictionary_encode()
    areas = [(rows["geo_level"][0].as_py(), code) for code in codes.dictionary.to_pylist()]
    position = {member: at for at, member in enumerate(members)}
    of_row = np.array([position.get(member, -1) for member in _members(rows, layout.dimensions)], dtype=np.int64)
    nothing = np.zeros(len(members), dtype=np.int64)
    numbers = np.stack([into.get(area, nothing) for area in areas])
    column = rows[name].combine_chunks().to_numpy()  # refuses a null
    numbers[codes.indices.to_numpy()[of_row >= 0], of_row[of_row >= 0]] = column[of_row >= 0]
    into.update(zip(areas, numbers, strict=True))


def _members(rows: pa.Table, dimensions: Sequence[str]) -> Iterable[tuple[str, ...]]:
    if not dimensions:
        return [()] * rows.num_rows
    return zip(*(rows[name].to_pylist() for name in dimensions), strict=True)


def _children(rows: pa.Table) -> dict[Area | None, tuple[Area, ...]]:
    """Of each area, and of None, the areas of the next level in it."""
    areas = rows.group_by(["geo_level", "geo_code", "parent_code"]).aggregate([])
    children: dict[Area | None, list[Area]] = {}
    for level, code, parent in zip(*(areas[name].to_pylist() for name in areas.column_names), strict=True):
        above = None if parent is None else (LEVELS[LEVELS.index(level) - 1], parent)
        children.setdefault(above, []).append((level, code))
    known = {area for areas in children.values() for area in areas}
    lost = sorted(parent for parent in children if parent is not None and parent not in known)
    if lost:
        raise ReleaseRefused(
            f"{' '.join(lost[0])} has parts and no figures of its own: nothing is published; look at the geography"
        )
    return {parent: tuple(sorted(areas)) for parent, areas in children.items()}


def columns_of(dimensions: Iterable[str]) -> str:
    """The rows that `Solver.protected` returns, as DDL.

    Grain: year, amount, geo_level, geo_code, members. need: how wide the values of the cell must be. lowest, highest:
    how far they reach. unproven: no witnesses reach the need; what the cell belongs to is withheld. witnesses: those
    that move the cell; moves: how far each does.
    """
    members = "".join(f"{name} STRING, " for name in dimensions)
    return (
        f"year INT, pattern INT, amount STRING, geo_level STRING, geo_code STRING, {members}status STRING, "
        "need BIGINT, lowest BIGINT, highest BIGINT, unproven BOOLEAN, witnesses ARRAY<INT>, moves ARRAY<BIGINT>"
    )

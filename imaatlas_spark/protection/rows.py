"""The sums of a year as Arrow rows to figures, a protected cluster back to rows: what travels to executors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography.codes import COUNTRY, LEVELS
from imaatlas_spark.protection.amounts import Amount
from imaatlas_spark.protection.before import before_of, is_kept
from imaatlas_spark.protection.blocks import Whole
from imaatlas_spark.protection.cascade import Cascade
from imaatlas_spark.protection.cells import LOOSE, WITHHELD, HiddenCell, hidden_cells_of
from imaatlas_spark.protection.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Figures, Layout
from imaatlas_spark.protection.groupings import cells_of_groups
from imaatlas_spark.protection.structure import Structure
from imaatlas_spark.protection.withholding import withheld_cells, withheld_levels, without


@dataclass(frozen=True)
class YearFacts:
    """What the rules need of a year beside the sums.

    contributors: by amount (a count) and area. dominance: by amount and area the largest and second largest unit.
    """

    contributors: Mapping[Amount, Mapping[Area, int]]
    dominance: Mapping[Amount, Mapping[Area, tuple[int, int]]]


def figures_of(rows: pa.Table, structure: Structure, layout: Layout, facts: YearFacts) -> Figures:
    """`rows`: code, geo_level, geo_code, parent_code, the dimensions of the layout, numerator, denominator.

    Rows of nowhere or of unknown members are left out: what is unknown stands still in every witness.
    """
    columns = {name: rows.column(name).to_pylist() for name in rows.column_names}
    members = list(zip(*(columns[name] for name in layout.dimensions), strict=True)) or [()] * rows.num_rows
    shown = {card.code: card for card in structure.shown}
    children: dict[Area | None, dict[Area, None]] = {}
    values: dict[Amount, dict[Area, Whole]] = {}
    position: dict[tuple[Amount, str], dict[tuple[str, ...], int]] = {}
    for at, code in enumerate(columns["code"]):
        level, area_code = columns["geo_level"][at], columns["geo_code"][at]
        if area_code is None or UNKNOWN in members[at]:
            continue
        area = (level, area_code)
        if level in LEVELS:
            children.setdefault(_parent(level, columns["parent_code"][at]), {})[area] = None
        card = shown[code]
        for amount, name in ((card.above, "numerator"), (card.below, "denominator")):
            if amount is None:
                continue
            key = amount, level
            if key not in position:
                position[key] = {member: number for number, member in enumerate(layout.members(amount, level))}
            if (number := position[key].get(members[at])) is not None:
                of_amount = values.setdefault(amount, {})
                if area not in of_amount:
                    of_amount[area] = np.zeros(len(position[key]), dtype=np.int64)
                of_amount[area][number] = columns[name][at]
    for amount, counted in facts.contributors.items():
        values[amount] = {area: np.array([number], dtype=np.int64) for area, number in counted.items()}
    known = {area for areas in children.values() for area in areas}
    lost = sorted(parent for parent in children if parent is not None and parent not in known)
    if lost:
        raise ReleaseRefused(
            f"{' '.join(lost[0])} has parts and no figures of its own: nothing is published; look at the geography"
        )
    ordered = {parent: tuple(sorted(areas)) for parent, areas in children.items()}
    return Figures(ordered, values, facts.dominance)


def _parent(level: str, code: str | None) -> Area | None:
    return None if code is None else (LEVELS[LEVELS.index(level) - 1], code)


@dataclass(frozen=True)
class Solver:
    """What an executor needs to protect a cluster of a year. It is sent there as it is."""

    structure: Structure
    layouts: Mapping[int, Layout]
    facts: Mapping[int, YearFacts]
    protection: Protection

    def protected(self, year: int, cluster: int, rows: pa.Table) -> pa.Table:
        """A row for each hidden cell and component (`COLUMNS`); one with status LOOSE for each area that has none."""
        layout = self.layouts[year]
        figures = figures_of(rows, self.structure, layout, self.facts[year])
        before = before_of(rows, self.structure, layout)
        patterns = self.structure.clusters[cluster]
        cells = self._cells(Cluster(self.structure, patterns, layout, figures, self.protection))
        pattern_of = self.structure.pattern_of
        places = ((pattern_of[cell.component], cell.area, cell.member) for cell in cells if cell.status != LOOSE)
        if not is_kept(before, places):
            figures = replace(figures, before=before)
            cells = self._cells(Cluster(self.structure, patterns, layout, figures, self.protection))
        return self._table(year, layout, cells)

    def _cells(self, whole: Cluster) -> list[HiddenCell]:
        """All that is hidden of a cluster, in a fixed order."""
        withheld = withheld_levels(whole)
        cascade = Cascade(without(whole, withheld))
        cascade.protect()
        cells = [*hidden_cells_of(cascade)]
        for component, area, member, value in withheld_cells(whole, withheld):
            cells.append(HiddenCell(component, area, member, WITHHELD, 0, value, value, {}))
        loose = {area or ("country", COUNTRY): number for area, number in cascade.stuck.items()}
        cells += cells_of_groups(whole, cells, loose)
        cells.sort(key=lambda cell: (cell.component, cell.area, cell.member))
        for area, number in sorted(loose.items()):
            cells.append(HiddenCell(0, area, whole.layout.total, LOOSE, number, 0, 0, {}))
        return cells

    def _table(self, year: int, layout: Layout, cells: Sequence[HiddenCell]) -> pa.Table:
        pattern_of, components = self.structure.pattern_of, self.structure.components
        columns: dict[str, tuple[pa.DataType, list[Any]]] = {
            "year": (pa.int32(), [year] * len(cells)),
            "pattern": (pa.int32(), [pattern_of[cell.component] for cell in cells]),
            "amount": (pa.string(), [components[cell.component].name for cell in cells]),
            "geo_level": (pa.string(), [cell.area[0] for cell in cells]),
            "geo_code": (pa.string(), [cell.area[1] for cell in cells]),
            **{name: (pa.string(), [cell.member[at] for cell in cells]) for at, name in enumerate(layout.dimensions)},
            "status": (pa.string(), [cell.status for cell in cells]),
            "need": (pa.int64(), [cell.need for cell in cells]),
            "lowest": (pa.int64(), [cell.lowest for cell in cells]),
            "highest": (pa.int64(), [cell.highest for cell in cells]),
            "unproven": (pa.bool_(), [cell.unproven for cell in cells]),
            "witnesses": (pa.list_(pa.int32()), [list(cell.moves) for cell in cells]),
            "moves": (pa.list_(pa.int64()), [list(cell.moves.values()) for cell in cells]),
        }
        return pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})


def columns_of(dimensions: Iterable[str]) -> str:
    """The rows that `Solver.protected` returns, as DDL.

    Grain: year, amount, geo_level, geo_code, members. witnesses: those that move the cell; moves: how far each does.
    """
    members = "".join(f"{name} STRING, " for name in dimensions)
    return (
        f"year INT, pattern INT, amount STRING, geo_level STRING, geo_code STRING, {members}status STRING, "
        "need BIGINT, lowest BIGINT, highest BIGINT, unproven BOOLEAN, witnesses ARRAY<INT>, moves ARRAY<BIGINT>"
    )

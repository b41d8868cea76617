"""Breakdowns that are not shown at a level at all, because most of their cells tell of a few.

Where a statistic is broken down by several dimensions and most cells of a level, empty ones aside, are sensitive, next
to nothing would be left to show once they are protected against each other. There the total of an area is shown, and
no member of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Figures, Layout, Member


@dataclass(frozen=True)
class Withheld:
    """The breakdown of a pattern at a level: all members but the total."""

    pattern: int
    level: str


def withheld_levels(cluster: Cluster) -> tuple[Withheld, ...]:
    """From the first level on whose cells are mostly sensitive: what is withheld of an area is so of its parts."""
    found = []
    for pattern in cluster.patterns:
        withheld = False
        for level in _levels_of(cluster):
            members = dict(zip(cluster.level(level).patterns, cluster.level(level).members, strict=True))
            if pattern in members and _dimensions(members[pattern]) > 1:
                withheld = withheld or _share(cluster, pattern, level) * 100 > cluster.protection.mostly_percent.value
                if withheld:
                    found.append(Withheld(pattern, level))
    return tuple(found)


def without(cluster: Cluster, withheld: Iterable[Withheld]) -> Cluster:
    """The cluster with totals alone where breakdowns are withheld."""
    structure = cluster.structure
    amounts = {(structure.components[at], each.level) for each in withheld for at in structure.patterns[each.pattern]}
    layout = replace(cluster.layout, withheld=frozenset(amounts))
    return replace(cluster, layout=layout, figures=_cut(cluster.figures, layout))


def _cut(figures: Figures, layout: Layout) -> Figures:
    values = {
        amount: {
            area: numbers[: len(layout.members(amount, area[0]))] if (amount, area[0]) in layout.withheld else numbers
            for area, numbers in rows.items()
        }
        for amount, rows in figures.values.items()
    }
    return replace(figures, values=values)


def _levels_of(cluster: Cluster) -> list[str]:
    """The levels that have areas, from the top."""
    levels, parents = [], cluster.figures.children.get(None, ())
    while parents:
        levels.append(parents[0][0])
        parents = tuple(child for parent in parents for child in cluster.figures.children.get(parent, ()))
    return levels


def _share(cluster: Cluster, pattern: int, level: str) -> float:
    """Of the cells that tell of somebody: in a small nation most cells are empty, and all others are sensitive."""
    cells = sensitive = 0
    at = cluster.level(level).patterns.index(pattern)
    for parent, areas in cluster.figures.children.items():
        if areas and areas[0][0] == level:
            block = cluster.block(parent)
            found = block.sensitive(at)
            held = np.logical_or.reduce([each.values > 0 for each in block.components if each.pattern == at])
            cells, sensitive = cells + int((held | found).sum()), sensitive + int(found.sum())
    return sensitive / max(cells, 1)


def _dimensions(members: Iterable[Member]) -> int:
    """How many dimensions the members are broken down by."""
    return len({axis for member in members for axis, code in enumerate(member) if code != TOTAL})


class WithheldCells(NamedTuple):
    """Cells of a component in a block: cell n is that of areas[row[n]] and members[column[n]]."""

    component: int
    areas: tuple[Area, ...]
    members: tuple[Member, ...]
    row: Whole
    column: Whole
    values: Whole


def withheld_cells(cluster: Cluster, withheld: Iterable[Withheld]) -> Iterator[WithheldCells]:
    """All that is hidden with a breakdown; `cluster` is the one with all members.

    Where nobody lives there is nothing to hide: a zero of nobody is shown.
    """
    for each in withheld:
        level = cluster.level(each.level)
        at = level.patterns.index(each.pattern)
        components = [number for number in level.components if number in cluster.structure.patterns[each.pattern]]
        for parent, areas in cluster.figures.children.items():
            if areas and areas[0][0] == each.level:
                cells = cluster.block(parent).patterns[at]
                for component in components:
                    shown = cluster.layout.members(cluster.structure.components[component], each.level)
                    told = np.array([member in shown and member != cluster.layout.total for member in cells.members])
                    row, column = np.nonzero((cells.usable | cells.hidden) & told)
                    values = cluster.values(component, areas, cells.members)[row, column]
                    yield WithheldCells(component, areas, cells.members, row, column, values)

"""One statistic by at most one dimension as a table of its own: its cells, and the sums between them.

For what is held against other methods: `imaatlas_spark.protection` protects all statistics at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.blocks.bounds import Bounds
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Member

Place = tuple[Area, Member]
Sum = tuple[int, Whole]  # a cell, and those that it is the sum of


@dataclass(frozen=True)
class OneTable:
    """Of each cell what it counts, how wide its values must be (0: it is not sensitive), and how far public figures let
    it move. Of unknown members nothing stands here: what a sum counts beside its parts is known.
    """

    places: tuple[Place, ...]
    count: Whole
    need: Whole
    lowest: Whole
    highest: Whole
    sums: tuple[Sum, ...]

    @staticmethod
    def of(cluster: Cluster) -> "OneTable":
        """The first component of a cluster of one pattern: what is counted, where a sum goes with it."""
        (_,) = cluster.patterns
        places: list[Place] = []
        count: list[Whole] = []
        need: list[Whole] = []
        limits: list[tuple[Whole, Whole]] = []
        for name, areas in cluster.areas.items():
            block, (members, *_) = cluster.of_level(name), cluster.level(name).members
            places += [(area, member) for area in areas for member in members]
            low, high = Bounds(block, (), {}).public[0]
            room = np.where(block.sensitive(0), np.maximum(high - low, 1), 0)
            count.append(block.components[0].values.ravel())
            need.append(np.minimum(block.widths(0), room).ravel())
            limits.append((low.ravel(), high.ravel()))
        lowest, highest = (np.concatenate(each) for each in zip(*limits, strict=True))
        sums = tuple(_sums(cluster, places))
        return OneTable(tuple(places), np.concatenate(count), np.concatenate(need), lowest, highest, sums)

    @property
    def sensitive(self) -> Truth:
        return np.asarray(self.need > 0)

    @cached_property
    def number(self) -> dict[Place, int]:
        return {place: at for at, place in enumerate(self.places)}

    @cached_property
    def inner(self) -> tuple[Whole, ...]:
        """Of each cell the cells that it is made of and that are not parted any more."""
        parts = dict(self.sums)
        found: dict[int, Whole] = {}

        def of(cell: int) -> Whole:
            if cell not in found:
                within = parts.get(cell)
                found[cell] = np.array([cell]) if within is None else np.concatenate([of(int(each)) for each in within])
            return found[cell]

        return tuple(of(cell) for cell in range(len(self.places)))


def _sums(cluster: Cluster, places: Sequence[Place]) -> Iterator[Sum]:
    """By area, then by member."""
    number = {place: at for at, place in enumerate(places)}
    for area, member in places:
        parts = [number.get((child, member)) for child in cluster.figures.children.get(area, ())]
        if parts and None not in parts:
            yield number[area, member], np.array(parts)
    for name, areas in cluster.areas.items():
        (members, *_) = cluster.level(name).members
        for total, within in cluster.layout.sums_over(members):
            for area in areas:
                yield number[area, members[total]], np.array([number[area, members[at]] for at in within])

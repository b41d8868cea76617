"""What withheld breakdowns ask of the figures that are shown around them.

Where a breakdown is withheld its cells have no witnesses, and yet they may be worked out: 24 of 24 of an age in an
arrondissement are everybody of that age in each of its municipalities. Then the cell of the arrondissement has to move;
and likewise the total of an area, where that leaves its members no room.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.blocks.bounds import Bounds
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.clusters.withholding import Withheld
from imaatlas_spark.protection.figures import Area, Member

MANY = 4  # cells that move for others do so for so many of them at once, at most
_FAR = np.int64(2**40)  # sums of many stay whole


class Asked(NamedTuple):
    """A cell that must be able to move so far."""

    area: Area
    component: int
    member: Member
    width: int


@dataclass(frozen=True)
class Room:
    """How far cells (areas x members) can move down and up."""

    down: Whole
    up: Whole

    @staticmethod
    def of(lowest: Whole, highest: Whole, movable: Truth) -> "Room":
        """Of moves between two limits; what is not movable stands still."""
        return Room(np.where(movable, -lowest, 0), np.where(movable, np.minimum(highest, _FAR), 0))

    @property
    def width(self) -> Whole:
        return self.down + self.up

    def beside(self, set_of: Whole) -> "Room":
        """As far as the others of the set, to which the area belongs, make way: their sum stands still."""
        down, up = _sum_of_others(self.down, set_of), _sum_of_others(self.up, set_of)
        return Room(np.minimum(self.down, up), np.minimum(self.up, down))

    def beside_members(self, set_of: Whole) -> "Room":
        """Likewise, of members of one area."""
        turned = Room(self.down.T, self.up.T).beside(set_of)
        return Room(turned.down.T, turned.up.T)

    def but(self, cells: Truth, other: "Room") -> "Room":
        """That of `other`, except for some cells."""
        return Room(np.where(cells, self.down, other.down), np.where(cells, self.up, other.up))


def together(widths: Whole) -> int:
    """What a cell moves for all that need so much of it."""
    return int(min(widths.sum(), MANY * widths.max(initial=0)))


def asked_for(cluster: Cluster, withheld: Iterable[Withheld]) -> Iterator[Asked]:
    """`cluster`: with all members. `withheld`: from the top, as `withheld_levels` finds them."""
    first: dict[int, str] = {}
    for each in withheld:
        first.setdefault(each.pattern, each.level)
        level, block = cluster.level(each.level), cluster.of_level(each.level)
        pattern = level.patterns.index(each.pattern)
        cells, public = block.patterns[pattern], Bounds(block, (), {}).public
        places = _Places.of(cluster, each.level, first[each.pattern], level.members[pattern])
        for at, component in enumerate(level.components):
            if block.components[at].pattern == pattern:
                need = block.widths(at)
                room = Room.of(*public[at], movable=cells.usable | cells.hidden | (need > 0))
                for area, member, width in places.asked(np.minimum(need, room.width), room):
                    yield Asked(area, component, member, width)


@dataclass(frozen=True)
class _Places:
    """The areas of a level, of each the one above that shows its members (None: there is none), and the members."""

    areas: tuple[Area, ...]
    above: tuple[Area | None, ...]
    members: tuple[Member, ...]

    @staticmethod
    def of(cluster: Cluster, level: str, first: str, members: tuple[Member, ...]) -> "_Places":
        """first: the first level whose members are withheld."""
        parent = cluster.figures.parent
        above: dict[Area, Area | None] = {}
        for area in cluster.areas[level]:
            at: Area = area
            while at[0] != first:
                at = parent[at] or at
            above[area] = parent[at]
        return _Places(tuple(above), tuple(above.values()), members)

    def asked(self, need: Whole, room: Room) -> Iterator[tuple[Area, Member, int]]:
        """Totals of areas, then members of the areas above."""
        total = (TOTAL,) * len(self.members[0])
        is_total = np.array([member == total for member in self.members])
        need = np.where(is_total, 0, need)
        in_area = room.beside_members(_numbered(tuple(code == TOTAL for code in member) for member in self.members))
        lacking: Whole = np.where(need > in_area.width, need, 0)
        lacks = np.isin(np.arange(len(need)), np.nonzero(lacking)[0])
        for row in np.flatnonzero(lacks):
            yield self.areas[row], total, together(lacking[row])
        left = room.but(lacks[:, None] | is_total, in_area)
        lie_in = _numbered(self.above)
        lacking = np.where(need > left.beside(lie_in).width, need, 0)
        for number, above in enumerate(dict.fromkeys(self.above)):
            of_above: Whole = np.where((lie_in == number)[:, None], lacking, 0)
            if above is not None:
                for column in np.flatnonzero(of_above.any(axis=0)):
                    yield above, self.members[column], together(of_above[:, column])


def _numbered(names: Iterable[Hashable]) -> Whole:
    """The same number for the same name."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _sum_of_others(far: Whole, set_of: Whole) -> Whole:
    sums = np.zeros((int(set_of.max(initial=-1)) + 1, far.shape[1]), dtype=np.int64)
    np.add.at(sums, set_of, far)
    return np.asarray(sums[set_of] - far)

"""A cluster protected from the country down: each block follows the witnesses of the level above.

A block that cannot be protected while its parent's row stands still asks for that row to move: the cell of the parent
then needs room as if it were sensitive itself, and the level above is done again. What cannot be had even so is noted.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from imaatlas_spark.protection.blocks.block import Block, Need, Term
from imaatlas_spark.protection.blocks.bounds import Bounds, Limits
from imaatlas_spark.protection.blocks.suppression import Lacking, Rows, Suppression
from imaatlas_spark.protection.clusters.asked import Asked, Room, together
from imaatlas_spark.protection.clusters.cluster import Cluster, Level
from imaatlas_spark.protection.figures import Area

_ROUNDS = 6

Demands = dict[tuple[int, int, int], int]  # component, area and member of a block: the width that is asked for


@dataclass
class Cascade:
    """blocks: each by its parent. limited: of each block what no witnesses move as far as it needs.

    asked: what withheld breakdowns ask of the cells of the cluster.
    """

    cluster: Cluster
    asked: Sequence[Asked] = ()
    blocks: dict[Area | None, Suppression] = field(default_factory=dict)
    limited: dict[Area | None, list[Lacking]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._limits: dict[Area | None, list[Limits]] = {}
        self._public: dict[Area | None, list[Limits]] = {}  # how far cells can move as far as public figures tell
        self._demands: dict[Area | None, Demands] = defaultdict(dict)
        self._banned: dict[Area | None, set[tuple[int, int]]] = defaultdict(set)
        self._followed: dict[Area | None, bytes] = {}
        self._changed: set[Area | None] = set()

    def protect(self) -> None:
        """Level by level from the top; what a level asks of those above is settled before the next is begun."""
        for area, component, member, width in self.asked:
            level = self.cluster.level(area[0])
            pattern = level.patterns.index(self.cluster.structure.pattern_of[component])
            self._note(area, level.components.index(component), level.members[pattern].index(member), width)
        self._look_below(None)
        levels = self._levels()
        at = rounds = 0
        while at < len(levels):
            for parent in levels[at]:
                self._follow(parent)
            cannot = [self._ban(parent) for parent in levels[at] if parent is not None]
            rounds += any(cannot)
            if any(cannot) and rounds <= _ROUNDS:
                at = 0
                continue
            for parent in levels[at]:
                if self.blocks[parent].stuck:
                    self.blocks[parent].withhold()  # before what lies below follows it
            at += 1
        for parent, block in self.blocks.items():
            if lacking := block.lacking():
                self.limited[parent] = lacking
                block.withhold_areas(lacking)

    def _levels(self) -> list[list[Area | None]]:
        """The parents of blocks, level by level."""
        levels: list[list[Area | None]] = [[None]]
        while levels[-1]:
            levels.append([area for parent in levels[-1] for area in self._with_blocks(parent)])
        return levels[:-1]

    @property
    def stuck(self) -> dict[Area | None, int]:
        """Areas whose block cannot follow all witnesses of the level above, and how many: nothing of it is shown."""
        return {parent: len(block.stuck) for parent, block in self.blocks.items() if block.stuck}

    def _follow(self, parent: Area | None) -> None:
        """The block below `parent` is protected, where it is not yet or anything above it has changed."""
        above: list[Rows] = []
        if parent is not None:
            higher = self.cluster.figures.parent[parent]
            above = self.blocks[higher].rows(self.cluster.figures.children[higher].index(parent), self._below(parent))
        followed = _fingerprint(above)
        if self._followed.get(parent) == followed and parent not in self._changed:
            return
        self._changed.discard(parent)
        self._followed[parent] = followed
        block = self.cluster.block(parent)
        needs = _needs(block, self._demands[parent], self._public[parent])
        self.blocks[parent] = Suppression(block, self._limits[parent], needs, frozenset(self._banned[parent]))
        self.blocks[parent].protect(above)

    def _note(self, area: Area, component: int, member: int, width: int) -> None:
        """A demand on the row of an area; not on a cell that cannot be hidden: an earlier release has shown it."""
        block = self.cluster.figures.parent[area]
        key = component, self.cluster.figures.children[block].index(area), member
        if self._may_be_hidden(block, *key):
            self._demands[block][key] = max(width, self._demands[block].get(key, 0))

    def _may_be_hidden(self, parent: Area | None, component: int, area: int, member: int) -> bool:
        block = self.cluster.block(parent)
        return bool(block.movable(block.components[component].pattern)[area, member])

    def _ban(self, area: Area) -> bool:
        """That the row of an area stands still in witnesses that its block cannot follow. Whether that is new."""
        block = self.cluster.figures.parent[area]
        position = self.cluster.figures.children[block].index(area)
        new = {(number, position) for number in self.blocks[area].stuck} - self._banned[block]
        self._banned[block] |= new
        if new:
            self._changed.add(block)
        return bool(new)

    def _look_below(self, parent: Area | None) -> None:
        """From below: how far every row can move so that its children can follow, and what must move for them."""
        for area in self._with_blocks(parent):
            self._look_below(area)
        block = self.cluster.block(parent)
        areas = self.cluster.figures.children[parent]
        self._limits[parent] = [
            self._limits_of(areas, component, block.components[at].values.shape)
            for at, component in enumerate(self._level_below(parent).components)
        ]
        self._public[parent] = Bounds(block, self._limits[parent], {}).public
        if parent is not None:
            self._note_lone_cells(parent, block)

    def _limits_of(self, areas: Sequence[Area], component: int, shape: tuple[int, int]) -> Limits:
        low, high = np.full(shape, -(2**53)), np.full(shape, 2**53)
        for row, area in enumerate(areas):
            if area not in self._limits:
                continue
            below = self._level_below(area)
            if component not in below.components:
                continue
            at = below.components.index(component)
            block = self.cluster.block(area)
            pattern = block.components[at].pattern
            movable = block.movable(pattern)
            lowest, highest = self._public[area][at]
            to = block.patterns[pattern].in_parent
            for member, position in enumerate(to):
                if position is not None and block.components[at].shown[member]:
                    low[row, position] = np.where(movable, lowest, 0)[:, member].sum()
                    high[row, position] = min(2**53, int(np.where(movable, highest, 0)[:, member].sum()))
        return low, high

    def _note_lone_cells(self, parent: Area, block: Block) -> None:
        """Sensitive cells that their siblings cannot cover, whatever is hidden: then the parent's cell has to move."""
        level, own = self._level_below(parent), self.cluster.level(parent[0])
        asked = replace(block, needs=(*block.needs, *_needs(block, self._demands[parent], self._public[parent])))
        for at, component in enumerate(level.components):
            cells = block.patterns[block.components[at].pattern]
            movable = block.movable(block.components[at].pattern)
            room = Room.of(*self._public[parent][at], movable)
            need = np.minimum(asked.widths(at), room.width)
            alone = need > room.beside(np.zeros(len(movable), dtype=np.int64)).width
            for member in np.flatnonzero(alone.any(axis=0)):
                position = cells.in_parent[member]
                if position is not None:
                    self._note(parent, own.components.index(component), position, together(need[:, member]))

    def _with_blocks(self, parent: Area | None) -> Iterator[Area]:
        return filter(self._has_block, self.cluster.figures.children[parent])

    def _level_below(self, parent: Area | None) -> Level:
        return self.cluster.level(self.cluster.figures.children[parent][0][0])

    def _has_block(self, area: Area) -> bool:
        children = self.cluster.figures.children.get(area, ())
        return bool(children) and bool(self.cluster.level(children[0][0]).components)

    def _below(self, area: Area) -> list[int]:
        """The positions, among the components of an area's own block, of those that its children show."""
        own = self.cluster.level(area[0])
        return [own.components.index(component) for component in self._level_below(area).components]


def _needs(block: Block, demands: Demands, public: Sequence[Limits]) -> list[Need]:
    """What is asked of a block from below, as needs of its own; never more than its cells can move."""
    found = []
    for component in sorted({component for component, _, _ in demands}):
        width = np.zeros(block.components[component].values.shape, dtype=np.int64)
        for (of, area, member), asked in demands.items():
            if of == component:
                width[area, member] = asked
        lowest, highest = public[component]
        width = np.minimum(width, highest - lowest)
        found.append(Need((Term(component, 1, tuple(range(width.shape[1]))),), width, component))
    return found


def _fingerprint(above: Sequence[Rows]) -> bytes:
    return repr([[None if row is None else row.tolist() for row in rows] for rows in above]).encode()

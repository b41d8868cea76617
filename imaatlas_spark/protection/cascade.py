"""A cluster protected from the country down: each block with the witnesses of the level above, requests going upwards.

A block that cannot be protected as its parent's row stands asks for a pair of witnesses in which that row moves. The
level above adds that pair; the other blocks below it follow it where it moves them. Nothing is ever taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from imaatlas_spark.protection.blocks import UNBOUNDED, ParentRoom, Truth
from imaatlas_spark.protection.cluster import Cluster, Level
from imaatlas_spark.protection.figures import Area
from imaatlas_spark.protection.suppression import Asked, Effort, Limits, Rows, Suppression

_ROUNDS = 40


@dataclass
class Cascade:
    """blocks: each by its parent, as far as it is protected. failed: areas whose breakdown has no witnesses."""

    cluster: Cluster
    effort: Effort = field(default_factory=Effort)
    blocks: dict[Area | None, Suppression] = field(default_factory=dict)
    reaches: dict[tuple[Area, int], Limits] = field(default_factory=dict)

    def protect(self, parent: Area | None = None) -> None:
        """The block below `parent` and all blocks below that."""
        block = self.blocks.get(parent) or self._begun(parent)
        for _ in range(_ROUNDS):
            block.protect()
            requests: list[Asked] = []
            for row, area in enumerate(self.cluster.figures.children[parent]):
                if self._has_block(area):
                    requests += self._protect_below(block, row, area)
            if not requests:
                return
            for asked in requests:
                block.grant(asked)

    @property
    def failed(self) -> dict[Area | None, int]:
        """Areas with sensitive cells below them that no witnesses hold apart, or whose own moves cannot be followed."""
        counted = {parent: len(block.missing()) + len(block.stuck) for parent, block in self.blocks.items()}
        for parent, block in self.blocks.items():
            for area in self.cluster.figures.children[parent]:
                if area in self.blocks:
                    unanswered = self.blocks[area].escalated.keys() - block.pairs.keys()
                    counted[area] += len(unanswered)
        return {area: number for area, number in counted.items() if number}

    def _protect_below(self, block: Suppression, row: int, area: Area) -> Iterator[Asked]:
        below = self.blocks.get(area)
        if below is None:
            below = self._begun(area, tuple(block.room(at, row) for at in self._below(area)))
        for name in block.pairs:
            rows = self._rows(block, name, row, area)
            if name not in below.pairs and any(each is not None for each in rows):
                below.follow(name, rows)
        self.protect(area)
        fixed = self._shown_below(area)
        own = len(block.block.components)
        for name, each in below.escalated.items():
            if name not in block.pairs and name not in block.escalated:
                rows_here: list[np.ndarray | None] = [None] * own
                for at, moved in zip(self._below(area), each.rows, strict=True):
                    rows_here[at] = moved
                yield Asked(name, row, rows_here, fixed)

    def _begun(self, parent: Area | None, room: tuple[ParentRoom, ...] = ()) -> Suppression:
        block = self.cluster.block(parent, room)
        limits = [self._limits(parent, component) for component in self._level_below(parent).components]
        self.blocks[parent] = Suppression(block, self.effort, limits)
        return self.blocks[parent]

    def _level_below(self, parent: Area | None) -> Level:
        return self.cluster.level(self.cluster.figures.children[parent][0][0])

    def _limits(self, parent: Area | None, component: int) -> Limits:
        """How far the children of an area may move for what lies below them: areas x members."""
        rows = [self._reach(area, component) for area in self.cluster.figures.children[parent]]
        return np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows])

    def _reach(self, area: Area, component: int) -> Limits:
        """How far an area's own row may move so that its children can follow; far where they need not."""
        key = area, component
        if key not in self.reaches:
            level = self.cluster.level(area[0])
            pattern = self.cluster.structure.pattern_of[component]
            members = level.members[level.patterns.index(pattern)]
            low, high = np.full(len(members), -UNBOUNDED), np.full(len(members), UNBOUNDED)
            if self._has_block(area) and component in (below := self._level_below(area)).components:
                number = below.components.index(component)
                limits = [self._limits(area, each) for each in below.components]
                reached = Suppression(self.cluster.block(area), self.effort, limits).reach(number)
                shown = below.members[below.patterns.index(pattern)]
                at = [members.index(member) for member in shown]
                low[at], high[at] = reached
            self.reaches[key] = low, high
        return self.reaches[key]

    def _has_block(self, area: Area) -> bool:
        children = self.cluster.figures.children.get(area, ())
        return bool(children) and bool(self.cluster.level(children[0][0]).components)

    def _below(self, area: Area) -> list[int]:
        """The positions, among the components of an area's own block, of those that its children show."""
        own = self.cluster.level(area[0])
        below = self.cluster.level(self.cluster.figures.children[area][0][0])
        return [own.components.index(component) for component in below.components]

    def _rows(self, block: Suppression, name: str, row: int, area: Area) -> Rows:
        """How an area's own row moves in a pair, for the components that its children show."""
        moves = [block.pairs[name][at][:, row, :] for at in self._below(area)]
        return [each if each.any() else None for each in moves]

    def _shown_below(self, area: Area) -> list[Truth]:
        """Of each component of an area's own block, which members its children show as well."""
        own = self.cluster.level(area[0])
        below = self.cluster.level(self.cluster.figures.children[area][0][0])
        found = []
        for component in own.components:
            pattern = self.cluster.structure.pattern_of[component]
            members = own.members[own.patterns.index(pattern)]
            shown = set(below.members[below.patterns.index(pattern)]) if component in below.components else set()
            found.append(np.array([member in shown for member in members], dtype=bool))
        return found


def hidden_cells(cascade: Cascade) -> dict[tuple[int, Area], Truth]:
    """The hidden cells of each pattern and area."""
    found = {}
    for parent, block in cascade.blocks.items():
        areas = cascade.cluster.figures.children[parent]
        level = cascade.cluster.level(areas[0][0])
        for at, pattern in enumerate(level.patterns):
            for row, area in enumerate(areas):
                found[pattern, area] = block.hidden[at][row]
    return found

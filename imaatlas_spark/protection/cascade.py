"""A cluster protected from the country down: each block with the witnesses of the level above, requests going upwards.

A block that cannot be protected as its parent's row stands asks for a pair of witnesses in which that row moves. The
level above is then done again with that pair; blocks whose parent moves as before are taken from memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from imaatlas_spark.protection.blocks import Block, ParentRoom, Truth, Whole
from imaatlas_spark.protection.cluster import Cluster
from imaatlas_spark.protection.figures import Area
from imaatlas_spark.protection.suppression import Asked, Effort, Outcome, Pair, granted_moves, room_of, suppressed

_ROUNDS = 6


@dataclass(frozen=True)
class Solved:
    """outcomes: of each block by its parent; the first is that of the area that was asked for."""

    outcomes: Mapping[Area | None, Outcome]


@dataclass
class Cascade:
    cluster: Cluster
    effort: Effort = field(default_factory=Effort)
    asked: dict[Area | None, dict[bytes, Asked]] = field(default_factory=dict)
    granted: dict[Area | None, dict[bytes, Whole]] = field(default_factory=dict)
    memory: dict[object, Outcome] = field(default_factory=dict)

    def protected(self, parent: Area | None, inherited: Sequence[Pair] = (), room: Sequence[ParentRoom] = ()) -> Solved:
        """The block below `parent` and all blocks below that."""
        for _ in range(_ROUNDS):
            block = self.cluster.block(parent, tuple(room))
            outcome = self._outcome(parent, block, inherited)
            outcomes: dict[Area | None, Outcome] = {parent: outcome}
            requests = self.asked.setdefault(parent, {})
            known = len(requests)
            for row, area in enumerate(self.cluster.figures.children[parent]):
                if self._has_block(area):
                    below = self.protected(
                        area, self._handed_down(area, outcome, row), self._room(area, block, outcome)
                    )
                    outcomes |= below.outcomes
                    self._note(requests, area, row, below.outcomes[area])
            if len(requests) == known:
                break
        return Solved(outcomes)

    def _has_block(self, area: Area) -> bool:
        children = self.cluster.figures.children.get(area, ())
        return bool(children) and bool(self.cluster.level(children[0][0]).components)

    def _outcome(self, parent: Area | None, block: Block, inherited: Sequence[Pair]) -> Outcome:
        asked = self.asked.get(parent, {})
        key = (parent, tuple(asked), tuple(_key(pair) for pair in inherited))
        if key not in self.memory:
            granted = self.granted.setdefault(parent, {})
            outcome = suppressed(block, inherited, tuple(asked.values()), granted, self.effort)
            granted |= granted_moves(outcome.escalated)
            self.memory[key] = outcome
        return self.memory[key]

    def _below(self, area: Area) -> list[int]:
        """The positions, among the components of an area's own block, of those that its children show."""
        own = self.cluster.level(area[0])
        below = self.cluster.level(self.cluster.figures.children[area][0][0])
        return [own.components.index(component) for component in below.components]

    def _handed_down(self, area: Area, outcome: Outcome, row: int) -> list[Pair]:
        """How an area's own row moves in each pair, for the components that its children show."""
        pairs: list[Pair] = []
        for pair in outcome.pairs:
            moves = [pair[at][:, row, :] for at in self._below(area)]
            pairs.append([each if each.any() else None for each in moves])
        while pairs and all(each is None for each in pairs[-1]):
            pairs.pop()
        return pairs

    def _room(self, area: Area, block: Block, outcome: Outcome) -> list[ParentRoom]:
        row = block.areas.index(":".join(area))
        return [room_of(block, outcome.hidden, at, row) for at in self._below(area)]

    def _note(self, requests: dict[bytes, Asked], area: Area, row: int, outcome: Outcome) -> None:
        positions = self._below(area)
        for each in outcome.escalated:
            fixed = self._shown_below(area, each.component)
            key = b":".join(part.encode() for part in area) + bytes([each.component]) + each.row.tobytes()
            requests.setdefault(key, Asked(row, positions[each.component], each.row, fixed))

    def _shown_below(self, area: Area, component: int) -> Truth:
        """Which members of an area's own row its children show as well."""
        own = self.cluster.level(area[0])
        below = self.cluster.level(self.cluster.figures.children[area][0][0])
        pattern = self.cluster.structure.pattern_of[below.components[component]]
        members = set(below.members[below.patterns.index(pattern)])
        return np.array([member in members for member in own.members[own.patterns.index(pattern)]])


def _key(pair: Pair) -> tuple[bytes | None, ...]:
    return tuple(None if row is None else np.ascontiguousarray(row, dtype=np.int64).tobytes() for row in pair)


def hidden_cells(solved: Solved, cluster: Cluster) -> dict[tuple[int, Area], Truth]:
    """The hidden cells of each pattern and area."""
    found = {}
    for parent, outcome in solved.outcomes.items():
        areas = cluster.figures.children[parent]
        level = cluster.level(areas[0][0])
        for at, pattern in enumerate(level.patterns):
            for row, area in enumerate(areas):
                found[pattern, area] = outcome.hidden[at][row]
    return found


def witness_moves(solved: Solved, cluster: Cluster) -> dict[tuple[int, Area], Whole]:
    """Of each component and area that moves: witnesses (two for each pair) x members."""
    found: dict[tuple[int, Area], Whole] = {}
    for parent, outcome in solved.outcomes.items():
        areas = cluster.figures.children[parent]
        level = cluster.level(areas[0][0])
        for at, component in enumerate(level.components):
            if outcome.pairs:
                moves = np.concatenate([pair[at] for pair in outcome.pairs])
                for row in np.flatnonzero((moves != 0).any(axis=(0, 2))):
                    found[component, areas[row]] = moves[:, row, :]
    return found

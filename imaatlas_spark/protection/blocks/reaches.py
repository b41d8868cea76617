"""How far the witnesses of a block move what it needs so far, and where that draws the cells of the next one."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from imaatlas_spark.protection.arrays import Real, Whole
from imaatlas_spark.protection.blocks.block import Need
from imaatlas_spark.protection.blocks.bounds import Limits, Moves, Part, moved
from imaatlas_spark.protection.blocks.programs import Positions


@dataclass
class Reach:
    """Of one need. own: its term of the component that is hidden for it. lacking: areas x sites; 0: nothing."""

    need: Need
    parts: tuple[Part, ...]
    own: Part = field(init=False)
    lowest: Whole = field(init=False)
    highest: Whole = field(init=False)
    lacking: Whole = field(init=False)
    lack: int = field(init=False)
    signs: Real | None = None

    def __post_init__(self) -> None:
        self.own = next(part for part in self.parts if part.component == self.need.owner)
        self.components = {part.component for part in self.parts}
        self.forget()

    def forget(self) -> None:
        """As if no witness had moved anything."""
        self.lowest = self.highest = np.zeros(self.need.width.shape, dtype=np.int64)
        self._reckon()

    def keep(self, moves: Moves) -> None:
        by = moved(self.parts, moves)
        self.lowest, self.highest = np.minimum(self.lowest, by), np.maximum(self.highest, by)
        self._reckon()

    def _reckon(self) -> None:
        self.lacking = np.maximum(self.need.width - self.highest + self.lowest, 0)
        self.lack = int(self.lacking.sum())

    def draw(self, random: np.random.Generator, opposite: bool) -> None:
        """A direction for every site, or the opposite of the last one."""
        if opposite and self.signs is not None:
            self.signs = -self.signs
        else:
            drawn = random.uniform(-1, 1, self.need.width.shape)
            self.signs = drawn + np.copysign(0.5, drawn)

    def of_cells(self) -> tuple[Whole, Whole]:
        """How far the owner's cells have moved down and up, as far as it is theirs."""
        return (self.lowest, self.highest) if self.own.sign > 0 else (-self.highest, -self.lowest)

    def may_gain(self, within: Limits) -> bool:
        """Whether any site that lacks may move farther than it has, as far as its own bounds tell."""
        if not self.lack:
            return False
        low, high = self.of_cells()
        farther = (within[1][:, self.own.at] > high) | (within[0][:, self.own.at] < low)
        return bool((farther & (self.lacking > 0)).any())

    def draw_in(self, along: Whole, within: Limits, reward: Real) -> None:
        """Adds to the reward of a unit of movement: along with the parent's row where that moves (`along`).

        No farther than what lacks, so that there is more for others: `within` is drawn in.
        """
        assert self.signs is not None
        area, site = np.nonzero(self.lacking)
        member = site if isinstance(self.own.at, slice) else self.own.at[site]
        cells, lacking, drawn = (area, member), self.lacking[area, site], self.signs[area, site]
        low, high = (each[area, site] for each in self.of_cells())
        lowest, highest = within[0][cells], within[1][cells]
        size = np.abs(drawn)
        towards = along[member]
        drawn = np.where(towards != 0, towards * size, drawn)
        goes_up, goes_down = highest >= high + lacking, lowest <= low - lacking
        drawn = np.where(goes_up == goes_down, drawn, np.where(goes_up, size, -size))
        reward[cells] += drawn
        within[1][cells] = np.where(drawn > 0, np.minimum(highest, np.maximum(high + lacking, 0)), highest)
        within[0][cells] = np.where(drawn < 0, np.maximum(lowest, np.minimum(low - lacking, 0)), lowest)

    def wanted(self, within: Limits, random: np.random.Generator, steps: int) -> tuple[Positions, Real, Real]:
        """What lacks: cells, the direction of each that its bounds allow (1 or -1), and how far it has to move.

        That is farther than it has by what it lacks, yet by no more than one of so many steps to what it needs.
        """
        area, site = np.nonzero(self.lacking)
        member = np.arange(within[0].shape[1])[self.own.at][site]
        low, high = (each[area, site] for each in self.of_cells())
        farther = np.minimum(self.lacking, -(-self.need.width // steps))[area, site]
        up, down = high + farther, farther - low
        goes_up, goes_down = within[1][area, member] >= up, -within[0][area, member] >= down
        only = goes_up.astype(np.int64) - goes_down
        signs = _balanced((area, member), farther, only, first=1 if random.random() < 0.5 else -1)
        least = np.where(signs > 0, up, down).astype(float)
        return area * within[0].shape[1] + member, signs.astype(float), least


def _balanced(cells: tuple[Positions, Positions], by: Whole, only: Whole, first: int) -> Whole:
    """Directions in which cells make up for each other in their area and in their member: less has to cover them.

    only: the one that a cell can take; 0: either. first: that of cells with nothing to make up for, so that two at
    opposite corners of a square share the others.
    """
    of_area, of_member = defaultdict[int, int](int), defaultdict[int, int](int)
    signs = np.zeros_like(only)
    for at in np.argsort(only == 0, kind="stable"):
        area, member = cells[0][at], cells[1][at]
        signs[at] = only[at] or -np.sign(of_area[area] + of_member[member]) or first
        of_area[area] += signs[at] * by[at]
        of_member[member] += signs[at] * by[at]
    return signs

"""The moves of a component whose cells make one sum, or none: what a linear program would find, found directly.

Most blocks are of this kind: sectors of a municipality that show no breakdown. Beside `programs.Program`, with the same
face.
"""

import numpy as np

from imaatlas_spark.protection.arrays import Real, Whole
from imaatlas_spark.protection.blocks.block import Relations
from imaatlas_spark.protection.blocks.programs import LACK, Wanted

_FREE = 1e-2  # less than any price of what is not hidden yet


class Balance:
    """price: of a unit of movement, by cell; 0: the cell is hidden and moves freely; infinite: it does not move."""

    def __init__(self, relations: Relations, price: Real, wanted: Wanted | None = None) -> None:
        self.price, self.wanted = price, wanted
        self.moving = np.isfinite(price)
        self.is_summed = len(relations.parent) == 1

    def solved(self, sides: Real, lowest: Whole, highest: Whole, reward: Real | None = None) -> Whole | None:
        """Moves by cell: those of the greatest reward, or the cheapest that bring what is wanted; None: there are none.

        Every cell goes where its reward draws it; what the sum has too much or too little is then taken by the cells
        that care least.
        """
        low, high = np.where(self.moving, lowest, 0), np.where(self.moving, highest, 0)
        if (low > high).any() or (low < lowest).any() or (high > highest).any():
            return None
        drawn = np.zeros(len(low)) if reward is None else np.where(self.moving, reward, 0.0)
        if self.wanted is not None:
            cells, up = self.wanted.cells, self.wanted.sign > 0
            drawn[cells] = LACK * self.wanted.weight * self.wanted.sign
            high[cells[up]] = np.minimum(high[cells[up]], self.wanted.least[up])
            low[cells[~up]] = np.maximum(low[cells[~up]], -self.wanted.least[~up])
        moves = np.where(drawn > 0, high, np.where(drawn < 0, low, np.clip(0, low, high)))
        if not self.is_summed:
            return moves
        return self._balanced(moves, int(sides[0]) - int(moves.sum()), (low, high), np.abs(drawn))

    def _balanced(self, moves: Whole, asked: int, within: tuple[Whole, Whole], drawn: Real) -> Whole | None:
        """Moves that sum to `asked` more."""
        if asked == 0:
            return moves
        room = np.minimum(within[1] - moves if asked > 0 else moves - within[0], abs(asked))
        dear = np.where(self.moving, self.price, 0.0) + drawn
        order = np.argsort(dear, kind="stable")
        taken = self._taken(room, order, abs(asked))
        if taken.sum() < abs(asked):
            return None
        bought = (dear > _FREE) & (drawn == 0)
        rest = int(taken[bought].sum())
        alone = np.flatnonzero(bought & (room >= rest))
        if rest and alone.size:
            # one cell that carries the rest alone may cost less than several that share it
            cheapest = alone[np.argmin(dear[alone])]
            if dear[cheapest] < dear[bought & (taken > 0)].sum():
                taken[bought] = 0
                taken[cheapest] = rest
        return moves + int(np.sign(asked)) * taken

    def _taken(self, room: Whole, order: Whole, asked: int) -> Whole:
        """What each cell takes of `asked`, the first of the order first."""
        ordered, taken = room[order], np.empty_like(room)
        before = np.cumsum(ordered) - ordered
        taken[order] = np.minimum(np.maximum(asked - before, 0), ordered)
        return taken

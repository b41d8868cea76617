"""Linear programs over one component of a block: one witness at a time, solved by HiGHS, in whole numbers."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from imaatlas_spark.protection.arrays import Real, Truth, Whole
from imaatlas_spark.protection.blocks.block import Relations

_INTEGRAL = 1e-6
_FAR = 2.0**50  # no bound
_DIVES = 60
_BATCHES = 4  # a fourth of what is broken is fixed at once
_ITERATIONS = 50_000  # of the simplex, for one witness: an effort that does not depend on the machine
_STEP = 5.0  # a usual move of a count
_REWEIGHTINGS = 1
LACK = 1e5  # of a unit that a wanted cell lacks: more than any cover

Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Wanted:
    """Cells that a purchase shall move: by `least` in the direction of `sign`, as far as can be had."""

    cells: Positions
    sign: Real
    least: Real
    weight: Real


class Program:
    """The moves of one component: sums of cells stay as they are, or move as the parent's row does.

    price: of a unit of movement, by cell; 0: the cell is hidden and moves freely; infinite: it does not move. A cell
    with a price has two columns, upwards and downwards. The last columns are what wanted cells lack.
    The model is made once; each witness changes bounds, sides and charges, and starts where the last one ended.
    """

    def __init__(self, relations: Relations, price: Real, wanted: Wanted | None = None) -> None:
        self.relations, self.wanted = relations, wanted
        self.moving = np.flatnonzero(np.isfinite(price))
        self.price = price[self.moving]
        self.bought = np.flatnonzero(self.price > 0)
        self.solver, self.columns = new_solver(), np.zeros(0)
        self._pass_model()

    def solved(self, sides: Real, lowest: Whole, highest: Whole, reward: Real | None = None) -> Whole | None:
        """Moves by cell, whole numbers: those of the greatest reward, or the cheapest that bring what is wanted.

        lowest, highest: of each move. None where there are none, or not within the effort.
        """
        low, high = (each.astype(float) for each in (lowest, highest))
        still = np.ones(self.relations.cells, dtype=bool)
        still[self.moving] = False
        if (low[still] > 0).any() or (high[still] < 0).any() or (low > high).any():
            return None
        if (np.abs(sides[~self.is_row]) > 0).any():
            return None
        self._bound(low[self.moving], high[self.moving])
        kept = sides[self.is_row]
        self.solver.changeRowsBounds(len(kept), np.arange(len(kept), dtype=np.int32), kept, kept)  # type: ignore[attr-defined]
        self._charge(self.price, None if reward is None else reward[self.moving])
        if not self._optimum():
            return None
        if len(self.bought):
            self._reweight()
        if not self._dive():
            return None
        moves = np.zeros(self.relations.cells, dtype=np.int64)
        moves[self.moving] = np.rint(self._net()).astype(np.int64)
        return moves

    def _optimum(self) -> bool:
        if self.solver.run() == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS cannot run: another part of this process may use it with more threads than one")
        found = bool(self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)
        if found:
            self.columns = np.asarray(self.solver.getSolution().col_value)
        return found

    def _reweight(self) -> None:
        """Solved again with cells that move much made cheaper, so that few cells carry what many shared."""
        best, columns = self._spent(), self.columns
        for _ in range(_REWEIGHTINGS):
            size = np.abs(self._net())[self.bought]
            price = self.price.copy()
            price[self.bought] *= _STEP / (size + _STEP / 5)
            self._charge(price, None)
            if self._optimum() and self._spent() < best:
                best, columns = self._spent(), self.columns
            else:
                break
        self.columns = columns

    def _spent(self) -> float:
        """What the hidden cells cost, whatever they move, and what lacks."""
        hidden = np.abs(self._net())[self.bought] > _INTEGRAL
        lacking = self.columns[len(self.moving) + len(self.bought) :]
        return float(self.price[self.bought][hidden].sum() * _STEP + lacking.sum() * LACK)

    def _dive(self) -> bool:
        """Fix some columns that are not whole at the nearest whole number, and solve again, until all are whole."""
        for _ in range(_DIVES):
            cells = len(self.moving) + len(self.bought)
            broken = np.flatnonzero(np.abs(self.columns[:cells] - np.rint(self.columns[:cells])) > _INTEGRAL)
            if not len(broken):
                return True
            batch = broken[: max(1, len(broken) // _BATCHES)]
            alone = broken[:1]
            choices = (
                (batch, np.rint(self.columns[batch])),
                (alone, np.floor(self.columns[alone])),
                (alone, np.ceil(self.columns[alone])),
            )
            if not any(self._fixed(chosen, at) for chosen, at in choices):
                return False
        return False

    def _fixed(self, chosen: Positions, at: Real) -> bool:
        columns = chosen.astype(np.int32)
        self.solver.changeColsBounds(len(columns), columns, at, at)
        if self._optimum():
            return True
        self.solver.changeColsBounds(len(columns), columns, self.low[chosen], self.high[chosen])
        return False

    def _net(self) -> Real:
        net = self.columns[: len(self.moving)].copy()
        net[self.bought] -= self.columns[len(self.moving) : len(self.moving) + len(self.bought)]
        return net

    def _bound(self, low: Real, high: Real) -> None:
        low = np.where(low <= -_FAR, -highspy.kHighsInf, low)
        high = np.where(high >= _FAR, highspy.kHighsInf, high)
        down_low, down_high = np.maximum(-high[self.bought], 0), np.maximum(-low[self.bought], 0)
        low[self.bought], high[self.bought] = np.maximum(low[self.bought], 0), np.maximum(high[self.bought], 0)
        lacking = 0 if self.wanted is None else len(self.wanted.cells)
        self.low = np.concatenate([low, down_low, np.zeros(lacking)])
        self.high = np.concatenate([high, down_high, np.full(lacking, highspy.kHighsInf)])
        self.solver.changeColsBounds(len(self.low), np.arange(len(self.low), dtype=np.int32), self.low, self.high)

    def _charge(self, price: Real, reward: Real | None) -> None:
        cost = price.copy() if reward is None else price - reward
        lack = np.zeros(0) if self.wanted is None else LACK * self.wanted.weight
        cost = np.concatenate([cost, price[self.bought], lack])
        self.solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _pass_model(self) -> None:
        """Sums with a cell that moves, then what is wanted: each a row."""
        relations, cells = self.relations, len(self.moving)
        position = np.full(relations.cells, -1, dtype=np.int64)
        position[self.moving] = np.arange(cells)
        down = np.full(cells, -1, dtype=np.int64)
        down[self.bought] = cells + np.arange(len(self.bought))
        row = np.repeat(np.arange(len(relations.parent)), np.diff(relations.start))
        at = position[relations.index]
        row, sign, at = row[at >= 0], relations.sign[at >= 0], at[at >= 0]
        self.is_row: Truth = np.zeros(len(relations.parent), dtype=bool)
        self.is_row[row] = True
        row = (np.cumsum(self.is_row) - 1)[row]
        sums, lacking = int(self.is_row.sum()), 0
        if self.wanted is not None:
            lacking = len(self.wanted.cells)
            row = np.concatenate([row, sums + np.arange(lacking)])
            at = np.concatenate([at, position[self.wanted.cells]])
            sign = np.concatenate([sign, self.wanted.sign])
        two = down[at] >= 0
        rows = np.concatenate([row, row[two], sums + np.arange(lacking)])
        columns = np.concatenate([at, down[at[two]], cells + len(self.bought) + np.arange(lacking)])
        values = np.concatenate([sign, -sign[two], np.ones(lacking)])
        order = np.lexsort((columns, rows))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = cells + len(self.bought) + lacking, sums + lacking
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(lp.num_col_)
        least = np.zeros(0) if self.wanted is None else self.wanted.least
        lp.row_lower_ = np.concatenate([np.zeros(sums), least])
        lp.row_upper_ = np.concatenate([np.zeros(sums), np.full(lacking, highspy.kHighsInf)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.searchsorted(rows[order], np.arange(lp.num_row_ + 1)).astype(np.int32)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = columns[order].astype(np.int32), values[order]
        self.solver.passModel(lp)


class _SilentHighs(highspy.Highs):
    """HiGHS that says nothing: what is to be silent has to be so before callbacks are enabled."""

    def enableCallbacks(self) -> None:  # noqa: N802 (the name that HiGHS calls)
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def new_solver() -> highspy.Highs:
    solver: highspy.Highs = _SilentHighs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("threads", 1),
        ("random_seed", 0),
        ("solver", "simplex"),
        ("simplex_iteration_limit", _ITERATIONS),
    ):
        solver.setOptionValue(option, value)
    return solver

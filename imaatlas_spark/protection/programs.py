"""Linear programs over one component of a block: two witnesses at once, solved by HiGHS, in whole numbers."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from imaatlas_spark.protection.blocks import Real, Relations, Whole

_INTEGRAL = 1e-6
_PAIR = 2
_FAR = 2.0**50  # no bound
_STEP = 5.0  # a usual move of a count
_REWEIGHTINGS = 2
_DIVES = 100
_BATCHES = 6  # a sixth of what is broken is fixed at once
_FEW = 0.02  # a share of bought cells for which solving again brings too little
_OTHERS = 4

Positions = NDArray[np.intp]


@dataclass(frozen=True)
class PairProgram:
    """Two witnesses of one component, as moves of its cells from the true table.

    sides: what each sum of `relations` comes to, for each of the two (2 x sums).
    lowest, highest: of each move (2 x cells). price: of a unit of movement; infinite: the cell does not move; up to
    `free`: it is hidden already. Spans: the `cells` that the two shall hold apart, `sign` times the first less the
    second being at least `width`; what lacks is charged with `lack` for each unit. Charges differ, so
    that what cannot be had for all is had whole for some.
    """

    relations: Relations
    sides: Real
    lowest: Real
    highest: Real
    price: Real
    free: float
    cells: Whole
    sign: Real
    width: Real
    lack: Real

    def solved(self, seconds: float) -> Whole | None:
        """The two moves (2 x cells), whole numbers, of those that hide the fewest; None where there are none, or not in
        time."""
        still = ~np.isfinite(self.price)
        if (self.lowest[:, still] > 0).any() or (self.highest[:, still] < 0).any():
            return None
        program = _Program(self, seconds)
        if not program.optimum():
            return None
        program.reweight()
        return program.moves() if program.dive() else None


class _Program:
    """A pair as HiGHS takes it.

    In each of the two witnesses a cell that is hidden already has one column, which costs nothing, and a cell that may
    be bought has two: upwards and downwards, each at its price. The last columns are what spans lack.
    """

    def __init__(self, pair: PairProgram, seconds: float) -> None:
        self.pair = pair
        self.moving = np.flatnonzero(np.isfinite(pair.price))
        self.bought = pair.price[self.moving] > pair.free
        self.position = np.full(pair.relations.cells, -1, dtype=np.int64)
        self.position[self.moving] = np.arange(len(self.moving))
        self.down = np.cumsum(self.bought) - 1  # which column downwards a bought cell has
        self.width = len(self.moving) + int(self.bought.sum())  # columns of one witness
        self.seconds, self.solver = seconds, _solver(seconds)
        self.columns = np.zeros(0)
        self.solver.passModel(self._model())

    def optimum(self) -> bool:
        self.solver.run()
        found = bool(self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)
        if found:
            self.columns = np.asarray(self.solver.getSolution().col_value)
        return found

    def reweight(self) -> None:
        """Solved again with cells that move much made cheaper, so that few cells carry what many shared."""
        price = self.pair.price[self.moving][self.bought]
        for _ in range(_REWEIGHTINGS):
            size = self._size()[self.bought]
            if (size > _INTEGRAL).sum() <= _FEW * len(self.moving):
                return
            hidden, lacking = float(price[size > _INTEGRAL].sum()), self._lacking()
            self._charge(price * _STEP / (size + _STEP / 5))
            cheaper = self.optimum() and price[self._size()[self.bought] > _INTEGRAL].sum() < hidden
            if not cheaper or self._lacking() > lacking + _INTEGRAL:
                self._charge(price)
                self.optimum()
                return

    def dive(self) -> bool:
        """Fix a few columns that are not whole beside their value, and solve again from there, until all are whole."""
        draw = np.random.default_rng(0)
        for _ in range(_DIVES):
            if self.solver.getRunTime() > self.seconds:
                return False
            broken = self._broken()
            if not len(broken):
                return True
            if not self._fix(broken, draw):
                return False
        return False

    def moves(self) -> Whole:
        moves = np.zeros((_PAIR, self.pair.relations.cells), dtype=np.int64)
        moves[:, self.moving] = np.rint(self._net()).astype(np.int64)
        return moves

    def _net(self) -> Real:
        """Upwards less downwards, of both witnesses."""
        each = self.columns[: _PAIR * self.width].reshape(_PAIR, self.width)
        net = each[:, : len(self.moving)].copy()
        net[:, self.bought] -= each[:, len(self.moving) :]
        return np.asarray(net)

    def _size(self) -> Real:
        return np.asarray(np.abs(self._net()).max(axis=0))

    def _lacking(self) -> float:
        return float(self.columns[_PAIR * self.width :].sum())

    def _charge(self, price: Real) -> None:
        """Of bought cells, in both directions and both witnesses."""
        up, down = np.flatnonzero(self.bought), len(self.moving) + np.arange(len(price))
        columns = np.concatenate([one * self.width + each for one in range(_PAIR) for each in (up, down)])
        self.solver.changeColsCost(len(columns), columns.astype(np.int32), np.tile(price, 2 * _PAIR))

    def _broken(self) -> Positions:
        moving = self.columns[: _PAIR * self.width]
        return np.flatnonzero(np.abs(moving - np.rint(moving)) > _INTEGRAL)

    def _fix(self, broken: Positions, draw: np.random.Generator) -> bool:
        """A batch at once, to either side as it falls; else one alone, up or down; else another one."""
        batch = broken[: max(1, len(broken) // _BATCHES)]
        if self._fixed(batch, draw.integers(0, 2, len(batch)).astype(float)):
            return True
        others = draw.permutation(broken)[:_OTHERS]
        return any(self._fixed(others[at : at + 1], np.array([up])) for at in range(len(others)) for up in (0.0, 1.0))

    def _fixed(self, chosen: Positions, up: Real) -> bool:
        at = np.clip(np.floor(self.columns[chosen]) + up, self.lower[chosen], self.upper[chosen])
        columns = chosen.astype(np.int32)
        self.solver.changeColsBounds(len(columns), columns, at, at)
        if self.optimum():
            return True
        self.solver.changeColsBounds(len(columns), columns, self.lower[chosen], self.upper[chosen])
        return False

    def _model(self) -> highspy.HighsLp:
        pair, spans = self.pair, len(self.pair.cells)
        price = pair.price[self.moving]
        low, high = pair.lowest[:, self.moving], pair.highest[:, self.moving]
        low = np.where(low <= -_FAR, -highspy.kHighsInf, low)
        high = np.where(high >= _FAR, highspy.kHighsInf, high)
        first = np.where(self.bought, np.maximum(low, 0), low), np.where(self.bought, np.maximum(high, 0), high)
        second = np.maximum(-high, 0)[:, self.bought], np.maximum(-low, 0)[:, self.bought]
        lower, upper = (np.concatenate(each, axis=1).ravel() for each in zip(first, second, strict=True))
        cost = np.concatenate([np.where(self.bought, price, 0.0), price[self.bought]])
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(lower) + spans, _PAIR * len(pair.relations.parent) + spans
        lp.col_cost_ = np.concatenate([np.tile(cost, _PAIR), pair.lack])
        self.lower = np.concatenate([lower, np.zeros(spans)])
        self.upper = np.concatenate([upper, np.full(spans, highspy.kHighsInf)])
        lp.col_lower_, lp.col_upper_ = self.lower, self.upper
        lp.row_lower_ = np.concatenate([*pair.sides, pair.width])
        lp.row_upper_ = np.concatenate([*pair.sides, np.full(spans, highspy.kHighsInf)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = self._rows()
        return lp

    def _rows(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Real]:
        """The sums of the first witness, those of the second, and the spans, by rows."""
        pair, relations = self.pair, self.pair.relations
        sums = len(relations.parent)
        at = self.position[relations.index]
        row = np.repeat(np.arange(sums), np.diff(relations.start))
        takes_part = at >= 0
        at, row, sign = at[takes_part], row[takes_part], relations.sign[takes_part]
        spans, cell = _PAIR * sums + np.arange(len(pair.cells)), self.position[pair.cells]
        rows, columns, values = [spans], [_PAIR * self.width + np.arange(len(spans))], [np.ones(len(spans))]
        for one, direction in enumerate((1.0, -1.0)):
            for each, position, factor in ((row + one * sums, at, sign), (spans, cell, direction * pair.sign)):
                two = self.bought[position]
                rows += [each, each[two]]
                down = len(self.moving) + self.down[position[two]]
                columns += [one * self.width + position, one * self.width + down]
                values += [factor, -factor[two]]
        by_row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
        order = np.lexsort((column, by_row))
        start = np.searchsorted(by_row[order], np.arange(_PAIR * sums + len(spans) + 1))
        return start.astype(np.int32), column[order].astype(np.int32), value[order]


def _solver(seconds: float) -> highspy.Highs:
    solver: highspy.Highs = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("solver", "simplex"),
        ("time_limit", seconds),
    ):
        solver.setOptionValue(option, value)
    return solver

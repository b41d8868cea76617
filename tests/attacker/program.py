"""Linear programs over some figures of a system, all others standing still at the truth."""

import math
from dataclasses import dataclass

import highspy
import numpy as np

from tests.attacker.system import Mask, Numbers, Places, System

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Sums:
    """Row i: the sum of `factors[i]` * the figures at `columns[i]`. Factors are 1 and -1; 0 where there are fewer."""

    columns: Places
    factors: Numbers

    def values(self, figures: Numbers) -> Numbers:
        found: Numbers = (self.factors * figures[self.columns]).sum(axis=1)
        return found

    def width(self, system: System) -> Numbers:
        """No interval is wider: what the bounds of the single figures leave."""
        rise = np.where(self.factors > 0, system.most[self.columns], -system.least[self.columns])
        fall = np.where(self.factors > 0, system.least[self.columns], -system.most[self.columns])
        found: Numbers = (np.where(self.factors != 0, rise, 0.0) - np.where(self.factors != 0, fall, 0.0)).sum(axis=1)
        return found

    def __getitem__(self, which: Places | Mask) -> "Sums":
        return Sums(self.columns[which], self.factors[which])


@dataclass(frozen=True)
class Push:
    """Away from `base`, up or down (`sign`), each of the sums as far as `reach`: nothing is won by going further."""

    sums: Sums
    sign: Numbers
    base: Numbers
    reach: Numbers


class Program:
    """A linear program, kept warm. Its worlds are worlds of the whole system, for the truth itself fits."""

    def __init__(self, system: System, columns: Places) -> None:
        """`columns`: those that move, in order."""
        matrix = system.matrix
        entries = matrix.of_columns(columns)
        self._truth, self._columns = system.truth, columns
        rows, self._rows = np.unique(matrix.rows[entries], return_inverse=True)
        self._places, self._factors = np.searchsorted(columns, matrix.columns[entries]), matrix.factors[entries]
        still = system.activity[rows] - self._activity(system.truth[columns])
        self._low, self._high = matrix.low[rows] - still, matrix.high[rows] - still
        self._solver = highspy.Highs()
        self._solver.silent()
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("solver", "simplex")
        self._solver.passModel(self._model(system.least[columns], system.most[columns]))

    def _model(self, least: Numbers, most: Numbers) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._columns), len(self._low)
        model.col_cost_ = np.zeros(len(self._columns))
        model.col_lower_, model.col_upper_ = least, most
        model.row_lower_, model.row_upper_ = self._low, self._high
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.searchsorted(self._places, np.arange(len(self._columns) + 1))
        model.a_matrix_.index_, model.a_matrix_.value_ = self._rows, self._factors
        return model

    def _activity(self, figures: Numbers) -> Numbers:
        found: Numbers = np.bincount(self._rows, self._factors * figures[self._places]).astype(float)
        return found

    def extreme(self, columns: Places, factors: Numbers, sense: int) -> tuple[float, Numbers]:
        """The least (`sense` -1) or the most (1) of a sum, in whole numbers, and the world where it is so."""
        columns, factors = columns[factors != 0], factors[factors != 0]
        moves = np.isin(columns, self._columns)
        cost = np.zeros(len(self._columns))
        cost[np.searchsorted(self._columns, columns[moves])] = factors[moves] * -sense
        self._solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self._solver.run()
        if self._solver.getModelStatus() in {
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,  # feasible it is: the truth fits
        }:
            return sense * math.inf, self._truth[self._columns]
        figures = self._solution()
        still = float(factors[~moves] @ self._truth[columns[~moves]])
        found = still - sense * float(cost @ figures)
        return (math.floor(found + TOLERANCE) if sense > 0 else math.ceil(found - TOLERANCE)), self._held(figures)

    def pushed(self, push: Push) -> Numbers:
        """A world in which as many sums as can be are away from their bases. The program is of no use thereafter."""
        number = len(push.base)
        places = np.searchsorted(self._columns, push.sums.columns)
        moves = np.isin(push.sums.columns, self._columns) & (push.sums.factors != 0)
        factors = push.sums.factors * push.sign[:, None]
        still = np.where(moves, 0.0, factors * self._truth[push.sums.columns]).sum(axis=1)
        ways = np.arange(number)[:, None] + len(self._columns)  # how far each sum goes, a column of its own
        used = np.concatenate((moves, np.full((number, 1), True)), axis=1)
        indices = np.concatenate((places, ways), axis=1)[used].astype(np.int32)
        values = np.concatenate((factors, np.full((number, 1), -1.0)), axis=1)[used]
        starts = (np.cumsum(used.sum(axis=1)) - used.sum(axis=1)).astype(np.int32)
        endless, nothing = np.full(number, np.inf), np.zeros(0)
        self._solver.addCols(
            number,
            -1 / push.reach,
            -endless,
            push.reach,
            0,
            np.zeros(number, np.int32),
            nothing.astype(np.int32),
            nothing,
        )
        self._solver.addRows(number, push.sign * push.base - still, endless, len(values), starts, indices, values)
        self._solver.run()
        return self._held(self._solution()[: len(self._columns)])

    def _solution(self) -> Numbers:
        status = self._solver.getModelStatus()
        assert status == highspy.HighsModelStatus.kOptimal, f"what is shown contradicts itself: {status}"
        return np.array(self._solver.getSolution().col_value)

    def _held(self, figures: Numbers) -> Numbers:
        """The figures, where they hold all relations as exactly as asked; else the truth, which does."""
        found = self._activity(figures)
        breach = max(np.max(self._low - found, initial=0), np.max(found - self._high, initial=0))
        return figures if breach < TOLERANCE else self._truth[self._columns]

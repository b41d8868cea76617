"""The relations as one sparse system: the bounds that follow row by row, and the parts that nothing joins."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tests.attacker.knowledge import Knowledge
from tests.attacker.world import Cell

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]

_MOST_PASSES = 100  # stopping early only leaves bounds wider than they might be


@dataclass(frozen=True)
class Matrix:
    """Entry i: figure `columns[i]` stands with `factors[i]` in relation `rows[i]`."""

    rows: Places
    columns: Places
    factors: Numbers
    low: Numbers
    high: Numbers

    @classmethod
    def of(cls, knowledge: Knowledge, place: Mapping[Cell, int]) -> Self:
        relations = knowledge.relations
        sizes = np.array([len(relation.terms) for relation in relations], dtype=np.intp)
        return cls(
            rows=np.repeat(np.arange(len(relations)), sizes),
            columns=np.array([place[cell] for relation in relations for cell, _ in relation.terms], dtype=np.intp),
            factors=np.array([factor for relation in relations for _, factor in relation.terms], dtype=float),
            low=np.array([relation.low for relation in relations], dtype=float),
            high=np.array([relation.high for relation in relations], dtype=float),
        )

    def sums(self, entries: Numbers) -> Numbers:
        """The sum of the entries of each row."""
        return np.bincount(self.rows, entries, minlength=len(self.low)).astype(float)

    @cached_property
    def _by_column(self) -> Places:
        return np.argsort(self.columns, kind="stable")

    def of_columns(self, columns: Places) -> Places:
        """The entries of some columns, column by column."""
        return self._by_column[_slices(np.searchsorted(self.columns, [columns, columns + 1], sorter=self._by_column))]

    def of_rows(self, rows: Places) -> Places:
        return _slices(np.searchsorted(self.rows, [rows, rows + 1]))


def _slices(bounds: Places) -> Places:
    """All numbers from each first to each last bound."""
    first, sizes = bounds[0], bounds[1] - bounds[0]
    found: Places = np.arange(sizes.sum()) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
    return found


class System:
    """All figures, `least` and `most` of each as far as single relations tell; those of `known` stand still."""

    def __init__(self, matrix: Matrix, truth: Numbers, known: Mask) -> None:
        self.matrix, self.truth = matrix, truth
        self.activity = matrix.sums(matrix.factors * truth[matrix.columns])
        holds = np.all(matrix.low <= self.activity) and np.all(self.activity <= matrix.high)
        assert holds, "what is shown, or a relation, contradicts the year tables"
        self.least = np.where(known, truth, 0.0)
        self.most = np.where(known, truth, np.inf)
        for _ in range(_MOST_PASSES):
            before = self.least.copy(), self.most.copy()
            self._tighten(matrix.factors, matrix.high)
            self._tighten(-matrix.factors, -matrix.low)
            if np.array_equal(before[0], self.least) and np.array_equal(before[1], self.most):
                break

    def _tighten(self, factors: Numbers, high: Numbers) -> None:
        """In sum <= high each figure has at most the room that the others leave it at their smallest."""
        matrix, positive = self.matrix, factors > 0
        smallest = factors * np.where(positive, self.least[matrix.columns], self.most[matrix.columns])
        endless = np.isinf(smallest).astype(float)
        finite = np.where(endless > 0, 0.0, smallest)
        others = matrix.sums(finite)[matrix.rows] - finite
        others_endless = matrix.sums(endless)[matrix.rows] - endless
        room = np.where(others_endless > 0, np.inf, high[matrix.rows] - others) / np.abs(factors)
        np.minimum.at(self.most, matrix.columns[positive], room[positive])
        np.maximum.at(self.least, matrix.columns[~positive], -room[~positive])

    @cached_property
    def free(self) -> Mask:
        return self.least < self.most

    def labels(self, movable: Mask) -> Places:
        """For each figure that moves the first of those that relations join it to; for the others, their number."""
        matrix, nothing = self.matrix, len(movable)
        found = np.where(movable, np.arange(nothing), nothing)
        while True:
            of_row = np.full(len(matrix.low), nothing)
            np.minimum.at(of_row, matrix.rows, found[matrix.columns])
            before = found.copy()
            np.minimum.at(found, matrix.columns, of_row[matrix.rows])
            found[~movable] = nothing
            if np.array_equal(before, found):
                return found

    def around(self, columns: Places, steps: int) -> Places:
        """The free figures that so many relations lead to."""
        for _ in range(steps):
            rows = np.unique(self.matrix.rows[self.matrix.of_columns(columns)])
            columns = np.unique(self.matrix.columns[self.matrix.of_rows(rows)])
            columns = columns[self.free[columns]]
        return columns

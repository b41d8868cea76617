"""How wide the values of hidden cells of a table are: what is to be hidden to make them wider, what need not be."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import highspy
import numpy as np

from benchmarks.elimination import hidden_by_elimination, preference
from benchmarks.one_table import OneTable
from imaatlas_spark.protection.arrays import Truth, Whole

_WHOLE = 1e-6  # programs reckon to this
_FAR = 2.0**40
_AROUND = 100  # cells: enough to see that most are wide enough

Unknown = Callable[[int], bool]


def made_wide(table: OneTable, hidden: Truth) -> Truth:
    """Hidden cells, and more of them, so that each sensitive one is as wide as it needs.

    As GaussSuppression does where intervals are asked for (`rangeMin`): the shown cells are gone through once more in
    their order; one that leaves a sensitive cell too narrow, together with those before it, is hidden. Then whatever
    would tell a hidden cell is hidden as well.
    """
    return hidden_by_elimination(table.inner, table.count, hidden | _Widening(table, hidden).more())


def thinned(table: OneTable, hidden: Truth) -> Truth:
    """Hidden cells less those that can be shown again, one after the other, while all sensitive ones are wide enough.

    A sensitive cell is looked at again only where what is shown again moves in its proof.
    """
    intervals, unknown = Intervals(table), hidden.tolist()
    proven: dict[int, frozenset[int]] = {}
    used_by: dict[int, set[int]] = {}

    def keep(proofs: Mapping[int, frozenset[int]]) -> None:
        for cell, moved in proofs.items():
            for each in moved:
                used_by.setdefault(each, set()).add(cell)
        proven.update(proofs)

    def proofs_of(cells: Iterable[int]) -> Iterator[tuple[int, frozenset[int] | None]]:
        for cell in cells:
            yield cell, intervals.proof(cell, unknown.__getitem__)

    keep({cell: proof for cell, proof in proofs_of(np.flatnonzero(table.sensitive).tolist()) if proof is not None})
    for shown in preference(table.inner, table.count).tolist():
        if hidden[shown] and not table.sensitive[shown]:
            unknown[shown] = False
            found: dict[int, frozenset[int]] = {}
            for cell, proof in proofs_of(sorted(each for each in used_by.get(shown, ()) if shown in proven[each])):
                if proof is None:
                    unknown[shown] = True
                    break
                found[cell] = proof
            else:
                keep(found)
    return np.array(unknown)


class Intervals:
    """What everybody knows is what is shown, that areas and members add up, and what is public."""

    def __init__(self, table: OneTable) -> None:
        self.table = table
        self.sums = [([total, *parts.tolist()], [-1.0] + [1.0] * len(parts)) for total, parts in table.sums]
        self.sums_with: list[list[int]] = [[] for _ in table.places]
        for number, (cells, _) in enumerate(self.sums):
            for cell in cells:
                self.sums_with[cell].append(number)

    def widths(self, hidden: Truth, asked: Iterable[int]) -> Whole:
        """Of hidden cells."""
        unknown = hidden.tolist()
        programs: dict[int, _Moves] = {}
        found = []
        for cell in asked:
            if cell not in programs:
                around = self._around(cell, unknown.__getitem__)
                programs |= dict.fromkeys(around, _Moves(self, around))
            found.append(programs[cell].width(cell))
        return np.array(found, dtype=np.int64)

    def proof(self, cell: int, unknown: Unknown) -> frozenset[int] | None:
        """What moves with a sensitive cell when it goes as far as it can; None: it is not as wide as it needs.

        Cells around it are moved first, others only if need be.
        """
        most = _AROUND
        while True:
            around = self._around(cell, unknown, most)
            moves = _Moves(self, around)
            if moves.width(cell) >= self.table.need[cell]:
                return frozenset(moves.moved)
            if len(around) < most:
                return None
            most *= 10

    def _around(self, cell: int, unknown: Unknown, most: float = np.inf) -> list[int]:
        """Unknown cells that hang together with one through sums, the nearest first, at most so many."""
        found, waiting = {cell}, deque([cell])
        while waiting:
            for number in self.sums_with[waiting.popleft()]:
                for other in self.sums[number][0]:
                    if other not in found and unknown(other):
                        if len(found) >= most:
                            return list(found)
                        found.add(other)
                        waiting.append(other)
        return list(found)


class _Widening:
    """shown: cells in their order. rank: of each cell its place there; of hidden ones a place behind all."""

    def __init__(self, table: OneTable, hidden: Truth) -> None:
        self.table, self.hidden, self.intervals = table, hidden, Intervals(table)
        self.shown = [cell for cell in preference(table.inner, table.count).tolist() if not hidden[cell]]
        self.rank = [len(self.shown)] * len(hidden)
        for at, cell in enumerate(self.shown):
            self.rank[cell] = at

    def more(self) -> Truth:
        found = np.zeros_like(self.hidden)
        sensitive = np.flatnonzero(self.table.sensitive).tolist()
        waiting = [(at, cell) for cell in sensitive if (at := self._too_much(cell, 0)) is not None]
        heapq.heapify(waiting)
        while waiting:
            at, cell = heapq.heappop(waiting)
            if not self._is_wide(cell, at):
                self.rank[self.shown[at]] = len(self.shown)
                found[self.shown[at]] = True
            if (later := self._too_much(cell, at)) is not None:
                heapq.heappush(waiting, (later, cell))
        return found

    def _too_much(self, cell: int, first: int) -> int | None:
        """The place of the first shown cell, from one on, that leaves a sensitive cell too narrow; None: none does."""
        high = len(self.shown) - 1
        if self._is_wide(cell, high) or not self._is_wide(cell, -1):  # it may not be wide whatever is hidden
            return None
        step = 1
        low = high - step
        while low >= first and not self._is_wide(cell, low):  # most have only to wait for one of the last
            high, step = low, 2 * step
            low = high - step
        low = max(low, first - 1)
        while high - low > 1:
            middle = (low + high) // 2
            if self._is_wide(cell, middle):
                low = middle
            else:
                high = middle
        return high

    def _is_wide(self, cell: int, at: int) -> bool:
        """When no more is shown than the cells up to a place."""
        return self.intervals.proof(cell, lambda other: self.rank[other] > at) is not None


class _Moves:
    """The moves of some cells, all others standing still: sums move as their parts.

    moved: what moved when a width was last asked for.
    """

    def __init__(self, intervals: Intervals, cells: Sequence[int]) -> None:
        self.cells, self.moved = cells, set[int]()
        self.column = {cell: at for at, cell in enumerate(cells)}
        starts, index, factor = [0], [], []
        for number in sorted({number for cell in cells for number in intervals.sums_with[cell]}):
            for cell, sign in zip(*intervals.sums[number], strict=True):
                if cell in self.column:
                    index.append(self.column[cell])
                    factor.append(sign)
            starts.append(len(index))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(cells), len(starts) - 1
        model.col_cost_ = np.zeros(len(cells))
        model.col_lower_ = np.maximum(intervals.table.lowest[cells].astype(float), -_FAR)
        model.col_upper_ = np.minimum(intervals.table.highest[cells].astype(float), _FAR)
        model.row_lower_ = model.row_upper_ = np.zeros(len(starts) - 1)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_, model.a_matrix_.value_ = np.array(index, dtype=np.int32), np.array(factor)
        self.solver = highspy.Highs()
        self.solver.silent()
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(model)

    def width(self, cell: int) -> int:
        self.moved.clear()
        return int(self._most(cell, 1.0) + self._most(cell, -1.0))

    def _most(self, cell: int, way: float) -> float:
        column = self.column[cell]
        self.solver.changeColCost(column, -way)
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moves = np.asarray(self.solver.getSolution().col_value)
        self.moved.update(self.cells[at] for at in np.flatnonzero(np.abs(moves) > _WHOLE).tolist())
        self.solver.changeColCost(column, 0.0)
        return float(np.floor(way * moves[column] + _WHOLE))

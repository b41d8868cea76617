"""A last try for what no witnesses of the solver reach: programs over all amounts around a secret at once.

The solver moves one amount after another, block by block. What it leaves without a witness may have one all the same,
where several amounts or levels move together; or it has none, and can be worked out. A program over everything that is
hidden around the secret tells which: it finds a witness, or none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from numpy.typing import NDArray

from imaatlas_spark.protection.arrays import Real, Truth, Whole
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.ranges import Ranges
from imaatlas_spark.protection.audit.secrets import Secrets
from imaatlas_spark.protection.blocks.programs import new_solver
from imaatlas_spark.protection.cards.amounts import Amount

_WHOLE = 1e-6
_WIDTHS = 4  # how many needs a cell moves at most: a witness stays near
_MOST = 12_000  # cells of a program
_MOST_OF_WITHHELD = 6_000  # where withheld breakdowns are tried as well: thousands of secrets at once
_IDLE = 4  # witnesses that may bring nothing


@dataclass(frozen=True)
class Proofs:
    """witnesses: how cells move in each. unproven: the secrets that they do not move as far as they need; lacking:
    those of them that cannot move so far, and could if less were shown: of a small cluster, where that is certain."""

    witnesses: tuple[Whole, ...]
    unproven: Secrets
    lacking: Secrets


def proofs_of(audit: Audit, amounts: Iterable[Amount]) -> Proofs:
    """For the secrets that are unproven. amounts: those of the cluster; all others stand still.

    Withheld breakdowns have no witnesses; where what is hidden is little enough they are tried as well: several areas
    and members together may tell what no single sum tells.
    """
    own = _with_rests(audit, set(amounts))
    told = Around(audit, own, audit.found.shown | audit.found.known, audit.left)
    dark = Around(audit, own, audit.known_in_the_dark, audit.in_the_dark)
    span = _Span(_of_own(audit, own, audit.unproven()))
    lacking = _tried(told, dark, span)
    unproven = span.secrets.at(span.lacking)
    if told.size <= _MOST_OF_WITHHELD:
        others = _Span(_of_own(audit, own, audit.unwitnessed()))
        for witness in span.witnesses:
            others.keep(witness)
        _move_together(told, others)
        lacking = lacking.and_also(_tried(told, dark, others, first=True))
    return Proofs(tuple(span.witnesses), unproven, lacking)


def _of_own(audit: Audit, own: Truth, secrets: Secrets) -> Secrets:
    """Those of the cluster, area by area."""
    secrets = secrets.at(own[secrets.cell] | (own[secrets.less] & (secrets.less >= 0)))
    return secrets.at(np.argsort(audit.found.area[secrets.cell], kind="stable"))


def _tried(told: "Around", dark: "Around", span: "_Span", first: bool = False) -> Secrets:
    """Each secret that lacks alone, in both directions. Those that are too narrow, and could be wider; or the first."""
    secrets = span.secrets
    lacking: list[int] = []
    for at in range(len(secrets.cell)):
        if first and lacking:
            break
        widest = 0.0
        for sign in (1, -1):
            if span.lacking[at]:
                far, witness = told.farthest(secrets, at, sign)
                widest += far
                if witness is not None and far > _WHOLE:
                    span.keep(witness)
        need = secrets.need[at] - _WHOLE
        if told.is_whole and span.lacking[at] and widest < need:
            possible = sum(dark.farthest(secrets, at, sign)[0] for sign in (1, -1))
            lacking += [at] if widest < min(need, possible - _WHOLE) else []
    return secrets.at(np.array(lacking, dtype=np.int64))


def _move_together(told: "Around", span: "_Span") -> None:
    """Many secrets at once, each in a direction drawn by chance, for as long as that helps."""
    random, idle = np.random.default_rng(0), 0
    while idle < _IDLE and span.lacking.any():
        which = np.flatnonzero(span.lacking)
        along = random.choice((-1.0, 1.0), len(which)) * random.uniform(0.5, 1.5, len(which))
        witness = told.moved_together(span.secrets.at(which), along)
        if witness is not None:
            span.keep(witness)
        idle = 0 if np.count_nonzero(span.lacking) < len(which) else idle + 1


class _Span:
    """How far secrets reach in the witnesses found so far."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.witnesses: list[Whole] = []
        self.low, self.high = np.zeros_like(secrets.need), np.zeros_like(secrets.need)
        self.lacking: Truth = secrets.need > 0

    def keep(self, witness: Whole) -> None:
        less = np.where(self.secrets.less >= 0, witness[self.secrets.less], 0)
        by = witness[self.secrets.cell] - less
        self.low, self.high = np.minimum(self.low, by), np.maximum(self.high, by)
        self.lacking = self.high - self.low < self.secrets.need
        self.witnesses.append(witness)


def _with_rests(audit: Audit, amounts: set[Amount]) -> Truth:
    """The cells of some amounts, and of those that are a public whole less one of them."""
    found = audit.found
    every = amounts | {amount for amount, rest in found.rests.items() if rest in amounts}
    return np.isin(found.amount, [at for at, amount in enumerate(found.numbering.amounts) if amount in every])


@dataclass
class Around:
    """Programs over the cells that are not `told`. ranges: how far arithmetic lets each move."""

    audit: Audit
    own: Truth
    told: Truth
    ranges: Ranges
    _last: "_Program | None" = None

    def farthest(self, secrets: Secrets, at: int, sign: int) -> tuple[float, Whole | None]:
        """How far a secret moves in a direction, up to its need; and the moves of all cells, where they are whole."""
        terms = ((int(secrets.cell[at]), sign), (int(secrets.less[at]), -sign))
        return self._program(int(self.audit.found.area[secrets.cell[at]])).farthest(terms, int(secrets.need[at]))

    def moved_together(self, secrets: Secrets, signs: Real) -> Whole | None:
        """A witness that moves secrets as far as it can, each in its direction; of a whole program."""
        is_less = secrets.less >= 0
        cells, along = np.append(secrets.cell, secrets.less[is_less]), np.append(signs, -signs[is_less])
        return self._program(int(self.audit.found.area[cells[0]])).moved_together(cells, along, int(secrets.need.max()))

    def _program(self, area: int) -> "_Program":
        """Secrets come by area: one program is kept."""
        cells = self._cells(area)
        if self._last is None or not np.array_equal(self._last.cells, cells):
            self._last = _Program(self, cells)
        return self._last

    @cached_property
    def is_whole(self) -> bool:
        """Whether all that may move does so in one program: what that cannot move stands still for anybody."""
        return self.size <= _MOST

    @cached_property
    def size(self) -> int:
        """How many cells may move."""
        return int(np.count_nonzero(self.own & ~self.told))

    def _cells(self, area: int) -> Whole:
        """What may move: all of a small cluster; else the parts of an area, and what is beside it and above it."""
        found, movable = self.audit.found, self.own & ~self.told
        if self.is_whole:
            return np.flatnonzero(movable)
        upwards = [area]
        while upwards[-1] >= 0:
            upwards.append(int(found.parent[upwards[-1]]))
        near = np.isin(found.parent, upwards)[found.area] & ~self.audit.declared.withheld
        cells = np.flatnonzero(movable & near)
        return cells if len(cells) <= _MOST else cells[:0]


class _Program:
    """One model; each secret changes what is aimed at."""

    def __init__(self, around: Around, cells: Whole) -> None:
        self._around, self.cells = around, cells
        self._column = np.full(len(around.own), -1, dtype=np.int64)
        self._column[cells] = np.arange(len(cells))
        self._solver = new_solver()
        self._pass_model()

    def farthest(self, secret: Iterable[tuple[int, int]], need: int) -> tuple[float, Whole | None]:
        """secret: cells with their signs; -1: no cell."""
        terms = [(int(self._column[at]), sign) for at, sign in secret if at >= 0 and self._column[at] >= 0]
        if not terms:
            return 0.0, None
        columns = np.array([column for column, _ in terms], dtype=np.int32)
        factors = np.array([float(sign) for _, sign in terms])
        self._solver.addRow(-highspy.kHighsInf, float(need), len(columns), columns, factors)
        moves = self._moves(columns, factors, need)
        self._solver.deleteRows(1, np.array([self._rows], dtype=np.int32))
        if moves is None:
            return 0.0, None
        return float((moves[columns] * factors).sum()), self._witness(moves)

    def moved_together(self, cells: Whole, signs: Real, need: int) -> Whole | None:
        moving = self._column[cells] >= 0
        columns, place = np.unique(self._column[cells][moving], return_inverse=True)
        factors: Real = np.bincount(place, signs[moving], len(columns)).astype(np.float64)
        moves = self._moves(columns.astype(np.int32), factors, need)
        return None if moves is None else self._witness(moves)

    def _moves(self, columns: NDArray[np.int32], factors: Real, need: int) -> Real | None:
        """As far as they go in the direction of the factors; no cell goes beyond some needs."""
        every, far = np.arange(len(self.cells), dtype=np.int32), float(_WIDTHS * need)
        down, up = (each[self.cells].astype(float) for each in (self._around.ranges.down, self._around.ranges.up))
        self._solver.changeColsBounds(len(every), every, -np.minimum(down, far), np.minimum(up, far))
        self._solver.changeColsCost(len(columns), columns, -factors)
        self._solver.run()
        found = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moves = np.asarray(self._solver.getSolution().col_value) if found else None
        self._solver.changeColsCost(len(columns), columns, np.zeros(len(columns)))
        return moves

    def _witness(self, moves: Real) -> Whole | None:
        if np.abs(moves - np.rint(moves)).max() > _WHOLE:
            return None
        witness = np.zeros(len(self._column), dtype=np.int64)
        witness[self.cells] = np.rint(moves).astype(np.int64)
        return witness

    def _pass_model(self) -> None:
        """A row for each sum, each pair that lies within one another, each two halves, of which a cell may move."""
        found: list[tuple[Whole, Whole, Real, Real, Real]] = []
        number = 0
        for of, cell, factor, low, high in self._relations():
            moves = self._column[cell] >= 0
            used, row = np.unique(of[moves], return_inverse=True)
            found.append((row + number, self._column[cell][moves], factor[moves], low[used], high[used]))
            number += len(used)
        row, column, sign, lowest, highest = (np.concatenate(each) for each in zip(*found, strict=True))
        order = np.lexsort((column, row))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cells), number
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(lp.num_col_)
        lp.row_lower_, lp.row_upper_ = lowest, highest
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.searchsorted(row[order], np.arange(number + 1)).astype(np.int32)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = column[order].astype(np.int32), sign[order]
        self._solver.passModel(lp)
        self._rows = number

    def _relations(self) -> Iterator[tuple[Whole, Whole, Real, Real, Real]]:
        """Of each family: rows, cells and signs of its entries; the least and the most of each row."""
        relations, cells = self._around.audit.relations, len(self._column)
        still, none = np.zeros(cells), np.full(cells, highspy.kHighsInf)
        for sums in relations.sums:
            row, cell = np.append(sums.of, np.arange(len(sums.wholes))), np.append(sums.parts, sums.wholes)
            yield row, cell, np.append(np.ones(len(sums.parts)), -np.ones(len(sums.wholes))), still, still
        for pair in relations.pairs:
            row, sign = np.tile(np.arange(len(pair.small)), 2), np.repeat([-1.0, 1.0], len(pair.small))
            yield row, np.append(pair.small, pair.large), sign, -pair.left.astype(float), none
        for one, other in relations.halves:
            yield np.tile(np.arange(len(one)), 2), np.append(one, other), np.ones(2 * len(one)), still, still

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

from imaatlas_spark.protection.arrays import Real, Truth, Whole
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.ranges import Ranges
from imaatlas_spark.protection.audit.secrets import Secrets
from imaatlas_spark.protection.blocks.programs import new_solver
from imaatlas_spark.protection.cards.amounts import Amount

_WHOLE = 1e-6
_WIDTHS = 4  # how many needs a cell moves at most: a witness stays near
_MOST = 12_000  # cells of a program


@dataclass(frozen=True)
class Proofs:
    """witnesses: how cells move in each. unproven: the secrets that they do not move as far as they need; lacking:
    those of them that cannot move so far, and could if less were shown: of a small cluster, where that is certain."""

    witnesses: tuple[Whole, ...]
    unproven: Secrets
    lacking: Secrets


def proofs_of(audit: Audit, amounts: Iterable[Amount]) -> Proofs:
    """For the secrets that are unproven. amounts: those of the cluster; all others stand still."""
    own, secrets = _with_rests(audit, set(amounts)), audit.unproven()
    secrets = secrets.at(own[secrets.cell] | (own[secrets.less] & (secrets.less >= 0)))
    secrets = secrets.at(np.argsort(audit.found.area[secrets.cell], kind="stable"))
    told = Around(audit, own, audit.found.shown | audit.found.known, audit.left)
    dark = Around(audit, own, audit.known_in_the_dark, audit.in_the_dark)
    span = _Span(secrets)
    lacking = []
    for at in range(len(secrets.cell)):
        widest = 0.0
        for sign in (1, -1):
            if span.lacks(at):
                far, witness = told.farthest(secrets, at, sign)
                widest += far
                if witness is not None and far > _WHOLE:
                    span.keep(witness)
        need = secrets.need[at] - _WHOLE
        if told.is_whole and span.lacks(at) and widest < need:
            possible = sum(dark.farthest(secrets, at, sign)[0] for sign in (1, -1))
            lacking += [at] if widest < min(need, possible - _WHOLE) else []
    every = np.arange(len(secrets.cell))
    unproven = np.array([span.lacks(at) for at in range(len(every))], dtype=bool)
    return Proofs(tuple(span.witnesses), secrets.at(unproven), secrets.at(np.isin(every, lacking)))


class _Span:
    """How far secrets reach in the witnesses found so far."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.witnesses: list[Whole] = []
        self.low, self.high = np.zeros_like(secrets.need), np.zeros_like(secrets.need)

    def lacks(self, at: int) -> bool:
        return bool(self.high[at] - self.low[at] < self.secrets.need[at])

    def keep(self, witness: Whole) -> None:
        less = np.where(self.secrets.less >= 0, witness[self.secrets.less], 0)
        by = witness[self.secrets.cell] - less
        self.low, self.high = np.minimum(self.low, by), np.maximum(self.high, by)
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
        cells = self._cells(int(self.audit.found.area[secrets.cell[at]]))
        if self._last is None or not np.array_equal(self._last.cells, cells):
            self._last = _Program(self, cells)  # secrets come by area: one program is kept
        terms = ((int(secrets.cell[at]), sign), (int(secrets.less[at]), -sign))
        return self._last.farthest(terms, int(secrets.need[at]))

    @cached_property
    def is_whole(self) -> bool:
        """Whether all that may move does so in one program: what that cannot move stands still for anybody."""
        return bool(np.count_nonzero(self.own & ~self.told) <= _MOST)

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
        every = np.arange(len(self.cells), dtype=np.int32)
        far = float(_WIDTHS * need)
        down, up = (each[self.cells].astype(float) for each in (self._around.ranges.down, self._around.ranges.up))
        self._solver.changeColsBounds(len(every), every, -np.minimum(down, far), np.minimum(up, far))
        self._solver.changeColsCost(len(columns), columns, -factors)
        self._solver.addRow(-highspy.kHighsInf, float(need), len(columns), columns, factors)
        self._solver.run()
        found = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moves: Real = np.asarray(self._solver.getSolution().col_value)
        self._solver.deleteRows(1, np.array([self._rows], dtype=np.int32))
        self._solver.changeColsCost(len(columns), columns, np.zeros(len(columns)))
        if not found:
            return 0.0, None
        reached = float((moves[columns] * factors).sum())
        if np.abs(moves - np.rint(moves)).max() > _WHOLE:
            return reached, None
        witness = np.zeros(len(self._column), dtype=np.int64)
        witness[self.cells] = np.rint(moves).astype(np.int64)
        return reached, witness

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
            row, cell = np.append(sums.of, sums.wholes), np.append(sums.parts, sums.wholes)
            yield row, cell, np.append(np.ones(len(sums.parts)), -np.ones(len(sums.wholes))), still, still
        for pair in relations.pairs:
            row, sign = np.tile(np.arange(len(pair.small)), 2), np.repeat([-1.0, 1.0], len(pair.small))
            yield row, np.append(pair.small, pair.large), sign, -pair.left.astype(float), none
        for one, other in relations.halves:
            yield np.tile(np.arange(len(one)), 2), np.append(one, other), np.ones(2 * len(one)), still, still

"""How far anybody can narrow a hidden figure by plain arithmetic: sums, parts of sums, counts that lie within others.

What a cell can at least be and at most is tightened by one relation after another until nothing changes. Each step is
one that an attacker may take: a figure is never known less well than that. Witnesses say that it is known no better.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.audit.cells import Published

FAR = np.int64(2**50)
_ROUNDS = 20  # each is sound; what more would bring is next to nothing


@dataclass(frozen=True)
class Pair:
    """Cells that lie within others, one by one, and how many are left between the two."""

    small: Whole
    large: Whole
    left: Whole


@dataclass(frozen=True)
class Sums:
    """Cells that are parts of others, those of a whole side by side. wholes: those others.

    of: of each part, the position of its whole among them. first: of each whole, the position of its first part.
    """

    parts: Whole
    of: Whole
    wholes: Whole
    first: Whole

    @staticmethod
    def of_wholes(whole: Whole) -> "Sums":
        """`whole`: of each cell the one that it is a part of, or -1."""
        parts = np.flatnonzero(whole >= 0)
        parts = parts[np.argsort(whole[parts], kind="stable")]
        wholes, first, of = np.unique(whole[parts], return_index=True, return_inverse=True)
        return Sums(parts, of, wholes, first)


@dataclass(frozen=True)
class Relations:
    """sums: one for each way to part a cell.

    pairs: counts that lie within others. halves: cells that make a public whole together, one by one.
    """

    sums: Sequence[Sums]
    pairs: Sequence[Pair]
    halves: Sequence[tuple[Whole, Whole]]

    @staticmethod
    def of(found: Published, wholes: Iterable[Whole], nested: Iterable[tuple[Whole, Whole]]) -> "Relations":
        """wholes: of each cell the one that it is a part of, or -1. nested: cells of smaller and larger counts."""
        pairs = [Pair(small, large, found.value[large] - found.value[small]) for small, large in nested]
        halves = []
        for amount, rest in found.rests.items():
            cells = found.of_amount(amount)
            others = found.other(cells, rest)
            halves.append((cells[others >= 0], others[others >= 0]))
        return Relations(tuple(map(Sums.of_wholes, wholes)), tuple(pairs), tuple(halves))


@dataclass(frozen=True)
class Ranges:
    """How far below and above the truth each cell can be, as far as arithmetic tells."""

    down: Whole
    up: Whole

    def of(self, cell: Whole, less: Whole) -> Whole:
        """How wide the values of cells less others reach (-1: less nothing)."""
        second = np.maximum(less, 0)
        wide = self.down[cell] + self.up[cell] + np.where(less >= 0, self.down[second] + self.up[second], 0)
        return np.asarray(np.minimum(wide, FAR))


def ranges(found: Published, relations: Relations, told: Truth, inhabited: Truth) -> Ranges:
    """`told`: the cells that are known. Where nobody lives (not `inhabited`) nobody is."""
    down = np.where(told, 0, found.value)
    up = np.where(told | ~inhabited, 0, FAR)
    for _ in range(_ROUNDS):
        before = down.copy(), up.copy()
        for sums in relations.sums:
            _tighten(sums, down, up)
        for pair in relations.pairs:
            up[pair.small] = np.minimum(up[pair.small], pair.left + up[pair.large])
            down[pair.large] = np.minimum(down[pair.large], pair.left + down[pair.small])
        for one, other in relations.halves:
            for here, there in ((down, up), (up, down)):
                least = np.minimum(here[one], there[other])
                here[one], there[other] = least, least
        if (down == before[0]).all() and (up == before[1]).all():
            break
    return Ranges(down, up)


def _tighten(sums: Sums, down: Whole, up: Whole) -> None:
    """No whole goes farther than all of its parts; no part farther than its whole and all others the other way."""
    if not len(sums.parts):
        return
    for here, there in ((down, up), (up, down)):
        here[sums.wholes] = np.minimum(here[sums.wholes], _together(sums, here[sums.parts]))
        others = _together(sums, there[sums.parts], but_itself=True)
        here[sums.parts] = np.minimum(here[sums.parts], np.minimum(here[sums.wholes][sums.of] + others, FAR))


def _together(sums: Sums, far: Whole, but_itself: bool = False) -> Whole:
    """The sum of parts, by whole; or, of each part, that of the others. One that has no end leaves none to the sum."""
    is_far = (far >= FAR).astype(np.int64)
    near = np.where(is_far, 0, far)
    endless, finite = (np.add.reduceat(each, sums.first) for each in (is_far, near))
    if but_itself:
        endless, finite = endless[sums.of] - is_far, finite[sums.of] - near
    return np.where(endless > 0, FAR, np.minimum(finite, FAR))

"""One block of the suppression: the children of an area, every amount that they show, and how these hang together.

A *pattern* is a family of rows that are hidden together (a statistic and its cube; a numerator with a denominator that
is not public). A *component* is one amount of a pattern: a number in each of its cells. All components of a block move
in the same witnesses, so that a bound between two statistics holds in each of them.
Everything here is a small table in memory: no Spark.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imaatlas_spark.protection.arrays import Real, Truth, Whole

UNBOUNDED = np.int64(2**53)  # above every sum; still exact as a floating-point number


@dataclass(frozen=True)
class PatternCells:
    """The cells of one pattern in a block: `areas` x members. All arrays have that shape.

    totals: (position of a total, positions of its parts) for each sum over members.
    in_parent: for each member its position in the parent's row; None: the parent does not show it.
    cost: of hiding a cell. usable: may be hidden as cover. hidden: is hidden anyhow.
    """

    members: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[int, tuple[int, ...]], ...]
    in_parent: tuple[int | None, ...]
    cost: Real
    usable: Truth
    hidden: Truth

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.cost.shape[0]), int(self.cost.shape[1])

    @cached_property
    def is_total(self) -> Truth:
        """Of each member, whether it is the sum of others."""
        return np.isin(np.arange(len(self.members)), [total for total, _ in self.totals])

    def part(self, rows: slice) -> "PatternCells":
        """The cells of some areas."""
        return replace(self, cost=self.cost[rows], usable=self.usable[rows], hidden=self.hidden[rows])

    def along(self, row: Whole | None) -> Whole:
        """Of each member the direction in which the parent's row moves; None: it stands still."""
        if row is None:
            return np.zeros(len(self.in_parent), dtype=np.int64)
        return np.array([0 if at is None else int(np.sign(row[at])) for at in self.in_parent])

    def relations(self, shown: tuple[bool, ...]) -> "Relations":
        """What every witness keeps: each row a sum of cells that moves as its parent does, or not at all.

        Of a component that has the members of `shown` alone.
        """
        if shown not in self._relations:
            self._relations[shown] = self._made_relations(shown)
        return self._relations[shown]

    @cached_property
    def _relations(self) -> dict[tuple[bool, ...], "Relations"]:
        return {}

    def _made_relations(self, shown: tuple[bool, ...]) -> "Relations":
        areas, members = self.shape
        cell = np.arange(areas * members).reshape(areas, members)
        rows: list[tuple[NDArray[np.intp], Real, int | None]] = []
        for position in np.flatnonzero(shown):
            if (parent := self.in_parent[position]) is not None:
                rows.append((cell[:, position], np.ones(areas), parent))
        for total, parts in self.totals:
            if shown[total] and all(shown[part] for part in parts):
                signs = np.array([-1.0, *np.ones(len(parts))])
                rows.extend((cell[area, [total, *parts]], signs, None) for area in range(areas))
        return Relations.of(rows, areas * members)


@dataclass(frozen=True)
class Relations:
    """Sums of cells as a sparse matrix by rows; `parent` is the position in the parent's row that a sum moves with."""

    start: NDArray[np.int32]
    index: NDArray[np.int32]
    sign: Real
    parent: tuple[int | None, ...]
    cells: int

    @staticmethod
    def of(rows: Sequence[tuple[NDArray[np.intp], Real, int | None]], cells: int) -> "Relations":
        lengths = np.array([len(index) for index, _, _ in rows], dtype=np.int32)
        empty = np.zeros(0)
        return Relations(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
            np.concatenate([empty, *(index for index, _, _ in rows)]).astype(np.int32),
            np.concatenate([empty, *(sign for _, sign, _ in rows)]),
            tuple(parent for _, _, parent in rows),
            cells,
        )

    @cached_property
    def make_one_sum(self) -> bool:
        """Whether all cells that move stand in one sum, or in none."""
        return not self.parent or (len(self.parent) == 1 and bool((self.sign == 1).all()))

    def sides(self, moved_parent: Whole | None) -> Real:
        """What each sum must come to, when the parent's row moves by `moved_parent` (None: not at all)."""
        if moved_parent is None:
            return np.zeros(len(self.parent))
        return np.where(self.moves_with >= 0, moved_parent[self.moves_with], 0).astype(float)

    @cached_property
    def moves_with(self) -> NDArray[np.intp]:
        """`parent` as positions; -1: the sum does not move."""
        return np.array([-1 if at is None else at for at in self.parent], dtype=np.intp)


@dataclass(frozen=True)
class Component:
    """An amount: its values in the cells of its pattern (areas x members).

    shown: the members that it has. known: cells that an earlier release tells: they never move.
    """

    name: str
    pattern: int
    values: Whole
    shown: tuple[bool, ...]
    known: Truth

    def part(self, rows: slice) -> "Component":
        return replace(self, values=self.values[rows], known=self.known[rows])


@dataclass(frozen=True)
class Term:
    """Part of an expression over cells of several components: `sign` times the component at `members`."""

    component: int
    sign: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Inequality:
    """`constant` + terms >= 0 at each site (areas x sites), in every witness.

    `follows`: a sum over the persons of a count: it is moved after the count, and can always follow.
    """

    terms: tuple[Term, ...]
    constant: Whole
    follows: bool = False


@dataclass(frozen=True)
class Need:
    """A sensitive expression: its values over all witnesses must span `width` (areas x sites; 0: not sensitive).

    `owner` is the component that is hidden for it.
    """

    terms: tuple[Term, ...]
    width: Whole
    owner: int

    @property
    def members(self) -> list[int]:
        """Of the owner, at each site."""
        return list(next(term for term in self.terms if term.component == self.owner).members)


def widths_of(needs: Iterable[Need], shapes: Iterable[tuple[int, ...]]) -> list[Whole]:
    """How wide the values of each cell must be, by component, of which `shapes` tells areas x members."""
    widths = [np.zeros(shape, dtype=np.int64) for shape in shapes]
    for need in needs:
        widths[need.owner][:, need.members] = np.maximum(widths[need.owner][:, need.members], need.width)
    return widths


@dataclass(frozen=True)
class Block:
    """The children of `parent` with everything that is published of them and must be protected together."""

    parent: str
    areas: tuple[str, ...]
    patterns: tuple[PatternCells, ...]
    components: tuple[Component, ...]
    inequalities: tuple[Inequality, ...]
    needs: tuple[Need, ...]

    def part(self, parent: str, rows: slice) -> "Block":
        """The block of some of the areas, which are the children of `parent`; of needs those that it has."""
        return Block(
            parent,
            self.areas[rows],
            tuple(each.part(rows) for each in self.patterns),
            tuple(each.part(rows) for each in self.components),
            tuple(replace(each, constant=each.constant[rows]) for each in self.inequalities),
            tuple(replace(each, width=each.width[rows]) for each in self.needs if each.width[rows].any()),
        )

    def sensitive(self, pattern: int) -> Truth:
        """The cells of a pattern that are hidden because of what they hold themselves."""
        found: Truth = np.zeros(self.patterns[pattern].shape, dtype=bool)
        for number, component in enumerate(self.components):
            if component.pattern == pattern:
                found |= self.widths(number) > 0
        return found

    def movable(self, pattern: int) -> Truth:
        """The cells of a pattern that are hidden, or may be."""
        cells = self.patterns[pattern]
        return cells.usable | cells.hidden | self.sensitive(pattern)

    def widths(self, component: int) -> Whole:
        """How wide the values of each cell of a component must be; 0: it is not sensitive itself."""
        return self._widths[component]

    @cached_property
    def _widths(self) -> list[Whole]:
        return widths_of(self.needs, (each.values.shape for each in self.components))

"""What is closed so that nothing can be worked out, where the solver has left too little room.

A block of the solver is the areas of one parent. Closing it hides all of a pattern in it. What arithmetic works out is
reckoned again with blocks hidden: those without which it would still be worked out are closed, the lowest preferred.
What only programs work out has its lowest block closed: first of its own pattern, then of those that lie within it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeVar

import numpy as np

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.secrets import Secrets
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import Area

T = TypeVar("T")
Closed = tuple[int, Area | None]  # a pattern, and the parent of the areas in which nothing of it is shown


def closed_for_arithmetic(audit: Audit, worked_out: Secrets, structure: Structure) -> frozenset[Closed]:
    """The blocks, of which none can be left out, that leave all of these secrets enough room once they are hidden."""
    search = _Search(audit, structure)
    closed: tuple[Closed, ...] = ()
    area = audit.found.area[worked_out.cell]
    for each in np.unique(area):
        closed += search.needed(worked_out.at(area == each), closed)
    return frozenset(closed)


def closed_for_programs(audit: Audit, lacking: Secrets, structure: Structure, at_once: int) -> frozenset[Closed]:
    """For each secret the lowest block that still shows something; or the lowest few, `at_once`."""
    search = _Search(audit, structure)
    return frozenset(block for own in search.origins(lacking) for block in islice(search.blocks(*own), at_once))


def none_too_many(candidates: Sequence[T], is_enough: Callable[[Sequence[T]], bool]) -> list[T]:
    """Those of the candidates, of which none can be left out, that are enough together; the first are preferred.

    What is enough stays so with more. Where not even all are enough, all. Twice as many of the first are tried each
    time, and of these then halves (QuickXplain): some trials for each that is needed, however many there are.
    """
    few = 1
    while few < len(candidates) and not is_enough(candidates[:few]):
        few *= 2

    def needed(beside: Sequence[T], among: Sequence[T], is_new: bool) -> list[T]:
        if is_new and is_enough(beside):
            return []
        if len(among) <= 1:
            return list(among)
        first, second = among[: len(among) // 2], among[len(among) // 2 :]
        later = needed((*beside, *first), second, True)
        return [*needed((*beside, *later), first, bool(later)), *later]

    return needed((), candidates[:few], False)


@dataclass(frozen=True)
class _Search:
    audit: Audit
    structure: Structure

    def origins(self, secrets: Secrets) -> list[tuple[int, int, bool]]:
        """Pattern and area of secrets, and whether they are of members that are no totals; each once."""
        found = self.audit.found
        cells = np.append(secrets.cell, secrets.less[secrets.less >= 0])
        cells = cells[self._pattern[cells] >= 0]
        return sorted(
            {(int(self._pattern[cell]), int(found.area[cell]), bool(found.is_breakdown[cell])) for cell in cells}
        )

    def needed(self, secrets: Secrets, closed: Sequence[Closed]) -> tuple[Closed, ...]:
        """The blocks that leave secrets that are worked out enough room, beside those that are closed already."""

        def is_enough(blocks: Sequence[Closed]) -> bool:
            return self.audit.would_have_room(secrets, self.cells_of((*closed, *blocks)))

        if closed and is_enough(()):
            return ()
        return tuple(none_too_many(self.nearest(secrets), is_enough))

    def nearest(self, secrets: Secrets) -> list[Closed]:
        """All blocks that may tell of them: the lowest first, whatever their pattern."""
        heights: dict[Closed, int] = {}
        for pattern, area, _ in self.origins(secrets):
            for height, parent in enumerate(self._parents(area)):
                for each in self._with(pattern):
                    if parent in self._telling(each, False):
                        heights.setdefault(self._block(each, parent), height)
        return sorted(heights, key=lambda block: heights[block])

    def blocks(self, pattern: int, area: int, of_members: bool) -> Iterator[Closed]:
        """Those that still show something, pattern by pattern, the lowest first.

        of_members: members that are no totals tell of the secret, and totals after them.
        """
        ways = (True, False) if of_members else (False,)
        return (
            self._block(each, parent)
            for each in self._with(pattern)
            for way in ways
            for parent in self._parents(area)
            if parent in self._telling(each, way)
        )

    def cells_of(self, blocks: Iterable[Closed]) -> Truth:
        """The cells that are shown in some blocks; and of groups, which are shown anew for what is hidden then."""
        cells = np.zeros(len(self._told), dtype=bool)
        for pattern, parent in blocks:
            cells |= (self._told == pattern) & (self._parent == self._number[parent])
            cells |= self._is_of_group & (self._pattern == pattern)
        return cells

    def _block(self, pattern: int, parent: int) -> Closed:
        names = self.audit.found.numbering.areas
        return pattern, ((names[parent][0], names[parent][1]) if parent >= 0 else None)

    def _with(self, pattern: int) -> tuple[int, ...]:
        """The pattern, and those that lie within it, or it within them."""
        cluster = next(each for each in self.structure.clusters if pattern in each)
        return pattern, *(each for each in cluster if each != pattern)

    def _parents(self, area: int) -> list[int]:
        """The area, that above it, and so on upwards; then all others that are parents."""
        found = self.audit.found
        upwards = [area]
        while upwards[-1] >= 0:
            upwards.append(int(found.parent[upwards[-1]]))
        return [*upwards, *(each for each in np.unique(found.parent).tolist() if each not in upwards)]

    def _telling(self, pattern: int, of_members: bool) -> frozenset[int]:
        """The parents of areas for which something of a pattern is shown."""
        if (pattern, of_members) not in self._tell:
            told = (self._told == pattern) & (self.audit.found.is_breakdown | (not of_members))
            self._tell[pattern, of_members] = frozenset(self._parent[told].tolist())
        return self._tell[pattern, of_members]

    @cached_property
    def _tell(self) -> dict[tuple[int, bool], frozenset[int]]:
        return {}

    @cached_property
    def _parent(self) -> Whole:
        """Of each cell, that of its area."""
        return self.audit.found.parent[self.audit.found.area]

    @cached_property
    def _number(self) -> dict[Area | None, int]:
        return {None: -1} | {(level, code): at for at, (level, code) in enumerate(self.audit.found.numbering.areas)}

    @cached_property
    def _pattern(self) -> Whole:
        """Of each cell; -1: its amount is of none."""
        found = self.audit.found
        expressions = (self.structure.expressions[amount] for amount in found.numbering.amounts)
        patterns = [self.structure.pattern_of[each.terms[0][0]] if each.terms else -1 for each in expressions]
        return np.array(patterns, dtype=np.int64)[found.amount]

    @cached_property
    def _told(self) -> Whole:
        """Of each cell that is shown and may be hidden, its pattern; -1: of all others."""
        found = self.audit.found
        may_be_hidden = found.shown & self.audit.inhabited & ~found.known & ~self._is_of_group
        return np.where(may_be_hidden, self._pattern, -1)

    @cached_property
    def _is_of_group(self) -> Truth:
        return self.audit.found.level >= len(LEVELS)

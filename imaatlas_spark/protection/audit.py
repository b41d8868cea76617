"""Reads what would be published of a year, with the witnesses, and says what is wrong with it.

Written apart from the solver, of which it knows the cards and the amounts alone: it works out again what is sensitive,
from the sums (`audit_secrets`), and takes nothing of the witnesses for granted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography.codes import MUNICIPALITY
from imaatlas_spark.protection.amounts import Amount
from imaatlas_spark.protection.audit_cells import Published, positions
from imaatlas_spark.protection.audit_moves import Declared
from imaatlas_spark.protection.audit_secrets import FAR, Judge, Knowledge, Secrets
from imaatlas_spark.protection.blocks import Truth, Whole


@dataclass(frozen=True)
class Audit:
    """Of one year. `faults` finds what is wrong; none: it may be published."""

    found: Published
    declared: Declared
    knowledge: Knowledge

    def faults(self) -> Iterator[str]:
        for cell in np.flatnonzero(self.found.contradicted):
            yield f"{self.found.name(cell)} is not the same number in all tables"
        for cell in np.flatnonzero(self.found.shown & self.found.hidden):
            yield f"{self.found.name(cell)} is hidden in one table and shown in another"
        exposed = self.found.shown & self.declared.withheld & ~self.found.known
        for cell in np.flatnonzero(exposed & self._judge.inhabited):
            yield f"{self.found.name(cell)} is shown, and its breakdown is declared to be withheld"
        yield from self._faults_of_cells()
        for whole, witness in self._unequal(self._whole_of_areas):
            yield f"witness {witness}: the areas of {self.found.name(whole)} do not move as it does"
        for axis in range(len(self.found.numbering.members[0])):
            for whole, witness in self._unequal(self._whole_of_members(axis)):
                yield f"witness {witness}: the members of {self.found.name(whole)} do not move as it does"
        for level in self.knowledge.groups:
            for whole, witness in self._unequal(self._whole_of_groups(level)):
                yield f"witness {witness}: the municipalities of {self.found.name(whole)} do not move as it does"
        yield from self._faults_of_nesting()
        yield from self._faults_of_secrets(self.secrets())

    def secrets(self) -> Secrets:
        return self._judge.secrets()

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.found, self.knowledge, self._pairs, self._reach)

    def _faults_of_cells(self) -> Iterator[str]:
        every = np.arange(len(self.found.keys))
        moved = self.declared.moves.of_sums(every, every, np.ones_like(every))
        for at in np.flatnonzero(self.found.shown[moved.sum]):
            yield f"witness {moved.witness[at]} moves {self.found.name(moved.sum[at])}, which is shown"
        for at in np.flatnonzero(self.found.value[moved.sum] + moved.by < 0):
            yield f"witness {moved.witness[at]} makes {self.found.name(moved.sum[at])} negative"

    def _unequal(self, whole: Whole) -> Iterator[tuple[int, int]]:
        """(whole, witness) where parts do not move as their whole does. `whole`: of each cell; -1: it has none."""
        parts = np.flatnonzero(whole >= 0)
        wholes = np.unique(whole[parts])
        sign = np.concatenate([np.ones_like(parts), -np.ones_like(wholes)])
        moved = self.declared.moves.of_sums(np.append(whole[parts], wholes), np.append(parts, wholes), sign)
        return zip(moved.sum.tolist(), moved.witness.tolist(), strict=True)

    @cached_property
    def _whole_of_areas(self) -> Whole:
        """Of each cell the one of the area one level up; -1 for parts that need not follow it: none of them shows."""
        told = self.found.shown & self._judge.inhabited
        stands_alone = self.declared.loose[self.found.area] & (self._number_of_parts(self._area_above, told) == 0)
        return np.where(stands_alone[self._area_above], -1, self._area_above)

    @cached_property
    def _area_above(self) -> Whole:
        """The cell of the area one level up, where all of its areas are published and say how they move."""
        found = self.found
        above = found.parent[found.area]
        whole = found.find(found.amount, above, found.member)
        areas = np.bincount(found.parent[found.parent >= 0], minlength=len(found.parent))[found.area]
        complete = self._number_of_parts(whole, ~self.declared.withheld) == areas
        return np.where((whole >= 0) & complete[whole], whole, -1)

    def _whole_of_members(self, axis: int) -> Whole:
        """The cell with the total of a dimension, where all of its members are published and say how they move."""
        found = self.found
        members = found.numbering.members
        wider = positions([(*each[:axis], TOTAL, *each[axis + 1 :]) for each in members], members)
        codes, code = np.unique([each[axis] for each in members], return_inverse=True)
        is_total = np.array([each[axis] == TOTAL for each in members])[found.member]
        whole = np.where(is_total, -1, found.find(found.amount, found.area, wider[found.member]))
        used = np.unique((found.amount_and_level * len(codes) + code[found.member])[~is_total]) // len(codes)
        number = np.bincount(used, minlength=found.amount_and_level.max() + 1)[found.amount_and_level]
        complete = self._number_of_parts(whole, ~self.declared.withheld) == number
        return np.where((whole >= 0) & complete[whole], whole, -1)

    def _whole_of_groups(self, level: str) -> Whole:
        """Of the cells of municipalities, the cell of the group that they lie in."""
        found, group_of = self.found, self.knowledge.groups[level]
        names = found.numbering.areas
        groups = [(level, group_of.get(code, "")) if of == MUNICIPALITY else ("", "") for of, code in names]
        return found.find(found.amount, positions(groups, names)[found.area], found.member)

    def _number_of_parts(self, whole: Whole, counted: Truth) -> Whole:
        """Of each cell."""
        return np.bincount(whole[counted & (whole >= 0)], minlength=len(whole))

    def _reach(self, own: Whole) -> Whole:
        """How far cells can go when none goes farther than `own`: no whole farther than all its parts together.

        What is unknown (a residence, an age) stands still, and so holds back the wholes that it counts in.
        """
        found, reach = self.found, own.copy()
        wholes = [self._area_above, *map(self._whole_of_members, range(len(found.numbering.members[0])))]
        detail = np.array([sum(code != TOTAL for code in each) for each in found.numbering.members])[found.member]
        for level in range(len(found.levels) - 1, -1, -1):
            for number in range(detail.max(initial=0), -1, -1):
                cells = (found.level == level) & (detail == number)
                for whole in wholes:
                    parts = np.flatnonzero((whole >= 0) & cells[whole])
                    together = np.bincount(whole[parts], reach[parts].astype(float), len(reach))
                    at = np.unique(whole[parts])
                    reach[at] = np.minimum(reach[at], np.minimum(together[at], FAR).astype(np.int64))
        return reach

    @cached_property
    def _pairs(self) -> list[tuple[Amount, Amount]]:
        """Amounts of which the first never exceeds the second."""
        amounts, is_within = self.found.numbering.amounts, self.knowledge.nesting.is_within
        return [(small, large) for small in amounts for large in amounts if is_within(small, large)]

    def _faults_of_nesting(self) -> Iterator[str]:
        for small, large in self._pairs:
            cells = self.found.of_amount(small)
            others = self.found.other(cells, large)
            cells, others = cells[others >= 0], others[others >= 0]
            sign = np.concatenate([-np.ones_like(cells), np.ones_like(cells)])
            moved = self.declared.moves.of_sums(np.tile(np.arange(len(cells)), 2), np.append(cells, others), sign)
            left = (self.found.value[others] - self.found.value[cells])[moved.sum] + moved.by
            for at in np.flatnonzero(left < 0):
                name = self.found.name(cells[moved.sum[at]])
                yield f"witness {moved.witness[at]}: {name} is more than {large.name}"

    def _faults_of_secrets(self, secrets: Secrets) -> Iterator[str]:
        shown, span = self.found.shown, self._span(secrets)
        less = np.where(secrets.less >= 0, secrets.less, secrets.cell)
        told = shown[secrets.cell] & shown[less]
        before = self.found.known[secrets.cell] & self.found.known[less]
        excused = self.declared.withheld | self.declared.unproven
        narrow = (span < secrets.need) & ~excused[secrets.cell] & ~excused[less]
        for at in np.flatnonzero((told | narrow) & ~before):
            cells = [secrets.cell[at], *([secrets.less[at]] if secrets.less[at] >= 0 else [])]
            name = " less ".join(map(self.found.name, cells))
            yield (
                f"{name} is sensitive and shown"
                if told[at]
                else f"{name}: witnesses span {span[at]}, not {secrets.need[at]}"
            )

    def _span(self, secrets: Secrets) -> Whole:
        """How far the values of each secret reach in all witnesses; in no witness it stands where it is."""
        number, lesser = np.arange(len(secrets.cell)), np.flatnonzero(secrets.less >= 0)
        sign = np.concatenate([np.ones_like(number), -np.ones_like(lesser)])
        cells = np.append(secrets.cell, secrets.less[lesser])
        moved = self.declared.moves.of_sums(np.append(number, lesser), cells, sign)
        lowest, highest = np.zeros_like(number), np.zeros_like(number)
        np.minimum.at(lowest, moved.sum, moved.by)
        np.maximum.at(highest, moved.sum, moved.by)
        return highest - lowest

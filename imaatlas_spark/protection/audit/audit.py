"""Reads what would be published of a year, with the witnesses, and says what is wrong with it.

Written apart from the solver, of which it knows the cards and the amounts alone: it works out again what is sensitive,
from the sums (`audit/secrets.py`), and takes nothing of the witnesses for granted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations

import numpy as np

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography.codes import MUNICIPALITY
from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.audit.cells import Published, positions
from imaatlas_spark.protection.audit.moves import Declared, Moved
from imaatlas_spark.protection.audit.ranges import Ranges, Relations, ranges
from imaatlas_spark.protection.audit.secrets import Judge, Knowledge, Nested, Secrets


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
        for cell in np.flatnonzero(self.found.let_out & self._judge.inhabited):
            yield f"{self.found.name(cell)} is shown, and an earlier release hides it"
        exposed = self.found.shown & self.declared.withheld & ~self.found.known
        for cell in np.flatnonzero(exposed & self._judge.inhabited):
            yield f"{self.found.name(cell)} is shown, and its breakdown is declared to be withheld"
        yield from self._faults_of_cells()
        for whole, witness in self._unequal(self._whole_of_areas):
            yield f"witness {witness}: the areas of {self.found.name(whole)} do not move as it does"
        for axis in range(len(self.found.numbering.members[0])):
            for whole, witness in self._unequal(self._whole_of_members(axis, ~self.declared.withheld)):
                yield f"witness {witness}: the members of {self.found.name(whole)} do not move as it does"
        for level in self.knowledge.groups:
            for whole, witness in self._unequal(self._whole_of_groups(level)):
                yield f"witness {witness}: the municipalities of {self.found.name(whole)} do not move as it does"
        yield from self._faults_of_nesting()
        yield from self._faults_of_secrets()

    @cached_property
    def secrets(self) -> Secrets:
        return self._judge.secrets()

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.found, self.knowledge, self._pairs, self.relations)

    @cached_property
    def relations(self) -> Relations:
        """Everything that adds up or lies within, whether it moves or not."""
        every = np.ones(len(self.found.keys), dtype=bool)
        axes = range(len(self.found.numbering.members[0]))
        wholes = [self._area_above(every), *(self._whole_of_members(axis, every) for axis in axes)]
        wholes += [self._whole_of_groups(level) for level in self.knowledge.groups]
        return Relations.of(self.found, wholes, ((each.cells, each.others) for each in self._pairs))

    def _faults_of_cells(self) -> Iterator[str]:
        every = np.arange(len(self.found.keys))
        moved = self.declared.moves.of_sums(every, every, np.ones_like(every))
        for at in np.flatnonzero(self.found.shown[moved.sum]):
            yield f"witness {moved.witness[at]} moves {self.found.name(moved.sum[at])}, which is shown"
        for at in np.flatnonzero(self.found.known[moved.sum] & ~self.found.shown[moved.sum]):
            yield f"witness {moved.witness[at]} moves {self.found.name(moved.sum[at])}, which an earlier release shows"
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
        told, above = self.found.shown & self._judge.inhabited, self._area_above(~self.declared.withheld)
        stands_alone = self.declared.loose[self.found.area] & (self._number_of_parts(above, told) == 0)
        return np.where(stands_alone[above], -1, above)

    def _area_above(self, counted: Truth) -> Whole:
        """The cell of the area one level up, where those of all its areas are published and `counted`."""
        found = self.found
        above = found.parent[found.area]
        whole = found.find(found.amount, above, found.member)
        areas = np.bincount(found.parent[found.parent >= 0], minlength=len(found.parent))[found.area]
        complete = self._number_of_parts(whole, counted) == areas
        return np.where((whole >= 0) & complete[whole], whole, -1)

    def _whole_of_members(self, axis: int, counted: Truth) -> Whole:
        """The cell with the total of a dimension, where those of all its members are published and `counted`."""
        found = self.found
        members = found.numbering.members
        wider = positions([(*each[:axis], TOTAL, *each[axis + 1 :]) for each in members], members)
        codes, code = np.unique([each[axis] for each in members], return_inverse=True)
        is_total = np.array([each[axis] == TOTAL for each in members])[found.member]
        whole = np.where(is_total, -1, found.find(found.amount, found.area, wider[found.member]))
        used = np.unique((found.amount_and_level * len(codes) + code[found.member])[~is_total]) // len(codes)
        number = np.bincount(used, minlength=found.amount_and_level.max() + 1)[found.amount_and_level]
        complete = self._number_of_parts(whole, counted) == number
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

    @cached_property
    def _pairs(self) -> list[Nested]:
        """Amounts of which the first never exceeds the second, some over the whole country alone."""
        found, nesting = [], self.knowledge.nesting
        for small, large in permutations(self.found.numbering.amounts, 2):
            is_within = nesting.is_within(small, large)
            if is_within or nesting.is_within_country(small, large):
                cells = self.found.of_amount(small)
                cells = cells if is_within else cells[self.found.level[cells] == 0]
                others = self.found.other(cells, large)
                found.append(Nested(small, large, cells[others >= 0], others[others >= 0]))
        return found

    def _faults_of_nesting(self) -> Iterator[str]:
        for _, large, cells, others in self._pairs:
            moved = self._moved(others, cells)
            left = (self.found.value[others] - self.found.value[cells])[moved.sum] + moved.by
            for at in np.flatnonzero(left < 0):
                name = self.found.name(cells[moved.sum[at]])
                yield f"witness {moved.witness[at]}: {name} is more than {large.name}"

    def _moved(self, cells: Whole, less: Whole) -> Moved:
        """How far each of the cells, less another one (-1: nothing), moves in a witness.

        Amounts of different units are witnessed apart: while one moves the other stands still.
        """
        number, lesser = np.arange(len(cells)), np.flatnonzero(less >= 0)
        is_apart = self._unit[cells[lesser]] != self._unit[less[lesser]]
        sign = np.concatenate([np.ones_like(number), -np.ones_like(lesser)])
        sums = np.append(number, lesser + len(cells) * is_apart)
        moved = self.declared.moves.of_sums(sums, np.append(cells, less[lesser]), sign)
        return replace(moved, sum=moved.sum % max(len(cells), 1))

    @cached_property
    def _unit(self) -> Whole:
        """Of each cell, what its amount counts in, as a number."""
        units = [amount.unit for amount in self.found.numbering.amounts]
        return np.array([units.index(unit) for unit in units], dtype=np.int64)[self.found.amount]

    def _faults_of_secrets(self) -> Iterator[str]:
        secrets, shown = self.secrets, self.found.shown
        span = self._span(secrets)
        less = np.where(secrets.less >= 0, secrets.less, secrets.cell)
        told = shown[secrets.cell] & shown[less]
        excused = self.declared.withheld | self.declared.unproven
        narrow = (span < secrets.need) & ~excused[secrets.cell] & ~excused[less]
        reckoned, known = self._reckoned(secrets)
        for at in np.flatnonzero((told | narrow | known) & ~self._known_before(secrets)):
            cells = [secrets.cell[at], *([secrets.less[at]] if secrets.less[at] >= 0 else [])]
            name = " less ".join(map(self.found.name, cells))
            if told[at]:
                yield f"{name} is sensitive and shown"
            elif narrow[at]:
                yield f"{name}: witnesses span {span[at]}, not {secrets.need[at]}"
            else:
                yield f"{name}: what is shown leaves {reckoned[at]}, not {secrets.need[at]}"

    @property
    def inhabited(self) -> Truth:
        """Of each cell, whether anybody is known to live there."""
        return self._judge.inhabited

    @property
    def in_the_dark(self) -> Ranges:
        return self._judge.in_the_dark

    @property
    def known_in_the_dark(self) -> Truth:
        return self._judge.known_in_the_dark

    def worked_out(self) -> Secrets:
        """The secrets that plain arithmetic narrows more than they may be, though it need not."""
        secrets = self.secrets
        return secrets.at(self._reckoned(secrets)[1] & ~self._known_before(secrets))

    def unproven(self) -> Secrets:
        """The secrets that no witnesses move as far as they need, though arithmetic leaves them room."""
        return self._without_witnesses(of_withheld=False)

    def unwitnessed(self) -> Secrets:
        """The same of withheld breakdowns, for which the solver looks for no witnesses."""
        return self._without_witnesses(of_withheld=True)

    def _without_witnesses(self, of_withheld: bool) -> Secrets:
        secrets = self.secrets
        less = np.where(secrets.less >= 0, secrets.less, secrets.cell)
        withheld = self.declared.withheld[secrets.cell] | self.declared.withheld[less]
        narrow = (self._span(secrets) < secrets.need) & (withheld == of_withheld)
        return secrets.at(narrow & ~self._known_before(secrets) & ~self._reckoned(secrets)[1])

    def would_have_room(self, secrets: Secrets, hidden: Truth) -> bool:
        """Whether arithmetic would leave secrets what they need, or can have, if these cells were hidden as well."""
        told = (self.found.shown & ~hidden) | self.found.known
        return not self._is_narrow(secrets, ranges(self.found, self.relations, told, self.inhabited)).any()

    def _reckoned(self, secrets: Secrets) -> tuple[Whole, Truth]:
        """How much arithmetic leaves of each secret, and whether that is too little where more could be left."""
        return self.left.of(secrets.cell, secrets.less), self._is_narrow(secrets, self.left)

    def _is_narrow(self, secrets: Secrets, left: Ranges) -> Truth:
        possible = self.in_the_dark.of(secrets.cell, secrets.less)
        return np.asarray(left.of(secrets.cell, secrets.less) < np.minimum(secrets.need, possible))

    @cached_property
    def left(self) -> Ranges:
        """How far everything can be from the truth, as far as arithmetic on what is shown tells."""
        return ranges(self.found, self.relations, self.found.shown | self.found.known, self.inhabited)

    def _known_before(self, secrets: Secrets) -> Truth:
        """An earlier release tells all parts of the secret."""
        less = np.where(secrets.less >= 0, secrets.less, secrets.cell)
        return np.asarray(self.found.known[secrets.cell] & self.found.known[less])

    def _span(self, secrets: Secrets) -> Whole:
        """How far the values of each secret reach in all witnesses; in no witness it stands where it is."""
        moved = self._moved(secrets.cell, secrets.less)
        lowest, highest = np.zeros_like(secrets.cell), np.zeros_like(secrets.cell)
        np.minimum.at(lowest, moved.sum, moved.by)
        np.maximum.at(highest, moved.sum, moved.by)
        return highest - lowest

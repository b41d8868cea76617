"""What can be worked out: which sums of figures have a narrower interval than they need.

Every solution of a linear program is a possible world for all sums at once, and what lies between two worlds is
possible as well: a sum that was seen low in one and high in another is not known. So a few programs that push many sums
at once leave few that need a program of their own; only such a program says that a sum is known.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from tests.attacker.program import TOLERANCE, Program, Push, Sums
from tests.attacker.system import Mask, Numbers, Places, System

_WORTH_WHILE = 0.1  # of the sums that are left: where a push settles fewer it was the last
_FEW = 20  # sums in a part that take less time one by one, each with what is around it


class Interval(NamedTuple):
    least: float
    most: float

    @property
    def width(self) -> float:
        return self.most - self.least


class Surroundings(NamedTuple):
    """Which figures may move while all others stand still, so that programs are small."""

    inner: Mask  # the figures of small areas: larger areas join all of these
    around: Callable[[Places], Places]  # some figures: those that a push of these may need


class Attack:
    """The least and the most that each sum has in any world seen so far. The first world is the truth."""

    def __init__(
        self, system: System, sums: Sums, needs: Numbers, near: Surroundings, tell: Callable[[str], None]
    ) -> None:
        self._system, self._sums, self._near, self._tell = system, sums, near, tell
        self._needs = np.ceil(needs - TOLERANCE)  # widths are whole numbers
        self._least = self._most = sums.values(system.truth)
        self._drawn = np.random.default_rng(1)
        self._labels = system.labels(system.free)
        self._own_labels = self._of_sums(self._labels)
        self._programs: dict[int, tuple[Places, Program]] = {}

    def narrow(self) -> dict[int, Interval]:
        """The sums whose exact interval is narrower than they need."""
        self._together(self._system.labels(self._system.free & self._near.inner), _FEW)
        self._tell(f"{len(self._left())} sums left before a look around each")
        for number in self._left():
            self._push_alone(number)
        self._together(self._labels, 0)
        left = self._left()
        self._tell(f"{len(left)} sums left for a program of all that they hang together with")
        intervals = {int(number): self.interval(number) for number in left}
        return {number: found for number, found in intervals.items() if found.width < self._needs[number]}

    def interval(self, number: int) -> Interval:
        """The least and the most that a sum can be at all, in whole numbers."""
        sums, label = self._sums[np.array([number])], self._own_labels[number]
        if label == len(self._labels):  # nothing of it moves
            value = float(sums.values(self._system.truth)[0])
            return Interval(value, value)
        if label not in self._programs:
            columns = np.flatnonzero(self._labels == label)
            self._programs[label] = columns, Program(self._system, columns)
        columns, program = self._programs[label]
        ends = []
        for sense in (-1, 1):
            end, figures = program.extreme(sums.columns[0], sums.factors[0], sense)
            ends.append(end)
            self._see(columns, figures)
        return Interval(*ends)

    def _left(self) -> Places:
        return np.flatnonzero(self._open(np.arange(len(self._needs))))

    def _open(self, numbers: Places) -> Mask:
        seen: Numbers = np.floor(self._most[numbers] + TOLERANCE) - np.ceil(self._least[numbers] - TOLERANCE)
        return seen < self._needs[numbers]

    def _see(self, columns: Places, figures: Numbers) -> None:
        world = self._system.truth.copy()
        world[columns] = figures
        values = self._sums.values(world)
        self._least, self._most = np.minimum(self._least, values), np.maximum(self._most, values)

    def _together(self, labels: Places, few: int) -> None:
        """In each part push all open sums, by chance up or down, while that settles many and leaves more than a few."""
        parts = list(self._parts(labels))
        while parts:
            self._tell(f"{sum(len(numbers) for _, numbers in parts)} sums to be pushed in {len(parts)} parts")
            worlds = [self._pushed(columns, numbers) for columns, numbers in parts]
            self._see(np.concatenate([columns for columns, _ in parts]), np.concatenate(worlds))
            asked = [len(numbers) for _, numbers in parts]
            parts = [(columns, numbers[self._open(numbers)]) for columns, numbers in parts]
            parts = [
                (columns, numbers)
                for (columns, numbers), before in zip(parts, asked, strict=True)
                if few < len(numbers) <= before * (1 - _WORTH_WHILE)
            ]

    def _parts(self, labels: Places) -> Iterator[tuple[Places, Places]]:
        """Figures that are joined, and the sums that are open and have some of these."""
        of_sums = self._of_sums(labels)[self._left()]
        order = np.argsort(labels, kind="stable")
        for label in np.unique(of_sums[of_sums < len(labels)]):
            first, last = np.searchsorted(labels, [label, label + 1], sorter=order)
            yield order[first:last], self._left()[of_sums == label]

    def _of_sums(self, labels: Places) -> Places:
        """The label of what moves in each sum; their number where nothing does. Nested figures hang together."""
        found: Places = np.where(self._sums.factors != 0, labels[self._sums.columns], len(labels)).min(axis=1)
        return found

    def _pushed(self, columns: Places, numbers: Places, sign: float | None = None) -> Numbers:
        """The figures of `columns` in a world where some sums are pushed: all up, all down, or by chance."""
        signs = self._drawn.choice((-1.0, 1.0), len(numbers)) if sign is None else np.full(len(numbers), sign)
        base = np.where(signs > 0, self._least[numbers], self._most[numbers])
        return Program(self._system, columns).pushed(Push(self._sums[numbers], signs, base, self._needs[numbers]))

    def _push_alone(self, number: int) -> None:
        """Let what is near to a sum move it, all else standing still."""
        alone = np.array([number])
        columns = self._near.around(self._sums.columns[number][self._sums.factors[number] != 0])
        columns = columns[self._system.free[columns]]
        for sign in (1.0, -1.0):
            if len(columns) and self._open(alone)[0]:
                self._see(columns, self._pushed(columns, alone, sign))

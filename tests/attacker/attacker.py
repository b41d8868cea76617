"""Somebody who knows what is published and all relations, and works out what he can."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from tests.attacker.attack import Attack, Interval, Surroundings
from tests.attacker.knowledge import Knowledge
from tests.attacker.program import Sums
from tests.attacker.sensitive import PUBLIC, Secret
from tests.attacker.system import Mask, Matrix, Places, System
from tests.attacker.world import Cell


def _silent(_: str) -> None:
    pass


class Attacker:
    """`tell` is called with a line of progress now and then."""

    def __init__(self, knowledge: Knowledge, tell: Callable[[str], None] = _silent) -> None:
        self._tell, self._cells, self._shown = tell, sorted(knowledge.cells), knowledge.shown
        self._place = {cell: place for place, cell in enumerate(self._cells)}
        self._matrix = Matrix.of(knowledge, self._place)
        self._truth = np.array([knowledge.shown.get(cell, knowledge.true(cell)) for cell in self._cells], dtype=float)
        self._published = System(self._matrix, self._truth, self._known(lambda cell: True))
        self._in_the_dark = System(
            self._matrix, self._truth, self._known(lambda cell: cell.amount in PUBLIC or knowledge.is_of_nobody(cell))
        )
        self._inner = np.array([cell.level in {"municipality", "sector"} for cell in self._cells])
        self._parents, self._children = knowledge.world.parents, knowledge.world.children()
        self._of_area: dict[tuple[str, str], list[int]] = defaultdict(list)
        for cell, place in self._place.items():
            self._of_area[cell.level, cell.area].append(place)

    def known(self, secrets: Sequence[Secret]) -> list[tuple[Secret, Interval]]:
        """What he knows more narrowly than it needs, and than he would if only public figures were shown."""
        sums = self._sums(secrets)
        needs = np.minimum([secret.need for secret in secrets], sums.width(self._in_the_dark))
        narrow = Attack(self._published, sums, needs, self._near, self._tell).narrow()
        numbers = np.array(sorted(narrow), dtype=np.intp)
        wider = np.array([narrow[number].width + 1 for number in numbers])
        self._tell(f"{len(numbers)} sums are narrow: are they so if only public figures are shown?")
        always = Attack(self._in_the_dark, sums[numbers], wider, self._near_in_the_dark, self._tell).narrow()
        return [(secrets[number], narrow[number]) for place, number in enumerate(numbers) if place not in always]

    def interval(self, secret: Secret) -> Interval:
        """What is known of one sum, exactly."""
        sums, needs = self._sums([secret]), np.array([secret.need])
        return Attack(self._published, sums, needs, self._near, self._tell).interval(0)

    @property
    def _near(self) -> Surroundings:
        return Surroundings(self._inner, lambda columns: self._published.around(columns, 2))

    @property
    def _near_in_the_dark(self) -> Surroundings:
        """There nothing keeps larger areas, and those below, from moving with a figure."""
        dark = self._in_the_dark
        return Surroundings(self._inner, lambda own: np.union1d(dark.around(own, 2), self._line(own[0])))

    def _line(self, column: int) -> Places:
        """The figures of an area, of those right below it and of all that it lies in."""
        own = self._cells[column].level, self._cells[column].area
        areas = [own, *self._children.get(own, [])]
        while own in self._parents:
            own = self._parents[own]
            areas.append(own)
        return np.array(sorted(place for area in areas for place in self._of_area[area]))

    def _known(self, looked_at: Callable[[Cell], bool]) -> Mask:
        return np.array([cell in self._shown and looked_at(cell) for cell in self._cells])

    def _sums(self, secrets: Sequence[Secret]) -> Sums:
        longest = max((len(secret.terms) for secret in secrets), default=1)
        columns = np.zeros((len(secrets), longest), dtype=np.intp)
        factors = np.zeros((len(secrets), longest))
        for row, secret in enumerate(secrets):
            for place, (cell, factor) in enumerate(secret.terms):
                columns[row, place], factors[row, place] = self._place[cell], factor
        return Sums(columns, factors)

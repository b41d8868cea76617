"""What somebody can work out by himself: the least and the most that a figure can be, given all that is shown.

A world is a set of numbers with sums and inequalities between them. It knows nothing of how figures are hidden.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import highspy

Name = str
Sum = tuple[Name, tuple[Name, ...]]


@dataclass(frozen=True)
class World:
    """values: the truth. sums: (whole, parts), exactly. least: (small, large), the first never exceeds the second."""

    values: Mapping[Name, int]
    sums: tuple[Sum, ...] = ()
    least: tuple[tuple[Name, Name], ...] = ()
    highest: Mapping[Name, int] = field(default_factory=dict)

    def range_of(self, asked: Mapping[Name, int], hidden: Iterable[Name]) -> tuple[float, float]:
        """The least and the most of a sum of `asked` figures with factors, whole numbers or not."""
        found = []
        for direction in (1, -1):
            program = highspy.Highs()
            program.setOptionValue("output_flag", False)
            program.setOptionValue("threads", 1)  # as the solver: a process has one number of threads
            column = {}
            for name, value in self.values.items():
                unknown = name in set(hidden)
                low, high = (0, self.highest.get(name, 10**6)) if unknown else (value, value)
                column[name] = program.addVariable(low, high)
            for whole, parts in self.sums:
                program.addConstr(sum((column[part] for part in parts), start=0 * column[whole]) == column[whole])
            for small, large in self.least:
                program.addConstr(column[small] <= column[large])
            objective = sum(
                (factor * column[name] for name, factor in asked.items()), start=0 * next(iter(column.values()))
            )
            program.minimize(direction * objective)
            assert program.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(direction * program.getObjectiveValue())
        return round(found[0], 6), round(found[1], 6)

    def width(self, name: Name, hidden: Iterable[Name]) -> float:
        low, high = self.range_of({name: 1}, hidden)
        return high - low

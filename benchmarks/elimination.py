"""What must be hidden so that no sensitive cell is a linear combination of shown ones, as GaussSuppression finds it.

The R packages GaussSuppression and SSBtools (Statistics Norway) implement Ø. Langsrud, "Secondary Cell Suppression by
Gaussian Elimination: An Algorithm Suitable for Handling Issues with Zeros and Singletons", Privacy in Statistical
Databases 2024. This is code of our own for the same method; which cell comes first, and what is done with singletons,
was looked up in the packages. A cell is a sum of inner cells. One after the other is a candidate for being shown: if it
would tell a sensitive cell exactly it is hidden; if not it is shown, and eliminated from those that are left. How wide
the values of a sensitive cell are is not looked at.

Choices: those of the packages with `protectZeros = FALSE`, as zeros are not sensitive here, and all else as it comes.
- Zeros first (`secondaryZeros = FALSE`: they cover nothing), then the larger cell; of equals the one in which more of
  the table is counted.
- Singletons (`anySum`: inner cells of 1, who know themselves): no sum of them alone is shown, nor can be worked out.
  Without `singletons` this is left out (`singletonMethod = "none"`).
- All cells of the grid are there (`extend0`), those in which nobody lives as well.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from imaatlas_spark.protection.arrays import Truth, Whole

Column = dict[int, int]  # of inner cells their factors: 1 or -1


def hidden_by_elimination(inner: Sequence[Whole], count: Whole, sensitive: Truth, singletons: bool = False) -> Truth:
    """inner: of each cell the inner cells that it is the sum of. Found: sensitive cells, and those that cover them."""
    alone: frozenset[int] = frozenset()
    if singletons:
        alone = frozenset(int(parts[0]) for parts, number in zip(inner, count, strict=True) if _is_alone(parts, number))
    left = _Left(inner, np.flatnonzero(sensitive).tolist(), alone)
    hidden = sensitive.copy()
    for cell in preference(inner, count):
        if not sensitive[cell]:
            hidden[cell] = not left.may_show(int(cell))
    return hidden


def _is_alone(parts: Whole, number: int) -> bool:
    return len(parts) == 1 and number == 1


def preference(inner: Sequence[Whole], count: Whole) -> Whole:
    """Cells in the order in which they are shown if they can be."""
    weight = np.zeros(1 + max(int(parts.max(initial=0)) for parts in inner), dtype=np.int64)
    for parts, number in zip(inner, count, strict=True):
        weight[parts] += number + 1
    hanging = np.array([weight[parts].sum() for parts in inner])
    return np.lexsort((-hanging, -count, count != 0))


class _Left:
    """Cells that are not decided yet, and sensitive ones, less what is shown: each a sum of inner cells.

    Areas that lie within one another, and the same by member, are two families of nested sets. A matrix of such is
    totally unimodular: all factors stay 1 or -1, whatever is eliminated, and whole numbers are exact.
    """

    def __init__(self, inner: Sequence[Whole], sensitive: Iterable[int], alone: frozenset[int]) -> None:
        self.alone = alone
        self.columns: dict[int, Column] = {cell: dict.fromkeys(parts.tolist(), 1) for cell, parts in enumerate(inner)}
        self.sensitive = frozenset(cell for cell in sensitive if not self._is_of_singletons(self.columns[cell]))
        self.holders: dict[int, set[int]] = {}
        self.in_differences: set[int] = set()
        for cell in frozenset(sensitive) - self.sensitive:  # sums of singletons are looked after as such
            del self.columns[cell]
        for cell, column in self.columns.items():
            for row in column:
                self.holders.setdefault(row, set()).add(cell)

    def may_show(self, cell: int) -> bool:
        """Whether a cell tells no sensitive one. What it tells is then taken out of all others."""
        column = self.columns.pop(cell)
        for row in column:
            self.holders[row].remove(cell)
        if not column:
            return True  # it follows from what is shown already
        rows = self._pivots(column)
        if rows is column and self.alone and not self._is_new_difference(column):
            return False
        pivot = min(rows, key=lambda row: (len(self.holders[row]), row))  # the fewest others grow
        if any(_is_multiple(self.columns[each], column) for each in self.holders[pivot] & self.sensitive):
            return False
        for other in sorted(self.holders[pivot]):
            self._eliminate(other, column, pivot)
        return True

    def _pivots(self, column: Column) -> Iterable[int]:
        """Singletons are eliminated last: what is left of them alone is then seen as such."""
        return [row for row in column if row not in self.alone] or column

    def _is_of_singletons(self, column: Column) -> bool:
        return self.alone.issuperset(column)

    def _is_new_difference(self, column: Column) -> bool:
        """Of a column of singletons: a sum of some less a sum of others tells of none of them, if it is the first."""
        if len(set(column.values())) == 1 or not self.in_differences.isdisjoint(column):
            return False
        self.in_differences.update(column)
        return True

    def _eliminate(self, cell: int, shown: Column, pivot: int) -> None:
        column = self.columns[cell]
        factor = column[pivot] * shown[pivot]
        for row, value in shown.items():
            found = column.get(row, 0) - factor * value
            if not found:
                del column[row]
                self.holders[row].remove(cell)
            elif row not in column:
                column[row] = found
                self.holders[row].add(cell)
            else:
                raise ValueError(f"cell {cell} is no part of a table of nested sets by at most one dimension")


def _is_multiple(one: Column, other: Column) -> bool:
    if one.keys() != other.keys():
        return False
    return len({value * other[row] for row, value in one.items()}) == 1

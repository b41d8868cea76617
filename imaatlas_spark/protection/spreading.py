"""Witnesses without a linear program, for cells that are all hidden and hang together simply.

Where every area shows a total and some families of members beside it (ages; sexes), one at a time, whole tables can be
written down at once: first the totals, area by area up to what they hold; then each family, where areas and members
stand in a row and each takes what overlaps (the north-west corner rule). Sums over areas and members are kept, numbers
are whole, and another order of areas and members gives another table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imaatlas_spark.protection.blocks import PatternCells, Truth, Whole


@dataclass(frozen=True)
class Families:
    """The members of a pattern as one total and families beside it."""

    total: int
    families: tuple[tuple[int, ...], ...]

    @staticmethod
    def of(cells: PatternCells, shown: Sequence[bool]) -> "Families | None":
        """None: the members hang together in another way, or sums over areas are shown that cross the block's."""
        sums = [(total, parts) for total, parts in cells.totals if all(shown[each] for each in (total, *parts))]
        totals = {total for total, _ in sums}
        members = [each for _, parts in sums for each in parts]
        if cells.sums or len(totals) > 1 or len(members) != len(set(members)):
            return None
        total = totals.pop() if totals else int(np.flatnonzero(shown)[0])
        if {total, *members} != set(np.flatnonzero(shown).tolist()):
            return None
        return Families(total, tuple(parts for _, parts in sums))


def spread(
    families: Families,
    values: Whole,
    between: tuple[Whole, Whole],
    row: Whole,
    wanted: Truth,
    random: np.random.Generator,
) -> Whole | None:
    """Moves of cells to values that lie `between` (of the most, that of totals alone is heeded), whose sums over areas
    move by `row`; as many `wanted` cells as can be get all of their area. None: there are none."""
    of_total, (least, most) = families.total, between
    unknown = [values[:, of_total] - values[:, list(parts)].sum(axis=1) for parts in families.families]
    floor = least[:, of_total].copy()
    for parts, beside in zip(families.families, unknown, strict=True):
        floor = np.maximum(floor, beside + least[:, list(parts)].sum(axis=1))
    left = int(values[:, of_total].sum() + row[of_total] - floor.sum())
    space = np.minimum(most[:, of_total] - floor, 2**40)
    if left < 0 or (space < 0).any() or space.sum() < left:
        return None
    order = random.permutation(len(values))
    before = np.cumsum(space[order]) - space[order]
    filled = values.copy()
    filled[order, of_total] = floor[order] + np.clip(left - before, 0, space[order])
    for parts, beside in zip(families.families, unknown, strict=True):
        members = np.array(parts)
        low = least[:, members]
        of_area = filled[:, of_total] - beside - low.sum(axis=1)
        of_member = values[:, members].sum(axis=0) + row[members] - low.sum(axis=0)
        if (of_member < 0).any() or of_area.sum() != of_member.sum():
            return None
        filled[:, members] = low + _overlapping(of_area, of_member, wanted[:, members], random)
    return filled - values


def _overlapping(of_area: Whole, of_member: Whole, wanted: Truth, random: np.random.Generator) -> Whole:
    """A table with these sums; areas stand beside a member that they want, where it has room."""
    left = of_member.astype(float) * random.uniform(0.8, 1.2, len(of_member))
    chosen = np.zeros(len(of_area), dtype=np.intp)
    for area in random.permutation(len(of_area)):
        choice = int(np.argmax(np.where(wanted[area], left + 2**30, left)))
        chosen[area] = choice
        left[choice] -= of_area[area]
    members = random.permutation(len(of_member))
    rank = np.argsort(members)
    areas = np.argsort(rank[chosen], kind="stable")
    ends, stops = np.cumsum(of_area[areas]), np.cumsum(of_member[members])
    starts, begins = ends - of_area[areas], stops - of_member[members]
    table = np.zeros((len(of_area), len(of_member)), dtype=np.int64)
    table[np.ix_(areas, members)] = np.clip(np.minimum.outer(ends, stops) - np.maximum.outer(starts, begins), 0, None)
    return table

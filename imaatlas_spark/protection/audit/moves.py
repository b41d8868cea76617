"""What the solver declares beside the rows: how cells move in each witness, and of what nothing at all is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.protection.arrays import Truth, Whole
from imaatlas_spark.protection.audit.cells import Published, numbered, positions
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.schemas.protection import LOOSE, WITHHELD


@dataclass(frozen=True)
class Moved:
    """How far each of some sums moves in a witness, where it moves."""

    sum: Whole
    witness: Whole
    by: Whole


@dataclass(frozen=True)
class Moves:
    """By cell, in order: those of cell n stand from start[n] to start[n + 1].

    base: of each cell the one that moves for it. An amount that is a public whole less another amount is that other
    one, seen from the other side: it moves as far, the other way. -1: nothing moves for it.
    """

    start: Whole
    witness: Whole
    by: Whole
    base: Whole

    def of_sums(self, number: Whole, cell: Whole, sign: Whole) -> Moved:
        """Of sums of cells with signs: `number` says which sum each cell belongs to."""
        base = self.base[cell]
        sign = np.where(base == cell, sign, -sign)
        count = np.where(base >= 0, self.start[base + 1] - self.start[base], 0)
        at = np.arange(count.sum()) + np.repeat(self.start[base] - np.cumsum(count) + count, count)
        witnesses = int(self.witness.max(initial=0)) + 1
        keys, position = np.unique(np.repeat(number, count) * witnesses + self.witness[at], return_inverse=True)
        by = np.zeros(len(keys), dtype=np.int64)
        np.add.at(by, position, np.repeat(sign, count) * self.by[at])
        return Moved(keys[by != 0] // witnesses, keys[by != 0] % witnesses, by[by != 0])


@dataclass(frozen=True)
class Declared:
    """What the solver declares of the cells that are published.

    withheld: cells of a breakdown of which no member is shown, or of an amount of which nothing is shown. unproven:
    cells without witnesses that reach their need, in an area of which nothing is shown of the amount that somebody
    could be counted in. loose: areas of whose parts nothing is shown, which need not follow the witnesses of the area.
    """

    moves: Moves
    withheld: Truth
    unproven: Truth
    loose: Truth


def declared(
    hidden: pa.Table, found: Published, dimensions: Sequence[str], components: Mapping[str, Amount]
) -> Declared:
    """`hidden`: as `Solver.protected` returns it. `components`: the amounts that the solver names."""
    is_loose = pc.equal(hidden["status"], LOOSE)
    loose, _ = numbered(hidden.filter(is_loose), ("geo_level", "geo_code"))
    hidden = hidden.filter(pc.invert(is_loose))
    cell, base = cells_of(hidden, found, dimensions, components), _base(found)
    published = cell >= 0
    is_withheld = pc.equal(hidden["status"], WITHHELD).to_numpy(zero_copy_only=False)
    is_unproven = hidden["unproven"].to_numpy(zero_copy_only=False)
    of_withheld = cell[published & is_withheld]
    levels = found.amount_and_level[of_withheld[found.is_breakdown[of_withheld]]]
    withheld = np.isin(found.amount_and_level, levels) & found.is_breakdown
    withheld |= np.isin(np.arange(len(base)), of_withheld) & ~np.isin(found.amount, _told_amounts(found))
    unproven = np.isin(np.arange(len(base)), cell[published & is_unproven]) & ~_told_of(found)
    return Declared(
        _moves(hidden.filter(pa.array(published)), cell[published], base),
        np.where(base >= 0, withheld[base], False),
        np.where(base >= 0, unproven[base], False),
        np.isin(np.arange(len(found.numbering.areas)), positions(loose, found.numbering.areas)),
    )


def _told_amounts(found: Published) -> Whole:
    """The amounts of which anything is shown anywhere: no total of them can be withheld without witnesses."""
    return np.unique(found.amount[found.shown & (found.value != 0) & ~found.known])


def _told_of(found: Published) -> Truth:
    """The cells of which the amount is shown, in the same area, for anybody; what was known before apart."""
    place = found.amount * len(found.numbering.areas) + found.area
    return np.isin(place, np.unique(place[found.shown & (found.value != 0) & ~found.known]))


def cells_of(hidden: pa.Table, found: Published, dimensions: Sequence[str], components: Mapping[str, Amount]) -> Whole:
    """Of each row of `hidden` the cell; -1: it is not published."""
    names, amount = numbered(hidden, ("amount",))
    areas, area = numbered(hidden, ("geo_level", "geo_code"))
    members, member = numbered(hidden, dimensions)
    number = {each: at for at, each in enumerate(found.numbering.amounts)}
    return found.find(
        np.array([number.get(components[name], -1) for (name,) in names], dtype=np.int64)[amount],
        positions(areas, found.numbering.areas)[area],
        positions(members, found.numbering.members)[member],
    )


def _base(found: Published) -> Whole:
    base = np.arange(len(found.keys))
    for amount, rest in found.rests.items():
        derived = found.of_amount(amount)
        base[derived] = found.other(derived, rest)
    return base


def _moves(hidden: pa.Table, cell: Whole, base: Whole) -> Moves:
    cells = cell[pc.list_parent_indices(hidden["moves"]).to_numpy(zero_copy_only=False)]
    witness = pc.list_flatten(hidden["witnesses"]).to_numpy().astype(np.int64)
    order = np.lexsort((witness, cells))
    start = np.searchsorted(cells[order], np.arange(len(base) + 1))
    return Moves(start, witness[order], pc.list_flatten(hidden["moves"]).to_numpy()[order], base)

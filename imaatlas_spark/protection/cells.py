"""The hidden cells of a protected cluster: why each is hidden, and how far the witnesses move it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from imaatlas_spark.protection.cascade import Cascade
from imaatlas_spark.protection.figures import Area
from imaatlas_spark.protection.structure import UNITS

SMALL, DOMINANCE, SECONDARY = "A", "G", "D"  # why a cell is hidden: few persons, one unit, for the sake of others
WITHHELD = "W"  # with the breakdown that it belongs to
LOOSE = "X"  # no cell: an area of whose parts nothing is shown, as they do not follow its witnesses


@dataclass(frozen=True)
class HiddenCell:
    """A component that is hidden in a cell, why, how far it must and does reach, and its moves by witness.

    unproven: no witnesses reach its need; what it belongs to is withheld.
    """

    component: int
    area: Area
    member: tuple[str, ...]
    status: str
    need: int
    lowest: int
    highest: int
    moves: Mapping[int, int]
    unproven: bool = False


def hidden_cells_of(cascade: Cascade) -> Iterator[HiddenCell]:
    cluster = cascade.cluster
    for parent, protected in cascade.blocks.items():
        block = protected.block
        areas = cluster.figures.children[parent]
        level = cluster.level(areas[0][0])
        sensitive = [block.sensitive(at) for at in range(len(block.patterns))]
        widths = [np.zeros(each.values.shape, dtype=np.int64) for each in block.components]
        lacking = {(each.component, each.area, each.member) for each in cascade.limited.get(parent, ())}
        by_units = {wanted.owner for wanted in cluster.structure.wanted if wanted.kind == UNITS}
        for need in block.needs:
            at = list(next(term for term in need.terms if term.component == need.owner).members)
            widths[need.owner][:, at] = np.maximum(widths[need.owner][:, at], need.width)
        for number, component in enumerate(block.components):
            hidden = protected.hidden[component.pattern] & np.array(component.shown)
            why = DOMINANCE if level.components[number] in by_units else SMALL
            for row, column in np.argwhere(hidden):
                value = int(component.values[row, column])
                moves = {
                    at: int(witness[number][row, column])
                    for at, witness in enumerate(protected.witnesses)
                    if witness[number][row, column]
                }
                reached = [0, *moves.values()]
                yield HiddenCell(
                    level.components[number],
                    areas[row],
                    block.patterns[component.pattern].members[column],
                    why if sensitive[component.pattern][row, column] else SECONDARY,
                    int(widths[number][row, column]),
                    value + min(reached),
                    value + max(reached),
                    moves,
                    (number, int(row), int(column)) in lacking,
                )

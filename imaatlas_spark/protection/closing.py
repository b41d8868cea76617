"""What is closed so that nothing can be worked out, where the solver has left too little room.

A block of the solver is the areas of one parent. Closing it hides all of a pattern in it. Where a secret is worked out
although nothing of its own block is shown, the block one level up is closed: its parent's row tells of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.audit.audit import Audit
from imaatlas_spark.protection.audit.secrets import Secrets
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import Area

Closed = tuple[int, Area | None]  # a pattern, and the parent of the areas in which nothing of it is shown


def to_be_closed(audit: Audit, secrets: Secrets, structure: Structure, at_once: int) -> frozenset[Closed]:
    """For each secret that can be worked out: the lowest block, from that below it upwards, that still shows
    something; or the lowest few, `at_once`.

    First of its own pattern; then of those that lie within it, or it within them.
    """
    found = audit.found
    pattern_of = {
        number: structure.pattern_of[structure.expressions[amount].terms[0][0]]
        for number, amount in enumerate(found.numbering.amounts)
        if structure.expressions[amount].terms
    }
    asked = {
        (pattern_of[int(found.amount[cell])], int(found.area[cell]), bool(found.is_breakdown[cell]))
        for cell in np.append(secrets.cell, secrets.less[secrets.less >= 0])
        if int(found.amount[cell]) in pattern_of
    }
    pattern = np.array([pattern_of.get(number, -1) for number in range(len(found.numbering.amounts))])[found.amount]
    search = _Search(audit, np.where(found.shown & audit.inhabited & ~found.known, pattern, -1))
    cluster_of = {each: of for of in structure.clusters for each in of}
    blocks = (search.blocks((own, *cluster_of[own]), area, of_members) for own, area, of_members in sorted(asked))
    return frozenset(block for of_secret in blocks for block in islice(of_secret, at_once))


@dataclass(frozen=True)
class _Search:
    """told: of each cell that is shown, its pattern; -1: of all others."""

    audit: Audit
    told: Whole

    def blocks(self, patterns: Iterable[int], area: int, of_members: bool) -> Iterator[Closed]:
        """Those that still show something, pattern by pattern, the lowest first.

        of_members: members that are no totals tell of the secret, and totals after them.
        """
        ways = (True, False) if of_members else (False,)
        return (found for pattern in patterns for way in ways for found in self._blocks(pattern, area, way))

    def _blocks(self, pattern: int, area: int, of_members: bool) -> Iterator[Closed]:
        """That of the areas of `area`, that of `area` and those beside it, and so on upwards; at last any other."""
        found = self.audit.found
        names = found.numbering.areas
        told = (self.told == pattern) & (found.is_breakdown | (not of_members)) & (found.level < len(LEVELS))
        telling = set(found.parent[found.area[told]].tolist())
        upwards = [area]
        while upwards[-1] >= 0:
            upwards.append(int(found.parent[upwards[-1]]))
        for parent in (*upwards, *sorted(telling)):
            if parent in telling:
                yield pattern, ((names[parent][0], names[parent][1]) if parent >= 0 else None)

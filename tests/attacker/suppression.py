"""Poor protection, to see that the attacker bites: the sensitive cells alone, and a second cell picked greedily."""

from collections.abc import Iterable
from dataclasses import replace

from tests.attacker.amounts import HALVES
from tests.attacker.knowledge import Knowledge
from tests.attacker.sensitive import PUBLIC, secrets
from tests.attacker.world import Cell


def hiding(knowledge: Knowledge, hidden: Iterable[Cell]) -> Knowledge:
    """The true figures of all cells but these are shown."""
    left = knowledge.cells - set(hidden)
    return replace(knowledge, shown={cell: knowledge.true(cell) for cell in left})


def with_partners(knowledge: Knowledge, cells: Iterable[Cell]) -> set[Cell]:
    """Cells with what their rows show beside them: a value gives its halves away."""
    found = set()
    for cell in cells:
        rows = [halves for halves in HALVES.values() if cell.amount in halves]
        found |= {cell._replace(amount=name) for halves in rows for name in halves if name not in PUBLIC}
    return found & knowledge.cells


def small(knowledge: Knowledge) -> Knowledge:
    """Only what is sensitive is hidden; of a difference the lesser figure."""
    return hiding(knowledge, with_partners(knowledge, [secret.terms[-1][0] for secret in secrets(knowledge)]))


def greedy(knowledge: Knowledge) -> Knowledge:
    """In addition, where one part of a sum is hidden alone, the smallest of the other parts."""
    poor = small(knowledge)
    more = set()
    for (_, whole), *parts in (relation.terms for relation in poor.relations if relation.low == relation.high):
        cells = [cell for cell, factor in parts if factor < 0 < whole]
        if sum(cell not in poor.shown for cell in cells) == 1:
            shown = [cell for cell in cells if poor.shown.get(cell, 0) > 0 and cell.amount not in PUBLIC]
            more |= set(sorted(shown, key=lambda cell: (poor.shown[cell], cell))[:1])
    return hiding(knowledge, (knowledge.cells - poor.shown.keys()) | with_partners(knowledge, more))


SUPPRESSIONS = {"published": lambda knowledge: knowledge, "small": small, "greedy": greedy}

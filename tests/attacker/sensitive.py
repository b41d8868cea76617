"""What must not be known: the sensitive amounts of a year, each with the width that its interval needs."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.attacker.amounts import AMOUNTS, CONTRIBUTORS, NESTED_IN_THE_COUNTRY
from tests.attacker.knowledge import Knowledge, Terms
from tests.attacker.world import TOTAL, Cell

THRESHOLD, WIDTH, MAGNITUDE_SHARE, PRACTICES_MINIMUM, DOMINANCE = 5, 5, 0.20, 3, 0.10

# counts of persons that are what is left of another count of persons
_REMAINDERS = (
    ("gmd", "beneficiaries"),
    ("in house", "gmd"),
    ("outside with contact", "outside"),
    ("outside with active", "outside with contact"),
    ("by specialist", "beneficiaries"),
    ("by radiologist", "beneficiaries"),
    ("by dentist", "beneficiaries"),
)
PUBLIC = {"beneficiaries", "practices"}


class Secret(NamedTuple):
    name: str
    terms: Terms
    need: float


def is_small(persons: int) -> bool:
    return 1 <= persons < THRESHOLD


def secrets(knowledge: Knowledge) -> Iterator[Secret]:
    """Every sensitive amount, and every difference of nested counts that is one."""
    for cell in sorted(knowledge.cells):
        if cell.amount in PUBLIC:
            continue
        yield from _secret_of_a_cell(knowledge, cell)
    for cell, other in knowledge.pairs((*_REMAINDERS, *NESTED_IN_THE_COUNTRY)):
        if is_small(knowledge.true(other) - knowledge.true(cell)):
            yield Secret(f"{other.amount} - {cell.amount}", ((other, 1), (cell, -1)), _width(knowledge, cell))


def _secret_of_a_cell(knowledge: Knowledge, cell: Cell) -> Iterator[Secret]:
    amount, true = AMOUNTS[cell.amount], knowledge.true(cell)
    if amount.counts_persons and is_small(true):
        yield Secret(cell.amount, ((cell, 1),), _width(knowledge, cell))
    if cell.amount in CONTRIBUTORS and is_small(knowledge.world.contributors.get(cell, 0)):
        yield Secret(cell.amount, ((cell, 1),), MAGNITUDE_SHARE * true)
    if cell.amount in {"patients", "gmd patients"} and true > 0 and _is_dominated(knowledge, cell):
        yield Secret(cell.amount, ((cell, 1),), MAGNITUDE_SHARE * true)


def _is_dominated(knowledge: Knowledge, cell: Cell) -> bool:
    """One or two practices; the dominance of one is judged for all patients."""
    practices = knowledge.true(Cell("practices", cell.level, cell.area, ()))
    if 1 <= practices < PRACTICES_MINIMUM:
        return True
    largest, second = knowledge.world.largest.get((cell.level, cell.area), (0, 0))
    return cell.amount == "patients" and knowledge.true(cell) - largest - second < DOMINANCE * largest


def _width(knowledge: Knowledge, cell: Cell) -> float:
    """Never more than the persons who live there: what cannot be wider need not be."""
    here = Cell("beneficiaries", cell.level, cell.area, (TOTAL,))
    populations = [knowledge.true(here)]
    ages = [m for name, m in zip(AMOUNTS[cell.amount].dimensions, cell.members, strict=True) if name == "age_class"]
    of_age = here._replace(members=tuple(ages)) if ages else here
    if of_age in knowledge.cells:
        populations.append(knowledge.true(of_age))
    return min(WIDTH, *populations)

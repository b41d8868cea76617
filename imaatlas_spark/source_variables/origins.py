"""What the year tables of a warehouse were made from: a year whose inputs are the same need not be built again."""

import hashlib
from collections.abc import Iterable

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.schemas.inputs import (
    CLAIMS,
    FTE_INCOME_MEDIANS,
    POPULATION,
    PRACTICE_MEMBERS,
    PRACTICES,
    PRACTITIONERS,
    SECTORS,
)
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.schemas.year_tables import PRACTICE_YEAR, PRACTITIONER_YEAR
from imaatlas_spark.storage.warehouse import Warehouse

_REGISTERS = (PRACTICES, PRACTICE_MEMBERS, PRACTITIONERS, FTE_INCOME_MEDIANS, SECTORS)


def note_origin(warehouse: Warehouse, configuration: Configuration, year: int, history: Iterable[int]) -> None:
    """Write down what the year tables of a year, just written, were made from. `history`: the years before it."""
    origin = _origin(warehouse, configuration, year, history)
    for table in _year_tables(configuration):
        warehouse.made_from(table, {year: origin})


def is_built(warehouse: Warehouse, configuration: Configuration, year: int, history: Iterable[int]) -> bool:
    """Whether the year tables hold just what the inputs would be made into."""
    if not all(warehouse.holds(each.table) for each in (CLAIMS, POPULATION, *_REGISTERS)):
        return False
    origin = _origin(warehouse, configuration, year, history)
    return all(warehouse.is_made_from(table, {year: origin}) for table in _year_tables(configuration))


def _year_tables(configuration: Configuration) -> tuple[Table, ...]:
    return configuration.year_tables.person, PRACTICE_YEAR, PRACTITIONER_YEAR


def _origin(warehouse: Warehouse, configuration: Configuration, year: int, history: Iterable[int]) -> str:
    contents = [f"{before} {warehouse.content(CLAIMS.table, before)}" for before in (*sorted(history), year)]
    contents += [warehouse.content(POPULATION.table, year)]
    contents += [warehouse.content(source.table, None) for source in _REGISTERS]
    return hashlib.sha256("\0".join((__version__, configuration.fingerprint, *contents)).encode()).hexdigest()

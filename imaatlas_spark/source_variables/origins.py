"""What the year tables of a warehouse were made from: a year whose inputs are the same need not be built again."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import WarehouseRefused
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
from imaatlas_spark.source_variables.practitioner_year import profession_groups
from imaatlas_spark.storage.ledger import job_again
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


def refuse_stale(warehouse: Warehouse, configuration: Configuration, year: int, cards: Iterable[Card]) -> None:
    """Raises WarehouseRefused where the year tables of a year were made from something that has changed since.

    That is: the claims of the year or its history, its population, the rules, code lists and counters, what codes are
    called on the map of the year, the profession groups of `cards`. Registers come anew with each delivery, and a year
    table stays as it was built from those of its time. Inputs that are gone (docs/operating.md, retention) are
    compared no more.
    """
    table = configuration.year_tables.person
    left, again = warehouse.ledger.left(table.path, year), job_again(table.path, (year,))
    if left is None or left.made_from is None:
        raise WarehouseRefused(f"{table.path} of {year} does not say what it was made from: {again}")
    changed = list(_changed(warehouse, configuration, year, cards, json.loads(left.made_from)))
    if changed:
        raise WarehouseRefused(f"source variables of {year} were made before {' and '.join(changed)} changed: {again}")


def _changed(
    warehouse: Warehouse, configuration: Configuration, year: int, cards: Iterable[Card], made_from: Mapping[str, Any]
) -> Iterator[str]:
    if made_from["definitions"] != configuration.definitions:
        yield "the rules, code lists or counters"
    if made_from.get("recoding", recoding := _recoding(configuration, year)) != recoding:
        yield "the municipalities of the map"
    built, groups = made_from["profession_groups"], {card.profession_group for card in cards}
    asked = {name: codes for name, codes in profession_groups(configuration, year).items() if name in groups}
    if any(built.get(name) != list(codes) for name, codes in asked.items()):
        yield "the profession groups of the cards"
    inputs = [(CLAIMS.table, int(of), content) for of, content in made_from["claims"].items()]
    for table, of, content in (*inputs, (POPULATION.table, year, made_from["population"])):
        if warehouse.holds(table) and of in warehouse.years(table) and warehouse.content(table, of) != content:
            yield f"{table.path} of {of}"


def _recoding(configuration: Configuration, year: int) -> str:
    """One hash over what each code is called on the map of the year."""
    return hashlib.sha256(repr(sorted(configuration.geography.recoding(year).items())).encode()).hexdigest()


def _year_tables(configuration: Configuration) -> tuple[Table, ...]:
    return configuration.year_tables.person, PRACTICE_YEAR, PRACTITIONER_YEAR


def _origin(warehouse: Warehouse, configuration: Configuration, year: int, history: Iterable[int]) -> str:
    """What the year tables of a year depend on, by name, as JSON."""
    made_from = {
        "package_version": __version__,
        "configuration": configuration.fingerprint,
        "definitions": configuration.definitions,
        "recoding": _recoding(configuration, year),
        "profession_groups": profession_groups(configuration, year),
        "claims": {str(each): warehouse.content(CLAIMS.table, each) for each in (*sorted(history), year)},
        "population": warehouse.content(POPULATION.table, year),
        "registers": {source.name: warehouse.content(source.table, None) for source in _REGISTERS},
    }
    return json.dumps(made_from, sort_keys=True)

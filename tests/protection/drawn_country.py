"""Small countries drawn by chance: persons and practices, summed here by hand, and protected as an executor does it.

A few persons in a few municipalities are the hardest there is: nearly every figure tells of a few of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.cards import dimension_names
from imaatlas_spark.geography.codes import COUNTRY, LEVELS, ancestors
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.cards.amounts import AT_LEAST, AT_MOST, IN, Amount
from imaatlas_spark.protection.cards.expressions import UNITS
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure, structure_of
from imaatlas_spark.protection.figures import Area, Layout, YearFacts
from imaatlas_spark.protection.solver import Solver
from imaatlas_spark.schemas.protection import LOOSE

YEAR = 2021
CONFIGURATION: Configuration = load_configuration(Path(__file__).parents[2] / "conf")
CARDS = {code: Shown.of(card) for code, card in CONFIGURATION.cards.items()}
STRUCTURE: Structure = structure_of(CARDS.values(), CONFIGURATION.protection)
DIMENSIONS = dimension_names(CONFIGURATION.cards.values())
LAYOUT = Layout(
    STRUCTURE.shown,
    {name: tuple(CONFIGURATION.dimensions[name].codes) for name in DIMENSIONS},
    {code: frozenset(card.levels(YEAR)) for code, card in CONFIGURATION.cards.items()},
    CONFIGURATION.protection.sector_dimensions.value,
)
_MUNICIPALITIES = ("21001", "21004", "11002", "11001", "44021", "44084", "25005", "52011")

Row = dict[str, Any]


@dataclass(frozen=True)
class Protected:
    """rows: what is published, with conf_status. hidden: as the solver returns it. faults: what the audit says.

    units: the persons and practices that it is drawn from, by year table. places: of each sector the municipality.
    """

    rows: list[Row]
    hidden: pa.Table
    faults: list[str]
    units: Mapping[str, list[Row]]
    places: Mapping[str, str]


def protected(seed: int) -> Protected:
    """The country of that seed, all cards."""
    random = Random(seed)
    municipalities = random.sample(_MUNICIPALITIES, random.randint(1, len(_MUNICIPALITIES)))
    everyone = [_person(random, municipalities) for _ in range(random.choice([3, 12, 40, 120, 400]))]
    practices = [_practice(random, municipalities) for _ in range(random.choice([0, 3, 12]))]
    _place_records(random, everyone, practices)
    empty = random.sample(_MUNICIPALITIES, 2)
    units = {"person_year": everyone, "practice_year": practices, "practitioner_year": []}
    parents = _parents([*municipalities, *empty])
    rows = list(_sums(units, parents))
    facts = {YEAR: _facts(units)}
    table = pa.Table.from_pylist(rows, _schema())
    solver = Solver(STRUCTURE, {YEAR: LAYOUT}, facts, CONFIGURATION.protection)
    hidden = pa.concat_tables(
        solver.protected(YEAR, number, table.filter(pc.is_in(table["code"], pa.array(STRUCTURE.cards_of(number)))))
        for number in range(len(STRUCTURE.clusters))
    )
    told = [{**row, "conf_status": status} for row, status in zip(rows, _statuses(rows, hidden), strict=True)]
    auditor = Auditor(STRUCTURE, DIMENSIONS, facts, CONFIGURATION.protection)
    faults = auditor.faults(YEAR, pa.Table.from_pylist(told, _schema(pa.field("conf_status", pa.string()))), hidden)
    places = {code: str(parent) for (level, code), parent in parents.items() if level == "sector"}
    return Protected(told, hidden, faults["fault"].to_pylist(), units, places)


def _person(random: Random, municipalities: list[str]) -> Row:
    municipality = random.choice([*municipalities, None])
    contacts = random.choice([0, 0, 1, 2, 3, 6])
    in_house = random.random() < 0.15
    has_gmd = in_house or random.random() < 0.7
    rule = 4 if in_house else (random.choice([1, 2, 3]) if has_gmd else (5 if contacts else None))
    everywhere = contacts + (random.choice([6, 12]) if in_house else 0)
    return {
        "municipality": municipality,
        "sector": f"{municipality}{random.choice('AB')}00-" if municipality and random.random() < 0.9 else None,
        "age": random.choice([None, *range(0, 100, 7)]),
        "sex": random.choice([None, 1, 2, 1, 2, 1, 2]),
        "increased_reimbursement": random.choice([None, 0, 1, 0, 0]),
        "regcontact": contacts,
        "regcontact_active": random.choice([contacts, contacts, max(contacts - 1, 0), 0]),
        "in_medical_house": in_house,
        "has_gmd": has_gmd,
        "attribution_rule": rule,
        "assigned_contacts": random.randint(0, everywhere) if rule else 0,
        "all_contacts": everywhere,
        "imag_spec_n": random.choice([0, 0, 1, 2]),
        "imag_radio_n": random.choice([0, 1]),
        "imag_dent_n": random.choice([0, 0, 0, 1]),
    }


def _place_records(random: Random, everyone: list[Row], practices: list[Row]) -> None:
    """Whoever has a GMD has it at one of the practices: some have many, some have none."""
    for person in everyone:
        if person["has_gmd"] and practices:
            at = practices[min(random.randrange(len(practices)), random.randrange(len(practices)))]
            at["gmd_persons"] += 1
            at["assigned_persons"] += 1


def _practice(random: Random, municipalities: list[str]) -> Row:
    return {
        "municipality": random.choice([*municipalities, None]),
        "practice_type": random.choice(["solo", "group", "medical_house", None]),
        "contacts": random.choice([0, 5, 2000]),
        "is_active": random.random() < 0.7,
        "assigned_persons": random.choice([0, 1, 3, 20, 300]),
        "gmd_persons": 0,
    }


def _parents(municipalities: list[str]) -> dict[Area, str | None]:
    """The areas that have rows, each with the code of the one above."""
    found: dict[Area, str | None] = {("country", COUNTRY): None}
    for municipality in municipalities:
        above = ancestors(municipality)
        found |= {(lower, above[lower]): above[upper] for upper, lower in pairwise(LEVELS[:5])}
        found |= {("sector", f"{municipality}{letter}00-"): municipality for letter in "AB"}
    return found


def _sums(units: Mapping[str, list[Row]], parents: Mapping[Area, str | None]) -> Iterator[Row]:
    for code, card in CARDS.items():
        above, below = (None if amount is None else _summed(amount, units) for amount in (card.above, card.below))
        for (level, area), parent in parents.items():
            if level in LAYOUT.levels[code]:
                for members in LAYOUT.members_of(card.dimensions, level):
                    cell = (level, area), members
                    yield {
                        "code": code,
                        "geo_level": level,
                        "geo_code": area,
                        "parent_code": parent,
                        **dict(zip(DIMENSIONS, members, strict=True)),
                        "numerator": above[cell] if above is not None else 0,
                        "denominator": None if below is None else below[cell],
                        **dict.fromkeys(MARKS, False),
                    }


def _summed(amount: Amount, units: Mapping[str, list[Row]]) -> dict[tuple[Area, tuple[str, ...]], int]:
    found: dict[tuple[Area, tuple[str, ...]], int] = defaultdict(int)
    for row in units[amount.unit]:
        if _holds(amount, row):
            members = [("_T", _member(name, row)) if amount.unit == "person_year" else ("_T",) for name in DIMENSIONS]
            for area, combination in product(_places(row), product(*members)):
                found[area, combination] += 1 if amount.column is None else row[amount.column]
    return found


def _holds(amount: Amount, row: Row) -> bool:
    return all(_fits(row.get(column), how, value) for column, how, value in amount.conditions)


def _fits(has: Any, how: str, value: Any) -> bool:
    if how == AT_LEAST:
        return has is not None and bool(has >= value)
    if how == AT_MOST:
        return has is not None and bool(has <= value)
    return has in value if how == IN else bool(has == value)


def _member(name: str, row: Row) -> str:
    if name == "age_class":
        if row["age"] is None:
            return "_U"
        decade = row["age"] // 10 * 10
        return "90+" if decade == 90 else f"{decade}-{decade + 9}"
    if name == "sex":
        return {1: "M", 2: "F"}.get(row["sex"], "_U")
    return {1: "yes", 0: "no"}.get(row["increased_reimbursement"], "_U")


def _places(row: Row) -> list[Area]:
    if row["municipality"] is None:
        return [("country", COUNTRY)]
    sector = [("sector", row["sector"])] if row.get("sector") else []
    return [*ancestors(row["municipality"]).items(), *sector]


def _facts(units: Mapping[str, list[Row]]) -> YearFacts:
    contributors: dict[Amount, dict[Area, int]] = {}
    for counted in {card.contributors for card in STRUCTURE.shown if card.contributors is not None}:
        total = ("_T",) * len(DIMENSIONS)
        summed = _summed(counted, units)
        contributors[counted] = {area: number for (area, members), number in summed.items() if members == total}
    largest: dict[Amount, dict[Area, tuple[int, int]]] = {}
    for amount in {STRUCTURE.components[each.owner] for each in STRUCTURE.wanted if each.kind == UNITS}:
        parts: dict[Area, list[int]] = defaultdict(list)
        for row in units[amount.unit]:
            if _holds(amount, row):
                for area in _places(row):
                    parts[area].append(row[str(amount.column)])
        largest[amount] = {area: _two(sorted(of, reverse=True)) for area, of in parts.items()}
    return YearFacts(contributors, largest)


def _two(parts: list[int]) -> tuple[int, int]:
    first, second, *_ = [*parts, 0, 0]
    return first, second


def _statuses(rows: list[Row], hidden: pa.Table) -> list[str]:
    place = ("geo_level", "geo_code", *DIMENSIONS)
    cells = {(row["pattern"], *(row[name] for name in place)) for row in hidden.to_pylist() if row["status"] != LOOSE}
    pattern = {code: STRUCTURE.patterns_of_card(code) for code in CARDS}
    return ["C" if (pattern[row["code"]], *(row[name] for name in place)) in cells else "F" for row in rows]


def _schema(*more: pa.Field) -> pa.Schema:
    texts = ("code", "geo_level", "geo_code", "parent_code", *DIMENSIONS)
    return pa.schema(
        [
            *((name, pa.string()) for name in texts),
            *((name, pa.int64()) for name in ("numerator", "denominator")),
            *((name, pa.bool_()) for name in MARKS),
            *more,
        ]
    )

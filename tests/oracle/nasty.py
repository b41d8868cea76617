"""Small, nasty deliveries: complete by the contract, and full of the edges of every rule."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from .dated import read_csv
from .nasty_files import FAULTS, with_faults, write_source
from .nasty_lines import ALMOST_GENETICISTS, GENETICISTS, YearOfLines, add_special_practices
from .nasty_world import ONE_DAY, World
from .small_cases import SCHEMAS
from .small_country import write_csv

REASONS = tuple(dict.fromkeys(reason for reason, _ in FAULTS))
# Of even and odd years: 5 % of the first cannot be earned to the cent, 5 % of the second can.
MEDIANS = (Decimal("123456.78"), Decimal("120000.00"))


def draw_person(world: World, year: int, person: int) -> tuple[Any, ...]:
    """A row of the population; hardly anything about a person stays the same from year to year."""
    rng = world.rng
    ages = (-1, 0, 1, 9, 10, 89, 90, 124, 125, 126, rng.randrange(100), rng.randrange(100), rng.randrange(100))
    birth_year = rng.choice([*(year - age for age in ages), None])
    december, june = world.address(year), world.address(year)
    if rng.random() < 0.4:
        june = december
    return (
        person,
        birth_year,
        rng.choice((1, 1, 1, 2, 2, 2, 0, 3, None)),
        june[0],
        december[0],
        june[1],
        december[1],
        rng.choice((0, 0, 1, 1, None)),
    )


def median_of(year: int) -> Decimal:
    return MEDIANS[year % 2]


@dataclass(frozen=True)
class Draw:
    """What is drawn: some 8 lines a person and year; on top of them five practices around `active_practice_contacts`.

    Quarantined rows stay within `faulty_per_thousand` of every source and year, so a year of fewer than 1000 lines has
    none; 0 switches them off.
    """

    seed: int
    persons: int
    active_practice_contacts: int = 20
    faulty_per_thousand: int = 1


def draw_nasty_delivery(directory: Path, draw: Draw, *, conf_dir: Path, years: Sequence[int]) -> None:
    """Writes a complete delivery for `years` (claims and population of each), the same for the same seed.

    Codes and municipalities are drawn from `conf_dir`.
    """
    rng = Random(draw.seed)
    world = World(rng, conf_dir, years, draw.persons)
    ids = rng.sample(range(1, 10 * draw.persons + 10), draw.persons + draw.persons // 10 + 1)
    insured, outsiders = ids[: draw.persons], ids[draw.persons :]
    add_special_practices(world)
    for provider in (*GENETICISTS, *ALMOST_GENETICISTS):
        world.add_practitioner(provider)

    for year in world.years:
        lines = YearOfLines(world, year, insured, outsiders).draw(draw.active_practice_contacts, median_of(year))
        lines = with_faults(rng, lines, year, draw.faulty_per_thousand, REASONS)
        write_source(rng, directory / f"claims/year={year}", "claims", lines)
        people = [draw_person(world, year, person) for person in insured if person == insured[0] or rng.random() < 0.93]
        nobody = len(people) * draw.faulty_per_thousand // (1000 - draw.faulty_per_thousand)
        people += [(None, *person[1:]) for person in people[:nobody]]
        write_source(rng, directory / f"population/year={year}", "population", people)
    registers = {
        "practices": world.practices,
        "practice_members": world.members,
        "practitioners": world.practitioners,
    }
    for source, rows in registers.items():
        write_source(rng, directory / source, source, [tuple(row[name] for name in SCHEMAS[source]) for row in rows])
    write_lists(directory, world)


def write_lists(directory: Path, world: World) -> None:
    """The two CSV files, with medians of other groups and years beside those that are asked for."""
    medians = [("clinical_geneticist", year, median_of(year)) for year in world.years if year >= 2019]
    medians += [("radiologist", year, Decimal("1.00")) for year in world.years]
    write_csv(directory / "fte_income_medians.csv", "profession_group,year,median_eur", medians)
    sectors = ((sector, "naam", "nom", first, last or "") for sector, first, last in world.sectors)
    write_csv(directory / "sectors.csv", "sector,name_nl,name_fr,valid_from,valid_to", sectors)


def write_nasty_codelists(conf_dir: Path, *, seed: int, years: Sequence[int]) -> None:
    """Rewrites the two code lists so that a third of the undated codes begins, ends or pauses within the years."""
    rng = Random(seed)
    for path in (conf_dir / "codelists/nomenclature.csv", conf_dir / "codelists/qualifications.csv"):
        rows = []
        for row in read_csv(path, ("code", "valid_from", "valid_to")):
            first, second = sorted(date(rng.choice(years), 1, 1) + rng.randrange(365) * ONE_DAY for _ in range(2))
            undated = not row["valid_from"] and not row["valid_to"]
            pause = [("", first), (second + ONE_DAY, "")]
            kinds: list[list[tuple[object, object]]] = [[("", first)], [(first, "")], [*pause]]
            periods = rng.choice(kinds) if undated and rng.random() < 1 / 3 else []
            rows += [{**row, "valid_from": str(begin), "valid_to": str(end)} for begin, end in periods] or [row]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)

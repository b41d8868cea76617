"""The attacker finds what he should where protection is poor, and nothing where nothing can be found."""

from collections.abc import Iterable
from random import Random

import polars as pl
import pytest

from tests.attacker.amounts import AMOUNTS, HALVES
from tests.attacker.attack import Components, Interval, Knowledge
from tests.attacker.sensitive import Attacker, Secret, secrets
from tests.attacker.world import TOTAL, UNKNOWN, Cell, World, world_of

_PUBLIC = {"beneficiaries", "practices"}
_PLACES = {f"{nis}A{number:02d}-": nis for nis in ("11001", "11002", "12003", "51006") for number in range(2)}


def drawn_persons(number: int, seed: int) -> pl.DataFrame:
    drawn = Random(seed)
    rows = []
    for _ in range(number):
        sector = drawn.choice([*sorted(_PLACES), None])
        contacts = drawn.choice([0, 1, 2, 5, 9])
        active = drawn.choice([contacts, contacts, contacts // 2])
        house, gmd = drawn.random() < 0.06, drawn.random() < 0.7
        rows.append(
            {
                "municipality": _PLACES.get(sector or "", drawn.choice(["11001", None])),
                "sector": sector,
                "age": drawn.choice([5, 71, 71, None]),
                "sex": drawn.choice([1, 2, 2, None]),
                "increased_reimbursement": drawn.choice([0, 0, 0, 1]),
                "regcontact": contacts,
                "regcontact_active": active,
                "in_medical_house": house,
                "has_gmd": gmd or house,
                "pat_attrib": 1 if gmd or house or contacts else None,
                "assigned_contacts": contacts // 2,
                "all_contacts": contacts + (6 if house else 0),
                "imag_spec_n": drawn.choice([0, 0, 1, 3]),
                "imag_radio_n": drawn.choice([0, 1]),
                "imag_dent_n": drawn.choice([0, 0, 0, 0, 1]),
            }
        )
    return pl.DataFrame(rows, schema_overrides={"age": pl.Int64, "sex": pl.Int64, "pat_attrib": pl.Int64})


def drawn_practices(seed: int) -> pl.DataFrame:
    drawn = Random(seed)
    rows = [
        {"municipality": nis, "is_active": True, "assigned_persons": drawn.randint(5, 60), "gmd_persons": 3}
        for nis in sorted(set(_PLACES.values()))
        for _ in range(drawn.randint(1, 5))
    ]
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(drawn_persons(300, seed=3), drawn_practices(seed=3), _PLACES, _PLACES)


def everything(world: World) -> dict[Cell, int]:
    """All figures that would be published without protection."""
    published = {name for halves in HALVES.values() for name in halves}
    return {cell: n for cell, n in world.true.items() if cell.amount in published and UNKNOWN not in cell.members}


def hiding(world: World, hidden: Iterable[Cell]) -> Knowledge:
    cells = everything(world)
    hidden = set(hidden)
    return Knowledge(world, frozenset(cells), {cell: n for cell, n in cells.items() if cell not in hidden})


def primary(world: World) -> set[Cell]:
    """The sensitive figures alone, and what their rows show beside them."""
    cells = everything(world)
    told = {secret.terms[0][0] for secret in secrets(hiding(world, []))}
    partners = {
        cell._replace(amount=other)
        for cell in told
        for halves in HALVES.values()
        if cell.amount in halves
        for other in halves
        if other not in _PUBLIC
    }
    return (told | partners) & cells.keys()


def with_a_second_cell(world: World, hidden: set[Cell]) -> set[Cell]:
    """Greedy: where a single child of an area is hidden, so is the smallest of its siblings."""
    cells, children, more = everything(world), world.children(), set(hidden)
    for parent, below in children.items():
        for name in sorted({cell.amount for cell in hidden}):
            for members in sorted({cell.members for cell in hidden if cell.amount == name}):
                siblings = [Cell(name, level, area, members) for level, area in below]
                if sum(cell in hidden for cell in siblings) == 1 and parent:
                    others = [cell for cell in siblings if cell in cells and cell not in hidden and cells[cell] > 0]
                    more |= set(sorted(others, key=lambda cell: (cells[cell], cell))[:1])
    return more


def some_secrets(knowledge: Knowledge) -> list[Secret]:
    """Every third: enough to tell good protection from poor, in a second."""
    return list(secrets(knowledge))[::3]


def leaks(knowledge: Knowledge) -> list[Secret]:
    attacker = Attacker(knowledge)
    return [secret for secret in some_secrets(knowledge) if attacker.knows(secret)]


@pytest.mark.slow
def test_without_protection_everything_is_known(world: World) -> None:
    knowledge = hiding(world, [])
    assert len(leaks(knowledge)) == len(some_secrets(knowledge)) > 20


@pytest.mark.slow
def test_small_cells_alone_leave_many_to_a_subtraction(world: World) -> None:
    known, sensitive = leaks(hiding(world, primary(world))), some_secrets(hiding(world, []))
    assert len(sensitive) / 10 < len(known) < len(sensitive)


@pytest.mark.slow
def test_a_greedy_second_cell_leaves_some(world: World) -> None:
    small = primary(world)
    assert 0 < len(leaks(hiding(world, with_a_second_cell(world, small)))) < len(leaks(hiding(world, small)))


@pytest.mark.slow
def test_where_only_public_figures_are_shown_nothing_is_known(world: World) -> None:
    assert leaks(hiding(world, {cell for cell in everything(world) if cell.amount not in _PUBLIC})) == []


@pytest.mark.parametrize(
    ("figures", "hidden", "expected"),
    [
        ((3, 40, 17), (0,), Interval(3, 3)),
        ((3, 40, 17), (0, 2), Interval(0, 20)),
        ((3, 56, 1), (0, 2), Interval(0, 4)),
        ((3, 56, 1), (0, 1, 2), Interval(0, 60)),
    ],
)
def test_children_under_a_shown_parent(figures: tuple[int, ...], hidden: tuple[int, ...], expected: Interval) -> None:
    parent = Cell("in house", "municipality", "11001", ())
    children = [Cell("in house", "sector", f"11001A0{place}-", ()) for place in range(3)]
    true = dict(zip(children, figures, strict=True)) | {parent: sum(figures)}
    parents = {(each.level, each.area): (parent.level, parent.area) for each in children}
    world = World(true, parents, {}, {})
    shown = {cell: n for cell, n in true.items() if cell not in {children[place] for place in hidden}}
    knowledge = Knowledge(world, frozenset(true), shown)
    assert Components(knowledge).interval(((children[0], 1),)) == expected


def test_a_hidden_figure_is_known_by_its_difference_in_another_statistic() -> None:
    """500 beneficiaries, 497 of them outside medical houses: three live in one."""
    at = ("municipality", "11001")
    true = {Cell("beneficiaries", *at, (TOTAL,)): 500, Cell("outside", *at, ()): 497, Cell("in house", *at, ()): 3}
    hidden = Cell("in house", *at, ())
    shown = {cell: n for cell, n in true.items() if cell != hidden}
    knowledge = Knowledge(World(true, {}, {}, {}), frozenset(true), shown)
    assert Components(knowledge).interval(((hidden, 1),)) == Interval(3, 3)


def test_every_statistic_of_persons_and_practices_is_known_to_the_attacker() -> None:
    assert {name for halves in HALVES.values() for name in halves} == AMOUNTS.keys()

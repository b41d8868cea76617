"""The attacker finds what he should where protection is poor, and nothing where nothing can be found."""

import math
from collections.abc import Mapping
from random import Random

import highspy
import polars as pl
import pytest

from tests.attacker.amounts import AMOUNTS, HALVES
from tests.attacker.attack import Interval
from tests.attacker.attacker import Attacker
from tests.attacker.knowledge import Knowledge, Terms
from tests.attacker.sensitive import PUBLIC, Secret, secrets
from tests.attacker.suppression import greedy, hiding, small
from tests.attacker.world import TOTAL, UNKNOWN, Cell, World, world_of

_PLACES = {f"{nis}A{number:02d}-": nis for nis in ("11001", "11002", "12003", "51006") for number in range(2)}


def drawn_persons(number: int, seed: int, places: Mapping[str, str] = _PLACES) -> pl.DataFrame:
    drawn = Random(seed)
    rows = []
    for _ in range(number):
        sector = drawn.choice([*sorted(places), None])
        contacts = drawn.choice([0, 1, 2, 5, 9])
        active = drawn.choice([contacts, contacts, contacts // 2])
        house, gmd = drawn.random() < 0.06, drawn.random() < 0.7
        rows.append(
            {
                "municipality": places.get(sector or "", drawn.choice([min(places.values()), None])),
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


def drawn_practices(seed: int, with_gmd: int = 3) -> pl.DataFrame:
    drawn = Random(seed)
    rows = [
        {"municipality": nis, "is_active": True, "assigned_persons": drawn.randint(5, 60), "gmd_persons": with_gmd}
        for nis in sorted(set(_PLACES.values()))
        for _ in range(drawn.randint(1, 5))
    ]
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(drawn_persons(300, seed=3), drawn_practices(seed=3), _PLACES, _PLACES)


def everything(world: World) -> Knowledge:
    """All figures that would be published without protection, shown."""
    published = {name for halves in HALVES.values() for name in halves}
    cells = {cell: n for cell, n in world.true.items() if cell.amount in published and UNKNOWN not in cell.members}
    return Knowledge(world, frozenset(cells), cells)


@pytest.fixture(scope="module")
def bare(world: World) -> Knowledge:
    return everything(world)


def some_secrets(knowledge: Knowledge) -> list[Secret]:
    """Every third: enough to tell good protection from poor, in a second."""
    return list(secrets(knowledge))[::3]


def leaks(knowledge: Knowledge) -> list[Secret]:
    return [secret for secret, _ in Attacker(knowledge).known(some_secrets(knowledge))]


def test_without_protection_everything_is_known(bare: Knowledge) -> None:
    assert len(leaks(bare)) == len(some_secrets(bare)) > 20


def test_small_cells_alone_leave_many_to_a_subtraction(bare: Knowledge) -> None:
    known, sensitive = leaks(small(bare)), some_secrets(bare)
    assert len(sensitive) / 10 < len(known) < len(sensitive)


def test_a_greedy_second_cell_leaves_some(bare: Knowledge) -> None:
    assert 0 < len(leaks(greedy(bare))) < len(leaks(small(bare)))


def test_where_only_public_figures_are_shown_nothing_is_known(bare: Knowledge) -> None:
    assert leaks(hiding(bare, {cell for cell in bare.cells if cell.amount not in PUBLIC})) == []


class Exact:
    """Intervals by a linear program written down relation by relation, without bounds, pushes or parts."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._solver = highspy.Highs()
        self._solver.silent()
        self._columns = {cell: column for column, cell in enumerate(sorted(knowledge.cells))}
        for cell in self._columns:
            figure = knowledge.shown.get(cell)
            self._solver.addVar(0 if figure is None else figure, math.inf if figure is None else figure)
        for relation in knowledge.relations:
            columns = [self._columns[cell] for cell, _ in relation.terms]
            factors = [float(factor) for _, factor in relation.terms]
            self._solver.addRow(relation.low, relation.high, len(columns), columns, factors)

    def interval(self, terms: Terms) -> Interval:
        least, most = (self._end(terms, sense) for sense in (-1, 1))
        return Interval(math.ceil(least - 1e-6), most if math.isinf(most) else math.floor(most + 1e-6))

    def _end(self, terms: Terms, sense: int) -> float:
        for cell, factor in terms:
            self._solver.changeColCost(self._columns[cell], -sense * factor)
        self._solver.run()
        bounded = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = self._solver.getInfo().objective_function_value
        for cell, _ in terms:
            self._solver.changeColCost(self._columns[cell], 0)
        return -sense * float(found) if bounded else sense * math.inf


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_what_is_known_is_what_exact_programs_say(seed: int) -> None:
    """Pushes and neighbourhoods spare programs, never a secret: on small worlds with cells hidden by chance."""
    drawn = Random(seed)
    places = dict(drawn.sample(sorted(_PLACES.items()), 4))
    persons, with_gmd = [(30, 0), (90, 1)][seed % 2]  # over all practices no more than persons
    practices = drawn_practices(seed, with_gmd)
    bare = everything(world_of(drawn_persons(persons, seed, places), practices, places, places))
    not_public = {cell for cell in bare.cells if cell.amount not in PUBLIC}
    poor = drawn.choice([small, greedy])(bare)
    more = drawn.sample(sorted(not_public), len(not_public) * (seed + 1) // 5)
    knowledge = hiding(bare, (bare.cells - poor.shown.keys()) | set(more))
    published, dark = Exact(knowledge), Exact(hiding(bare, not_public))
    tried = drawn.sample(list(secrets(knowledge)), 40)
    known = dict(Attacker(knowledge).known(tried))
    for secret in tried:
        interval = published.interval(secret.terms)
        width = min(secret.need, dark.interval(secret.terms).width)
        assert (secret in known) == (interval.width < width), (secret, interval)
        assert known.get(secret, interval) == interval
    assert 0 < len(known) < len(tried)


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
    assert Attacker(knowledge).interval(Secret("in house", ((children[0], 1),), 5)) == expected


def test_a_hidden_figure_is_known_by_its_difference_in_another_statistic() -> None:
    """500 beneficiaries, 497 of them outside medical houses: three live in one."""
    at = ("municipality", "11001")
    true = {Cell("beneficiaries", *at, (TOTAL,)): 500, Cell("outside", *at, ()): 497, Cell("in house", *at, ()): 3}
    hidden = Cell("in house", *at, ())
    shown = {cell: n for cell, n in true.items() if cell != hidden}
    knowledge = Knowledge(World(true, {}, {}, {}), frozenset(true), shown)
    assert Attacker(knowledge).interval(Secret("in house", ((hidden, 1),), 5)) == Interval(3, 3)


def test_every_statistic_of_persons_and_practices_is_known_to_the_attacker() -> None:
    assert {name for halves in HALVES.values() for name in halves} == AMOUNTS.keys()

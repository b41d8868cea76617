"""Sensitive cells of one block that cover each other: no more is hidden than what they need together."""

from collections.abc import Iterator
from itertools import product
from random import Random

import numpy as np

from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.arrays import Truth
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.blocks.block import Block, Component, Need, PatternCells, Term
from imaatlas_spark.protection.blocks.suppression import Suppression
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.figures import Layout, YearFacts
from imaatlas_spark.protection.solver import Solver
from tests.protection.small import IN_HOUSE, PERSONS, PROTECTION, as_table, card

WIDTH = 5
SHARED = ((4, 60), (3, 80), (90, 100))
TOO_FEW = ((2, 60), (2, 80), (90, 100))
ACROSS = ((3, 70, 200), (60, 3, 200), (90, 100, 200))


def block(sectors: tuple[tuple[int, ...], ...]) -> Block:
    """Of each sector the total, then its parts; none of the sums over sectors moves."""
    values = np.array([[sum(parts), *parts] for parts in sectors])
    everywhere = np.ones(values.shape, dtype=bool)
    at = tuple(range(values.shape[1]))
    members = (("_T",), *((f"part {number}",) for number in at[1:]))
    cells = PatternCells(members, ((0, at[1:]),), at, values + 5.0, everywhere, ~everywhere)
    component = Component("persons", 0, values, (True,) * len(at), ~everywhere)
    need = Need((Term(0, 1, at),), np.where(values < WIDTH, WIDTH, 0), 0)
    areas = tuple(f"sector:M{number}" for number in range(len(values)))
    return Block("municipality:M", areas, (cells,), (component,), (), (need,))


def hidden_of(sectors: tuple[tuple[int, ...], ...]) -> set[tuple[int, int]]:
    """Sector and part of what is hidden, where witnesses keep all that they have to keep."""
    found = Suppression(block(sectors))
    found.protect()
    (hidden,) = found.hidden
    look_at(np.array([moves[0] for moves in found.witnesses]), found.block, hidden)
    return {(int(sector), int(part)) for sector, part in np.argwhere(hidden)}


def look_at(moves: "np.ndarray", of: Block, hidden: Truth) -> None:
    """moves: witnesses x sectors x total and parts."""
    assert (moves.sum(axis=1) == 0).all()
    assert (moves[:, :, 0] == moves[:, :, 1:].sum(axis=2)).all()
    assert (of.components[0].values + moves >= 0).all()
    assert not moves[:, ~hidden].any()
    assert (moves.max(axis=0, initial=0) - moves.min(axis=0, initial=0) >= of.widths(0)).all()


def test_two_in_the_same_column_cover_each_other() -> None:
    """4 and 3 are any two numbers that make 7: wide enough, beside the other parts of their sectors."""
    assert hidden_of(SHARED) == {(0, 1), (0, 2), (1, 1), (1, 2)}


def test_nothing_is_spared_that_a_witness_needs() -> None:
    """2 and 2 are at most 4: the third sector has to be hidden as well."""
    assert hidden_of(TOO_FEW) == {(sector, part) for sector in range(3) for part in (1, 2)}


def test_two_at_the_corners_of_a_square_share_the_others() -> None:
    assert hidden_of(ACROSS) == {(0, 1), (0, 2), (1, 1), (1, 2)}


CARDS = (
    card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons"),
    card("cube_000_002", PERSONS, None, protects="public"),
)
STRUCTURE = structure_of(CARDS, PROTECTION)
LAYOUT = Layout(STRUCTURE.shown, {"sex": ("M", "F")}, {each.code: frozenset(LEVELS[:-1]) for each in CARDS}, 1)
TOLD = dict.fromkeys(MARKS, False)
SOLVER = Solver(STRUCTURE, {2021: LAYOUT}, {2021: YearFacts({}, {})}, PROTECTION)


def sums() -> Iterator[dict[str, object]]:
    """Three municipalities, which are the whole country."""
    places = [("country", "01000", None), ("region", "02000", "01000"), ("province", "10000", "02000")]
    places.append(("arrondissement", "11000", "10000"))
    counts = [(sum(men for men, _ in SHARED), sum(women for _, women in SHARED))] * len(places) + list(SHARED)
    places += [("municipality", code, "11000") for code in ("11001", "11002", "11004")]
    for (level, code, parent), (men, women) in zip(places, counts, strict=True):
        place = {"geo_level": level, "geo_code": code, "parent_code": parent, "denominator": None}
        for sex, number in (("_T", men + women), ("M", men), ("F", women)):
            yield {"code": "cube_000_001", **place, **TOLD, "sex": sex, "numerator": number}
        yield {"code": "cube_000_002", **place, **TOLD, "sex": "_T", "numerator": 1000}


def test_the_same_is_hidden_whatever_the_order_of_the_rows() -> None:
    rows = list(sums())
    expected = SOLVER.protected(2021, 0, as_table(rows))
    hidden = {(row["geo_code"], row["sex"]) for row in expected.to_pylist()}
    assert hidden == set(product(("11001", "11002"), ("M", "F")))
    for seed in range(3):
        Random(seed).shuffle(rows)
        assert SOLVER.protected(2021, 0, as_table(rows)).equals(expected)

"""One block by itself: medical-house persons of two sectors, and persons outside with a contact."""

import numpy as np

from imaatlas_spark.protection.blocks.block import Block, Component, Inequality, Need, PatternCells, Term
from imaatlas_spark.protection.blocks.suppression import Suppression

IN_HOUSE, OUTSIDE = 0, 1


def block(people: list[int], in_house: list[int], outside: list[int], need: list[int]) -> Block:
    """Nobody is both in a house and outside: the two together never exceed the people who live there."""
    column = {name: np.array(numbers)[:, None] for name, numbers in (("house", in_house), ("outside", outside))}
    everywhere = np.ones((len(people), 1), dtype=bool)
    cells = [PatternCells((("_T",),), (), (0,), numbers + 5.0, everywhere, ~everywhere) for numbers in column.values()]
    components = [
        Component(name, at, numbers, (True,), ~everywhere) for at, (name, numbers) in enumerate(column.items())
    ]
    bound = Inequality((Term(IN_HOUSE, -1, (0,)), Term(OUTSIDE, -1, (0,))), np.array(people)[:, None])
    needs = (Need((Term(IN_HOUSE, 1, (0,)),), np.array(need)[:, None], IN_HOUSE),)
    areas = tuple(f"sector:M{at}" for at in range(len(people)))
    return Block("municipality:M", areas, tuple(cells), tuple(components), (bound,), needs)


def test_others_make_way_for_what_has_to_follow_the_level_above() -> None:
    """Three of twenty are neither: for a fourth in the house, one outside has to be one less."""
    protected = Suppression(block([20, 30], [1, 0], [16, 25], [5, 0]))
    protected.protect([[np.array([-1]), None], [np.array([4]), None]])
    assert protected.lacking() == []
    assert [moves[IN_HOUSE][0, 0] for moves in protected.witnesses[:2]] == [-1, 4]
    for moves in protected.witnesses:
        assert moves[OUTSIDE].sum() == 0
        both = np.array([1 + 16, 0 + 25]) + moves[IN_HOUSE][:, 0] + moves[OUTSIDE][:, 0]
        assert (both <= [20, 30]).all()


def test_a_witness_that_brings_nothing_is_not_kept() -> None:
    """The one person may live in the other sector, and nothing else can be had."""
    protected = Suppression(block([20, 30], [1, 0], [16, 25], [5, 0]))
    protected.protect()
    assert len(protected.lacking()) == 1
    assert [moves[IN_HOUSE].ravel().tolist() for moves in protected.witnesses] == [[-1, 1]]

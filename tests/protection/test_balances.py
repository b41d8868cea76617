"""The direct way to the moves of one sum finds what the linear program finds."""

import numpy as np
import pytest

from imaatlas_spark.protection.blocks.balances import Balance
from imaatlas_spark.protection.blocks.block import Relations
from imaatlas_spark.protection.blocks.programs import Program, Wanted

CELLS = 6


def one_sum(cells: int = CELLS) -> Relations:
    return Relations.of([(np.arange(cells), np.ones(cells), 0)], cells)


@pytest.mark.parametrize("seed", range(40))
def test_the_reward_is_that_of_the_linear_program(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    lowest, highest = -drawn.integers(0, 6, CELLS), drawn.integers(0, 6, CELLS)
    reward = np.where(drawn.random(CELLS) < 0.5, drawn.uniform(-1.5, 1.5, CELLS), 0)
    price = np.where(drawn.random(CELLS) < 0.3, np.inf, 0.0)
    sides = np.array([float(drawn.integers(-4, 5))])
    found = Balance(one_sum(), price).solved(sides, lowest, highest, reward)
    expected = Program(one_sum(), price).solved(sides, lowest, highest, reward)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.sum() == sides[0]
        assert (lowest <= found).all()
        assert (found <= highest).all()
        assert not found[np.isinf(price)].any()
        assert found @ reward == pytest.approx(expected @ reward)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_wanted_is_brought_as_far_as_by_the_linear_program(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    lowest, highest = -drawn.integers(0, 6, CELLS), drawn.integers(3, 9, CELLS)
    price = np.where(np.arange(CELLS) < 2, 1e-3, drawn.uniform(1, 20, CELLS))
    wanted = Wanted(np.array([0, 1]), np.array([1.0, 1.0]), np.array([5.0, 4.0]), np.array([1.0, 1.2]))
    found = Balance(one_sum(), price, wanted).solved(np.zeros(1), lowest, highest)
    expected = Program(one_sum(), price, wanted).solved(np.zeros(1), lowest, highest)
    assert found is not None
    assert expected is not None
    assert found.sum() == 0

    def lacking(moves: np.ndarray) -> float:
        return float(np.maximum(wanted.least - moves[wanted.cells], 0) @ wanted.weight)

    assert lacking(found) == pytest.approx(lacking(expected))


def test_one_cell_that_carries_the_rest_is_taken_before_several_that_cost_more() -> None:
    price, wanted = np.array([1e-3, 2.0, 3.0, 4.0]), Wanted(*(np.array([each]) for each in (0, 1.0, 5.0, 1.0)))
    lowest, highest = np.array([-3, -2, -3, -40]), np.full(4, 10)
    found = Balance(one_sum(4), price, wanted).solved(np.zeros(1), lowest, highest)
    assert found is not None
    assert found.tolist() == [5, 0, 0, -5]  # 4, not 2 and 3


def test_a_sum_that_cannot_be_had_is_none() -> None:
    assert Balance(one_sum(), np.zeros(CELLS)).solved(np.array([7.0]), np.zeros(CELLS), np.ones(CELLS)) is None


def test_cells_in_no_sum_go_where_they_are_drawn() -> None:
    found = Balance(Relations.of([], 3), np.zeros(3)).solved(
        np.zeros(0), np.full(3, -4), np.full(3, 6), np.array([1.0, -1.0, 0.0])
    )
    assert found is not None
    assert found.tolist() == [6, -4, 0]

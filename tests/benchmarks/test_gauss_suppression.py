"""The method of GaussSuppression, worked out by hand, and as far as ranks of matrices tell."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.elimination import hidden_by_elimination, preference
from benchmarks.intervals import Intervals, made_wide
from benchmarks.one_table import OneTable
from tests.protection.small import IN_HOUSE, PERSONS, Country, houses


def hidden(
    count: Sequence[int], inner: Sequence[Sequence[int]], sensitive: Sequence[int], alone: bool = False
) -> set[int]:
    """The positions of hidden cells."""
    parts = [np.array(each) for each in inner]
    found = hidden_by_elimination(parts, np.array(count), np.isin(np.arange(len(count)), sensitive), alone)
    return set(np.flatnonzero(found).tolist())


def of_one_sum(*sectors: int) -> tuple[list[int], list[list[int]]]:
    """Sectors, and last their sum."""
    numbers = list(range(len(sectors)))
    return [*sectors, sum(sectors)], [*([each] for each in numbers), numbers]


def of_square(rows: Sequence[Sequence[int]]) -> tuple[list[int], list[list[int]]]:
    """The cells by rows, then sums of rows, of columns, of all."""
    values = np.array(rows)
    cell = np.arange(values.size).reshape(values.shape)
    inner = [*([each] for each in cell.ravel().tolist()), *cell.tolist(), *cell.T.tolist(), cell.ravel().tolist()]
    return [int(values.ravel()[each].sum()) for each in inner], inner


def test_the_smallest_that_would_tell_is_hidden() -> None:
    """60 and 40 are shown; 17 would leave 3."""
    assert hidden(*of_one_sum(3, 40, 17), sensitive=[0]) == {0, 2}


def test_two_sensitive_cells_cover_each_other_however_narrowly() -> None:
    """Their sum of 4 is told: the trap of docs/protection.md that asks for all three."""
    assert hidden(*of_one_sum(3, 56, 1), sensitive=[0, 2]) == {0, 2}


def test_one_cell_of_a_square_needs_a_rectangle() -> None:
    """Margins, 90, 80, 70, 60 are shown, 30 follows from them. 50 would tell 40, 20 and with them 3."""
    count, inner = of_square([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    assert hidden(count, inner, sensitive=[0]) == {0, 1, 3, 4}


def test_a_zero_covers_nothing() -> None:
    assert hidden(*of_one_sum(3, 0, 17, 40), sensitive=[0]) == {0, 2}


def test_a_sensitive_zero_is_covered_too() -> None:
    """None of three persons: the other 0 is shown, the sum of 50 as well, 50 is not."""
    assert hidden(*of_one_sum(0, 0, 50), sensitive=[0]) == {0, 2}


def test_a_sum_that_is_sensitive_hides_what_it_is_told_by() -> None:
    assert hidden(*of_one_sum(0, 3), sensitive=[1, 2]) == {1, 2}


def test_no_sum_of_singletons_is_told_where_they_count() -> None:
    """1 + 1 = 2: each of the two knows the other."""
    count, inner = of_one_sum(1, 1, 40)
    assert hidden(count, inner, sensitive=[0, 1]) == {0, 1}
    assert hidden(count, inner, sensitive=[0, 1], alone=True) == {0, 1, 2}


def test_zeros_come_first_and_then_the_larger() -> None:
    count, inner = of_one_sum(7, 0, 9)
    assert preference([np.array(each) for each in inner], np.array(count)).tolist() == [1, 3, 2, 0]


def test_of_equals_the_sum_comes_first() -> None:
    count, inner = of_one_sum(0, 9)
    assert preference([np.array(each) for each in inner], np.array(count)).tolist() == [0, 2, 1]


def drawn(random: np.random.Generator) -> tuple[list[int], list[list[int]]]:
    """Areas that lie within two others, which lie within one, by four members: all sums."""
    areas, members = 6, 4
    cell = np.arange(areas * members).reshape(areas, members)
    values = np.round(random.lognormal(2, 1.5, cell.size)).astype(int)
    of_areas = [[at] for at in range(areas)] + [[0, 1, 2], [3, 4, 5], [0, 1, 2, 3, 4, 5]]
    inner = [
        cell[area][:, member].ravel().tolist() for area in of_areas for member in ([0], [1], [2], [3], [0, 1, 2, 3])
    ]
    return [int(values[each].sum()) for each in inner], inner


@pytest.mark.parametrize("seed", range(12))
def test_nothing_sensitive_follows_from_what_is_shown_and_nothing_is_hidden_in_vain(seed: int) -> None:
    count, inner = drawn(np.random.default_rng(seed))
    matrix = np.array([np.isin(np.arange(24), each) for each in inner], dtype=float)
    sensitive = [at for at, number in enumerate(count) if 0 < number < 5]
    found = hidden(count, inner, sensitive)
    shown = [at for at in range(len(count)) if at not in found]

    def told(by: list[int]) -> list[int]:
        rank = np.linalg.matrix_rank(matrix[by])
        return [each for each in sensitive if np.linalg.matrix_rank(matrix[[*by, each]]) == rank]

    assert sensitive
    assert told(shown) == []
    assert all(told([*shown, each]) for each in found.difference(sensitive))


def small_country() -> Country:
    """Municipalities of three sectors: 3, 40, 17 in medical houses, and 3, 56, 1."""
    return Country(
        {"11001": ("11001A", "11001B", "11001C"), "11002": ("11002A", "11002B", "11002C")},
        (houses(),),
        {
            PERSONS: dict.fromkeys(("11001A", "11001B", "11001C", "11002A", "11002B", "11002C"), 500)
            | {"11001": 1500, "11002": 1500, "01000": 3000},
            IN_HOUSE: {"11001A": 3, "11001B": 40, "11001C": 17, "11002A": 3, "11002B": 56, "11002C": 1}
            | {"11001": 60, "11002": 60, "01000": 120},
        },
        {},
    )


def test_a_card_is_a_table_with_the_needs_that_it_has() -> None:
    table = OneTable.of(small_country().protected().cluster)
    need = {table.places[cell][0][1]: int(table.need[cell]) for cell in np.flatnonzero(table.sensitive)}
    assert need == {"11001A": 5, "11002A": 5, "11002C": 5}
    country = table.number[("country", "01000"), ()]
    assert sorted(table.places[each][0][1] for each in table.inner[country]) == [
        "11001A", "11001B", "11001C", "11002A", "11002B", "11002C",
    ]  # fmt: skip


def in_small_country() -> tuple[OneTable, dict[str, int]]:
    """The table, and the cell of each area."""
    table = OneTable.of(small_country().protected().cluster)
    return table, {area[1]: at for at, (area, _) in enumerate(table.places)}


def test_how_far_sensitive_cells_are_known() -> None:
    """3 with 17: 0 to 20. 3 with 1: 0 to 4, less than the 5 that is needed."""
    table, cell = in_small_country()
    found = hidden_by_elimination(table.inner, table.count, table.sensitive)
    assert {area for area, at in cell.items() if found[at]} == {"11001A", "11001C", "11002A", "11002C"}
    asked = [cell["11001A"], cell["11002A"], cell["11002C"]]
    assert Intervals(table).widths(found, asked).tolist() == [20, 4, 4]
    assert Intervals(table).widths(table.sensitive, asked[:1]).tolist() == [0]


def test_what_is_too_narrow_is_made_wide() -> None:
    """60 is shown; with 56 as well 3 and 1 would be 0 to 4."""
    table, cell = in_small_country()
    found = made_wide(table, hidden_by_elimination(table.inner, table.count, table.sensitive))
    assert {area for area, at in cell.items() if found[at]} == {"11001A", "11001C", "11002A", "11002B", "11002C"}

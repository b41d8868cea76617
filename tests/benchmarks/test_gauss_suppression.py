"""The method of GaussSuppression, worked out by hand, and as far as ranks of matrices tell."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from benchmarks.elimination import hidden_by_elimination, preference
from benchmarks.intervals import Intervals, made_wide, thinned
from benchmarks.one_table import OneTable
from imaatlas_spark.protection.arrays import Truth
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


def drawn(seed: int) -> OneTable:
    """Areas that lie within two others, which lie within one, by four members, and all sums."""
    random = np.random.default_rng(seed)
    children = {"C": ("A", "B"), "A": ("1", "2", "3"), "B": ("4", "5", "6")}
    areas, members = [*children, *"123456"], ["_T", *"wxyz"]
    number = {place: at for at, place in enumerate(product(areas, members))}
    sums = [(number[area, "_T"], np.array([number[area, each] for each in "wxyz"])) for area in areas]
    sums += [
        (number[area, member], np.array([number[each, member] for each in parts]))
        for (area, parts), member in product(children.items(), members)
    ]
    count = np.where([area in "123456" for area, _ in number], np.rint(random.lognormal(2, 1.5, len(number))), 0)
    for total, parts in (*sums[3:9], *reversed(sums[9:]), *sums[:3]):  # from the bottom
        count[total] = count[parts].sum()
    count = count.astype(np.int64)
    places = tuple((("area", area), (member,)) for area, member in number)
    need = np.where((count > 0) & (count < 5), 5, 0)
    return OneTable(places, count, need, -count, np.full_like(count, 1000), tuple(sums))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_sensitive_follows_from_what_is_shown_and_nothing_is_hidden_in_vain(seed: int) -> None:
    table = drawn(seed)
    cells = np.arange(len(table.count))
    matrix = np.array([np.isin(cells, each) for each in table.inner], dtype=float)
    sensitive = np.flatnonzero(table.sensitive)
    found = hidden_by_elimination(table.inner, table.count, table.sensitive)

    def told(by: Truth) -> list[int]:
        rank = np.linalg.matrix_rank(matrix[by])
        return [each for each in sensitive if np.linalg.matrix_rank(matrix[by | (cells == each)]) == rank]

    assert len(sensitive)
    assert told(~found) == []
    assert all(told(~found | (cells == each)) for each in np.flatnonzero(found & ~table.sensitive))


@pytest.mark.parametrize("seed", range(3))
def test_made_wide_all_are_as_wide_as_they_need(seed: int) -> None:
    table = drawn(seed)
    sensitive = np.flatnonzero(table.sensitive).tolist()
    exact = hidden_by_elimination(table.inner, table.count, table.sensitive)
    wide = made_wide(table, exact)
    assert (wide >= exact).all()
    assert (Intervals(table).widths(wide, sensitive) >= table.need[sensitive]).all()
    thin = thinned(table, np.ones_like(wide))
    assert (Intervals(table).widths(thin, sensitive) >= table.need[sensitive]).all()


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


def test_a_rectangle_moves_as_far_as_its_smallest_corners() -> None:
    """30 20 over 40 5, the sums shown: 30 falls by no more than the 5, and rises by no more than the 20."""
    count = np.array([30, 20, 40, 5, 50, 45, 70, 25])
    pairs = ((4, [0, 1]), (5, [2, 3]), (6, [0, 2]), (7, [1, 3]))
    sums = tuple((total, np.array(parts)) for total, parts in pairs)
    places = tuple((("area", str(at)), ()) for at in range(8))
    table = OneTable(places, count, np.zeros_like(count), -count, np.full_like(count, 1000), sums)
    assert Intervals(table).widths(np.arange(8) < 4, [0, 3]).tolist() == [25, 25]


def test_what_is_too_narrow_is_made_wide() -> None:
    """60 is shown; with 56 as well 3 and 1 would be 0 to 4."""
    table, cell = in_small_country()
    found = made_wide(table, hidden_by_elimination(table.inner, table.count, table.sensitive))
    assert {area for area, at in cell.items() if found[at]} == {"11001A", "11001C", "11002A", "11002B", "11002C"}


def test_what_is_hidden_in_vain_is_shown_again() -> None:
    """All sectors: 40 is not needed for 3 and 17, nor is a sector less for 3, 56, 1."""
    table, cell = in_small_country()
    found = thinned(table, np.array([area[0] == "sector" for area, _ in table.places]))
    assert {area for area, at in cell.items() if found[at]} == {"11001A", "11001C", "11002A", "11002B", "11002C"}

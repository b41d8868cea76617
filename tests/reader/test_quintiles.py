"""The classes of colour of a map."""

import pytest

from imaatlas_spark.reader.quintiles import places_on_the_scale, quintiles


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([0.0, None], []),
        ([7.0], [7]),
        ([float(each) for each in range(1, 11)], [2, 4, 6, 8, 10]),
        ([float(each) for each in range(11, 0, -1)], [3, 5, 7, 9, 11]),
        ([0.0, None, *map(float, range(1, 6))], [1, 2, 3, 4, 5]),
        ([1.0] * 8 + [2.0, 3.0], [1, 3]),
    ],
)
def test_each_class_has_as_many_areas(values: list[float | None], expected: list[float]) -> None:
    assert quintiles(values) == expected


@pytest.mark.parametrize(
    ("number", "places"),
    [(0, []), (1, [2]), (2, [0, 4]), (3, [0, 2, 4]), (4, [0, 1, 3, 4]), (5, [0, 1, 2, 3, 4])],
)
def test_fewer_classes_keep_the_ends_of_the_scale(number: int, places: list[int]) -> None:
    assert places_on_the_scale(number) == places

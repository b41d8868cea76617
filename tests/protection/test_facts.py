"""Who contributes and which practices are largest, summed upwards from municipalities to everything above them."""

from imaatlas_spark.protection.facts import _summed, _two_largest

PLACES = {
    "11001": [("municipality", "11001"), ("zone", "Z"), ("country", "01000")],
    "11002": [("municipality", "11002"), ("zone", "Z"), ("country", "01000")],
    None: [("country", "01000")],
}


def test_who_contributes_is_counted_in_every_area_and_group() -> None:
    found = _summed([("11001", 3), ("11002", 4), (None, 5)], PLACES)
    assert found == {
        ("municipality", "11001"): 3,
        ("municipality", "11002"): 4,
        ("zone", "Z"): 7,
        ("country", "01000"): 12,  # with those of whom only the country is known
    }


def test_the_two_largest_of_an_area_are_among_those_of_its_parts() -> None:
    found = _two_largest([("11001", [90, 80]), ("11002", [85]), (None, [100, 1])], PLACES)
    assert found == {
        ("municipality", "11001"): (90, 80),
        ("municipality", "11002"): (85, 0),
        ("zone", "Z"): (90, 85),
        ("country", "01000"): (100, 90),
    }

"""Years on the command line."""

import pytest

from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.periods import in_words, parse_years
from tests.unit.edits import refuses


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2021", (2021,)),
        ("2019-2021", (2019, 2020, 2021)),
        ("2019,2021", (2019, 2021)),
        ("2021,2019", (2019, 2021)),
        ("2016-2018,2021", (2016, 2017, 2018, 2021)),
        ("2021,2021,2020-2021", (2020, 2021)),
        ("2021-2021", (2021,)),
        (" 2019 , 2021 ", (2019, 2021)),
    ],
)
def test_every_way_of_writing_years_is_understood(text: str, years: tuple[int, ...]) -> None:
    assert parse_years(text) == years


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "21",
        "2021-",
        "-2021",
        "2019,,2021",
        "2019..2021",
        "2019;2021",
        "last",
        "2019-2020-2021",
        "20211",
        "２０２１",
    ],
)
def test_anything_else_is_refused_with_the_ways_to_write_it(text: str) -> None:
    with refuses(ArgumentRefused, f"--years '{text}'", "write 2021, 2019-2021 or 2019,2021"):
        parse_years(text)


def test_a_range_that_runs_backwards_is_refused_with_the_right_one() -> None:
    with refuses(ArgumentRefused, "2021-2019", "backwards", "write 2019-2021"):
        parse_years("2021-2019")


@pytest.mark.parametrize(
    ("years", "words"), [((2021,), "2021"), ((2019, 2021), "2019 and 2021"), ((1, 2, 3), "1, 2 and 3")]
)
def test_years_are_named_in_words(years: tuple[int, ...], words: str) -> None:
    assert in_words(years) == words

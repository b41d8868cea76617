"""Names from outside, told in one line."""

import pytest

from imaatlas_spark.names import is_showable, listed, shown

PLAIN = [
    "claims[1].parquet",
    "levering 2021",
    "\xe9t\xe9",
    "\U0001f600",
    "a\\b",
    "23:59",
    "100%",
    "*",
    "{a}",
    "nbsp\xa0",
]
ODD = {
    "a\nb": r"a\nb",
    "a\rb": r"a\rb",
    "a\tb": r"a\tb",
    "a\x00b": r"a\x00b",
    "a\x1b[31mb": r"a\x1b[31mb",
    "a\x85b": r"a\x85b",
    "a\u2028b": r"a\u2028b",
    "a\u2029b": r"a\u2029b",
    "a\x7fb": r"a\x7fb",
    "a\udce9b": r"a\udce9b",
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_is_shown_as_it_is(name: str) -> None:
    assert is_showable(name)
    assert shown(name) == name


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_shown_is_told_by_its_number_in_one_line(name: str) -> None:
    assert not is_showable(name)
    assert shown(name) == ODD[name]
    assert len(shown(name).splitlines()) == 1
    assert shown(name).encode("utf-8")


def test_many_names_are_told_by_the_first_and_their_number() -> None:
    assert listed(["a", "b\n"]) == r"a, b\n"
    assert listed([str(each) for each in range(8)], most=3) == "0, 1, 2 and 5 more"

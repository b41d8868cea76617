"""Periods of validity."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaatlas_spark.periods import END_OF_TIME, first_day_outside, parse_date, stretches

DAY = dt.timedelta(days=1)
START = dt.date(2021, 1, 1)


def test_an_iso_date_is_a_date() -> None:
    assert parse_date("2021-02-28") == dt.date(2021, 2, 28)


@pytest.mark.parametrize(
    "text", ["", "2021-1-1", "20210101", "01/01/2021", "2021-02-29", "2021-01-01T00:00:00", "２０２１-01-01"]
)
def test_what_merely_resembles_a_date_is_not_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"yyyy-mm-dd|day is out of range|day .* must be in range"):
        parse_date(text)


def test_periods_are_cut_where_one_begins_or_has_ended() -> None:
    january, spring = (START, dt.date(2021, 1, 31)), (dt.date(2021, 1, 15), dt.date(2021, 4, 30))
    assert list(stretches([january, spring])) == [
        (dt.date(2021, 1, 1), dt.date(2021, 1, 14)),
        (dt.date(2021, 1, 15), dt.date(2021, 1, 31)),
        (dt.date(2021, 2, 1), dt.date(2021, 4, 30)),
        (dt.date(2021, 5, 1), END_OF_TIME),
    ]


def test_no_periods_have_no_stretches() -> None:
    assert list(stretches([])) == []


PERIODS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), min_size=1, max_size=6)


@given(PERIODS)
def test_what_holds_on_the_first_day_of_a_stretch_holds_on_all_of_it(days: list[list[int]]) -> None:
    periods = [(START + first * DAY, START + last * DAY) for first, last in days]
    found = list(stretches(periods))
    assert found[0][0] == min(first for first, _ in periods)
    assert found[-1][1] == END_OF_TIME
    assert all(later[0] == earlier[1] + DAY for earlier, later in pairwise(found))
    for begins, ends in found:
        on_each_day = [
            [first <= begins + number * DAY <= last for first, last in periods]
            for number in range(min((ends - begins).days + 1, 30))
        ]
        assert all(holds == on_each_day[0] for holds in on_each_day)


@given(PERIODS, st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted))
def test_the_first_day_outside_is_the_first_that_no_period_has(days: list[list[int]], asked: list[int]) -> None:
    periods = [(START + first * DAY, START + last * DAY) for first, last in days]
    outside = [START + day * DAY for day in range(asked[0], asked[1] + 1)]
    outside = [day for day in outside if not any(first <= day <= last for first, last in periods)]
    found = first_day_outside((START + asked[0] * DAY, START + asked[1] * DAY), periods)
    assert found == (outside[0] if outside else None)


def test_open_periods_have_no_day_after_them() -> None:
    assert first_day_outside((START, END_OF_TIME), [(START, START + DAY), (START + 2 * DAY, END_OF_TIME)]) is None
    assert first_day_outside((START, END_OF_TIME), []) == START

"""Days and years: ISO dates, periods of which both days count, and years as the command line names them."""

import datetime as dt
import re
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator

from imaatlas_spark.errors import ArgumentRefused

BEGINNING_OF_TIME = dt.date(1, 1, 1)
END_OF_TIME = dt.date(9999, 12, 31)

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_YEARS = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date(text: str) -> dt.date:
    """An ISO date, and nothing that merely resembles one."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"'{text}' is not a date: write yyyy-mm-dd")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a date: {error}") from error


def _date_or(default: dt.date) -> BeforeValidator:
    return BeforeValidator(lambda text: parse_date(text) if text else default)


ValidFrom = Annotated[dt.date, _date_or(BEGINNING_OF_TIME)]
ValidTo = Annotated[dt.date, _date_or(END_OF_TIME)]


def first_day(year: int) -> dt.date:
    return dt.date(year, 1, 1)


def last_day(year: int) -> dt.date:
    return dt.date(year, 12, 31)


def overlaps_year(valid_from: dt.date, valid_to: dt.date | None, year: int) -> bool:
    """Whether a dated row is valid on some day of `year`; without a last day it is open."""
    return valid_from <= last_day(year) and (valid_to is None or valid_to >= first_day(year))


def valid_at_year_end(valid_from: dt.date, valid_to: dt.date, year: int) -> bool:
    """Whether a dated row is valid on 31 December of `year`."""
    return valid_from <= last_day(year) <= valid_to


def on_day(day: dt.date) -> str:
    """`on 2021-03-01`, and as people say it where nobody gave a first day."""
    return "from the beginning on" if day == BEGINNING_OF_TIME else f"on {day}"


def stretches(periods: Iterable[tuple[dt.date, dt.date]]) -> Iterator[tuple[dt.date, dt.date]]:
    """The days from the first beginning on, cut wherever a period begins or has ended; the last stretch is open.

    What holds on the first day of a stretch holds on all of it.
    """
    day = dt.timedelta(days=1)
    cuts = {cut for first, last in periods for cut in (first, *([last + day] if last < END_OF_TIME else []))}
    for begins, next_begins in pairwise([*sorted(cuts), None]):
        assert begins is not None
        yield begins, next_begins - day if next_begins else END_OF_TIME


def first_day_outside(period: tuple[dt.date, dt.date], periods: Iterable[tuple[dt.date, dt.date]]) -> dt.date | None:
    """The first day of `period` that lies in none of `periods`; None where they cover it."""
    uncovered, end = period
    for first, last in sorted(periods):
        if first <= uncovered <= last:
            if last >= end:
                return None
            uncovered = last + dt.timedelta(days=1)
    return uncovered if uncovered <= end else None


def parse_years(text: str) -> tuple[int, ...]:
    """The years that `text` names, ascending, each once."""
    years: set[int] = set()
    for part in text.split(","):
        match = _YEARS.fullmatch(part.strip())
        if match is None:
            raise ArgumentRefused(f"--years '{text}' is not understood: write 2021, 2019-2021 or 2019,2021")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ArgumentRefused(f"--years '{text}' runs backwards: write {last}-{first}")
        if not (first >= _FIRST_YEAR and last <= _LAST_YEAR):
            raise ArgumentRefused(f"--years '{text}' names years that no data are of: {_FIRST_YEAR} to {_LAST_YEAR}")
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def parse_year(text: str) -> int:
    """An argument type: one year."""
    if not re.fullmatch("[0-9]{4}", text) or int(text) == 0:
        raise ArgumentTypeError(f"'{text}' is no year: write four digits, as in 2025")
    if not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        raise ArgumentTypeError(f"'{text}' is a year that no data are of: {_FIRST_YEAR} to {_LAST_YEAR}")
    return int(text)


def in_words(years: tuple[int, ...]) -> str:
    """`2019, 2020 and 2021`."""
    *init, last = map(str, years)
    return f"{', '.join(init)} and {last}" if init else last

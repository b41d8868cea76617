"""Persons that are drawn, each a handful of claim lines; the same ones in every run."""

import datetime as dt
from random import Random
from typing import NamedTuple

DELIVERED, YEARS, FIRST_YEAR = (2017, 2018, 2019), (2018, 2019), 2017
CASES, ACTIVE = 160, 100
CODES, GMD, FORFAIT, IMAGE, ADDED = ("101076", "101032"), "102771", "109616", "460670", "103132"
PRACTICE_OF = {100: 10, 101: 10, 200: 20, 300: 30}
HOUSE_OF = {3000: 30, 4000: 40}


class Line(NamedTuple):
    """A billed line of a drawn person."""

    day: dt.date
    code: str
    cases: int
    provider: int | None = None
    institution: int | None = None
    qualification: str = "003"
    nwe: int = 0
    months_late: int = 0

    @property
    def booked(self) -> int:
        months = self.day.year * 12 + self.day.month - 1 + self.months_late
        return months // 12 * 100 + months % 12 + 1


class Case(NamedTuple):
    lines: list[Line]
    age_in_2019: int | None
    has_sector: bool


DAYS = [dt.date(year, month, day) for year in DELIVERED for month, day in ((1, 1), (3, 1), (12, 31))]
LATE = (0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 18, 19, 20, 21)


def drawn_line(rng: Random, kind: str) -> Line:
    day, late = rng.choice(DAYS), rng.choice(LATE)
    provider = rng.choice((100, 100, 100, 101, 101, 200, 200, 300, 300, None))
    if kind == "contact":
        line = Line(day, rng.choice(CODES), rng.choice((-2, -1, 1, 1, 1, 2, 3)), provider, months_late=late)
        return line._replace(qualification=rng.choice(("003",) * 7 + ("010",)), nwe=rng.choice((0,) * 7 + (1,)))
    if kind == "gmd":
        return Line(day, GMD, rng.choice((-1, 1, 1, 1)), provider, months_late=late)
    if kind == "forfait":
        house = rng.choice((3000, 3000, 4000, 5000))
        return Line(day, FORFAIT, rng.choice((-3, -1, 1, 1, 2, 3, 5, 6)), None, house, months_late=late)
    return Line(day, IMAGE, 1, qualification=rng.choice(("100", "003")))


# Of everything; of hardly anything, so that a record of an earlier year can decide; of forfaits above all.
MIXTURES = (
    (("contact",) * 5 + ("gmd", "forfait", "image"), 30),
    (("gmd", "contact"), 6),
    (("forfait", "forfait", "contact", "image"), 10),
)


def drawn_cases(number: int, seed: int = 1) -> list[Case]:
    """The same cases in every run. Hypothesis would draw and shrink one at a time: here one build judges them all."""
    rng = Random(seed)
    cases = []
    for _ in range(number):
        kinds, most = rng.choice(MIXTURES)
        lines = [drawn_line(rng, rng.choice(kinds)) for _ in range(rng.randint(1, most))]
        cases.append(Case(lines, rng.choice((None, *range(2, 100, 7))), rng.random() < 0.5))
    return cases

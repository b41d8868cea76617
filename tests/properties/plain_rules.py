"""The rules for one person in one year, as plain Python."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.properties.drawn_lines import ADDED, CODES, FORFAIT, GMD, HOUSE_OF, IMAGE, PRACTICE_OF, Line


def in_time(line: Line) -> bool:
    """Booked within 21 months from January of the year of service."""
    return line.day.month + line.months_late <= 21


def positive_nets(quantities: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    nets: Counter[Any] = Counter()
    for key, cases in quantities:
        nets[key] += cases
    return {key: net for key, net in nets.items() if net > 0}


def contact_days(lines: list[Line], year: int) -> dict[tuple[int, dt.date], int]:
    """Regular contacts by practice and day: at most one from 2019."""
    regular = [
        line
        for line in lines
        if line.code in (*CODES, ADDED) and line.qualification == "003" and line.nwe == 0 and line.provider
    ]
    of_year = [line for line in regular if line.day.year == year and in_time(line)]
    nets = positive_nets(((PRACTICE_OF[line.provider or 0], line.day, line.code), line.cases) for line in of_year)
    days: Counter[tuple[int, dt.date]] = Counter()
    for (practice, day, _), net in nets.items():
        days[practice, day] += net
    return {key: 1 if year >= 2019 else number for key, number in days.items()}


def forfaits_by_house(lines: list[Line], year: int) -> dict[int, int]:
    of_year = [line for line in lines if line.code == FORFAIT and line.day.year == year and in_time(line)]
    return positive_nets(
        (HOUSE_OF[line.institution or 0], line.cases) for line in of_year if line.institution in HOUSE_OF
    )


def forfait_days(lines: list[Line], year: int) -> set[tuple[int, dt.date]]:
    of_year = [line for line in lines if line.code == FORFAIT and line.day.year == year and in_time(line)]
    return set(
        positive_nets(
            ((HOUSE_OF[line.institution or 0], line.day), line.cases)
            for line in of_year
            if line.institution in HOUSE_OF
        )
    )


def gmd_events(lines: list[Line], year: int) -> list[tuple[dt.date, int]]:
    of_year = [line for line in lines if line.code == GMD and line.day.year == year and in_time(line) and line.provider]
    return list(positive_nets(((line.day, PRACTICE_OF[line.provider or 0]), line.cases) for line in of_year))


def latest(events: Iterable[tuple[dt.date, int]]) -> int:
    """The latest event date, then the lowest practice id."""
    return max(events, key=lambda event: (event[0], -event[1]))[1]


@dataclass(frozen=True)
class Care:
    """What the rules say of one person in one year."""

    regcontact: int
    regcontact_active: int
    ff_mh: int
    in_medical_house: bool
    pat_attrib: int | None
    attribution_rule: int | None
    has_gmd: bool
    assigned_contacts: int
    all_contacts: int
    imag_spec_n: int


def contacts_of(lines: list[Line], year: int) -> Counter[int]:
    """Contacts for assignment and activity: regular contacts and forfaits, by practice."""
    contacts: Counter[int] = Counter(forfaits_by_house(lines, year))
    for (practice, _), number in contact_days(lines, year).items():
        contacts[practice] += number
    return contacts


def assignment(lines: list[Line], year: int) -> tuple[int | None, int | None]:
    """(practice, rule): the first rule that applies decides."""
    contacts, forfaits = contacts_of(lines, year), forfaits_by_house(lines, year)
    now, before = gmd_events(lines, year), [*gmd_events(lines, year - 1), *gmd_events(lines, year - 2)]
    if now:
        return latest(now), 1
    if seen := [event for event in before if contacts[event[1]] > 0]:
        return latest(seen), 2
    if before and not contacts:
        return latest(before), 3
    if sum(forfaits.values()) >= 6:
        return house_of(forfaits), 4
    if contacts:
        days = {*contact_days(lines, year), *(each for each in forfait_days(lines, year) if each[0] in forfaits)}
        first = {practice: min(day for each, day in days if each == practice) for practice in contacts}
        return min(contacts, key=lambda practice: (-contacts[practice], first[practice], practice)), 5
    return None, None


def house_of(forfaits: Mapping[int, int]) -> int | None:
    return min(forfaits, key=lambda house: (-forfaits[house], house), default=None)


def care(lines: list[Line], year: int, active: set[int]) -> Care:
    contacts, forfaits, days = contacts_of(lines, year), forfaits_by_house(lines, year), contact_days(lines, year)
    practice, rule = assignment(lines, year)
    in_house = sum(forfaits.values()) >= 6 and practice == house_of(forfaits)
    images = [line for line in lines if line.code == IMAGE and line.qualification == "100" and line.day.year == year]
    return Care(
        regcontact=sum(days.values()),
        regcontact_active=sum(number for (each, _), number in days.items() if each in active),
        ff_mh=sum(forfaits.values()),
        in_medical_house=in_house,
        pat_attrib=practice,
        attribution_rule=rule,
        has_gmd=rule in (1, 2, 3) or in_house,
        assigned_contacts=contacts[practice] if practice else 0,
        all_contacts=sum(contacts.values()),
        imag_spec_n=len(images),
    )

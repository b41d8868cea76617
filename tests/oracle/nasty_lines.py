"""Claim lines in which every edge of every rule occurs often."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from .deliveries import Claim
from .nasty_world import LONG_AGO, ONE_DAY, World

# Ids that the random ones never reach.
UNKNOWN_INSTITUTION = 890_000_000
INSTITUTION_AT_THRESHOLD = 880_000_000
AT_THRESHOLD = tuple(range(900_000_000, 900_000_005))
KEEPS_A_GMD, SEES_AN_OUTSIDER = FORGOTTEN = (910_000_000, 910_000_001)
GENETICISTS = tuple(range(950_000_000, 950_000_008))
NOT_A_GENETICIST, LATE_GENETICIST = ALMOST_GENETICISTS = (960_000_000, 960_000_001)
SPECIALIST = "580"
DUTY = "101091"  # supplement of a contact during organised duty


def booked(year: int, month: int) -> int:
    """The n-th accounting month counted from January of the year."""
    return (year + (month - 1) // 12) * 100 + (month - 1) % 12 + 1


class YearOfLines:
    """The lines of one year of service."""

    def __init__(self, world: World, year: int, persons: list[int], outsiders: list[int]) -> None:
        self.world = world
        self.rng = world.rng
        self.year = year
        self.days = world.days[year]
        self.insured = persons
        self.everybody = persons + outsiders
        self.lines: list[Claim] = []

    def day(self) -> date:
        return self.rng.choice(self.days)

    def line(self, person: int, day: date, code: str, provider: int | None, **changes: Any) -> Claim:
        """A line that would count, booked in good time; most of them get nastier afterwards."""
        month = min(21, day.month + self.rng.choice((0, 0, 1, 2, 9)))
        cents = Decimal(self.rng.choice((0, 2000, 2550, 3181, 31))) / 100
        line = Claim(person, day, code, 1, cents, provider, "003", "10", None, 0, booked(self.year, month))
        return line._replace(**changes)

    def nastily(self, *lines: Claim) -> None:
        """Each line as it is, or in one of the variants."""
        for line in lines:
            self.lines += self.rng.choice(VARIANTS)(self, line) if self.rng.random() < 0.7 else [line]

    def colleague(self, line: Claim) -> int | None:
        """Somebody who shares a practice with the provider, on that day or not."""
        return self.rng.choice(self.world.colleagues.get(line.provider) or [line.provider])

    def stranger(self) -> int:
        return self.rng.choice(self.world.providers)

    def another_code(self, line: Claim) -> str:
        """Another code of a group of the line's code."""
        groups = [codes for codes in self.world.nomenclature.by_group.values() if line.code in codes]
        return self.rng.choice(self.rng.choice(groups or [["999999"]]))

    def draw(self, threshold: int, median: Decimal) -> list[Claim]:
        """All lines of the year."""
        for person in self.everybody:
            self.live(person)
        self.work_in_practices_around(threshold)
        self.remember_forgotten_practices()
        self.earn_around(median, self.world.qualifications.by_group["clinical_geneticist"])
        return self.lines

    # What a person does in a year

    def live(self, person: int) -> None:
        """Visits or none, ties or none, forfaits or none, GMD or none: every combination comes up."""
        rng = self.rng
        near = self.world.near(person)
        ways = (self.stay_away, self.visit, self.visit, self.tie, self.enrol, self.enrol, self.race)
        rng.choice(ways)(person, near)
        if rng.random() < 0.4:
            self.open_gmd(person, near)
        if rng.random() < 0.4:
            self.have_image(person, near)
        if rng.random() < 0.2:
            others = [*self.world.codes("gp_night_weekend", "gp_supplement"), "999999"]
            self.nastily(self.line(person, self.day(), rng.choice(others), rng.choice(near)))

    def stay_away(self, person: int, near: list[int]) -> None:
        """No contact at all: rule 3."""

    def visit(self, person: int, near: list[int]) -> None:
        codes = self.world.codes("gp_contact", "gp_remote_contact")
        for _ in range(self.rng.choice((1, 2, 2, 3, 5))):
            self.nastily(self.line(person, self.day(), self.rng.choice(codes), self.rng.choice(near)))

    def tie(self, person: int, near: list[int]) -> None:
        """As many contacts with two or three providers, on the same days or on others."""
        code = self.rng.choice(self.world.codes("gp_contact", "gp_remote_contact"))
        number = self.rng.choice((1, 2))
        days = self.rng.sample(self.days, number)
        for provider in near[: self.rng.choice((2, 3))]:
            own_days = days if self.rng.random() < 0.5 else self.rng.sample(self.days, number)
            self.lines += [self.line(person, day, code, provider) for day in own_days]

    def enrol(self, person: int, near: list[int]) -> None:
        """Forfaits around the threshold, in one line or many, of one house or two, paid back or not."""
        rng = self.rng
        one, other = self.world.houses(person)
        number = rng.choice((1, 5, 6, 6, 7, 12))
        patterns: list[list[tuple[int | None, int]]] = [
            [(one, 1)] * number,
            [(one, number)],
            [(one, number), (other, 1)],
            [(one, number + 1), (one, -1)],
            [(one, 3), (other, 3)],
            [(one, 4), (other, 3)],
            [(one, number), (other, 1), (other, -1)],
            [(one, number), (other, -2)],
            [(one, 2), (one, -2)],
            [(one, 1), (one, -3)],
            [(one, 5), (UNKNOWN_INSTITUTION, 1)],
            [(one, 5), (None, 1)],
        ]
        codes = self.world.codes("medical_house_forfait")
        nobody: dict[str, Any] = {"qualification": None, "category": None}
        for institution, cases in rng.choice(patterns):
            line = self.line(person, self.day(), rng.choice(codes), None, **nobody)
            line = line._replace(institution=institution, cases=cases)
            self.lines += [line] if rng.random() < 0.9 else rng.choice(VARIANTS)(self, line)
        inside = self.world.inside.get(one, [])
        if inside and rng.random() < 0.5:
            self.open_gmd(person, inside)
        if rng.random() < 0.5:
            self.visit(person, [*near, *inside[:2]])

    def race(self, person: int, near: list[int]) -> None:
        """A house and another practice with as many contacts: which of them was first?"""
        rng = self.rng
        (house, _), forfait = self.world.houses(person), rng.choice(self.world.codes("medical_house_forfait"))
        inside = rng.choice(self.world.inside.get(house) or near)
        visit = rng.choice(self.world.codes("gp_contact"))
        first, second, third, fourth = sorted(rng.sample(self.days, 4))
        # (days and cases of the forfaits, days of visits inside, days of visits elsewhere)
        paid, in_days, out_days = rng.choice(
            (
                ([(first, 1)], [], [second]),
                ([(second, 1)], [], [first]),
                ([(first, 1)], [], [first]),
                ([(first, -1), (third, 2)], [], [second]),
                ([(first, 2), (first, -1), (first, -1), (third, 1)], [], [second]),
                ([(first, 1), (fourth, -1)], [third], [second]),
                ([(first, 1), (fourth, -2)], [third], [second]),
            )
        )
        for day, cases in paid:
            self.lines.append(self.line(person, day, forfait, None, institution=house, cases=cases))
        self.lines += [self.line(person, day, visit, inside) for day in in_days]
        self.lines += [self.line(person, day, visit, near[0]) for day in out_days]

    def open_gmd(self, person: int, near: list[int]) -> None:
        """One GMD or several, also on one day with several practices."""
        codes = self.world.codes("gmd")
        day = self.day()
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            day = day if self.rng.random() < 0.5 else self.day()
            self.nastily(self.line(person, day, self.rng.choice(codes), self.rng.choice(near)))

    def have_image(self, person: int, near: list[int]) -> None:
        """Imaging by all kinds of qualification and category, of which many may not count."""
        lists = self.world.qualifications.by_group
        known = [self.rng.choice(codes) for codes in lists.values()]
        usual: dict[str, tuple[str | None, str | None]] = {
            "specialist": (SPECIALIST, "10"),
            "radiologist": (lists["radiologist"][0], "19"),
            "dentist": (None, "30"),
        }
        for _ in range(self.rng.choice((1, 2, 3))):
            kind = self.rng.choice(list(usual))
            qualification, category = usual[kind]
            if self.rng.random() < 0.4:
                qualification = self.rng.choice([SPECIALIST, None, "000", "009", "010", *known])
                category = self.rng.choice(("10", "19", "09", "20", "30", "39", "40", None))
            code = self.rng.choice(self.world.codes(f"imaging_{kind}"))
            line = self.line(person, self.day(), code, self.rng.choice([*near, None]))
            self.nastily(line._replace(qualification=qualification, category=category))

    # What must stand around a threshold

    def work_in_practices_around(self, threshold: int) -> None:
        """Practices of n - 1, n and n + 1 contacts, and of n lines that are n - 1 contacts after the cap."""
        code = "101076" if "101076" in (codes := self.world.codes("gp_contact")) else codes[0]
        every_day = [date(self.year, 1, 1) + number * ONE_DAY for number in range(365)]
        crowd = self.rng.sample(self.everybody, -(-len(self.everybody) // 10))
        contacts = (threshold - 1, threshold, threshold + 1, threshold - 1, threshold)
        for place, (provider, number_of_contacts) in enumerate(zip(AT_THRESHOLD, contacts, strict=True)):
            pairs = (
                (crowd[number % len(crowd)], every_day[number // len(crowd)]) for number in range(number_of_contacts)
            )
            lines = [self.line(person, day, code, provider) for person, day in pairs]
            if place == 3 and lines:
                lines.append(lines[0])
            if place == 4:
                forfait = self.rng.choice(self.world.codes("medical_house_forfait"))
                paid = self.line(self.everybody[-1], self.day(), forfait, None, institution=INSTITUTION_AT_THRESHOLD)
                lines = [*lines[2:], paid._replace(cases=2)]
            if lines:
                lines += [lines[0]._replace(outside_hours=1), lines[0]._replace(qualification=None)]
            self.lines += lines

    def remember_forgotten_practices(self) -> None:
        """One that is in no register any more keeps a GMD; another sees somebody who is not insured."""
        contact, gmd = self.world.codes("gp_contact")[0], self.world.codes("gmd")[0]
        self.lines.append(self.line(self.rng.choice(self.insured), self.day(), gmd, KEEPS_A_GMD))
        self.lines.append(self.line(self.everybody[-1], self.day(), contact, SEES_AN_OUTSIDER))

    def earn_around(self, median: Decimal, qualifications: list[str]) -> None:
        """Geneticists just under, at and just over 5 %, by many kinds of lines."""
        share = (median * 5 / 100).quantize(Decimal("0.01"))
        cent = Decimal("0.01")
        incomes = [share - cent, share, share + cent, share, share + 1, 2 * share, Decimal(0), -share]
        for provider, income in zip(GENETICISTS, incomes, strict=True):
            part = (income / 3).quantize(cent)
            qualified = [
                self.line(self.rng.choice(self.everybody), self.day(), "888888", provider, amount=amount)._replace(
                    qualification=self.rng.choice(qualifications), category=self.rng.choice(("10", "15", "19"))
                )
                for amount in (part, income - part)
            ]
            undone = qualified[0]._replace(cases=-1, amount=-qualified[0].amount)
            late = qualified[0]._replace(booked_month=booked(self.year, 22))
            unqualified = qualified[0]._replace(qualification=self.rng.choice((None, SPECIALIST)))
            self.lines += [qualified[1], late, self.rng.choice((unqualified, qualified[0], qualified[0]))]
            self.lines += self.rng.choice(([], [qualified[0], undone], [undone, unqualified]))
        # Never one of the group: another category, or only late.
        almost = self.line(self.everybody[0], self.day(), "888888", NOT_A_GENETICIST, amount=2 * share)
        almost = almost._replace(qualification=qualifications[0])
        self.lines += [almost._replace(category=category) for category in ("20", "09", None)]
        self.lines.append(almost._replace(provider=LATE_GENETICIST, booked_month=booked(self.year, 22)))


def undo(line: Claim, **changes: Any) -> Claim:
    """The correction of a line, perhaps with a difference."""
    return line._replace(cases=-line.cases, amount=-line.amount)._replace(**changes)


VARIANTS: tuple[Callable[[YearOfLines, Claim], list[Claim]], ...] = (
    lambda of, line: [line, line],
    lambda of, line: [line, line._replace(code=of.another_code(line))],
    lambda of, line: [line._replace(cases=3)],
    lambda of, line: [line._replace(cases=0)],
    lambda of, line: [undo(line)],
    lambda of, line: [line, undo(line)],
    lambda of, line: [line, undo(line), line._replace(code=of.another_code(line))],
    lambda of, line: [line._replace(cases=3), undo(line)],
    lambda of, line: [line, undo(line, cases=-2)],
    lambda of, line: [line, undo(line, provider=of.colleague(line))],
    lambda of, line: [line, undo(line, provider=of.stranger())],
    lambda of, line: [line, undo(line, provider=None)],
    lambda of, line: [line, undo(line, qualification="004")],
    lambda of, line: [line, undo(line, qualification=SPECIALIST)],
    lambda of, line: [line, undo(line, qualification=None)],
    lambda of, line: [line, undo(line, category=None)],
    lambda of, line: [line, undo(line, category="30")],
    lambda of, line: [line, undo(line, outside_hours=1)],
    lambda of, line: [line, undo(line, code=of.another_code(line))],
    lambda of, line: [line, undo(line, code="0" + line.code)],
    lambda of, line: [line, undo(line, day=(day := of.day()), booked_month=booked(of.year, day.month))],
    lambda of, line: [line, undo(line, booked_month=booked(of.year, 21))],
    lambda of, line: [line, undo(line, booked_month=booked(of.year, 22))],
    lambda of, line: [line._replace(booked_month=booked(of.year, 21))],
    lambda of, line: [line._replace(booked_month=booked(of.year, 22))],
    lambda of, line: [line._replace(booked_month=booked(of.year, 22)), undo(line)],
    lambda of, line: [line._replace(code="0" + line.code)],
    lambda of, line: [line._replace(outside_hours=1)],
    lambda of, line: [line._replace(qualification=of.rng.choice(("000", "009", "010", SPECIALIST)))],
    lambda of, line: [line._replace(qualification=None)],
    lambda of, line: [line, line._replace(code=DUTY)],
    lambda of, line: [line, line._replace(code=DUTY), line._replace(code=DUTY, cases=-1)],
    lambda of, line: [line._replace(category=of.rng.choice(("09", "19", "20", "30")))],
    lambda of, line: [line._replace(category=None)],
    lambda of, line: [line._replace(provider=None)],
    lambda of, line: [line, line._replace(provider=of.stranger())],
    lambda of, line: [line, line._replace(provider=of.colleague(line))],
)


def add_special_practices(world: World) -> None:
    """The practices around the threshold, the last of them paid by forfaits too, and the forgotten ones."""
    nis = world.valid[world.years[-1]][0]
    for practice in (*AT_THRESHOLD, *FORGOTTEN):
        world.add_practice(
            practice,
            practice_type="group",
            institution_id=INSTITUTION_AT_THRESHOLD if practice == AT_THRESHOLD[-1] else None,
            nis=nis,
            valid_from=LONG_AGO,
            valid_to=LONG_AGO if practice in FORGOTTEN else None,
        )
        world.add_member(practice, practice)

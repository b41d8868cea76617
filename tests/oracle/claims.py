"""definitions, section 2 and the counts of section 3: from claim lines to what happened between whom."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from .deliveries import Claim
from .parameters import Parameters
from .reference import Reference

Key = TypeVar("Key", bound=Hashable)
IMAGING = ("imaging_specialist", "imaging_radiologist", "imaging_dentist")


class Event(NamedTuple):
    """A GMD opened or renewed."""

    day: date
    practice: int


@dataclass
class Dealings:
    """What one person had to do with one practice in one year."""

    regular: int = 0
    uncapped: int = 0
    forfaits: int = 0
    first_day: date = date.max

    def activity(self, parameters: Parameters) -> int:
        """definitions, section 3.5: what it adds to the practice's activity."""
        acts = self.regular if parameters.activity_is_capped else self.uncapped
        return acts + (self.forfaits if parameters.forfaits_make_active else 0)

    @property
    def contacts(self) -> int:
        """definitions, section 3: contacts for assignment and for activity."""
        return self.regular + self.forfaits


def net_quantities(quantities: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """definitions, section 2.2: signed quantities added up; a key counts only when its net is positive."""
    nets: dict[Key, int] = defaultdict(int)
    for key, cases in quantities:
        nets[key] += cases
    return {key: net for key, net in nets.items() if net > 0}


class ClaimsOfYear:
    """The lines that count for a year, and the questions that the definitions ask of them."""

    def __init__(
        self,
        year: int,
        lines: Iterable[Claim],
        reference: Reference,
    ) -> None:
        self.year = year
        self.registers = reference.registers
        self.nomenclature = reference.nomenclature
        self.qualifications = reference.qualifications
        self.parameters = reference.parameters
        self.lines = [line for line in lines if self.in_booking_window(line)]

    def in_booking_window(self, line: Claim) -> bool:
        """definitions, section 2.1: booked within 21 accounting months counted from January of the line's own year."""
        booked_year, booked_month = divmod(line.booked_month, 100)
        months = (booked_year - line.day.year) * 12 + booked_month
        return months <= self.parameters.booking_window_months

    def of_group(self, *code_groups: str) -> Iterable[Claim]:
        """definitions, section 2.4: lines whose code is in one of the groups on the day of service, each once."""
        codes = {code for group, code in self.nomenclature.periods if group in code_groups}
        return (
            line
            for line in self.lines
            if line.code in codes and any(self.nomenclature.has(group, line.code, line.day) for group in code_groups)
        )

    def is_physician(self, line: Claim) -> bool:
        return line.category is not None and "10" <= line.category <= "19"

    def is_qualified(self, line: Claim, group: str) -> bool:
        return self.qualifications.has(group, line.qualification, line.day)

    def is_regular(self, line: Claim) -> bool:
        """definitions, section 3, REGCONTACT: by a physician with a GP's qualification, in hours."""
        return self.is_physician(line) and self.is_qualified(line, "gp") and line.outside_hours == 0

    def net_by_practice(self, lines: Iterable[Claim]) -> dict[tuple[int, int, date, str], int]:
        """Positive nets per (person, practice, day, code), the practice being the provider's on the day."""
        return net_quantities(
            ((line.person, practice, line.day, line.code), line.cases)
            for line in lines
            if (practice := self.registers.practice_of_provider(line.provider, line.day, self.parameters)) is not None
        )

    def dealings(self) -> dict[int, dict[int, Dealings]]:
        """Person -> practice -> regular contacts, forfaits and the first day of either (definitions, section 3)."""
        dealings: dict[int, dict[int, Dealings]] = defaultdict(lambda: defaultdict(Dealings))
        self.add_regular_contacts(dealings)
        self.add_forfaits(dealings)
        return dealings

    def add_regular_contacts(self, dealings: dict[int, dict[int, Dealings]]) -> None:
        """REGCONTACT: positive nets; from 2019 one contact per person, practice and day at most."""
        groups = ["gp_contact", *(["gp_remote_contact"] if self.parameters.remote_contacts_count else [])]
        on_duty = set() if self.parameters.duty_contacts_count else self.encounters_on_duty()
        nets = self.net_by_practice(
            line
            for line in self.of_group(*groups)
            if self.is_regular(line) and (line.person, line.provider, line.day) not in on_duty
        )
        contacts: dict[tuple[int, int, date], int] = defaultdict(int)
        for (person, practice, day, _), net in nets.items():
            contacts[person, practice, day] += net
        for (person, practice, day), number in contacts.items():
            capped = self.year >= self.parameters.daily_cap_from
            there = dealings[person][practice]
            there.regular += 1 if capped else number
            there.uncapped += number
            there.first_day = min(there.first_day, day)

    def house_of(self, line: Claim) -> int | None:
        """definitions, section 2.3: the medical house of a forfait."""
        return self.registers.practice_of_institution(line.institution, line.day, self.parameters)

    def encounters_on_duty(self) -> set[tuple[int, int | None, date]]:
        """Person, practitioner and day of each supplement of organised duty that is left after corrections."""
        lines = [line for line in self.lines if line.code == self.parameters.duty_supplement and line.provider]
        return set(net_quantities(((line.person, line.provider, line.day), line.cases) for line in lines))

    def add_forfaits(self, dealings: dict[int, dict[int, Dealings]]) -> None:
        """FF_MH: max(0, signed sum) per person and house; a house that sums to 0 or less is no contact."""
        lines = [
            (line, house)
            for line in self.of_group("medical_house_forfait")
            if (house := self.house_of(line)) is not None
        ]
        sums = net_quantities(((line.person, house), line.cases) for line, house in lines)
        days = net_quantities(((line.person, house, line.day, line.code), line.cases) for line, house in lines)
        for (person, house), forfaits in sums.items():
            dealings[person][house].forfaits = forfaits
        for person, house, day, _ in days:
            if (person, house) in sums:
                there = dealings[person][house]
                there.first_day = min(there.first_day, day)

    def forfaits_of_unknown_houses(self) -> dict[int, int]:
        """Person -> forfaits for which no house is known; a sum below zero is nothing."""
        lost = (line for line in self.of_group("medical_house_forfait") if self.house_of(line) is None)
        return net_quantities((line.person, line.cases) for line in lost)

    def gmd_events(self) -> dict[int, list[Event]]:
        """Person -> GMD events; no filter on category, qualification or NWE_YN."""
        events: dict[int, list[Event]] = defaultdict(list)
        anybody = not self.parameters.gmd_by_physicians_only
        lines = (line for line in self.of_group("gmd") if anybody or self.is_physician(line))
        for person, practice, day, _ in self.net_by_practice(lines):
            events[person].append(Event(day, practice))
        return events

    def is_imaging(self, line: Claim, group: str) -> bool:
        """definitions, section 3.9: who may have made the image. Without a qualification nobody is a specialist."""
        if group == "imaging_dentist":
            return line.category in self.parameters.dentist_categories
        if group == "imaging_radiologist":
            return self.is_physician(line) and self.is_qualified(line, "radiologist")
        return (
            self.is_physician(line)
            and line.qualification is not None
            and not self.is_qualified(line, "gp")
            and not self.is_qualified(line, "radiologist")
        )

    def imaging(self, group: str) -> dict[int, int]:
        """Person -> examinations of the group: positive nets per (person, day, code)."""
        examinations: dict[int, int] = defaultdict(int)
        lines = (line for line in self.of_group(group) if self.is_imaging(line, group))
        nets = net_quantities(((line.person, line.day, line.code), line.cases) for line in lines)
        for (person, _, _), net in nets.items():
            examinations[person] += net
        return examinations

    def incomes(self, profession_group: str) -> dict[int, Decimal]:
        """Provider -> insurance amount of all his lines, or of those with a qualification of the group, whatever their
        category (definitions, section 3.10)."""
        incomes: dict[int, Decimal] = defaultdict(Decimal)
        every_line = not self.parameters.income_of_listed_lines_only
        for line in self.lines:
            if line.provider is not None and (every_line or self.is_qualified(line, profession_group)):
                incomes[line.provider] += line.amount
        return incomes

    def members_of(self, profession_group: str) -> set[int]:
        """The providers with a line as a physician with a qualification of the group, corrected or not."""
        return {
            line.provider
            for line in self.lines
            if line.provider is not None and self.is_physician(line) and self.is_qualified(line, profession_group)
        }

"""definitions, section 3: the rows of person_year, practice_year and practitioner_year (data contract, section 4)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from .claims import IMAGING, ClaimsOfYear, Dealings, Event
from .dated import row_of_year
from .deliveries import Insured
from .parameters import Parameters, RefusedError
from .reference import Reference


class PersonYear(NamedTuple):
    year: int
    person_id: int
    municipality: str | None
    sector: str | None
    age: int | None
    sex: int | None
    increased_reimbursement: int | None
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
    imag_radio_n: int
    imag_dent_n: int


class PracticeYear(NamedTuple):
    year: int
    practice_id: int
    practice_type: str | None
    municipality: str | None
    contacts: int
    is_active: bool
    assigned_persons: int
    gmd_persons: int


class PractitionerYear(NamedTuple):
    year: int
    provider_id: int
    profession_group: str
    municipality: str | None
    income: Decimal
    median_income: Decimal
    is_active: bool


class Assignment(NamedTuple):
    """PAT_ATTRIB with the rule that gave it, and whether this is a medical-house person."""

    practice: int | None
    rule: int | None
    in_medical_house: bool
    house: int | None


def decisive_practice(events: Iterable[Event], parameters: Parameters) -> int:
    """The latest event date (a reading), then the lowest practice id."""
    sign = -1 if parameters.latest_gmd_decides else 1
    return min(events, key=lambda event: (sign * event.day.toordinal(), event.practice)).practice


def assigned_by_gmd(
    this_year: list[Event], years_before: list[Event], contacts: Mapping[int, int], parameters: Parameters
) -> tuple[int | None, int | None]:
    """PAT_ATTRIB, rules 1 to 3: (practice, rule), or (None, None)."""
    if this_year:
        return decisive_practice(this_year, parameters), 1
    still_seen = [event for event in years_before if contacts.get(event.practice, 0) > 0]
    if still_seen:
        return decisive_practice(still_seen, parameters), 2
    if years_before and not any(contacts.values()):
        return decisive_practice(years_before, parameters), 3
    return None, None


class History(NamedTuple):
    """What decides about a person: records, dealings, and forfaits of houses that nobody knows."""

    this_year: list[Event]
    years_before: list[Event]
    dealings: Mapping[int, Dealings]
    lost_forfaits: int


def assign(history: History, active: Collection[int], parameters: Parameters) -> Assignment:
    """PAT_ATTRIB, assignment of a person in a year; the first rule that applies decides."""
    dealings = history.dealings

    def possible(practice: int | None) -> bool:
        return practice in active or not parameters.only_active_practices_are_assigned

    contacts = {practice: there.contacts for practice, there in dealings.items()}
    forfaits = {practice: there.forfaits for practice, there in dealings.items() if there.forfaits > 0}
    house = min(forfaits, key=lambda practice: (-forfaits[practice], practice), default=None)
    now = [event for event in history.this_year if possible(event.practice)]
    before = [event for event in history.years_before if possible(event.practice)]
    by_gmd, rule = assigned_by_gmd(now, before, contacts, parameters)

    enrolled = sum(forfaits.values()) + history.lost_forfaits >= parameters.medical_house_forfaits
    in_medical_house = enrolled and by_gmd in (None, house)
    if by_gmd is not None:
        return Assignment(by_gmd, rule, in_medical_house, house)
    if parameters.six_forfaits_decide and enrolled and house is not None and possible(house):
        return Assignment(house, 4, in_medical_house, house)
    most = [practice for practice, number in contacts.items() if number > 0 and possible(practice)]
    if most:
        first = min(most, key=lambda practice: (-contacts[practice], dealings[practice].first_day, practice))
        return Assignment(first, 5, in_medical_house, house)
    return Assignment(None, None, in_medical_house, house)


def contacts_of_practices(dealings: Mapping[int, Mapping[int, Dealings]], parameters: Parameters) -> Counter[int]:
    """Contacts for activity: over all persons, in the population or not."""
    contacts: Counter[int] = Counter()
    for with_practices in dealings.values():
        for practice, there in with_practices.items():
            contacts[practice] += there.activity(parameters)
    return contacts


def person_year(
    year: int,
    population: Iterable[Insured],
    claims: ClaimsOfYear,
    claims_before: Iterable[ClaimsOfYear],
    reference: Reference,
) -> tuple[list[PersonYear], Counter[int], Counter[int]]:
    """One row per person of the population; the contacts of every practice; and its persons with a GMD."""
    dealings = claims.dealings()
    practice_contacts = contacts_of_practices(dealings, reference.parameters)
    active = {
        practice
        for practice, contacts in practice_contacts.items()
        if contacts >= reference.parameters.active_practice_contacts
    }
    gmd_now = claims.gmd_events()
    gmd_before = [earlier.gmd_events() for earlier in claims_before]
    imaging = [claims.imaging(group) for group in IMAGING]
    parameters = reference.parameters
    lost = claims.forfaits_of_unknown_houses() if parameters.forfaits_of_unknown_houses_count else {}

    rows = []
    gmd_persons: Counter[int] = Counter()
    for insured in population:
        mine: Mapping[int, Dealings] = dealings.get(insured.person, {})
        before = [event for events in gmd_before for event in events.get(insured.person, ())]
        history = History(gmd_now.get(insured.person, []), before, mine, lost.get(insured.person, 0))
        assignment = assign(history, active, parameters)
        june, december = (insured.june_nis, insured.june_sector), (insured.december_nis, insured.december_sector)
        municipality, sector = reference.geography.residence(year, june=june, december=december)
        if not parameters.residents_abroad_count and reference.geography.lives_abroad(year, june[0], december[0]):
            continue
        if assignment.rule in (1, 2, 3):
            gmd_persons[assignment.practice or 0] += 1
        elif assignment.in_medical_house and assignment.house is not None:
            gmd_persons[assignment.house] += 1
        rows.append(
            PersonYear(
                year=year,
                person_id=insured.person,
                municipality=municipality,
                sector=sector,
                age=believable_age(insured.birth_year, year, parameters),
                sex=insured.sex,
                increased_reimbursement=insured.major_coverage,
                regcontact=sum(there.regular for there in mine.values()),
                regcontact_active=sum(there.regular for practice, there in mine.items() if practice in active),
                ff_mh=sum(there.forfaits for there in mine.values()) + history.lost_forfaits,
                in_medical_house=assignment.in_medical_house,
                pat_attrib=assignment.practice,
                attribution_rule=assignment.rule,
                has_gmd=assignment.rule in (1, 2, 3) or assignment.in_medical_house,
                assigned_contacts=sum(
                    there.contacts for practice, there in mine.items() if practice == assignment.practice
                ),
                all_contacts=sum(there.contacts for there in mine.values()),
                imag_spec_n=imaging[0].get(insured.person, 0),
                imag_radio_n=imaging[1].get(insured.person, 0),
                imag_dent_n=imaging[2].get(insured.person, 0),
            )
        )
    return rows, practice_contacts, gmd_persons


def believable_age(birth_year: int | None, year: int, parameters: Parameters) -> int | None:
    """definitions, section 3.13: the age on 31 December; above the oldest that is believed it is unknown."""
    return None if birth_year is None or year - birth_year > parameters.oldest_age else year - birth_year


def practice_year(
    year: int,
    persons: Iterable[PersonYear],
    contacts: Counter[int],
    with_gmd: Counter[int],
    reference: Reference,
) -> list[PracticeYear]:
    """One row for each practice valid in the year, with a contact in it, or with a person assigned to it."""
    persons = list(persons)
    assigned = Counter(person.pat_attrib for person in persons if person.pat_attrib is not None)
    in_register = {practice: row_of_year(rows, year) for practice, rows in reference.registers.practices.items()}
    valid = {practice for practice, row in in_register.items() if row is not None}
    with_contact = {practice for practice, number in contacts.items() if number > 0}
    rows = []
    for practice in sorted(valid | with_contact | set(assigned) | set(with_gmd)):
        row = in_register.get(practice)
        rows.append(
            PracticeYear(
                year=year,
                practice_id=practice,
                practice_type=row.practice_type if row else None,
                municipality=reference.geography.recode(row.nis, year) if row else None,
                contacts=contacts[practice],
                is_active=contacts[practice] >= reference.parameters.active_practice_contacts,
                assigned_persons=assigned[practice],
                gmd_persons=with_gmd[practice],
            )
        )
    return rows


def practitioner_year(
    year: int,
    claims: ClaimsOfYear,
    reference: Reference,
) -> list[PractitionerYear]:
    """One row per provider and profession group that a statistic needs in the year."""
    rows = []
    for group, first_year in reference.parameters.profession_groups:
        if year < first_year:
            continue
        if (median := reference.medians.get((group, year))) is None:
            raise RefusedError(f"no FTE median income of {group} in {year}")
        incomes = claims.incomes(group)
        for provider in sorted(claims.members_of(group)):
            row = row_of_year(reference.registers.practitioners.get(provider, ()), year)
            rows.append(
                PractitionerYear(
                    year=year,
                    provider_id=provider,
                    profession_group=group,
                    municipality=reference.geography.recode(row.nis, year) if row else None,
                    income=incomes[provider],
                    median_income=median,
                    is_active=incomes[provider] >= reference.parameters.active_income_share * median,
                )
            )
    return rows

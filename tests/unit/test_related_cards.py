"""The fourteen cards against the tables of section 4 of the rules, and against each other."""

from typing import NamedTuple

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card, Condition, Measurement
from imaatlas_spark.configuration.dimensions import Labels

SHEETS = ("stat_003_014", "stat_003_005", "stat_003_007", "stat_020_033", "cube_013_007")
MUNICIPALITY, SECTOR = "municipality", "sector"
NOBODY_IN_A_HOUSE = "in_medical_house = False"
SEEN_BY_ACTIVE = "rows with regcontact_active >= 1"
Q3, Q4 = "Q3 y+2", "Q4 y+2"


class Line(NamedTuple):
    """A line of the tables, in the words of the card."""

    unit: str
    where: str
    numerator: str
    denominator: str | None
    scale: int
    dimensions: tuple[str, ...]
    address: str
    smallest: dict[int, str]
    since: int
    released: str
    breaks: tuple[int, ...] = ()


def of_persons(
    numerator: str,
    denominator: str,
    scale: int,
    smallest: dict[int, str],
    released: str,
    *breaks: int,
    where: str = "",
) -> Line:
    since = min(smallest)
    return Line("person_year", where, numerator, denominator, scale, (), "residence", smallest, since, released, breaks)


def of_practices(numerator: str) -> Line:
    smallest = {2003: MUNICIPALITY}
    return Line(
        "practice_year", "is_active = True", numerator, "rows", 1, (), "practice", smallest, 2003, Q3, breaks=(2008,)
    )


CONTACTS = of_persons(
    "sum of regcontact_active", SEEN_BY_ACTIVE, 1, {2017: MUNICIPALITY, 2019: SECTOR}, Q3, 2019, where=NOBODY_IN_A_HOUSE
)
LOYALTY = of_persons("sum of assigned_contacts", "sum of all_contacts", 100, {2003: MUNICIPALITY}, Q3, 2008)
IMAGING = of_persons("rows with imag_spec_n >= 1", "rows", 100, {2015: MUNICIPALITY}, Q4)
AGE_SEX_AND_REIMBURSEMENT = ("age_class", "sex", "increased_reimbursement")

LINES = {
    "stat_003_014": CONTACTS,
    "stat_003_005": of_practices("sum of assigned_persons"),
    "stat_003_007": of_persons(
        "rows with in_medical_house = True", "rows", 10_000, {2003: MUNICIPALITY, 2005: SECTOR}, Q3
    ),
    "stat_020_033": Line(
        unit="practitioner_year",
        where="",
        numerator="rows with is_active = True",
        denominator=None,
        scale=1,
        dimensions=(),
        address="practitioner",
        smallest={2019: "arrondissement"},
        since=2019,
        released="Q4 y+1, provisional",
    ),
    "cube_013_007": IMAGING._replace(dimensions=("age_class",)),
    "cube_003_014": CONTACTS._replace(dimensions=AGE_SEX_AND_REIMBURSEMENT),
    "stat_003_001": of_persons("rows with has_gmd = True", "rows", 100, {2003: MUNICIPALITY}, Q3, 2008),
    "stat_003_006": of_practices("sum of gmd_persons"),
    "stat_003_011": LOYALTY._replace(where="has_gmd = True"),
    "stat_003_012": LOYALTY._replace(where="attribution_rule >= 1"),
    "stat_003_015": of_persons(
        "rows with regcontact >= 1", "rows", 100, {2003: MUNICIPALITY}, Q3, 2008, where=NOBODY_IN_A_HOUSE
    ),
    "stat_013_007": IMAGING,
    "cube_013_003": IMAGING._replace(numerator="rows with imag_radio_n >= 1", dimensions=("age_class",)),
    "cube_013_005": IMAGING._replace(numerator="rows with imag_dent_n >= 1", dimensions=("age_class",)),
}
READINGS = tuple(code for code in LINES if code not in SHEETS)


def condition(found: Condition) -> str:
    at_least = found.at_least is not None
    return f"{found.column} >= {found.at_least}" if at_least else f"{found.column} = {found.equals}"


def conditions(found: tuple[Condition, ...]) -> str:
    return ", ".join(map(condition, found))


def measurement(found: Measurement) -> str:
    measured = "rows" if found.sum is None else f"sum of {found.sum}"
    return f"{measured} with {conditions(found.where)}" if found.where else measured


def line(card: Card) -> Line:
    release = card.release
    provisional = "" if release.provisional_years_after is None else ", provisional"
    return Line(
        card.unit,
        conditions(card.where),
        measurement(card.numerator),
        None if card.denominator is None else measurement(card.denominator),
        card.scale,
        card.dimensions,
        card.geography_anchor,
        {step.from_year: step.level for step in card.smallest_level},
        card.available_since,
        f"Q{release.quarter} y+{release.years_after}{provisional}",
        tuple(each.year for each in card.breaks),
    )


@pytest.fixture(scope="module")
def cards(configuration: Configuration) -> dict[str, Card]:
    return configuration.cards


def test_there_is_a_card_for_every_line(cards: dict[str, Card]) -> None:
    """Whoever adds one need not add it here."""
    assert set(cards) >= set(LINES)


@pytest.mark.parametrize("code", LINES)
def test_a_card_says_what_its_line_says(cards: dict[str, Card], code: str) -> None:
    assert line(cards[code]) == LINES[code]


@pytest.mark.parametrize(("statistic", "cube"), [("stat_003_014", "cube_003_014"), ("stat_013_007", "cube_013_007")])
def test_a_statistic_and_its_cube_differ_in_dimensions_only(cards: dict[str, Card], statistic: str, cube: str) -> None:
    plain, broken_down = line(cards[statistic]), line(cards[cube])
    assert plain.dimensions == ()
    assert broken_down._replace(dimensions=()) == plain
    assert cards[statistic].title == cards[cube].title
    assert cards[statistic].formula == cards[cube].formula


@pytest.mark.parametrize(
    ("code", "related"),
    [
        ("stat_003_014", "cube_003_014 stat_003_005 006 001 015 007 011 012"),
        ("stat_003_005", "stat_003_006 001 015 007 011 012 014"),
        ("stat_003_007", "stat_003_005 006 001 015 011 012 014"),
        ("stat_020_033", ""),
        ("cube_013_007", "stat_013_007 cube_013_003 005"),
    ],
)
def test_cards_of_the_sheets_are_related_as_the_sheets_say(cards: dict[str, Card], code: str, related: str) -> None:
    """A number without a series belongs to the series before it."""
    named: list[str] = []
    for each in related.split():
        named.append(each if "_" in each else f"{named[-1][:8]}_{each}")
    assert list(cards[code].related) == named


@pytest.mark.parametrize("code", LINES)
def test_what_a_card_is_related_to_exists_and_is_related_to_it(cards: dict[str, Card], code: str) -> None:
    assert code not in cards[code].related
    assert len(set(cards[code].related)) == len(cards[code].related)
    for other in cards[code].related:
        assert code in cards[other].related


@pytest.mark.parametrize("code", SHEETS)
def test_a_card_with_a_sheet_of_its_own_cites_it(cards: dict[str, Card], code: str) -> None:
    assert cards[code].definition == "sheet"
    assert cards[code].citation.sheet == f"https://metadata.ima-aim.be/nl/app/Atlas/{code}_At"


@pytest.mark.parametrize("code", READINGS)
def test_a_card_without_a_sheet_says_so_and_dates_itself_by_the_sheet_that_names_it(
    cards: dict[str, Card], code: str
) -> None:
    card, namer = cards[code], cards["stat_003_014" if "_003_" in code else "cube_013_007"]
    date = namer.citation.metadata_updated
    assert code in namer.related
    assert card.definition == "reading"
    assert card.citation.sheet == f"no public sheet; named by the sheet of {namer.code}"
    assert card.citation.metadata_updated == date
    said = card.notes[-1]
    assert "geen metadatafiche openbaar" in said.nl
    assert "Aucune fiche de métadonnées" in said.fr
    assert "No metadata sheet of this statistic is public" in said.en
    for text in (said.nl, said.fr, said.en):
        assert namer.code in text
        assert f"{date:%d/%m/%Y}" in text


@pytest.mark.parametrize("code", LINES)
def test_every_text_is_there_in_three_languages(cards: dict[str, Card], code: str) -> None:
    card = cards[code]
    texts: list[Labels] = [card.title, card.description, card.formula, *card.notes, *card.breaks]
    for text in texts:
        assert len({text.nl.strip(), text.fr.strip(), text.en.strip()} - {""}) == 3
    assert len(card.keywords.nl) == len(card.keywords.fr) == len(card.keywords.en) > 0

"""The card of a statistic: what it says, and the cards that the linter refuses."""

import datetime as dt
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.card_checks import CardContext, load_cards
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import ArgumentRefused, ConfigurationRefused
from imaatlas_spark.statistics.releases import releases
from tests.unit.edits import edited, refuses

CONTACTS, PER_PRACTICE, HOUSES, GENETICISTS, IMAGING = (
    "stat_003_014",
    "stat_003_005",
    "stat_003_007",
    "stat_020_033",
    "cube_013_007",
)
TO_THE_MUNICIPALITY = ("country", "region", "province", "arrondissement", "municipality")
NOT_IN_A_HOUSE = 'where = [{ column = "in_medical_house", is = false }]'
SECTOR_FROM_2019 = '[[smallest_level]]\nfrom = 2019\nlevel = "sector"'
PRACTICES_SMALLEST = 'from = 2003\nlevel = "municipality"'


def context_of(configuration: Configuration) -> CardContext:
    return CardContext(
        configuration.dimensions,
        configuration.qualifications.groups,
        configuration.year_tables.by_unit,
        configuration.variables,
        configuration.atlas,
        configuration.rules.reading_ids,
        configuration.rules.values("physician_categories"),
    )


@pytest.fixture(scope="module")
def cards(configuration: Configuration) -> dict[str, Card]:
    return configuration.cards


@pytest.mark.parametrize(
    ("code", "unit", "said"),
    [
        (CONTACTS, "person_year", ("mean", 1, 2017, ())),
        (PER_PRACTICE, "practice_year", ("mean", 1, 2003, ())),
        (HOUSES, "person_year", ("rate_per_10000", 10_000, 2003, ())),
        (GENETICISTS, "practitioner_year", ("count", 1, 2019, ())),
        (IMAGING, "person_year", ("percentage", 100, 2015, ("age_class",))),
    ],
)
def test_cards_of_the_five_sheets_say_what_the_sheets_say(
    cards: dict[str, Card], code: str, unit: str, said: tuple[str, int, int, tuple[str, ...]]
) -> None:
    card = cards[code]
    assert card.unit == unit
    assert (card.measure, card.scale, card.available_since, card.dimensions) == said
    assert card.definition == "sheet"


@pytest.mark.parametrize(
    ("code", "year", "levels"),
    [
        (CONTACTS, 2017, TO_THE_MUNICIPALITY),
        (CONTACTS, 2018, TO_THE_MUNICIPALITY),
        (CONTACTS, 2019, (*TO_THE_MUNICIPALITY, "sector")),
        (HOUSES, 2004, TO_THE_MUNICIPALITY),
        (HOUSES, 2005, (*TO_THE_MUNICIPALITY, "sector")),
        (PER_PRACTICE, 2021, TO_THE_MUNICIPALITY),
        (GENETICISTS, 2021, TO_THE_MUNICIPALITY[:-1]),
        (IMAGING, 2021, TO_THE_MUNICIPALITY),
    ],
)
def test_the_smallest_level_depends_on_the_year(
    cards: dict[str, Card], code: str, year: int, levels: tuple[str, ...]
) -> None:
    assert cards[code].levels(year) == levels


def test_a_year_before_the_first_has_no_levels(cards: dict[str, Card]) -> None:
    with refuses(ConfigurationRefused, CONTACTS, "available since 2017", "no 2016"):
        cards[CONTACTS].levels(2016)


@pytest.mark.parametrize(
    ("code", "breaks"), [(CONTACTS, {2019}), (PER_PRACTICE, {2008}), (HOUSES, set()), (IMAGING, set())]
)
def test_series_break_where_the_sheets_say_so(cards: dict[str, Card], code: str, breaks: set[int]) -> None:
    assert {year for year in range(2003, 2026) if cards[code].has_break_in(year)} == breaks


@pytest.mark.parametrize(
    ("code", "date"),
    [
        (CONTACTS, dt.date(2023, 7, 1)),
        (PER_PRACTICE, dt.date(2023, 7, 1)),
        (HOUSES, dt.date(2023, 7, 1)),
        (GENETICISTS, dt.date(2022, 10, 1)),
        (IMAGING, dt.date(2023, 10, 1)),
    ],
)
def test_a_release_is_planned_on_the_first_day_of_its_quarter(cards: dict[str, Card], code: str, date: dt.date) -> None:
    assert cards[code].release.planned_date(2021) == date


@pytest.mark.parametrize(
    ("code", "date", "provisional"),
    [
        (GENETICISTS, dt.date(2022, 1, 1), True),
        (GENETICISTS, dt.date(2022, 12, 31), True),
        (GENETICISTS, dt.date(2023, 1, 1), False),
        (CONTACTS, dt.date(2022, 10, 1), False),
    ],
)
def test_only_geneticists_are_provisional_and_only_in_the_year_after(
    cards: dict[str, Card], code: str, date: dt.date, provisional: bool
) -> None:
    assert cards[code].release.is_provisional(2021, date) is provisional


@pytest.mark.parametrize(
    ("code", "old", "new", "message"),
    [
        # columns
        (
            CONTACTS,
            'sum = "regcontact_active"',
            'sum = "regcontacts"',
            ("person_year has no column regcontacts", "it has"),
        ),
        (CONTACTS, 'column = "in_medical_house"', 'column = "in_house"', ("no column in_house", "it has year")),
        (PER_PRACTICE, 'sum = "assigned_persons"', 'sum = "regcontact"', ("practice_year has no column regcontact",)),
        (CONTACTS, 'sum = "regcontact_active"', 'sum = "has_gmd"', ("has_gmd cannot be summed", "integer column")),
        (CONTACTS, 'sum = "regcontact_active"', 'sum = "municipality"', ("municipality cannot be summed",)),
        # conditions
        (CONTACTS, "is = false", "at_least = 1", ("at_least needs an integer column", "in_medical_house is BOOLEAN")),
        (CONTACTS, "is = false", "is = 0", ("in_medical_house is BOOLEAN", "cannot be 0")),
        (CONTACTS, "is = false", 'is = "no"', ("in_medical_house is BOOLEAN", "cannot be 'no'")),
        (CONTACTS, "is = false", "is = false, at_least = 1", ("in_medical_house", "exactly one of: is, at_least")),
        (CONTACTS, ", is = false", "", ("in_medical_house", "exactly one of: is, at_least")),
        (IMAGING, "at_least = 1", "is = true", ("imag_spec_n is INT", "cannot be true")),
        # measure
        (CONTACTS, "scale = 1", "scale = 100", ("scale 100 contradicts measure mean", "it is 1")),
        (HOUSES, "scale = 10000", "scale = 100", ("scale 100 contradicts measure rate_per_10000", "it is 10000")),
        (HOUSES, "scale = 10000", "scale = 1000", ("scale 1000", "10000")),
        (CONTACTS, 'measure = "mean"', 'measure = "median"', ("a median or another quantile is no ratio of sums",)),
        (GENETICISTS, "[numerator]", '[denominator]\ncount = "rows"\n\n[numerator]', ("a count has no denominator",)),
        (
            HOUSES,
            '[denominator]\ncount = "rows"\n',
            "",
            ("a count has no denominator", "nothing else goes without one"),
        ),
        (
            HOUSES,
            '[denominator]\ncount = "rows"',
            '[denominator]\ncount = "rows"\nsum = "ff_mh"',
            ("denominator", "either"),
        ),
        (HOUSES, '[denominator]\ncount = "rows"', "[denominator]", ("denominator", 'count = "rows" or sum')),
        # levels
        (
            CONTACTS,
            SECTOR_FROM_2019,
            SECTOR_FROM_2019.replace("sector", "country"),
            ("smallest_level.1.level", "'sector'"),
        ),
        (
            CONTACTS,
            SECTOR_FROM_2019,
            SECTOR_FROM_2019.replace("sector", "street"),
            ("smallest_level.1.level", "'sector'"),
        ),
        (
            PER_PRACTICE,
            PRACTICES_SMALLEST,
            PRACTICES_SMALLEST.replace("municipality", "sector"),
            ("only persons have a sector",),
        ),
        (CONTACTS, "from = 2019", "from = 2017", ("smallest_level must begin in available_since", "ascending")),
        (CONTACTS, "from = 2019", "from = 2016", ("smallest_level must begin in available_since", "ascending")),
        (
            CONTACTS,
            "available_since = 2017",
            "available_since = 2015",
            ("smallest_level must begin in available_since",),
        ),
        # the rest
        (
            IMAGING,
            'dimensions = ["age_class"]',
            'dimensions = ["age"]',
            ("age is no dimension of person_year", "dimensions.toml"),
        ),
        (
            PER_PRACTICE,
            "dimensions = []",
            'dimensions = ["sex"]',
            ("sex is no dimension of practice_year", "dimensions.toml"),
        ),
        (GENETICISTS, '"clinical_geneticist"', '"geneticist"', ("qualifications.csv has no group geneticist",)),
        (
            GENETICISTS,
            'profession_group = "clinical_geneticist"\n',
            "",
            ("profession_group goes with unit practitioner_year",),
        ),
        (
            CONTACTS,
            "measure =",
            'profession_group = "gp"\nmeasure =',
            ("profession_group goes with unit practitioner_year",),
        ),
        (CONTACTS, '"residence"', '"practice"', ("geography_anchor practice goes with practice_year",)),
        (
            CONTACTS,
            'code = "stat_003_014"',
            'code = "stat_003_0014"',
            ("stat_003_0014 is no code of the agency", "own"),
        ),
        (CONTACTS, 'code = "stat_003_014"', 'code = "stat_003_015"', ("must be called stat_003_015.toml",)),
        (CONTACTS, "quarter = 3", "quarter = 5", ("release.quarter", "less than or equal to 4")),
        (CONTACTS, "[review]", "[reviewed]", ("review", "required")),
        (CONTACTS, "scale = 1", "scale = 1\nzzz = 1", ("unknown key zzz: known are code",)),
        (CONTACTS, 'checked_by = "', 'checked_by = ""\nbody = "', ("review.checked_by",)),
    ],
)
def test_the_linter_refuses_a_wrong_card(
    tmp_path: Path, configuration: Configuration, code: str, old: str, new: str, message: tuple[str, ...]
) -> None:
    conf = edited(tmp_path, f"statistics/{code}.toml", old, new)
    with refuses(ConfigurationRefused, f"{code}.toml", *message):
        load_cards(conf / "statistics", context_of(configuration))


def test_a_folder_without_a_card_is_refused(tmp_path: Path, configuration: Configuration) -> None:
    with refuses(ConfigurationRefused, str(tmp_path), "no card", "--conf-dir"):
        load_cards(tmp_path, context_of(configuration))


def test_without_codes_every_statistic_is_released_for_the_years_it_has(configuration: Configuration) -> None:
    chosen = releases(configuration, None, (2016, 2018), None)
    assert set(chosen[PER_PRACTICE]) == {2016, 2018}
    assert set(chosen[CONTACTS]) == {2018}
    assert GENETICISTS not in chosen


def test_a_release_date_holds_for_every_year_that_is_released(configuration: Configuration) -> None:
    date = dt.date(2024, 5, 6)
    assert releases(configuration, [HOUSES], (2019, 2021), date) == {HOUSES: {2019: date, 2021: date}}


@pytest.mark.parametrize(
    ("codes", "years", "date", "message"),
    [
        (["stat_999_999"], (2021,), None, ("--statistics", "'stat_999_999'", "known are", CONTACTS)),
        ([CONTACTS], (2016, 2021), None, (CONTACTS, "available since 2017", "leave out the years before")),
        ([CONTACTS], (2019, 2021), dt.date(2021, 12, 31), ("--release-date 2021-12-31", "before the end of 2021")),
    ],
)
def test_an_impossible_release_is_refused(
    configuration: Configuration,
    codes: list[str],
    years: tuple[int, ...],
    date: dt.date | None,
    message: tuple[str, ...],
) -> None:
    with refuses(ArgumentRefused, *message):
        releases(configuration, codes, years, date)


def test_a_missing_configuration_is_refused(tmp_path: Path) -> None:
    with refuses(ConfigurationRefused, str(tmp_path / "none"), "does not exist", "--conf-dir"):
        load_configuration(tmp_path / "none")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules.toml", "value = 1250", "value = 1251"),
        ("statistics/stat_003_014.toml", "Average number", "Mean number"),
        ("codelists/qualifications.csv", "003,gp,,", "003,gp,2000-01-01,"),
        ("geography/municipalities.csv", "11001,Aartselaar", "11001,Artselaar"),
        ("dimensions.toml", "open_from = 90", "open_from = 100"),
    ],
)
def test_the_fingerprint_tells_every_change_that_can_change_a_figure(
    tmp_path: Path, configuration: Configuration, file: str, old: str, new: str
) -> None:
    assert load_configuration(edited(tmp_path, file, old, new)).fingerprint != configuration.fingerprint


def test_the_fingerprint_is_that_of_the_content_and_not_of_the_folder(
    tmp_path: Path, configuration: Configuration
) -> None:
    copy = edited(tmp_path, "geography/README.md", "Areas", "All areas")
    assert load_configuration(copy).fingerprint == configuration.fingerprint

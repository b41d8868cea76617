"""The series of practitioners: another profession group is a card and rows in a list, nothing else."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.source_variables.practitioner_year import profession_groups
from tests.unit.edits import edited, refuses

PHYSICIANS = tuple(str(code) for code in range(10, 20))
GENETICISTS, PLACEHOLDER = "stat_020_033", "stat_020_999"
ROWS = "".join(
    f'{code},placeholder_profession,,,Placeholder,"placeholder, not official: made up for a test"\n'
    for code in ("991", "992")
)
HEADER = "code,qualification_group,valid_from,valid_to,label,source\n"


def with_second_group(folder: Path, rows: str = ROWS) -> Path:
    """The shipped configuration and a second group: the card of the first under other names, from 2021."""
    conf = edited(folder, "codelists/qualifications.csv", HEADER, HEADER + rows)
    text = (conf / f"statistics/{GENETICISTS}.toml").read_text(encoding="utf-8")
    for old, new in {
        GENETICISTS: PLACEHOLDER,
        '"clinical_geneticist"': '"placeholder_profession"',
        'definition = "sheet"': 'definition = "reading"',
        "available_since = 2019": "available_since = 2021",
        "from = 2019": "from = 2021",
        'nl = "Aantal klinisch genetici"': 'nl = "PLACEHOLDER: geen echte beroepsgroep"',
        'fr = "Nombre de généticiens cliniques"': 'fr = "PLACEHOLDER : pas un vrai groupe professionnel"',
        'en = "Number of clinical geneticists"': 'en = "PLACEHOLDER: not a real profession group"',
    }.items():
        assert old in text, f"{GENETICISTS}.toml no longer holds {old!r}: mend the test"
        text = text.replace(old, new)
    (conf / f"statistics/{PLACEHOLDER}.toml").write_text(text, encoding="utf-8")
    return conf


@pytest.fixture(scope="module")
def two_groups(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    return load_configuration(with_second_group(tmp_path_factory.mktemp("two_groups")))


def test_a_second_group_is_declared_by_configuration_only(two_groups: Configuration) -> None:
    first, second = two_groups.cards[GENETICISTS], two_groups.cards[PLACEHOLDER]
    assert second.profession_group == "placeholder_profession"
    assert "PLACEHOLDER" in second.title.en
    assert two_groups.qualifications.codes(["placeholder_profession"]) == ("991", "992")
    assert (second.unit, second.numerator, second.release) == (first.unit, first.numerator, first.release)


@pytest.mark.parametrize(
    ("year", "groups"),
    [
        (2018, ()),
        (2019, ("clinical_geneticist",)),
        (2020, ("clinical_geneticist",)),
        (2021, ("clinical_geneticist", "placeholder_profession")),
    ],
)
def test_a_group_is_counted_from_the_first_year_of_its_card(
    two_groups: Configuration, year: int, groups: tuple[str, ...]
) -> None:
    """So that no median is asked for before."""
    counted = profession_groups(two_groups, year)
    assert tuple(group for group in ("clinical_geneticist", "placeholder_profession") if group in counted) == groups


def test_the_shipped_configuration_asks_for_the_medians_of_the_groups_that_cards_name(
    configuration: Configuration,
) -> None:
    groups = profession_groups(configuration, 2100)
    assert groups.keys() == {card.profession_group for card in configuration.cards.values()} - {None}
    assert groups["clinical_geneticist"] == PHYSICIANS


@pytest.mark.parametrize(
    ("written", "categories"),
    [
        ('["30", "39"]', ("30", "39")),
        ('["30-33"]', ("30", "31", "32", "33")),
        ('["10", "30"]', ("10", "30")),
        ('["10-12", "30"]', ("10", "11", "12", "30")),
    ],
)
def test_a_card_names_the_categories_of_its_group(tmp_path: Path, written: str, categories: tuple[str, ...]) -> None:
    """Two codes are two codes, never a range."""
    conf = with_second_group(tmp_path)
    card = conf / f"statistics/{PLACEHOLDER}.toml"
    named = 'profession_group = "placeholder_profession"'
    card.write_text(card.read_text().replace(named, f"{named}\nprofession_categories = {written}"))
    groups = profession_groups(load_configuration(conf), 2021)
    assert (groups["clinical_geneticist"], groups["placeholder_profession"]) == (PHYSICIANS, categories)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('["39-30"]', 'the range "39-30" runs backwards: write "30-39"'),
        ('["30-39", "35"]', "code 35 is named twice"),
        ('["3"]', "'3' is neither a code of two digits nor a range"),
        ("[30]", "30 is neither a code of two digits nor a range"),
        ("[]", "found []"),
        ('"10-19"', "write a list of codes and ranges"),
    ],
)
def test_categories_that_are_none_are_refused(tmp_path: Path, written: str, told: str) -> None:
    conf = with_second_group(tmp_path)
    card = conf / f"statistics/{PLACEHOLDER}.toml"
    named = 'profession_group = "placeholder_profession"'
    card.write_text(card.read_text().replace(named, f"{named}\nprofession_categories = {written}"))
    with refuses(ConfigurationRefused, f"{PLACEHOLDER}.toml", "profession_categories", told):
        load_configuration(conf)


def test_two_cards_of_a_group_with_other_categories_are_refused(tmp_path: Path) -> None:
    conf = with_second_group(tmp_path)
    card = conf / f"statistics/{PLACEHOLDER}.toml"
    group = 'profession_group = "clinical_geneticist"\nprofession_categories = ["30", "39"]'
    card.write_text(card.read_text().replace('profession_group = "placeholder_profession"', group))
    with refuses(ConfigurationRefused, f"{PLACEHOLDER}.toml", "other categories"):
        load_configuration(conf)


@pytest.mark.parametrize("written", ['["10-19"]', '["19", "10-18"]'])
def test_two_cards_may_write_the_same_categories_in_two_ways(tmp_path: Path, written: str) -> None:
    """The other card names none: those of physicians."""
    conf = with_second_group(tmp_path, rows="")
    card = conf / f"statistics/{PLACEHOLDER}.toml"
    group = f'profession_group = "clinical_geneticist"\nprofession_categories = {written}'
    card.write_text(card.read_text().replace('profession_group = "placeholder_profession"', group))
    assert profession_groups(load_configuration(conf), 2021)["clinical_geneticist"] == PHYSICIANS


def test_categories_that_are_the_same_for_a_time_only_are_refused(tmp_path: Path) -> None:
    conf = with_second_group(tmp_path, rows="")
    rules, period = conf / "rules.toml", '{ from = 2001, value = ["10-19"] }'
    text = rules.read_text()
    assert period in text
    changed = '{ from = 2001, to = 2009, value = ["10"] }, { from = 2010, value = ["10-19"] }'
    rules.write_text(text.replace(period, changed, 1))
    card = conf / f"statistics/{PLACEHOLDER}.toml"
    group = 'profession_group = "clinical_geneticist"\nprofession_categories = ["10-19"]'
    card.write_text(card.read_text().replace('profession_group = "placeholder_profession"', group))
    with refuses(ConfigurationRefused, f"{PLACEHOLDER}.toml", "other categories"):
        load_configuration(conf)


def test_a_group_without_a_qualification_is_refused(tmp_path: Path) -> None:
    conf = with_second_group(tmp_path, rows="")
    with refuses(ConfigurationRefused, f"{PLACEHOLDER}.toml", "qualifications.csv has no group placeholder_profession"):
        load_configuration(conf)


def test_a_group_that_nothing_names_is_refused(tmp_path: Path) -> None:
    rows = HEADER + "780,clinical_genetecist,,,A slip of the pen,a test\n"
    conf = edited(tmp_path, "codelists/qualifications.csv", HEADER, rows)
    with refuses(
        ConfigurationRefused,
        "qualifications.csv",
        "nothing names group clinical_genetecist (is it clinical_geneticist?)",
    ):
        load_configuration(conf)

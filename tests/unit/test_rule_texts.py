"""Texts of cards take the numbers that the rules say, and none that they do not."""

from decimal import Decimal
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.labels import Language
from imaatlas_spark.configuration.rule_texts import in_text
from imaatlas_spark.errors import ConfigurationRefused
from tests.unit.edits import edited, refuses


def texts_of(configuration: Configuration, code: str) -> tuple[str, str, str]:
    """All that the card says, in Dutch, French and English."""
    card = configuration.cards[code]
    labels = (card.title, card.description, card.formula, *card.notes)
    return tuple(" ".join(getattr(each, language) for each in labels) for language in ("nl", "fr", "en"))  # type: ignore[return-value]


def test_no_text_is_left_with_a_gap(configuration: Configuration) -> None:
    for code in configuration.cards:
        assert not [text for text in texts_of(configuration, code) if "{" in text or "}" in text], code


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        ("stat_003_005", ("minstens 1.250 reguliere", "au moins 1.250 contacts", "at least 1,250 regular")),
        ("stat_003_007", ("minstens zes forfaits", "au moins six forfaits", "at least six medical-house")),
        ("stat_020_033", ("minstens 5% van", "au moins 5 % du", "at least 5 % of")),
    ],
)
def test_shipped_texts_say_what_the_sheets_say(
    configuration: Configuration, code: str, numbers: tuple[str, str, str]
) -> None:
    for text, number in zip(texts_of(configuration, code), numbers, strict=True):
        assert number in text


def test_another_number_in_the_rules_is_another_number_in_the_texts(tmp_path: Path) -> None:
    conf = edited(tmp_path, "rules.toml", "value = 1250 }", "to = 2020, value = 1250 }, { from = 2021, value = 11 }")
    dutch, french, english = texts_of(load_configuration(conf), "stat_003_005")
    assert "minstens 1.250, vanaf 2021 11 reguliere contacten" in dutch
    assert "au moins 1.250, à partir de 2021 11 contacts" in french
    assert "at least 1,250, from 2021 11 regular contacts" in english


@pytest.mark.parametrize("name", ["active_practices", "activity_contacts", "physician_categories"])
def test_a_text_that_names_no_number_of_the_rules_is_refused(tmp_path: Path, name: str) -> None:
    conf = edited(
        tmp_path, "statistics/stat_003_005.toml", "minstens {active_practice_contacts}", f"minstens {{{name}}}"
    )
    with refuses(ConfigurationRefused, "stat_003_005.toml", f"{{{name}}}", "rules.toml"):
        load_configuration(conf)


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (0, "nl", "nul"),
        (10, "fr", "dix"),
        (11, "en", "11"),
        (1_250_000, "nl", "1.250.000"),
        (1_250_000, "en", "1,250,000"),
        (Decimal("0.05"), "nl", "5%"),
        (Decimal("0.05"), "fr", "5 %"),
        (Decimal("0.075"), "nl", "7,5%"),
        (Decimal("0.075"), "en", "7.5 %"),
        (Decimal("0.1"), "en", "10 %"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value: int | Decimal, language: Language, text: str) -> None:
    assert in_text(value, language) == text

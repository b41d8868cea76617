"""The sheet of a statistic: the agency's words in the agency's order, and the project's own apart."""

import re
import shutil
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.labels import LANGUAGES, Language
from imaatlas_spark.configuration.sheet import Names, Section, as_text, citation, readings_of, sheet
from imaatlas_spark.configuration.sheet_words import HEADINGS
from tests.conftest import CONF, ROOT

DAY = "26/04/2026"
SHEETS = ("stat_003_014", "stat_003_005", "stat_003_007", "stat_020_033", "cube_013_007")
SEEDS = ROOT.parent / "shared" / "seeds"
# Slips of the pen in the sheets as they were copied, which the cards do not repeat.
CORRECTED = {
    "geplafoneerd": "geplafonneerd",
    "wordt op bepaald op": "wordt bepaald op",
    "vte mediaan komt": "vte mediaaninkomen komt",
    "geidentificeerd": "geïdentificeerd",
    "zorgverstrekkings": "zorgverstrekkingen",
    "zorgverstrekingen": "zorgverstrekkingen",
    "de lijst met codes hieronder": "de lijst met codes",
}
# What stands in the copies but is no part of a sheet's text: links, marks of lists, the agency's name on a page.
_NO_TEXT = re.compile(r"https?://\S+|<[^>]*>|accessed on [0-9/]+|AMI-IMA|\(\*?Atlas\*?\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def sections(configuration: Configuration, code: str, language: Language = "nl") -> list[Section]:
    return sheet(configuration.cards[code], Names.of(configuration), language, DAY)


def words(text: str) -> str:
    """The words alone: no links, no signs, no difference of case or white space."""
    text = _NO_TEXT.sub(" ", _LINK.sub(r"\1", text)).casefold()
    found = " ".join(re.findall(r"\w+", text.replace("_", " ")))
    for slip, word in CORRECTED.items():
        found = re.sub(rf"\b{slip}\b", word, found)
    return found


def sentences(copied: str) -> list[str]:
    """The sentences of a copied sheet, by their words: bullets, headings and full stops part them."""
    headings = "|".join(HEADINGS["nl"].values())
    bullets = r"\n\s*\n|\n- |(?:^|\s)[eo•] |<li>|</?p>|</?i>|^var |\n(?=[0-9]{4}\n)"
    full_stops = r"(?<=[a-zé)]{3})\.\s+(?=[A-Z])"
    parts = re.split(rf"{bullets}|(?:{headings})(?=[\s:])|{full_stops}", _LINK.sub(r"\1", copied))
    return [found for part in parts if len(found := words(part)) > 1]


@pytest.mark.parametrize("code", SHEETS)
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the copied sheets lie beside the project, not in it")
def test_every_sentence_of_the_agencys_sheet_stands_in_the_dutch_sheet(configuration: Configuration, code: str) -> None:
    said = words(as_text(sections(configuration, code)))
    told = sentences((SEEDS / f"{code}.txt").read_text(encoding="utf-8"))
    assert len(told) > 15
    assert [each for each in told if each not in said] == []


@pytest.mark.parametrize("code", SHEETS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_stand_in_the_agencys_order(configuration: Configuration, code: str, language: Language) -> None:
    known = list(HEADINGS[language].values())
    headings = [heading for heading, _ in sections(configuration, code, language)]
    assert headings == [heading for heading in known if heading in headings]
    assert {"description", "formula", "citation", "code"} <= {
        key for key, each in HEADINGS[language].items() if each in headings
    }


def section(configuration: Configuration, code: str, key: str, language: Language = "nl") -> list[str]:
    return dict(sections(configuration, code, language)).get(HEADINGS[language][key], [])


@pytest.mark.parametrize(
    ("code", "key", "language", "told"),
    [
        ("stat_003_014", "smallest_level", "nl", ["statistische sector (sinds 2019)"]),
        ("stat_003_007", "smallest_level", "nl", ["statistische sector (vanaf 2005)"]),
        ("stat_003_007", "smallest_level", "fr", ["secteur statistique (à partir de 2005)"]),
        ("stat_003_005", "smallest_level", "en", ["municipality"]),
        ("stat_020_033", "smallest_level", "nl", ["arrondissement"]),
        ("stat_003_007", "unit", "nl", ["Aantal per 10.000"]),
        ("cube_013_007", "unit", "en", ["%"]),
        ("stat_003_014", "frequency", "nl", ["jaarlijks in Q3 worden de statistieken van kalenderjaar -2 toegevoegd."]),
        ("stat_020_033", "frequency", "nl", ["jaarlijks in Q4 worden cijfers voor het kalenderjaar -1 toegevoegd"]),
        ("cube_013_007", "dimensions", "nl", ["Leeftijdscategorie per 10 jaar"]),
        ("stat_003_014", "variables", "nl", ["REGCONTACT-Aantal reguliere contacten"]),
        ("stat_003_014", "variables", "en", ["REGCONTACT-Number of regular contacts"]),
        (
            "cube_013_007",
            "variables",
            "nl",
            ["IMAG_SPEC_N-Aantal onderzoeken met medische beeldvorming door arts-specialist"],
        ),
        ("stat_003_014", "code", "nl", ["stat_003_014_At", "https://metadata.ima-aim.be/nl/app/Atlas/stat_003_014_At"]),
        ("stat_003_001", "code", "fr", ["stat_003_001_At", "Pas de fiche publique propre."]),
        (
            "stat_003_014",
            "citation",
            "nl",
            ["IMA_AIM (25/09/2025), stat_003_014, Atlas IMA_AIM (accessed on 26/04/2026)"],
        ),
        ("stat_003_014", "updated", "nl", ["25/09/2025"]),
        ("cube_013_007", "keywords", "nl", ["Zorgverstrekkingen, Zorgverleners"]),
        ("stat_020_033", "related", "nl", []),
        ("stat_003_014", "translation", "nl", []),
    ],
)
def test_words_are_made_from_the_data_of_the_card(
    configuration: Configuration, code: str, key: str, language: Language, told: list[str]
) -> None:
    assert section(configuration, code, key, language) == told


@pytest.mark.parametrize("code", SHEETS)
def test_remarks_of_the_sheet_and_readings_of_the_project_are_apart(configuration: Configuration, code: str) -> None:
    card = configuration.cards[code]
    remarks, readings = section(configuration, code, "remarks"), section(configuration, code, "readings")
    assert len(remarks) + len(readings) == len(card.notes)
    assert readings == readings_of(card, "nl")
    assert all(re.match("R-[0-9]{2}: ", each) and each[:4] in configuration.rules.reading_ids for each in readings)
    assert not any("lezing van het project" in each for each in remarks)


def test_french_and_english_texts_say_who_translated_them(configuration: Configuration) -> None:
    assert "traduction du projet" in section(configuration, "stat_003_014", "translation", "fr")[0]
    assert "project's translation" in section(configuration, "stat_003_014", "translation", "en")[0]


def test_the_citation_says_when_the_figures_were_read(configuration: Configuration) -> None:
    assert citation(configuration.cards["stat_003_014"], "02/01/2027").endswith("(accessed on 02/01/2027)")


def test_a_related_statistic_without_a_card_is_called_by_its_name(configuration: Configuration, tmp_path: Path) -> None:
    """Somebody may keep a few of the cards: what they name stays named."""
    named = [code for code in configuration.cards if code in configuration.atlas]
    assert len(named) >= 14
    assert all(configuration.atlas[code] == configuration.cards[code].title for code in named)
    shutil.copytree(CONF, tmp_path / "conf")
    named_by_it = configuration.cards["cube_013_007"].related
    assert named_by_it
    for code in named_by_it:
        (tmp_path / "conf" / "statistics" / f"{code}.toml").unlink(missing_ok=True)
    alone = load_configuration(tmp_path / "conf")
    assert section(alone, "cube_013_007", "related") == section(configuration, "cube_013_007", "related")

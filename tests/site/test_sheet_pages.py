"""The sheet on the page of a statistic: every sentence of the agency's own sheet, in its order; readings apart."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.sheet_words import HEADINGS
from imaatlas_spark.site.publish import Wish, publish_site
from tests.site.made_warehouse import Origin, make_warehouse
from tests.unit.test_sheet import SEEDS, SHEETS, sentences, words

pytestmark = pytest.mark.slow


class _Text(HTMLParser):
    """The text of a page, what is not shown left out; headings of the sheet and of sections apart."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.headings: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "input", "br"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "head"} & set(self._inside):
            self.text.append(data)
            if self._inside and self._inside[-1] in {"dt", "h2"}:
                self.headings.append(data)


@pytest.fixture(scope="module")
def pages(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Dutch pages of the five statistics with a public sheet, of a warehouse that is not synthetic."""
    folder = tmp_path_factory.mktemp("sheets")
    warehouse = make_warehouse(folder / "warehouse", [2021], SHEETS, Origin(drawn=None))
    publish_site(configuration, warehouse, Wish(folder / "atlas", ("nl",), codes=None, with_sectors=False))
    return folder / "atlas" / "nl"


def read(page: Path) -> _Text:
    text = _Text()
    text.feed(page.read_text(encoding="utf-8"))
    return text


def sheet_of(page: Path) -> str:
    """The words of the sheet: between its heading and the readings."""
    text = " ".join(read(page).text)
    return words(text[text.index("Metadata") : text.index("Lezingen van het project")])


@pytest.mark.parametrize("code", SHEETS)
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the copied sheets lie beside the project, not in it")
def test_every_sentence_of_the_agencys_sheet_stands_on_the_page(pages: Path, code: str) -> None:
    told = sentences((SEEDS / f"{code}.txt").read_text(encoding="utf-8"))
    shown = sheet_of(pages / f"{code}.html")
    assert len(told) > 15
    assert [each for each in told if each not in shown] == []


@pytest.mark.parametrize("code", [code for code in SHEETS if code != "stat_020_033"])
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the copied sheets lie beside the project, not in it")
def test_sentences_stand_in_the_order_of_the_agencys_sheet(pages: Path, code: str) -> None:
    """But of stat_020_033, whose copy has the headings of its columns before the text."""
    shown, at = sheet_of(pages / f"{code}.html"), 0
    for each in sentences((SEEDS / f"{code}.txt").read_text(encoding="utf-8")):
        if len(each.split()) > 3:  # a word or two may stand in several places
            found = shown.find(each, at)
            assert found >= 0, each
            at = found


@pytest.mark.parametrize("code", SHEETS)
def test_headings_stand_in_the_agencys_order_and_readings_apart(pages: Path, code: str) -> None:
    known = list(HEADINGS["nl"].values())
    headings = [each for each in read(pages / f"{code}.html").headings if each in known]
    in_order = [each for each in known if each in headings]
    assert headings == in_order
    assert headings[-1] == "Lezingen van het project"


def test_readings_are_not_among_the_remarks(pages: Path, configuration: Configuration) -> None:
    page = read(pages / "stat_003_014.html")
    text = " ".join(page.text)
    sheet, readings = text.split("Lezingen van het project")
    marked = [note for note in configuration.cards["stat_003_014"].notes if note.reading is not None]
    assert marked
    assert all(note.nl in readings and note.nl not in sheet for note in marked)


def test_related_statistics_and_variables_lead_to_their_pages(pages: Path) -> None:
    page = (pages / "stat_003_014.html").read_text(encoding="utf-8")
    assert '<a href="stat_003_005.html">stat_003_005-Patiënten huisartsenpraktijk</a>' in page
    assert '<a href="variables/REGCONTACT.html">REGCONTACT-Aantal reguliere contacten</a>' in page
    assert not re.search(r'href="stat_003_001\.html"', page), "that statistic is not published here"

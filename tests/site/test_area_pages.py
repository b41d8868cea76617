"""The page of a place: its figures are those of the reader, hidden ones too, and the level is always named."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.reader import Atlas
from imaatlas_spark.site.publish import Wish, publish_site
from tests.site.conftest import YEARS
from tests.site.made_warehouse import make_warehouse

pytestmark = pytest.mark.slow

LATEST = max(YEARS)
_WORDS = {"Q": "vertrouwelijk", "M": "kan niet bestaan"}


class _Profile(HTMLParser):
    """Of the table of a place: the heads of its columns, and the texts of each statistic's row, its code first."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.rows: dict[str, list[str]] = {}
        self._texts: list[str] = []  # where what is read belongs
        self._cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "tr":
            self._cells = []
        if tag == "th" and named.get("scope") == "col":
            self._begin(self.heads)
        elif tag in {"td", "code"}:
            self._begin(self._cells)
        else:
            self._texts = []

    def _begin(self, texts: list[str]) -> None:
        texts.append("")
        self._texts = texts

    def handle_endtag(self, tag: str) -> None:
        self._texts = []
        if tag == "tr" and self._cells:
            self.rows[self._cells[0]] = self._cells

    def handle_data(self, data: str) -> None:
        if self._texts:
            self._texts[-1] += data


def profile_on(page: Path) -> tuple[list[str], dict[str, dict[str, str]]]:
    """The heads, and by statistic: value, parent where it is shown, country, rank."""
    text = page.read_text(encoding="utf-8")
    read = _Profile()
    read.feed(text[text.index('<table class="profile"') : text.index("</table>")])
    has_parent = read.heads[2] != "België"
    names = ["value", *(["parent"] if has_parent else []), "country", "rank"]
    return read.heads, {code: dict(zip(names, texts, strict=False)) for code, *texts in read.rows.values()}


def in_dutch(text: str) -> float | None:
    """A number as a Dutch page writes it; None: it is a word."""
    plain = text.replace(".", "").replace(",", ".")
    return float(plain) if re.fullmatch(r"[0-9.]+", plain) else None


@pytest.mark.parametrize("area", ["24062", "24000", "20001", "02000"])
def test_a_place_has_the_figures_of_the_reader(site: Path, warehouse: Path, area: str) -> None:
    _, shown = profile_on(site / "nl" / "area" / f"{area}.html")
    told = {row["code"]: row for row in Atlas(warehouse).profile(area, LATEST).iter_rows(named=True)}
    assert shown.keys() == told.keys()
    for code, row in told.items():
        value = in_dutch(shown[code]["value"])
        if row["value"] is None:
            assert (shown[code]["value"], shown[code]["rank"]) == (_WORDS[row["obs_status"]], "–")
        else:
            assert value == pytest.approx(row["value"], abs=0.5 if code == "stat_020_033" else 0.051)
            assert shown[code]["rank"].replace(".", "") == f"{row['rank']} / {row['ranked']}"
        for column, name in (("parent", "parent_value"), ("country", "country_value")):
            if row[name] is not None and column in shown[code]:
                assert in_dutch(shown[code][column]) == pytest.approx(row[name], abs=0.051)


def test_a_hidden_figure_has_no_rank_and_says_so(configuration: Configuration, tmp_path: Path) -> None:
    warehouse = make_warehouse(tmp_path / "few", [LATEST], ["stat_003_007"], scale=0.02)
    publish_site(configuration, warehouse, Wish(tmp_path / "atlas", ("nl",), codes=None, with_sectors=False))
    values = Atlas(warehouse).values("stat_003_007", level="municipality")
    hidden = values.filter(values["conf_status"] == "C")["geo_code"].to_list()
    assert 20 < len(hidden) < len(values)
    for area in hidden:
        row = profile_on(tmp_path / "atlas" / "nl" / "area" / f"{area}.html")[1]["stat_003_007"]
        assert (row["value"], row["rank"]) == ("vertrouwelijk", "–")


def test_the_level_is_named(site: Path) -> None:
    page = (site / "nl" / "area" / "24062.html").read_text(encoding="utf-8")
    assert "<h1>Leuven (gemeente)</h1>" in page
    assert ">Leuven (arrondissement)</a>" in page, "what it lies in is called like it"
    heads, _ = profile_on(site / "nl" / "area" / "24062.html")
    assert heads[1:4] == ["Waarde", "Leuven (arrondissement)", "België"]


def test_the_country_has_no_rank(site: Path) -> None:
    heads, _ = profile_on(site / "nl" / "area" / "01000.html")
    assert heads[1:] == ["Waarde", "Evolutie"]

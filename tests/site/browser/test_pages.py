"""Every kind of page in every language: nothing from elsewhere, no complaint, no sideways scrolling, accessible."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.site.browser.conftest import LANGUAGES, TOOLS
from tests.site.browser.watching import TEMPLATES, Watched, visit

_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_IS_IN_FRAME = """() => {
    const [frame, head, row] = ["#table", "#table thead", "#table tr[aria-current]"].map(
        (each) => document.querySelector(each).getBoundingClientRect());
    return row.top >= head.bottom - 1 && row.bottom <= frame.bottom;
}"""
_EVERY = pytest.mark.parametrize("path", [f"{language}/{name}" for language in LANGUAGES for name in TEMPLATES])


@_EVERY
def test_a_page_works_from_a_disk(watched_page: Watched, tiled: Path, path: str) -> None:
    visit(watched_page.page, tiled, path)
    assert watched_page.complaints == []
    assert [url for url in watched_page.requests if not url.startswith(("file:", "data:", "blob:"))] == []


@_EVERY
@pytest.mark.parametrize("width", [320, 1280])
def test_no_sideways_scrolling(page: Page, tiled: Path, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, tiled, f"{path}#level=municipality&area=24062" if "_0" in path else path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1000, 1280])
def test_rows_that_are_not_laid_out_have_room(page: Page, tiled: Path, language: str, width: int) -> None:
    """Else the last row of a body lies on the first of the next, for all who measure where they are."""
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, tiled, f"{language}/stat_003_014.html#level=municipality&year=2021&area=24062")
    heights = "() => [...document.querySelectorAll('#table tbody')].map((body) => body.offsetHeight)"
    kept = page.evaluate(heights)
    page.add_style_tag(content="#table tbody { content-visibility: visible !important; }")
    assert len(kept) > 10
    assert all(room >= needed for room, needed in zip(kept, page.evaluate(heights), strict=True))


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("place", [10, 300, -1])
def test_the_row_of_the_chosen_area_is_in_the_frame_of_the_table(
    page: Page, tiled: Path, place: int, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, tiled, "nl/stat_003_014.html#level=municipality&year=2021")
    area = page.locator("#table tbody tr").nth(place).get_attribute("data-area")
    page.goto("about:blank")
    visit(page, tiled, f"nl/stat_003_014.html#level=municipality&year=2021&area={area}")
    page.locator("#table").scroll_into_view_if_needed()
    page.wait_for_function(_IS_IN_FRAME)
    assert page.locator("#table tr[aria-current]").get_attribute("data-area") == area


def violations(page: Page) -> list[str]:
    page.add_script_tag(path=str(TOOLS / "node_modules" / "axe-core" / "axe.min.js"))
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", _WCAG)
    assert len(found["passes"]) > 10
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]


@_EVERY
def test_accessible(page: Page, tiled: Path, path: str) -> None:
    visit(page, tiled, f"{path}#level=municipality&area=24062" if "_0" in path else path)
    assert violations(page) == []


def test_accessible_with_borders_and_sectors(page: Page, bordered: Path) -> None:
    visit(page, bordered, "nl/stat_003_014.html#level=municipality&area=24062")
    page.get_by_role("button", name="Toon de sectoren van Leuven").click()
    page.wait_for_selector("#sectors table")
    assert violations(page) == []


def test_accessible_with_a_picture_of_sectors(page: Page, with_sector_borders: Path) -> None:
    visit(page, with_sector_borders, "nl/stat_003_014.html#level=municipality&area=24062")
    page.get_by_role("button", name="Toon de sectoren van Leuven").click()
    page.wait_for_selector("#sectors [data-area]")
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_axe_finds_what_is_wrong(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/index.html")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert any(each.startswith("html-has-lang") for each in violations(page))


def messages_of_vnu(files: list[Path]) -> list[str]:
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    ended = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--stdout", *map(str, files)],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    return [
        f"{each['url']}: {each['message']}" for each in json.loads(ended.stdout)["messages"] if each["type"] == "error"
    ]


def test_valid_html(tiled: Path, bordered: Path) -> None:
    pages = [site / language / name for site in (tiled, bordered) for language in LANGUAGES for name in TEMPLATES]
    assert messages_of_vnu([tiled / "index.html", *pages]) == []


def test_vnu_finds_what_is_wrong(tiled: Path, tmp_path: Path) -> None:
    spoilt = (tiled / "nl" / "about.html").read_text().replace("</main>", "")
    (tmp_path / "about.html").write_text(spoilt)
    assert messages_of_vnu([tmp_path / "about.html"])


def test_search_finds_areas_titles_and_keywords(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/index.html")
    for words, expected in (("liège", "Luik"), ("leuven", "Leuven"), ("genetici", "Aantal klinisch genetici")):
        page.fill("#words", words)
        assert expected in page.locator("#found li").all_inner_texts()[0]
    page.fill("#words", "zorgverstrekkingen")
    assert page.locator("#found li").count() >= 3
    page.fill("#words", "xyzzy")
    assert "Niets gevonden" in page.inner_text("#found")
    page.fill("#words", "leuven")
    page.press("#words", "Enter")
    page.wait_for_url("**/area/*.html")
    assert "Leuven" in page.inner_text("h1")


def test_a_municipality_is_chosen_on_the_first_map(page: Page, tiled: Path) -> None:
    visit(page, tiled, "fr/index.html")
    page.locator("#picture [data-area='62063']").click()
    page.wait_for_url("**/area/62063.html")
    assert page.inner_text("h1") == "Liège (commune)"


def test_prints_on_a4(page: Page, tiled: Path, tmp_path: Path) -> None:
    visit(page, tiled, "nl/stat_020_033.html")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    printed = (tmp_path / "page.pdf").read_bytes()
    boxes = set(re.findall(rb"/MediaBox \[([0-9. ]+)\]", printed))
    assert {tuple(round(float(part)) for part in box.split()) for box in boxes} == {(0, 0, 595, 842)}
    page.emulate_media(media="print")
    assert not page.is_visible("#controls")
    assert page.is_visible("#table table")

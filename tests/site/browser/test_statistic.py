"""The page of a statistic: what it shows is what the Delta table says, and its parts agree whatever is clicked."""

import itertools
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.reader import EVERY, Atlas
from imaatlas_spark.site.files import write_data
from tests.site.browser.agreement import Seen, check, click_at_random
from tests.site.browser.conftest import CODES
from tests.site.browser.watching import Watched, settle, visit
from tests.site.reading import data_of

CLICKS = 50
IS_TOLD = "document.getElementById('table-subject').textContent.includes('konden niet worden geladen')"


@pytest.mark.parametrize("code", CODES)
def test_parts_agree_after_every_click(
    watched_page: Watched, tiled: Path, tables: Path, configuration: Configuration, code: str
) -> None:
    atlas, draw = Atlas(tables), random.Random(f"clicks on {code}")
    bounds: dict[Any, list[float]] = {}
    page = watched_page.page
    visit(page, tiled, f"nl/{code}.html")
    check(page, atlas, configuration, code, bounds)
    for _ in range(CLICKS):
        click_at_random(page, draw, code)
        settle(page)
        check(page, atlas, configuration, code, bounds)
    assert watched_page.complaints == []


def test_a_link_shows_what_was_seen(page: Page, tiled: Path) -> None:
    address = "nl/cube_003_014.html#level=municipality&year=2019&age_class=90%2B&sex=F&area=24062&map=2025"
    visit(page, tiled, address)
    seen = Seen(page)
    assert seen.address == {
        **{"level": "municipality", "year": "2019", "age_class": "90+", "sex": "F", "area": "24062", "map": "2025"}
    }
    assert page.inner_text("#place h2") == "Leuven"
    assert "90 of meer" in page.inner_text("#table-subject")


@pytest.mark.parametrize(
    "wish", ["year=1900", "level=village", "area=99999", "age_class=999", "map=1830", "shape=globe", "&&=%"]
)
def test_an_address_that_cannot_be_shows_what_can(watched_page: Watched, tiled: Path, wish: str) -> None:
    visit(watched_page.page, tiled, f"nl/cube_013_007.html#{wish}")
    assert Seen(watched_page.page).address["year"] == "2021"
    assert watched_page.complaints == []


def test_a_file_that_is_missing_is_told(page: Page, tiled: Path, tmp_path: Path) -> None:
    shutil.copytree(tiled, tmp_path / "half")
    (tmp_path / "half" / "data" / "stat_003_014" / "municipality.js").unlink()
    visit(page, tmp_path / "half", "nl/stat_003_014.html#level=province")
    page.select_option("#level", "municipality")
    page.wait_for_function(IS_TOLD)


def test_a_level_that_is_missing_in_its_file_is_told(page: Page, tiled: Path, tmp_path: Path) -> None:
    shutil.copytree(tiled, tmp_path / "half")
    file = tmp_path / "half" / "data" / "stat_003_014" / "larger.js"
    data = data_of(file)
    del data["province"]
    write_data(file, "data/stat_003_014/larger", data)
    visit(page, tmp_path / "half", "nl/stat_003_014.html")
    page.select_option("#level", "province")
    page.wait_for_function(IS_TOLD)


def test_an_area_follows_to_another_year_and_level(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/stat_003_014.html#level=municipality&year=2018&area=12030")
    page.select_option("#year", "2019")
    settle(page)
    assert page.inner_text("#place h2") == "Puurs-Sint-Amands"
    page.select_option("#level", "province")
    settle(page)
    assert page.inner_text("#place h2") == "Antwerpen"


def test_the_language_keeps_what_is_seen(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/stat_003_014.html#level=municipality&year=2018&area=24062")
    page.click("text=FR")
    settle(page)
    assert page.inner_text("#place h2") == "Louvain"
    assert Seen(page).address["year"] == "2018"


def test_the_series_is_cut_at_a_break_and_says_why(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/stat_003_014.html#level=municipality&area=24062")
    assert page.locator("#series .break").count() == 1
    assert "Breuk in 2019" in page.inner_text("#series .note")
    lines = page.locator("#series .own .line").evaluate_all("all => all.map((each) => each.getAttribute('d'))")
    years = [line.count("L") + 1 for line in lines]
    assert years == [1, 1, 1]  # 2018 | 2019 | 2021: a break, then a year that is missing


def test_signs_in_the_legend_are_seen_whatever_the_units_of_the_picture(page: Page, bordered: Path) -> None:
    visit(page, bordered, "nl/cube_013_007.html#level=municipality&year=2021&age_class=0-9")
    rect = page.locator("#legend rect.confidential")
    assert "dotted-key" in rect.evaluate("each => getComputedStyle(each).fill")
    assert page.locator("#legend #dotted-key").get_attribute("patternTransform") == "scale(1)"


def test_classes_of_a_count_are_whole_numbers_that_do_not_overlap(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/stat_020_033.html#level=province&year=2021")
    labels = [each.strip() for each in page.locator("#legend span").all_inner_texts()]
    ranges = [[int(part) for part in label.split(" – ")] for label in labels]
    steps = [each for each in ranges if each != [0]]
    assert len(steps) > 2
    assert all(after[0] == before[-1] + 1 for before, after in itertools.pairwise(steps))


def test_where_nothing_can_be_shown_the_page_says_what_to_do(page: Page, tiled: Path, tmp_path: Path) -> None:
    shutil.copytree(tiled, tmp_path / "hidden")
    file = tmp_path / "hidden" / "data" / "stat_020_033" / "larger.js"
    data = data_of(file)
    for block in data["province"]["blocks"]:
        block["s"], block["n"] = "Q", ""
    write_data(file, "data/stat_020_033/larger", data)
    visit(page, tmp_path / "hidden", "nl/stat_020_033.html#level=province&year=2021")
    assert "kies een hoger niveau" in page.inner_text("#caption")
    assert set(Seen(page).classes.values()) == {"confidential"}


def test_an_area_is_chosen_by_keyboard_alone(page: Page, tiled: Path) -> None:
    visit(page, tiled, "nl/stat_003_014.html")
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#table tbody a')"):
            break
    page.keyboard.press("Enter")
    settle(page)
    first = page.locator("#table tbody tr").first.get_attribute("data-area")
    assert Seen(page).address["area"] == first
    assert page.evaluate("document.activeElement.matches('#table tbody a')"), "the focus stays where it was"


def test_borders_and_tiles_show_the_same(page: Page, bordered: Path) -> None:
    for level in ("province", "municipality"):
        classes = []
        for shape in ("borders", "tiles"):
            visit(page, bordered, f"nl/stat_003_014.html#level={level}&year=2021&shape={shape}")
            classes.append(Seen(page).classes)
        assert classes[0] == classes[1]


def test_every_member(tiled: Path, page: Page, tables: Path, configuration: Configuration) -> None:
    """Each age class of a cube, one after the other, equals the table."""
    atlas = Atlas(tables)
    every = atlas.values("cube_013_007", level="arrondissement", years=2021, age_class=EVERY)
    for member in every["age_class"].unique():
        visit(
            page, tiled, f"nl/cube_013_007.html#level=arrondissement&year=2021&age_class={member.replace('+', '%2B')}"
        )
        check(page, atlas, configuration, "cube_013_007", {})

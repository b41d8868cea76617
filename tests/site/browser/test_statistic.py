"""The page of a statistic: what it shows is what the Delta table says, and its parts agree whatever is clicked."""

import csv
import io
import itertools
import random
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from playwright.sync_api import Browser, CDPSession, Page

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.reader import EVERY, Atlas
from imaatlas_spark.site.files import write_data
from tests.site.browser.conftest import CODES
from tests.site.browser.watching import Watched, settle, visit
from tests.site.reading import data_of

CLICKS = 50
IS_TOLD = "document.getElementById('table-subject').textContent.includes('konden niet worden geladen')"
_SIGNS = {"M": "cannot", "Q": "confidential"}


@dataclass(frozen=True)
class Seen:
    """What a page shows, read out of it."""

    page: Page

    @cached_property
    def address(self) -> dict[str, str]:
        return {name: value[0] for name, value in parse_qs(urlsplit(self.page.url).fragment).items()}

    @cached_property
    def table(self) -> dict[str, tuple[float | None, str]]:
        """(value, rank) of each area in the table."""
        rows = self.page.evaluate(
            """() => [...document.querySelectorAll('#table tbody tr')].map((row) =>
                [row.dataset.area, row.querySelector('[data-value]')?.dataset.value ?? null,
                    row.cells[0].textContent])"""
        )
        return {code: (None if value is None else float(value), rank) for code, value, rank in rows}

    @cached_property
    def classes(self) -> dict[str, str]:
        return dict(
            self.page.evaluate(
                """() => [...document.querySelectorAll('#picture [data-area]')].map((each) =>
                    [each.dataset.area, each.getAttribute('class')])"""
            )
        )

    @cached_property
    def series(self) -> dict[int, list[float | None]]:
        """The values of the area, its parent and the country by year."""
        rows = self.page.evaluate(
            """() => [...document.querySelectorAll('#series tbody tr')].map((row) =>
                [...row.cells].map((cell, index) => index ? cell.dataset.value ?? null : cell.textContent))"""
        )
        return {int(year): [None if each is None else float(each) for each in values] for year, *values in rows}

    @cached_property
    def download(self) -> list[dict[str, str]]:
        text = self.page.evaluate("() => fetch(document.getElementById('download').href).then((file) => file.text())")
        lines = [line for line in text.removeprefix("\ufeff").splitlines() if not line.startswith("#")]
        return list(csv.DictReader(io.StringIO("\n".join(lines))))

    @cached_property
    def chosen(self) -> list[str]:
        """The areas that the table marks."""
        marked = self.page.locator("#table tr[aria-current]")
        return [str(each) for each in marked.evaluate_all("rows => rows.map((row) => row.dataset.area)")]

    def control(self, name: str) -> str:
        return str(self.page.locator(f"#{name}").input_value())


@dataclass(frozen=True)
class Expected:
    """What the tables say of what an address asks for."""

    atlas: Atlas
    configuration: Configuration
    code: str
    address: dict[str, str]

    @property
    def members(self) -> dict[str, str]:
        return {name: self.address.get(name, TOTAL) for name in self.atlas.dimensions(self.code)}

    @property
    def on_map(self) -> int | None:
        asked = self.address.get("map", "own")
        return None if asked == "own" else int(asked)

    def rows(self, level: str, year: int | None = None) -> pl.DataFrame:
        return self.atlas.values(self.code, level=level, years=year, map=self.on_map, **self.members)

    def values(self) -> dict[str, float | None]:
        rows = self.rows(self.address["level"], int(self.address["year"]))
        return dict(rows.select("geo_code", "value").iter_rows())

    def series(self) -> dict[int, list[float | None]]:
        """The chosen area, its parent where that is not the country, the country."""
        level, code = self.address["level"], self.address.get("area", "")
        places = [(level, code)] if code and level != "country" else []
        if places:
            year = self.on_map or int(self.address["year"])
            parent = self.configuration.geography.area(code, level).parent(year)
            places += [(parent.level, parent.code)] if parent and parent.level != "country" else []
        columns = [self._of(*place) for place in [*places, ("country", COUNTRY)]]
        years = sorted({year for column in columns for year in column})
        return {year: [column.get(year) for column in columns] for year in years}

    def _of(self, level: str, code: str) -> dict[int, float | None]:
        return dict(self.rows(level).filter(pl.col("geo_code") == code).select("year", "value").iter_rows())

    def class_of(self, value: float | None, status: str, bounds: list[float]) -> str:
        if status in _SIGNS:
            return _SIGNS[status]
        if value == 0:
            return "zero"
        at = sum(value > cut for cut in bounds[1:-1])
        steps = len(bounds) - 1
        return f"c{2 if steps == 1 else int(at * 4 / (steps - 1) + 0.5)}"


def bounds_of(atlas: Atlas, code: str, level: str, members: dict[str, str]) -> list[float]:
    """The quintiles of the values of all years on all maps, worked out here: a fifth of the values lies below a cut."""
    maps = atlas.releases(code)["geography"].unique().to_list()
    frames = [atlas.values(code, level=level, map=on_map, **members) for on_map in maps]
    shown = sorted(value for frame in frames for value in frame["value"].to_list() if value)
    cuts = sorted({shown[-(-len(shown) * part // 5) - 1] for part in range(1, 6)}) if shown else []
    return [shown[0], *cuts] if shown else []


def check(page: Page, atlas: Atlas, configuration: Configuration, code: str, bounds: dict[Any, list[float]]) -> None:
    """Map, table, series, download, controls and address say the same, and it is what the tables say."""
    seen = Seen(page)
    expected = Expected(atlas, configuration, code, seen.address)
    level, year, area = seen.address["level"], int(seen.address["year"]), seen.address.get("area", "")
    values = expected.values()
    assert {code: value for code, (value, _) in seen.table.items()} == values
    assert {row["geo_code"]: float(row["value"]) if row["value"] else None for row in seen.download} == values
    assert {(row["year"], row["geo_level"]) for row in seen.download} == {(str(year), level)}
    ordered = sorted((value for value in values.values() if value is not None), reverse=True)
    ranks = {code: str(ordered.index(value) + 1) if value is not None else "–" for code, value in values.items()}
    assert {code: rank for code, (_, rank) in seen.table.items()} == ranks
    key = (level, *expected.members.values())
    bounds.setdefault(key, bounds_of(atlas, code, level, expected.members))
    rows = expected.rows(level, year).select("geo_code", "value", "obs_status").iter_rows()
    assert seen.classes == {each: expected.class_of(value, status, bounds[key]) for each, value, status in rows}
    assert seen.series == expected.series()
    assert (seen.control("level"), seen.control("year"), seen.control("area")) == (level, str(year), area)
    assert {name: seen.control(name) for name in expected.members} == expected.members
    assert seen.chosen == ([area] if area else [])
    big = page.locator("#place .big").get_attribute("data-value")
    assert (None if big is None else float(big)) == expected._of(*((level, area) if area else ("country", COUNTRY)))[
        year
    ]


def click_at_random(page: Page, draw: random.Random, code: str) -> str:
    """One thing that a visitor may do; says what it was."""
    selects = [str(each) for each in page.locator("#controls select").evaluate_all("all => all.map((each) => each.id)")]
    what = draw.choice(["map", "map", "row", "row", "sort", "earlier", "later", "back", *selects, *selects])
    if what == "map":
        areas = page.locator("#picture [data-area]")
        areas.nth(draw.randrange(areas.count())).dispatch_event("click")
    elif what == "row":
        rows = page.locator("#table tbody a")
        rows.nth(draw.randrange(rows.count())).click()
    elif what == "sort":
        heads = page.locator("#table thead button")
        heads.nth(draw.randrange(heads.count())).click()
    elif what in {"earlier", "later"}:
        if page.locator(f"#{what}").is_enabled():
            page.click(f"#{what}")
    elif what == "back":
        page.evaluate("history.back()")
        page.wait_for_timeout(50)
    else:
        options = page.locator(f"#{what} option").evaluate_all("all => all.map((each) => each.value)")
        page.select_option(f"#{what}", draw.choice(options))
    return what


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


def test_sectors_are_loaded_when_they_are_asked_for(watched_page: Watched, tiled: Path, tables: Path) -> None:
    page = watched_page.page
    visit(page, tiled, "nl/stat_003_014.html#level=municipality&year=2021&area=24062")
    assert not any("sector" in url for url in watched_page.requests)
    page.get_by_role("button", name="Toon de sectoren van Leuven").click()
    page.wait_for_selector("#sectors table")
    shown = page.locator("#sectors tbody tr").evaluate_all(
        """rows => rows.map((row) =>
            [row.querySelector('.code').textContent, row.querySelector('[data-value]')?.dataset.value ?? null])"""
    )
    rows = (
        Atlas(tables)
        .values("stat_003_014", level="sector", years=2021)
        .filter(pl.col("geo_code").str.starts_with("24062"))
    )
    expected = dict(rows.select("geo_code", "value").iter_rows())
    assert {code: None if value is None else float(value) for code, value in shown} == expected


def test_sectors_are_drawn_where_their_borders_were_given(watched_page: Watched, with_sector_borders: Path) -> None:
    """Two of the four sectors of Leuven have borders: those are drawn, in the colours of the municipalities."""
    page = watched_page.page
    visit(page, with_sector_borders, "nl/stat_003_014.html#level=municipality&year=2021&area=24062")
    page.get_by_role("button", name="Toon de sectoren van Leuven").click()
    page.wait_for_selector("#sectors [data-area]")
    drawn = dict(
        page.locator("#sectors [data-area]").evaluate_all(
            "all => all.map((each) => [each.dataset.area, each.className.baseVal])"
        )
    )
    assert drawn.keys() == {"24062A00-", "24062A01-"}
    bounds = data_of(with_sector_borders / "data" / "stat_003_014" / "municipality.js")["municipality"]["classes"]
    for code, kind in drawn.items():
        text = page.locator(f"#sectors tr[data-sector='{code}'] [data-value]").get_attribute("data-value")
        assert text is not None
        assert kind == f"c{sum(float(text) > cut for cut in bounds[1:-1])}"
    page.locator("#sectors [data-area='24062A00-']").click()
    assert page.locator("#sectors tr[aria-current]").get_attribute("data-sector") == "24062A00-"
    assert watched_page.complaints == []
    assert len([url for url in watched_page.requests if ".borders.js" in url]) == 1
    page.select_option("#area", "11002")
    page.wait_for_function("() => document.querySelectorAll(\"#sectors [data-area^='11002']\").length === 2")


def processor_seconds(session: CDPSession) -> float:
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def test_first_load_with_tiles(watched_page: Watched, tiled: Path) -> None:
    visit(watched_page.page, tiled, "nl/stat_003_014.html#level=municipality&area=24062")
    assert watched_page.bytes_of_files() <= 200_000


def test_processor_time(browser: Browser, tiled: Path) -> None:
    """The least of some tries: what others do on the machine makes a page slower, never faster."""
    tries = [seconds_to_show_and_to_change_year(browser.new_page(), tiled) for _ in range(5)]
    assert min(shown for shown, _ in tries) <= 0.4
    assert min(changed for _, changed in tries) <= 0.15


def seconds_to_show_and_to_change_year(page: Page, site: Path) -> tuple[float, float]:
    """Of the page's own thread, until all is done. Waits without asking the page, for each question would count."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(f"{(site / 'nl' / 'stat_003_014.html').resolve().as_uri()}#level=municipality&area=24062")
    page.wait_for_timeout(3000)
    shown = processor_seconds(session)
    assert page.evaluate("document.documentElement.dataset.shown === location.hash")
    before = processor_seconds(session)
    page.evaluate(
        """() => {
            const year = document.getElementById('year');
            year.value = '2019';
            year.dispatchEvent(new Event('change', { bubbles: true }));
        }"""
    )
    page.wait_for_timeout(2000)
    changed = processor_seconds(session) - before
    assert page.evaluate("document.documentElement.dataset.shown.includes('2019')")
    page.close()
    return shown, changed


def test_first_load_with_borders(watched_page: Watched, bordered: Path) -> None:
    visit(watched_page.page, bordered, "nl/stat_003_014.html#level=municipality&area=24062")
    assert any("geo/borders.js" in url for url in watched_page.requests)
    assert watched_page.bytes_of_files() <= 350_000


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

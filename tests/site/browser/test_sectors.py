"""The sectors of a municipality on the page of a statistic: loaded when asked for, drawn where there are borders."""

from pathlib import Path

import polars as pl

from imaatlas_spark.reader import Atlas
from tests.site.browser.watching import Watched, visit
from tests.site.reading import data_of


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

"""What the page of a statistic shows, read out of it, and what the Delta tables say of the same."""

import csv
import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
from playwright.sync_api import Page

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.reader import Atlas

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
        assert value is not None, "a value that is missing has a sign"
        at = sum(value > cut for cut in bounds[1:-1])
        steps = len(bounds) - 1
        return f"c{2 if steps == 1 else int(at * 4 / (steps - 1) + 0.5)}"


def bounds_of(atlas: Atlas, code: str, level: str, members: Mapping[str, Any]) -> list[float]:
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

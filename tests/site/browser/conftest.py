"""A browser on sites made for these tests. `make test-site` runs them: they need Chromium, axe-core and vnu."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.site.publish import Wish, publish_site
from tests.site.boundary_files import as_sectors, geojson, reference_municipalities
from tests.site.browser.watching import Watched, watched
from tests.site.made_warehouse import make_warehouse

TOOLS = Path(os.environ.get("SITE_TOOLS", ".site-tools"))  # where `make test-site` puts axe-core and vnu
LANGUAGES = ("nl", "fr", "en")
CODES = ("cube_003_014", "cube_013_007", "stat_003_014", "stat_020_033")
YEARS = (2018, 2019, 2021)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "SITE_TOOLS" in os.environ:
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="needs a browser: make test-site"))


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Statistics before and after the mergers of 2019, each year on its own map and on that of 2025."""
    return make_warehouse(tmp_path_factory.mktemp("browser") / "warehouse", YEARS, CODES, maps=(None, 2025), scale=0.1)


@pytest.fixture(scope="session")
def tiled(configuration: Configuration, tables: Path) -> Path:
    publish_site(configuration, tables, Wish(tables.parent / "tiled", LANGUAGES, codes=None))
    return tables.parent / "tiled"


@pytest.fixture(scope="session")
def bordered(configuration: Configuration, tables: Path) -> Path:
    """A site with borders; skips where the reference maps are not there."""
    boundaries = geojson(tables.parent / "municipalities.json", reference_municipalities(2018))
    wish = Wish(tables.parent / "bordered", LANGUAGES, codes=None, boundaries=boundaries)
    publish_site(configuration, tables, wish)
    return wish.output


@pytest.fixture(scope="session")
def with_sector_borders(configuration: Configuration, tables: Path) -> Path:
    """One statistic, with borders of two sectors in each municipality."""
    boundaries = geojson(tables.parent / "sectors.json", as_sectors(reference_municipalities(2018)))
    wish = Wish(tables.parent / "sectors", ("nl",), codes=("stat_003_014",), boundaries=boundaries)
    publish_site(configuration, tables, wish)
    return wish.output


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def watched_page(browser: Browser) -> Iterator[Watched]:
    """A page of which every request, console message and error is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield watched(context.new_page())
    context.close()


@pytest.fixture
def page(watched_page: Watched) -> Page:
    return watched_page.page

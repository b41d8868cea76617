"""The site as a whole: its layout, the same bytes, refusals in one line, and what was there stays whole."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest
from deltalake import DeltaTable

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import Refused
from imaatlas_spark.site.publish import Wish, publish_site
from tests.site.conftest import CODES
from tests.site.made_warehouse import Origin, make_warehouse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_layout(site: Path) -> None:
    files = contents(site)
    for language in ("nl", "fr"):
        expected = {"index.html", "releases.html", "about.html", "area/24062.html", "variables/REGCONTACT.html"}
        assert {f"{language}/{name}" for name in expected | {f"{code}.html" for code in CODES}} <= files.keys()
    assert {
        "assets/atlas.css",
        "assets/atlas.js",
        "geo/areas.js",
        "geo/tiles.js",
        "geo/sectors/24000.js",
    } <= files.keys()
    assert {"data/stat_003_014/municipality.js", "data/stat_003_014/sector/24000.js"} <= files.keys()
    assert "data/cube_013_007/municipality.90plus.js" in files
    plain = {f"download/{code}.{kind}" for code in CODES for kind in ("csv", "csv-metadata.json", "sdmx.csv")}
    large = {f"download/cube_013_007.{kind}" for kind in ("csv", "csv-metadata.json", "sdmx.csv")}
    packed = {"download/cube_013_007.csv.zip", "download/cube_013_007.sdmx.csv.zip"}
    columnar = {f"download/{code}.parquet" for code in CODES}
    assert {name for name in files if name.startswith("download/")} == plain - large | packed | columnar


def test_no_file_that_a_page_loads_is_large(site: Path) -> None:
    """Files that people and machines take along apart."""
    taken_along = ("download/", "metadata/")
    sizes = {name: len(data) for name, data in contents(site).items() if not name.startswith(taken_along)}
    assert max(sizes.values()) <= 250_000


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


_SHEETS = "https://metadata.ima-aim.be/"  # the agency's own sheets, which pages lead to


def test_every_link_leads_to_a_file_of_the_site(site: Path) -> None:
    seen = set()
    for page in site.rglob("*.html"):
        links = _Links()
        links.feed(page.read_text(encoding="utf-8"))
        for link in links.found:
            if link.startswith(("data:", "#", _SHEETS)):
                continue
            target = (page.parent / unquote(link.partition("#")[0])).resolve()
            seen.add(target)
            assert target.is_file(), f"{page.relative_to(site)}: {link}"
            assert target.is_relative_to(site.resolve())
    assert len(seen) > 600


def test_no_page_asks_anything_from_elsewhere(site: Path) -> None:
    for path in [*site.rglob("*.html"), *site.rglob("*.css"), site / "assets" / "atlas.js"]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        text = re.sub(
            rf'<a [^>]*href="{re.escape(_SHEETS)}[^>]*>', "", text
        )  # asked for by who follows it, not by the page
        assert not re.search(r"(src|href)=.?https?:|url\(.?https?:|@import|fetch\(|XMLHttpRequest", text), path


def test_the_same_input_gives_the_same_bytes(configuration: Configuration, warehouse: Path, site: Path) -> None:
    again = warehouse.parent / "again"
    publish_site(configuration, warehouse, Wish(again, ("nl", "fr"), codes=None))
    assert contents(again) == contents(site)


def test_a_synthetic_site_says_so_on_every_page(site: Path) -> None:
    for page in site.glob("*/**/*.html"):
        assert "Synthetische cijfers" in page.read_text() or "Chiffres synthétiques" in page.read_text(), page


@pytest.fixture
def small(tmp_path: Path) -> Wish:
    return Wish(tmp_path / "atlas", ("nl",), codes=("stat_020_033",), with_sectors=False)


def test_a_site_that_is_there_is_replaced(configuration: Configuration, warehouse: Path, small: Wish) -> None:
    publish_site(configuration, warehouse, small)
    (small.output / "nl" / "stale.html").write_text("from an earlier site")
    publish_site(configuration, warehouse, small)
    assert not (small.output / "nl" / "stale.html").exists()
    assert [path.name for path in small.output.parent.iterdir()] == ["atlas"]


def test_a_failure_leaves_the_site_that_was_there(
    configuration: Configuration, warehouse: Path, small: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_site(configuration, warehouse, small)
    before = contents(small.output)

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("imaatlas_spark.site.publish.write_releases", fail)
    with pytest.raises(OSError, match="no space left"):
        publish_site(configuration, warehouse, small)
    assert contents(small.output) == before
    assert [path.name for path in small.output.parent.iterdir()] == ["atlas"]


def test_a_folder_that_is_no_site_is_never_touched(configuration: Configuration, warehouse: Path, small: Wish) -> None:
    small.output.mkdir()
    (small.output / "thesis.docx").write_text("years of work")
    with pytest.raises(Refused, match="holds something that is no site"):
        publish_site(configuration, warehouse, small)
    assert (small.output / "thesis.docx").read_text() == "years of work"


@pytest.mark.parametrize("threshold", [None, 1])
@pytest.mark.parametrize("drawn", [None, '{"seed": 1}'])
def test_unprotected_figures_leave_a_synthetic_warehouse_only_and_when_it_is_said(
    configuration: Configuration, small: Wish, tmp_path: Path, threshold: int | None, drawn: str | None
) -> None:
    made = make_warehouse(tmp_path / "open", [2021], ["stat_020_033"], Origin(drawn, threshold))
    with pytest.raises(Refused, match="stat_020_033: published without protection"):
        publish_site(configuration, made, small)
    assert not small.output.exists()
    said = replace(small, unprotected=True)
    if drawn is None:
        with pytest.raises(Refused, match="publish them again with a threshold"):
            publish_site(configuration, made, said)
        assert not small.output.exists()
    else:
        publish_site(configuration, made, said)
        assert "Kleine aantallen zijn hier niet afgeschermd" in (small.output / "nl" / "index.html").read_text()


def test_protected_figures_are_not_called_unprotected(
    configuration: Configuration, warehouse: Path, small: Wish
) -> None:
    publish_site(configuration, warehouse, replace(small, unprotected=True))
    assert "niet afgeschermd" not in (small.output / "nl" / "index.html").read_text()


def test_figures_of_people_are_not_called_synthetic(configuration: Configuration, small: Wish, tmp_path: Path) -> None:
    made = make_warehouse(tmp_path / "real", [2021], ["stat_020_033"], Origin(drawn=None))
    publish_site(configuration, made, small)
    page = (small.output / "nl" / "stat_020_033.html").read_text()
    assert "Synthetische" not in page
    assert "IMA_AIM (28/11/2025), stat_020_033, Atlas IMA_AIM (accessed on {today})" in page


def test_a_synthetic_site_never_cites_ima(site: Path) -> None:
    for page in site.rglob("stat_*.html"):
        assert "IMA_AIM (" not in page.read_text()


@pytest.mark.jobs
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--warehouse", "nowhere"], "nowhere does not exist"),
        (["--languages", "nl,de"], "de is not there: known are nl, fr, en"),
        (["--statistics", "stat_999_999"], "stat_999_999 is not published in this warehouse"),
        (["--output", "/nowhere/atlas"], "the folder /nowhere of --output does not exist"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(
    warehouse: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    given = {"--warehouse": str(warehouse), "--output": str(tmp_path / "atlas")}
    given |= {arguments[0]: arguments[1]}
    ended = subprocess.run(
        [sys.executable, "jobs/publish_site.py", *(part for pair in given.items() for part in pair)],
        capture_output=True, text=True, cwd=ROOT, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert said in ended.stderr


def test_no_spark_is_loaded(warehouse: Path, tmp_path: Path) -> None:
    program = (
        "import sys, runpy; sys.argv = ['publish_site', '--warehouse', sys.argv[1], '--output', sys.argv[2], "
        "'--statistics', 'stat_020_033', '--languages', 'en', '--no-sectors']\n"
        "try: runpy.run_path('jobs/publish_site.py', run_name='__main__')\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in {'pyspark', 'py4j', 'delta'}]"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(warehouse), str(tmp_path / "atlas")],
        cwd=ROOT, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (tmp_path / "atlas" / "en" / "stat_020_033.html").is_file()


def test_parquet_and_csv_hold_the_same_figures(site: Path, warehouse: Path) -> None:
    columnar = pl.read_parquet(site / "download" / "stat_003_014.parquet")
    assert columnar.height == DeltaTable(str(warehouse / "statistics" / "stat_003_014")).to_pyarrow_table().num_rows
    plain = pl.read_csv(site / "download" / "stat_003_014.csv", schema_overrides={"geo_code": pl.String})
    above_sectors = columnar.filter(pl.col("geo_level") != "sector")
    columns = ["year", "geo_level", "geo_code", "numerator", "denominator", "value", "obs_status", "conf_status"]
    assert set(plain.select(columns).iter_rows()) == set(above_sectors.select(columns).iter_rows())
    assert plain.height == above_sectors.height

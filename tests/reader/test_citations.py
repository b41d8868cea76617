"""What the Atlas says of itself: citations, sheets, that it is synthetic; and what it refuses."""

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.sheet import Names, sheet
from imaatlas_spark.errors import NotInAtlas, Refused, WarehouseRefused
from imaatlas_spark.reader import Atlas
from tests.reader.conftest import AGAIN, FIRST, MEAN, RELEASES, SHARE
from tests.reader.published import Release, figure, publish

LEUVEN, ANTWERP = "24062", "11002"
OLD = ["70-79", "80-89", "90+"]  # members 7, 8 and 9 in the order of the classes


def test_a_citation_says_when_it_was_read(atlas: Atlas, configuration: Configuration) -> None:
    cited = atlas.cite(MEAN, accessed=dt.date(2026, 4, 26))
    assert cited == "IMA_AIM (25/09/2025), stat_003_014, Atlas IMA_AIM (accessed on 26/04/2026)"
    assert atlas.cite(MEAN).startswith(configuration.cards[MEAN].citation.text)


def test_a_frame_shows_its_citation(atlas: Atlas) -> None:
    series = atlas.series(MEAN, LEUVEN)
    assert atlas.cite(MEAN) in str(series)
    assert atlas.cite(MEAN) in series._repr_html_()
    assert "<table" in series._repr_html_()
    assert isinstance(series, pl.DataFrame)


def test_a_synthetic_atlas_says_so_everywhere_and_never_cites_the_agency(drawn: Atlas) -> None:
    assert drawn.synthetic
    assert "IMA" not in drawn.cite(MEAN)
    assert "SYNTHETIC" in repr(drawn)
    frames = [
        *(drawn.statistics(), drawn.areas("province"), drawn.releases(MEAN), drawn.values(MEAN)),
        *(drawn.series(MEAN, LEUVEN), drawn.profile(LEUVEN, 2018), drawn.combine(MEAN, [LEUVEN, ANTWERP])),
        drawn.changes(MEAN, FIRST),
    ]
    for frame in frames:
        assert "SYNTHETIC" in str(frame)
        assert "SYNTHETIC" in frame._repr_html_()
        assert "IMA" not in frame.citation
        assert frame["synthetic"].all()


def test_a_copy_of_the_figures_alone_is_still_synthetic(
    drawn: Atlas, configuration: Configuration, tmp_path: Path
) -> None:
    """`metadata/` was written anew by somebody, without the mark: the table of the figures has it."""
    copied = publish(configuration, tmp_path / "copy", RELEASES[:1])
    shutil.rmtree(copied / "statistics")
    shutil.copytree(Path(drawn._store.root) / "statistics", copied / "statistics")
    assert Atlas(copied).synthetic
    assert "IMA" not in Atlas(copied).cite(MEAN)


def test_an_atlas_that_was_not_drawn_does_not_say_so(atlas: Atlas) -> None:
    assert not atlas.synthetic
    assert "synthetic" not in atlas.values(MEAN, areas=LEUVEN).columns


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (
            lambda atlas: atlas.values("stat_999_999"),
            "no statistic 'stat_999_999': known are cube_013_007, stat_003_014",
        ),
        (lambda atlas: atlas.cite("stat_999_999"), "no statistic 'stat_999_999'"),
        (lambda atlas: atlas.series(MEAN, "Nergens"), "there is no area 'Nergens'"),
        (lambda atlas: atlas.series(MEAN, "21000"), "'21000' is arrondissement 21000 or province 21000: say level="),
        (lambda atlas: atlas.series(MEAN, "Leuven"), "'Leuven' is arrondissement 24000 or municipality 24062"),
        (lambda atlas: atlas.values(MEAN, level="town"), "no level 'town': known are country, region"),
        (lambda atlas: atlas.values(MEAN, level="sector"), "has no figure of sector on the map of 2018, 2019"),
        (lambda atlas: atlas.values(MEAN, names="de"), "no language 'de': known are nl, fr, en"),
        (lambda atlas: atlas.values(MEAN, map=2030), "not published on the map of 2030: published are 2018 on the map"),
        (lambda atlas: atlas.values(MEAN, years=[2015, 2021]), "not published for 2015: published are"),
        (lambda atlas: atlas.values(MEAN, sex="F"), "has no dimension sex: it is not broken down"),
        (lambda atlas: atlas.values(SHARE, sex="F"), "has no dimension sex: it is broken down by age_class"),
        (lambda atlas: atlas.values(SHARE, age_class="75+"), r"age_class has no member '75\+': known are _T, 0-9"),
        (lambda atlas: atlas.values(MEAN, release="2001-01-01"), "no release on or before 2001-01-01: the first is of"),
        (lambda atlas: atlas.values(MEAN, release="yesterday"), "'yesterday' is not a date"),
        (lambda atlas: atlas.areas(year=2030), "on the map of 2030: known are 2018, 2019, 2020, 2021, 2025"),
        (lambda atlas: atlas.areas("town", 2021), "no level 'town'"),
        (lambda atlas: atlas.members("hair"), "no dimension 'hair': known are age_class"),
        (lambda atlas: atlas.series(SHARE, LEUVEN, age_class=OLD), "a series has one member of age_class"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(atlas: Atlas, ask: Any, why: str) -> None:
    with pytest.raises(NotInAtlas, match=why) as refused:
        ask(atlas)
    assert isinstance(refused.value, Refused)
    assert "\n" not in str(refused.value)


def test_a_folder_without_an_atlas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarehouseRefused, match="there is no folder"):
        Atlas(tmp_path / "nowhere")
    with pytest.raises(WarehouseRefused, match="has no table releases"):
        Atlas(tmp_path)


def test_rows_that_the_ledger_does_not_name_are_never_read(configuration: Configuration, tmp_path: Path) -> None:
    """A publication that was broken off has left a commit behind."""
    folder = publish(configuration, tmp_path / "whole", RELEASES[:1])
    unfinished = publish(configuration, tmp_path / "other", [RELEASES[0], Release(MEAN, 2018, 2018, AGAIN, more=9)])
    shutil.rmtree(folder / "statistics")
    shutil.copytree(unfinished / "statistics", folder / "statistics")
    atlas = Atlas(folder)
    (row,) = atlas.values(MEAN, areas=LEUVEN).iter_rows(named=True)
    assert (row["numerator"], row["release_date"]) == (figure(LEUVEN, 2018, 0), RELEASES[0].date)


@pytest.mark.slow
def test_reading_needs_neither_spark_nor_pandas(warehouse: Path) -> None:
    script = f"""
import sys
from imaatlas_spark.reader import Atlas
atlas = Atlas({str(warehouse)!r})
print(atlas.series("{MEAN}", "{LEUVEN}"), atlas.profile("{LEUVEN}", 2021), atlas.combine("{MEAN}", ["{LEUVEN}"]))
used = {{name.split(".")[0] for name in sys.modules}}
assert not used & {{"pyspark", "py4j", "delta", "pandas"}}, used
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_sheet_is_that_of_the_configuration(atlas: Atlas, configuration: Configuration, language: str) -> None:
    """The names that a card only mentions come from the metadata of the warehouse."""
    shown = atlas.sheet(SHARE, language, accessed=dt.date(2026, 4, 26))
    expected = sheet(configuration.cards[SHARE], Names.of(configuration), language, "26/04/2026")
    assert [(heading, list(texts)) for heading, texts in shown.sections] == expected
    assert all(heading in str(shown) for heading, _ in expected)
    assert shown._repr_html_().count("<dt>") == len(expected)


def test_the_sheet_of_a_synthetic_atlas_does_not_recommend_to_cite_the_agency(drawn: Atlas) -> None:
    assert "they describe nobody" in str(drawn.sheet(MEAN, "nl"))
    assert "IMA_AIM" not in str(drawn.sheet(MEAN, "nl"))

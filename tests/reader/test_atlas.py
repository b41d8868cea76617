"""What the Atlas shows, worked out from the codes of the areas (`published`)."""

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
from imaatlas_spark.reader import EVERY, Atlas
from tests.reader.conftest import AGAIN, COUNT, FIRST, MAP, MEAN, OWN, RELEASES, SHARE
from tests.reader.published import Release, figure, people, publish

LEUVEN, ANTWERP, HERENT = "24062", "11002", "24038"
OLD = ["70-79", "80-89", "90+"]  # members 7, 8 and 9 in the order of the classes


def test_statistics_say_what_is_published(atlas: Atlas) -> None:
    rows = {row["code"]: row for row in atlas.statistics("en").iter_rows(named=True)}
    assert set(rows) == {MEAN, SHARE, COUNT}
    assert rows[SHARE]["dimensions"] == ["age_class"]
    assert {code: row["smallest_level"] for code, row in rows.items()} == {
        **{MEAN: "sector", SHARE: "municipality", COUNT: "arrondissement"}
    }
    assert rows[MEAN]["years"] == list(OWN)
    assert rows[MEAN]["maps"] == [*OWN, MAP]
    assert rows[MEAN]["latest_release"] == AGAIN
    assert rows[SHARE]["unit"] == "%"
    assert rows[COUNT]["title"] == "Number of clinical geneticists"


@pytest.mark.parametrize(("language", "name"), [("nl", "Antwerpen"), ("fr", "Anvers"), ("en", "Antwerpen")])
def test_areas_are_named_in_the_language_that_is_asked_for(atlas: Atlas, language: str, name: str) -> None:
    (row,) = atlas.values(MEAN, areas=ANTWERP, years=2021, names=language).iter_rows(named=True)
    assert (row["area_name"], row["geo_code"], row["geo_level"]) == (name, ANTWERP, "municipality")


@pytest.mark.parametrize(
    ("level", "code", "name"),
    [
        ("country", "01000", "Belgium"),
        ("region", "04000", "Brussels"),
        ("municipality", "62063", "Liège"),
        ("municipality", "25072", "Nivelles"),
        ("municipality", "24062", "Leuven"),
        ("province", "20002", "Brabant wallon"),
        ("municipality", "21004", "Bruxelles / Brussel"),
    ],
)
def test_in_english_an_area_is_called_as_its_inhabitants_call_it(
    atlas: Atlas, level: str, code: str, name: str
) -> None:
    assert atlas.names("en").area(level, code) == name


def test_a_figure_is_the_one_of_the_table_with_unit_and_labels(atlas: Atlas) -> None:
    (row,) = atlas.values(SHARE, areas=LEUVEN, years=2020, age_class="90+", names="fr").iter_rows(named=True)
    assert (row["numerator"], row["denominator"]) == (figure(LEUVEN, 2020, 9), people(LEUVEN, 9))
    assert row["value"] == 100 * figure(LEUVEN, 2020, 9) / people(LEUVEN, 9)
    assert (row["unit"], row["obs_status"], row["obs_status_label"]) == ("%", "A", "Valeur normale")
    assert (row["age_class_label"], row["release_date"]) == ("90 ou plus", dt.date(2022, 7, 1))
    assert (row["conf_status"], row["conf_status_label"]) == ("F", "Libre de diffusion")


def test_a_hidden_figure_is_hidden_and_says_so(atlas: Atlas) -> None:
    (row,) = atlas.values(SHARE, areas=HERENT, years=2020).iter_rows(named=True)
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)
    assert (row["obs_status"], row["conf_status"]) == ("Q", "C")


def test_the_total_is_taken_unless_a_dimension_is_named(atlas: Atlas) -> None:
    (total,) = atlas.values(SHARE, areas=LEUVEN, years=2020).iter_rows(named=True)
    assert total["age_class"] == "_T"
    assert total["denominator"] == sum(people(LEUVEN, member) for member in range(10))
    every = atlas.values(SHARE, areas=LEUVEN, years=2020, age_class=EVERY)
    assert every["age_class"].to_list() == list(atlas.members("age_class"))
    assert atlas.values(SHARE, areas=LEUVEN, years=2020, age_class=OLD)["age_class"].to_list() == OLD


def test_nothing_is_counted_twice(atlas: Atlas) -> None:
    """The table holds two maps, and two releases of 2021: of each year, area and member there is one row."""
    rows = atlas.values(MEAN)
    assert rows.select("year", "geo_level", "geo_code").is_unique().all()
    assert (rows["geography"] == rows["year"]).all()
    of_2021 = rows.filter(pl.col("year") == 2021)
    assert set(of_2021["release_date"]) == {AGAIN}
    assert any("another map" in note for note in rows.notes)
    assert any("earlier ones of 2021" in note for note in rows.notes)


def test_a_map_is_taken_alone_when_it_is_asked_for(atlas: Atlas) -> None:
    rows = atlas.values(MEAN, map=MAP, areas=ANTWERP)
    assert set(rows["geography"]) == {MAP}
    assert rows["denominator"].to_list() == [people(ANTWERP, 0) + people("11007", 0)] * len(OWN)
    assert rows.notes == ()


def test_what_was_published_on_a_day(atlas: Atlas) -> None:
    before = atlas.values(MEAN, areas=LEUVEN, years=2021, release=FIRST)
    after = atlas.values(MEAN, areas=LEUVEN, years=2021)
    assert after["numerator"][0] - before["numerator"][0] == 3
    assert atlas.values(MEAN, areas=LEUVEN, release="2022-12-31")["year"].to_list() == [2018, 2019, 2020]


def test_a_series_marks_its_break_in_the_language_asked_for(atlas: Atlas, configuration: Configuration) -> None:
    series = atlas.series(MEAN, LEUVEN, names="fr")
    assert series["year"].to_list() == list(OWN)
    (cut,) = configuration.cards[MEAN].breaks
    assert series["break_since"].to_list() == [None, cut.fr, None, None]
    assert series["obs_status"].to_list() == ["A", "B", "A", "A"]


def test_a_hidden_year_of_a_series_is_hidden_not_missing(configuration: Configuration, tmp_path: Path) -> None:
    """The year of the break is hidden: it has its row, which tells of the break."""
    place = frozenset({("municipality", HERENT)})
    releases = [
        Release(
            MEAN, year, year, dt.date(year + 2, 7, 1), hidden=place if year == 2019 else frozenset(), within=("24",)
        )
        for year in (2018, 2019, 2020)
    ]
    series = Atlas(publish(configuration, tmp_path / "few", releases)).series(MEAN, HERENT, names="en")
    assert series["year"].to_list() == [2018, 2019, 2020]
    assert series["obs_status"].to_list() == ["A", "Q", "A"]
    assert series["conf_status"].to_list() == ["F", "C", "F"]
    assert series.select(pl.col("numerator", "denominator", "value").is_null()).row(1) == (True, True, True)
    assert [told is None for told in series["break_since"]] == [True, False, True]


def test_a_series_tells_where_the_area_was_redrawn(atlas: Atlas) -> None:
    kept = atlas.series(MEAN, LEUVEN)
    assert kept["redrawn"].to_list() == [None] * len(OWN)
    moved = atlas.series(MEAN, "57000", level="arrondissement", names="fr")
    assert moved["redrawn"][0] is None
    assert "+ Mouscron (54007)" in moved["redrawn"][1]
    on_one_map = atlas.series(MEAN, "57000", level="arrondissement", map=MAP)
    assert on_one_map["redrawn"].to_list() == [None] * len(OWN)


def test_a_profile_stands_against_parent_country_and_rank(atlas: Atlas) -> None:
    rows = {row["code"]: row for row in atlas.profile(LEUVEN, 2021).iter_rows(named=True)}
    row = rows[MEAN]
    everywhere = atlas.values(MEAN, level="municipality", years=2021)
    higher = everywhere.filter(pl.col("value") > row["value"])
    assert (row["rank"], row["ranked"]) == (1 + len(higher), len(everywhere))
    assert (row["parent_level"], row["parent_code"], row["parent_name"]) == ("arrondissement", "24000", "Leuven")
    (parent,) = atlas.values(MEAN, level="arrondissement", areas="24000", years=2021)["value"]
    (country,) = atlas.values(MEAN, level="country", years=2021)["value"]
    assert (row["parent_value"], row["country_value"]) == (parent, country)


def test_a_hidden_figure_has_no_rank_and_counts_in_none(atlas: Atlas) -> None:
    rows = {row["code"]: row for row in atlas.profile(HERENT, 2021).iter_rows(named=True)}
    assert (rows[SHARE]["value"], rows[SHARE]["rank"]) == (None, None)
    assert rows[SHARE]["ranked"] == rows[MEAN]["ranked"] - 1


def test_a_profile_names_what_it_has_no_figure_of(atlas: Atlas) -> None:
    profile = atlas.profile(LEUVEN, 2018)
    assert profile["code"].to_list() == [MEAN]
    assert any(SHARE in note and COUNT in note for note in profile.notes)
    with pytest.raises(NotInAtlas, match="has no figure in 2011"):
        atlas.profile(LEUVEN, 2011)


def test_combining_sums_both_halves_and_never_averages(atlas: Atlas) -> None:
    (row,) = atlas.combine(SHARE, [LEUVEN, ANTWERP], years=2020, age_class=OLD).iter_rows(named=True)
    above = sum(figure(nis, 2020, member) for nis in (LEUVEN, ANTWERP) for member in (7, 8, 9))
    below = sum(people(nis, member) for nis in (LEUVEN, ANTWERP) for member in (7, 8, 9))
    assert (row["numerator"], row["denominator"], row["value"]) == (above, below, 100 * above / below)
    assert (row["parts"], row["areas"], row["age_class"]) == (6, [ANTWERP, LEUVEN], OLD)
    assert row["area_names"] == ["Antwerpen", "Leuven"]
    assert row["obs_status"] == "A"


def test_a_hidden_part_hides_the_sum(atlas: Atlas) -> None:
    (row,) = atlas.combine(SHARE, [LEUVEN, HERENT], years=2020).iter_rows(named=True)
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)
    assert (row["obs_status"], row["conf_status"], row["obs_status_label"]) == ("Q", "C", "Niet getoond: vertrouwelijk")


def test_a_sum_of_counts_has_no_denominator(atlas: Atlas) -> None:
    (row,) = atlas.combine(COUNT, [LEUVEN, ANTWERP], years=2020).iter_rows(named=True)
    counted = figure(LEUVEN, 2020, 0) + figure(ANTWERP, 2020, 0)
    assert (row["numerator"], row["denominator"], row["value"]) == (counted, None, float(counted))


def test_a_break_in_a_part_is_a_break_in_the_sum(atlas: Atlas) -> None:
    (row,) = atlas.combine(MEAN, [LEUVEN, ANTWERP], years=2019).iter_rows(named=True)
    assert row["obs_status"] == "B"


@pytest.mark.parametrize(
    ("areas", "options", "why"),
    [
        ([LEUVEN, "02000"], {}, "areas of several levels may overlap"),
        (LEUVEN, {"age_class": ["_T", "90+"]}, "members of age_class overlap"),
        (LEUVEN, {"age_class": ["90+", "90+"]}, "members of age_class overlap"),
        (LEUVEN, {"age_class": EVERY}, "members of age_class overlap"),
    ],
)
def test_what_overlaps_is_not_added_up(atlas: Atlas, areas: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(NotInAtlas, match=why):
        atlas.combine(SHARE, areas, years=2020, **options)


def test_a_sum_that_would_lack_a_part_is_refused(atlas: Atlas) -> None:
    """54007 (Mouscron) became 57096 in 2019."""
    with pytest.raises(NotInAtlas, match="54007 has no figure in 2019 on the map of 2019"):
        atlas.combine(MEAN, ["54007", LEUVEN])


def test_changes_between_two_days(atlas: Atlas) -> None:
    changes = atlas.changes(MEAN, FIRST)
    assert set(changes["change"]) == {"changed"}
    assert set(changes["year"]) == {2021}
    (leuven,) = changes.filter(pl.col("geo_code") == LEUVEN).iter_rows(named=True)
    assert leuven["numerator_after"] - leuven["numerator_before"] == 3
    assert leuven["difference"] == leuven["value_after"] - leuven["value_before"] > 0
    assert (leuven["release_before"], leuven["release_after"]) == (FIRST, AGAIN)
    added = atlas.changes(MEAN, "2022-12-31", FIRST)
    assert set(added["change"]) == {"added"}
    assert set(added["year"]) == {2021}
    assert atlas.changes(MEAN, AGAIN).is_empty()


def test_the_latest_release_of_each_year_and_map_is_marked(atlas: Atlas) -> None:
    rows = atlas.releases(MEAN).filter((pl.col("year") == 2021) & (pl.col("geography") == 2021))
    assert dict(rows.select("release_date", "latest").iter_rows()) == {FIRST: False, AGAIN: True}
    assert set(rows["protection_threshold"]) == {5}


def test_areas_of_a_map_lie_in_their_parents(atlas: Atlas) -> None:
    provinces = atlas.areas("province", 2021)
    assert len(provinces) == 11
    assert set(provinces["parent_level"]) == {"region"}
    before, after = (set(atlas.areas("municipality", year)["geo_code"]) for year in (2018, 2019))
    assert "54007" in before - after
    assert "57096" in after - before


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

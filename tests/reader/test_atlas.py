"""What the Atlas shows, worked out from the codes of the areas (`published`)."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.reader import EVERY, Atlas
from tests.reader.conftest import AGAIN, COUNT, FIRST, MAP, MEAN, OWN, SHARE
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

"""What protection leaves in the tables: a small country, published, published again, and on another map."""

import datetime as dt
import shutil
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.errors import ReleaseRefused
from tests.conftest import CONF, settings
from tests.deliveries.delivered import HOUSE, PERSON, PRACTICE, Delivery, claim
from tests.engine import Engine, conf_with, only_cards
from tests.oracle.small_cases import insured, practice

pytestmark = pytest.mark.spark

CODE = "stat_003_007"  # persons of medical houses
TONGEREN, BILZEN, BORGLOON, MOERBEKE, LOKEREN, GENT = "73083", "73006", "73009", "44045", "46014", "44021"
PEOPLE = 50  # in each
# Persons of medical houses. Tongeren and Borgloon are one municipality from 2025 on (73111), as are Lokeren and
# Moerbeke (46029); Moerbeke leaves the arrondissement of Gent for it.
IN_HOUSES = {
    2020: {TONGEREN: 3, BILZEN: 20, BORGLOON: 40, MOERBEKE: 30, LOKEREN: 30, GENT: 40},
    2021: {TONGEREN: 20, BILZEN: 20, BORGLOON: 40, MOERBEKE: 3, LOKEREN: 30, GENT: 20},
}
ZONES = {TONGEREN: "Z1", BILZEN: "Z1", BORGLOON: "Z2", LOKEREN: "Z2", GENT: "Z3"}
ZONES_FROM_2025 = {"73110": "Z1", "73111": "Z1", "46029": "Z2"}
LATER = dt.date(2023, 5, 1)


def delivered(folder: Path) -> Path:
    delivery = Delivery.good(folder, IN_HOUSES)
    forfait = {"SS00020": "109616", "SS00065": None, "SS00065B": None, "PRACTITIONER_CAT": None, "SS00075": HOUSE}
    for year, in_houses in IN_HOUSES.items():
        persons, lines = [], []
        for town, (nis, number) in enumerate(in_houses.items()):
            first = PERSON + 1000 * town
            persons += [insured(first + each, nis) for each in range(PEOPLE)]
            lines += [claim(f"{year}-01-01", SS00010=first + each, SS00050=12, **forfait) for each in range(number)]
        delivery.write("population", persons, year=year)
        delivery.write("claims", lines, year=year)
    delivery.write("practices", [practice(PRACTICE, GENT, practice_type="medical_house", institution_id=HOUSE)])
    return folder


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Year tables, nothing published."""
    folder = tmp_path_factory.mktemp("protected")
    conf = conf_with(CONF, folder / "conf")
    only_cards(conf, (CODE,))
    (conf / "geography" / "groupings").mkdir()
    rows = [f"{nis},{zone},zone,zone,2003-01-01," for nis, zone in ZONES.items()]
    rows += [f"{nis},{zone},zone,zone,2025-01-01," for nis, zone in ZONES_FROM_2025.items()]
    heading = "nis,group_code,name_nl,name_fr,valid_from,valid_to"
    (conf / "geography" / "groupings" / "zone.csv").write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(delivered(folder / "delivery"), IN_HOUSES)
    engine.build(IN_HOUSES, first_year=2020)
    return engine


def copied(engine: Engine, folder: Path) -> Engine:
    shutil.copytree(engine.warehouse.root, folder / "warehouse")
    return Engine(engine.run, type(engine.warehouse)(engine.run.spark, str(folder / "warehouse"), engine.run.stamp))


@pytest.fixture(scope="module")
def published(built: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = copied(built, tmp_path_factory.mktemp("published"))
    engine.publish_protected(IN_HOUSES)
    return engine


def rows(engine: Engine, table: str = f"statistics/{CODE}") -> pl.DataFrame:
    return pl.read_delta(f"{engine.warehouse.root}/{table}")


def hidden(engine: Engine, year: int, geography: int, date: dt.date | None = None) -> set[str]:
    """The codes of hidden areas that people live in."""
    found = rows(engine).filter(
        (pl.col("year") == year) & (pl.col("geography") == geography) & (pl.col("conf_status") == "C")
    )
    dated = found if date is None else found.filter(pl.col("release_date") == date)
    return set(dated["geo_code"].to_list())


def test_a_small_figure_and_its_cover_are_hidden_alike(published: Engine) -> None:
    assert hidden(published, 2020, 2020) == {TONGEREN, BILZEN}  # twenty are the cheapest cover; Z1 is both together
    assert hidden(published, 2021, 2021) == {MOERBEKE, GENT, "Z3"}  # which is Gent
    confidential = rows(published).filter(pl.col("conf_status") == "C")
    assert confidential["numerator"].null_count() == confidential["value"].null_count() == len(confidential)
    assert set(confidential["obs_status"].to_list()) == {"Q"}
    assert confidential["denominator"].to_list() == [PEOPLE] * len(confidential)  # how many live there is no secret


def test_no_file_of_the_table_ever_held_a_hidden_figure(published: Engine) -> None:
    files = list(Path(published.warehouse.root, "statistics", CODE).rglob("*.parquet"))
    assert files
    held = pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in files])
    assert 3 not in held["numerator"].to_list()


def test_releases_and_the_tables_inside_tell_of_the_protection(published: Engine) -> None:
    assert rows(published, "releases")["protection_threshold"].to_list() == [5, 5]
    amounts = rows(published, "protection/amounts").filter(pl.col("year") == 2020).sort("geo_code")
    assert amounts.select("geo_code", "status", "value", "need").rows() == [(BILZEN, "D", 20, 0), (TONGEREN, "A", 3, 5)]
    assert all(row["highest"] - row["lowest"] >= 5 for row in amounts.to_dicts() if row["status"] == "A")
    moves = rows(published, "protection/witnesses").filter(pl.col("year") == 2020)
    assert moves.group_by("witness").agg(pl.col("moves").sum())["moves"].to_list() == [0] * moves["witness"].n_unique()


def test_the_same_figures_released_later_hide_the_same(published: Engine, tmp_path: Path) -> None:
    again = copied(published, tmp_path)
    again.publish_protected(IN_HOUSES, LATER)
    for year in IN_HOUSES:
        assert hidden(again, year, year, LATER) == hidden(published, year, year)


def test_groups_of_other_municipalities_than_an_earlier_release_shows_are_refused(
    published: Engine, tmp_path: Path
) -> None:
    """Z1 with Borgloon less Z1 without it is Borgloon."""
    again = copied(published, tmp_path)
    conf = shutil.copytree(published.run.configuration.folder, tmp_path / "conf")
    zones = conf / "geography" / "groupings" / "zone.csv"
    text = zones.read_text(encoding="utf-8")
    zones.write_text(text.replace(f"{BORGLOON},Z2", f"{BORGLOON},Z1"), encoding="utf-8")
    other = Engine.at(again.run.spark, conf, Path(again.warehouse.root))
    with pytest.raises(ReleaseRefused, match=f"groupings/zone.csv puts {BORGLOON} elsewhere"):
        other.publish_protected(IN_HOUSES, LATER)
    zones.unlink()
    Engine.at(again.run.spark, conf, Path(again.warehouse.root)).publish_protected(IN_HOUSES, LATER)
    zones.write_text(text.replace(f"{BORGLOON},Z2", f"{BORGLOON},Z1"), encoding="utf-8")
    last = Engine.at(again.run.spark, conf, Path(again.warehouse.root))
    with pytest.raises(ReleaseRefused, match=f"puts {BORGLOON} elsewhere than it was in a release on the map of 2020"):
        last.publish_protected(IN_HOUSES, LATER)


def test_what_is_kept_of_the_same_figures_is_not_written_again(published: Engine, tmp_path: Path) -> None:
    again, before = copied(published, tmp_path), rows(published, "protection/amounts")
    again.publish_protected(IN_HOUSES, LATER)
    assert rows(again, "protection/amounts").equals(before)
    (run,) = rows(again, "runs").sort("started").tail(1).to_dicts()
    read, written = ({each["table"] for each in run[name]} for name in ("versions_read", "versions_written"))
    assert {"protection/amounts", "protection/witnesses"} <= read - written


def test_the_map_of_a_merger_hides_what_would_be_subtracted(published: Engine, tmp_path: Path) -> None:
    """3 + 40 = 43 of the merged municipality, less the 40 that are shown on the first map."""
    again = copied(published, tmp_path)
    again.publish_protected((2020,), geography=2025)
    assert hidden(again, 2020, 2025) == {"73110", "73111"}  # Bilzen-Hoeselt moves the other way
    amounts = rows(again, "protection/amounts").filter(pl.col("geography") == 2025)
    assert amounts.select("value", "need").rows() == [(None, None), (None, None)]  # of what was joined nothing is told


def test_a_second_map_is_refused_where_a_hidden_area_lies_elsewhere(published: Engine, tmp_path: Path) -> None:
    again = copied(published, tmp_path)
    with pytest.raises(ReleaseRefused, match=f"2021 is published on the map of 2021; on that of 2025 {MOERBEKE}"):
        again.publish_protected((2021,), geography=2025)
    assert rows(again, "releases").height == rows(published, "releases").height


def test_an_earlier_map_is_refused_after_a_later_one(built: Engine, tmp_path: Path) -> None:
    engine = copied(built, tmp_path)
    engine.publish_protected((2020,), geography=2025)
    with pytest.raises(ReleaseRefused, match="2020 is published on the map of 2025"):
        engine.publish_protected((2020,))


def test_unprotected_releases_are_refused_until_they_are_withdrawn(built: Engine, tmp_path: Path) -> None:
    engine = copied(built, tmp_path)
    engine.publish((2020,), release_date=LATER)
    with pytest.raises(ReleaseRefused, match=f"not protected.*{CODE}, 2020, of {LATER}.*--withdraw-unprotected"):
        engine.publish_protected((2020,))
    engine.publish_protected((2020,), withdraws_unprotected=True)
    assert rows(engine, "releases")["protection_threshold"].to_list() == [5]
    assert set(rows(engine)["release_date"].to_list()) != {LATER}


def test_unprotected_figures_that_a_killed_run_left_are_refused(
    built: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf, root = built.run.configuration.folder, Path(copied(built, tmp_path).warehouse.root)

    def a_run() -> Engine:
        return Engine.at(built.run.spark, conf, root)

    with monkeypatch.context() as patch:
        patch.setattr("imaatlas_spark.storage.publications.publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            a_run().publish((2020,))
    with pytest.raises(ReleaseRefused, match=rf"broken off .* without protection \(statistics/{CODE}, version 1\)"):
        a_run().publish_protected((2020,))
    a_run().publish_protected((2020,), withdraws_unprotected=True)
    a_run().publish_protected((2020,), LATER)


def test_no_unprotected_figure_is_published_beside_protected_ones(published: Engine) -> None:
    with pytest.raises(ReleaseRefused, match=f"earlier releases are protected.*{CODE}, 2020.*a new warehouse"):
        published.publish((2020,), release_date=LATER)


def test_the_same_is_hidden_whatever_the_partitions(spark: SparkSession, built: Engine, tmp_path: Path) -> None:
    tables = []
    for number in ("1", "7"):
        engine = copied(built, tmp_path / number)
        with settings(spark, shuffle_partitions=number):
            engine.publish_protected(IN_HOUSES)
        order = ["year", "geo_level", "geo_code"]
        tables.append((rows(engine).sort(order), rows(engine, "protection/witnesses").sort([*order, "witness"])))
    (first, witnesses), (second, others) = tables
    assert first.equals(second)
    assert witnesses.equals(others)

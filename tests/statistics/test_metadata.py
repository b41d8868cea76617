"""Metadata beside the figures, read without Spark: what is written, when it is written again, what is synthetic."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.reader import Atlas
from imaatlas_spark.schemas.metadata import METADATA_TABLES, SYNTHETIC_COMMENT, SYNTHETIC_PROPERTY
from tests.conftest import CONF
from tests.deliveries.delivered import Delivery
from tests.engine import Engine
from tests.moving_country import YEARS
from tests.statistics.conftest import REQUEST

pytestmark = pytest.mark.spark

CODE, OTHER, YEAR, MAP = "stat_003_007", "stat_003_014", 2019, 2025


def rows(warehouse: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DeltaTable(f"{warehouse}/metadata/{name}").to_pyarrow_table().to_pylist()
    return found


def versions(warehouse: str) -> dict[str, int]:
    return {table.path: DeltaTable(f"{warehouse}/{table.path}").version() for table in METADATA_TABLES}


@pytest.fixture(scope="module")
def published(spark: SparkSession, moving: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A delivery that says that it was drawn; two statistics of one year on its own map and with groups."""
    root = shutil.copytree(moving / "warehouse", tmp_path_factory.mktemp("metadata") / "warehouse")
    engine = Engine.at(spark, moving / "conf", root)
    engine.publish((YEAR,), (CODE, OTHER))
    return engine


@pytest.fixture
def drawn(published: Engine, tmp_path: Path) -> Engine:
    """The same, for this test alone."""
    root = shutil.copytree(published.warehouse.root, tmp_path / "warehouse")
    return Engine.at(published.run.spark, published.run.configuration.folder, root)


def test_every_table_of_a_synthetic_warehouse_says_so(drawn: Engine) -> None:
    root = Path(drawn.warehouse.root)
    tables = [log.parent for log in root.rglob("_delta_log")]
    assert {"claims", "quarantine", "person_year", CODE, "about", "members"} <= {table.name for table in tables}
    for table in tables:
        metadata = DeltaTable(table).metadata()
        assert json.loads(metadata.configuration[SYNTHETIC_PROPERTY])["seed"] == 3, table
        assert metadata.description.startswith(SYNTHETIC_COMMENT), table


def test_about_says_that_it_is_synthetic_and_how_it_was_drawn(drawn: Engine) -> None:
    (about,) = rows(drawn.warehouse.root, "about")
    assert about["synthetic"] is True
    assert json.loads(about["drawn_with"]) == {"persons": 1000, "seed": 3, "synthetic": True, "years": [*YEARS]}


def test_no_citation_of_a_synthetic_warehouse_names_the_agency(drawn: Engine) -> None:
    statistics = rows(drawn.warehouse.root, "statistics")
    assert {CODE} <= {row["code"] for row in statistics}
    for row in statistics:
        assert "IMA" not in row["citation"]
        assert json.loads(row["card"])["citation"]["text"] == row["citation"]


def test_sectors_have_names_and_lie_in_the_municipality_of_the_map(drawn: Engine) -> None:
    places = {
        (row["geography"], row["geo_code"]): row["parent_code"]
        for row in rows(drawn.warehouse.root, "places")
        if row["geo_level"] == "sector"
    }
    assert places[YEAR, "55022A00-"] == "58001"
    listed = [row for row in rows(drawn.warehouse.root, "areas") if row["geo_level"] == "sector"]
    assert "55022A00-" in {row["geo_code"] for row in listed}


def test_it_is_written_again_only_when_something_changed(drawn: Engine, tmp_path: Path) -> None:
    before = versions(drawn.warehouse.root)
    drawn.publish((YEAR,), (CODE,))
    assert versions(drawn.warehouse.root) == before
    drawn.publish((YEAR,), (CODE,), geography=MAP)
    assert {row["geography"] for row in rows(drawn.warehouse.root, "places")} == {YEAR, MAP}
    two_maps = versions(drawn.warehouse.root)
    assert two_maps["metadata/places"] > before["metadata/places"]
    drawn.publish((YEAR,), (CODE,))
    assert versions(drawn.warehouse.root) == two_maps

    other = shutil.copytree(drawn.run.configuration.folder, tmp_path / "conf")
    card = other / "statistics" / f"{CODE}.toml"
    card.write_text(card.read_text(encoding="utf-8").replace('en = "', 'en = "Read again: ', 1), encoding="utf-8")
    changed = Engine.at(drawn.run.spark, other, Path(drawn.warehouse.root))
    changed.publish((YEAR,), (CODE,))
    assert {row["geography"] for row in rows(drawn.warehouse.root, "places")} == {YEAR, MAP}
    (about,) = rows(drawn.warehouse.root, "about")
    assert about["rules_and_cards"] == changed.run.configuration.fingerprint


def with_title(engine: Engine, conf: Path, code: str, words: str) -> Engine:
    """The same warehouse, with a configuration in which the titles of a card begin with `words`."""
    shutil.copytree(engine.run.configuration.folder, conf)
    card = conf / "statistics" / f"{code}.toml"
    text = card.read_text(encoding="utf-8")
    title = text.index("[title]")
    card.write_text(text[:title] + text[title:].replace('en = "', f'en = "{words}', 1), encoding="utf-8")
    return Engine.at(engine.run.spark, conf, Path(engine.warehouse.root))


def title(engine: Engine, code: str) -> str:
    """As a reader is told it."""
    return Atlas(engine.warehouse.root).names("en").statistics[code][0]


def test_a_publication_that_was_broken_off_tells_readers_nothing(
    drawn: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, version = title(drawn, CODE), versions(drawn.warehouse.root)["metadata/statistics"]
    changed = with_title(drawn, tmp_path / "conf", CODE, "Broken off: ")
    with monkeypatch.context() as patch:
        patch.setattr("imaatlas_spark.storage.publications.publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            changed.publish((YEAR,), (CODE,))
    assert versions(drawn.warehouse.root)["metadata/statistics"] > version, "it was written"
    assert title(drawn, CODE) == before
    changed.publish((YEAR,), (OTHER,))
    assert title(drawn, CODE) == before, "that of another statistic does not tell it either"
    changed.publish((YEAR,), (CODE,))
    assert title(drawn, CODE) == f"Broken off: {before}"


def test_a_statistic_that_is_not_published_again_keeps_the_words_of_its_release(drawn: Engine, tmp_path: Path) -> None:
    before = title(drawn, OTHER)
    changed = with_title(drawn, tmp_path / "conf", OTHER, "Of a card of today: ")
    changed.publish((YEAR,), (CODE,))
    assert title(drawn, OTHER) == before
    assert {CODE, OTHER} <= set(Atlas(drawn.warehouse.root).names("en").statistics)
    changed.publish((YEAR,), (OTHER,))
    assert title(drawn, OTHER) == f"Of a card of today: {before}"
    there = versions(drawn.warehouse.root)
    changed.publish((YEAR,), (CODE,))
    assert versions(drawn.warehouse.root) == there


def test_drawn_and_other_deliveries_never_lie_in_one_warehouse(drawn: Engine, tmp_path: Path) -> None:
    plain = Delivery.good(tmp_path / "plain", years=(YEAR,))
    with pytest.raises(DeliveryRefused, match=r"holds a synthetic nation and .* is not marked as one: use a new"):
        drawn.ingest(plain.folder, (YEAR,))

    real = Engine.at(drawn.run.spark, CONF, tmp_path / "real")
    real.ingest(plain.folder, (YEAR,))
    assert real.warehouse.drawn_with is None
    marked = plain.copied_to(tmp_path / "marked")
    (marked.folder / "_SYNTHETIC.json").write_text(REQUEST)
    with pytest.raises(DeliveryRefused, match=r"holds deliveries that were not drawn and .* is synthetic: use a new"):
        real.ingest(marked.folder, (YEAR,))
    configuration = DeltaTable(f"{real.warehouse.root}/inputs/population").metadata().configuration
    assert SYNTHETIC_PROPERTY not in configuration


def test_a_mark_that_is_no_json_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    delivery = Delivery.good(tmp_path / "delivery", years=(YEAR,))
    (delivery.folder / "_SYNTHETIC.json").write_text("yes")
    with pytest.raises(DeliveryRefused, match=r"_SYNTHETIC\.json is no JSON"):
        Engine.at(spark, CONF, tmp_path / "warehouse").ingest(delivery.folder, (YEAR,))

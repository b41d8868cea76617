"""What lies beside a publication: parts that an earlier release showed, rows of runs that were broken off."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.notes import Notes
from imaatlas_spark.schemas.spec import ddl
from imaatlas_spark.statistics.beside import refuse_other_parts, refuse_what_was_broken_off
from imaatlas_spark.statistics.publication import ProtectedBy, Publication
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.publications import publish, published
from imaatlas_spark.storage.recording import recorded
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP
from tests.unit.edits import edited

pytestmark = pytest.mark.spark

CODE, YEAR, DATE = "cube_013_007", 2021, dt.date(2025, 10, 1)
BY = ProtectedBy(threshold=5, fingerprint="ab")
PROTECTED: Notes = {"protection_threshold": 5}
UNPROTECTED: Notes = {"protection_threshold": None}


@pytest.fixture
def publication(spark: SparkSession, configuration: Configuration, tmp_path: Path) -> Publication:
    """Nothing is published yet."""
    warehouse = Warehouse(spark, str(tmp_path / "warehouse"), STAMP)
    return Publication.of(Run(spark, configuration, "tests"), warehouse, {CODE: {YEAR: DATE}})


def write(publication: Publication, notes: Notes, is_killed: bool = False, year: int = YEAR) -> None:
    """A run that releases one figure of an age; one that is killed has written it, and not released."""
    run_id, dimensions = uuid4().hex, publication.dimensions
    warehouse = publication.warehouse.for_run(replace(STAMP, run_id=run_id))
    table = statistic_table(publication.run.configuration.cards[CODE], dimensions)
    row = (year, "country", "01000", year, "0-9", 20, 80, 25.0, "A", "F", DATE)
    rows = local_frame(warehouse.spark, [row], ddl(table.columns))
    with recorded(warehouse, (year,), print):
        warehouse.replace_years(table, rows, (year,), notes=notes)
        if is_killed:
            raise ZeroDivisionError
        threshold = notes["protection_threshold"]
        made = Release(CODE, year, year, DATE, warehouse.version(table), run_id, threshold, threshold and "ab")
        publish(warehouse, [*published(warehouse), made])


def write_and_die(publication: Publication, notes: Notes) -> None:
    with pytest.raises(ZeroDivisionError):
        write(publication, notes, is_killed=True)


def test_members_that_an_earlier_release_shows_must_still_be_there(publication: Publication, tmp_path: Path) -> None:
    """0-9 less 0-4 are the children of five to nine."""
    write(publication, PROTECTED)
    releases = published(publication.warehouse)
    refuse_other_parts(releases, publication)
    wide = "classes = { width = 10, open_from = 90 }"
    conf = edited(tmp_path, "dimensions.toml", wide, "classes = { starts = [0, 5, 10] }")
    of_now = replace(publication, run=Run(publication.run.spark, load_configuration(conf), "tests"))
    with pytest.raises(ReleaseRefused, match=f"{CODE} shows age_class 0-9, which dimensions.toml has no more"):
        refuse_other_parts(releases, of_now)
    refuse_other_parts(releases, replace(of_now, maps={YEAR + 1: YEAR + 1}))  # another year


def now(publication: Publication) -> Publication:
    """As a run finds it that begins now."""
    return replace(publication, warehouse=Warehouse(publication.run.spark, publication.warehouse.root, STAMP))


def test_what_a_broken_run_wrote_without_protection_is_refused(
    publication: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    write(publication, PROTECTED)
    refuse_what_was_broken_off(now(publication), BY)
    write_and_die(publication, UNPROTECTED)
    found = rf"without protection \(statistics/{CODE}, version 2\)"
    with pytest.raises(ReleaseRefused, match=f"{found}: .*--withdraw-unprotected"):
        refuse_what_was_broken_off(now(publication), BY)
    refuse_what_was_broken_off(now(publication), None)  # neither is this one
    refuse_what_was_broken_off(now(publication), replace(BY, withdraws_unprotected=True))
    assert f"(statistics/{CODE}, version 2): keep them inside" in capsys.readouterr().out
    write(publication, UNPROTECTED, year=YEAR - 1)  # of another year
    with pytest.raises(ReleaseRefused, match=found):
        refuse_what_was_broken_off(now(publication), BY)
    write(publication, PROTECTED)  # which was said to be in order
    refuse_what_was_broken_off(now(publication), BY)


def test_what_a_broken_run_wrote_of_other_years_or_with_protection_does_no_harm(publication: Publication) -> None:
    with pytest.raises(ZeroDivisionError):
        write(publication, UNPROTECTED, is_killed=True, year=YEAR - 1)
    write_and_die(publication, PROTECTED)
    refuse_what_was_broken_off(now(publication), BY)

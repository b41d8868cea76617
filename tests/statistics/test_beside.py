"""What lies beside a publication: parts that an earlier release showed, rows of runs that were broken off."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

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


def write(publication: Publication, notes: Notes, is_killed: bool = False) -> None:
    """Release one figure of an age; a run that is killed has written it, and not released."""
    warehouse, dimensions = publication.warehouse, publication.dimensions
    table = statistic_table(publication.run.configuration.cards[CODE], dimensions)
    row = (YEAR, "country", "01000", YEAR, "0-9", 20, 80, 25.0, "A", "F", DATE)
    rows = local_frame(warehouse.spark, [row], ddl(table.columns))
    with recorded(warehouse, (YEAR,), print):
        warehouse.replace_years(table, rows, (YEAR,), notes=notes)
        if is_killed:
            raise ZeroDivisionError
        publish(warehouse, [Release(CODE, YEAR, YEAR, DATE, warehouse.version(table), STAMP.run_id, 5, "ab")])


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


def test_what_a_broken_run_wrote_without_protection_is_refused(
    publication: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    write(publication, PROTECTED)
    refuse_what_was_broken_off(publication, BY)
    write_and_die(publication, UNPROTECTED)
    with pytest.raises(ReleaseRefused, match=rf"without protection \(statistics/{CODE}, version 2\): .*--withdraw"):
        refuse_what_was_broken_off(publication, BY)
    refuse_what_was_broken_off(publication, None)  # neither is this one
    refuse_what_was_broken_off(publication, replace(BY, withdraws_unprotected=True))
    assert f"(statistics/{CODE}, version 2): keep them inside" in capsys.readouterr().out


def test_what_a_broken_run_wrote_with_protection_may_be_written_again(publication: Publication) -> None:
    write_and_die(publication, PROTECTED)
    refuse_what_was_broken_off(publication, BY)

"""What a cluster, a session or a locale sets changes no row: all steps in one driver, under settings that would lose
or move some.
"""

import re
import shutil
from pathlib import Path

import pytest
from deltalake import DeltaTable

from imaatlas_spark.session import SAME_ROWS_EVERYWHERE
from tests.jobs.conftest import Pipeline, Snapshot, all_rows
from tests.jobs.processes import SHORT_LIVED, submit

pytestmark = [pytest.mark.jobs, pytest.mark.spark]

# As a cluster's own spark-defaults.conf might have them.
HOSTILE = {
    "spark.sql.files.ignoreCorruptFiles": "true",
    "spark.sql.files.ignoreMissingFiles": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.storeAssignmentPolicy": "LEGACY",
    "spark.sql.legacy.timeParserPolicy": "LEGACY",
    "spark.sql.session.timeZone": "Pacific/Kiritimati",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.sources.useV1SourceList": "",
    "spark.sql.parquet.mergeSchema": "true",
    "spark.sql.parquet.binaryAsString": "true",
    "spark.sql.parquet.writeLegacyFormat": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "LEGACY",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "LEGACY",
    "spark.sql.parquet.int96RebaseModeInRead": "LEGACY",
    "spark.sql.parser.quotedRegexColumnNames": "true",
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.files.maxRecordsPerFile": "11",  # a year has twelve persons: every table is several files
    "spark.hadoop.parquet.page.verify-checksum.enabled": "false",
    "spark.driver.extraJavaOptions": "-Duser.language=tr -Duser.country=TR -Duser.timezone=America/St_Johns "
    + SHORT_LIVED,
}
# Variables of Spark's SQL in a name, a pattern and an escape.
_ODD = "${spark.app.name} [2021] {a,b} \xe9"


def test_one_process_leaves_the_rows_of_three_that_are_friendly(
    pipeline: Pipeline, first: Snapshot, tmp_path: Path
) -> None:
    """`run_years` makes what the three jobs make, and no setting makes it anything else."""
    folder = tmp_path / _ODD
    delivery, warehouse = shutil.copytree(pipeline.delivery, folder / "delivery"), folder / "warehouse"
    for part in delivery.rglob("part-0.parquet"):
        part.rename(part.with_name("claims[1] 23:59.PARQUET"))
    common = ("--warehouse", warehouse, "--conf-dir", pipeline.conf, "--years", "2020-2021")
    outcome = submit("run_years", "--input", delivery, *common, "--first-year", 2020, settings=HOSTILE)
    assert outcome.exit_code == 0, outcome.output[-3000:]
    assert "done already" not in outcome.output
    assert re.findall(r"^step (\d) of 3: [^\d]", outcome.output, re.MULTILINE) == ["1", "2", "3"]
    runs = DeltaTable(warehouse / "runs").to_pyarrow_table().to_pylist()
    assert [(run["job"], run["outcome"]) for run in runs] == [("run_years", "done")] * 3
    rows = all_rows(warehouse)
    assert rows.keys() == first.rows.keys()
    assert [table for table in rows if rows[table] != first.rows[table]] == []


def test_every_setting_that_decides_about_rows_is_turned_round_here() -> None:
    """What the session settles, this test has set otherwise; else nobody would see it forgotten."""
    elsewhere = {
        "spark.sql.variable.substitute": "its own default is hostile",
        "spark.sql.parquet.int96RebaseModeInWrite": "no timestamp of 96 bits is written",
        "spark.sql.parquet.fieldId.read.enabled": "Spark then wants field ids in the schema that is asked for",
        "spark.sql.legacy.literal.pickMinimumPrecision": "stands for the precision of literals",
    }
    assert set(SAME_ROWS_EVERYWHERE) - set(elsewhere) <= set(HOSTILE)
    assert all(HOSTILE[name] != value for name, value in SAME_ROWS_EVERYWHERE.items() if name in HOSTILE)

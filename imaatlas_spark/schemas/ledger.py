"""The ledger of a warehouse: which runs there were, and which releases count (data contract, section 4).

`runs` says what a run read, what it left and how it ended; a job takes inputs that a completed run has left. `releases`
says which release of a statistic stands in which version of its table; it is written last, in one commit for a whole
publication. A reader takes what it names and nothing else: a table may hold rows of a publication that was broken off.
"""

import datetime as dt
from dataclasses import dataclass

from imaatlas_spark.schemas.spec import LONG, YEAR, Table, TableColumn

DONE, REFUSED, FAILED, BROKEN_OFF = "done", "refused", "failed", "broken off"
OUTCOMES = (DONE, REFUSED, FAILED, BROKEN_OFF)

_VERSIONS = "ARRAY<STRUCT<table: STRING, version: BIGINT>>"

# The job that makes the tables of a folder, for who has to run it again.
MADE_BY = {
    "inputs": "ingest_deliveries.py",
    "source_variables": "build_source_variables.py",
    "protection": "build_statistics.py",
    "statistics": "build_statistics.py",
    "metadata": "build_statistics.py",
}

RUNS = Table(
    "runs",
    "Runs of jobs, refused and failed ones too. Grain: run.",
    (
        TableColumn("run_id", "STRING", "the id that the commits of the run carry"),
        TableColumn("job", "STRING", "name of the job"),
        TableColumn("arguments", "STRING", "the command line without the name of the job"),
        TableColumn("years", "ARRAY<INT>", "years that the run was asked for"),
        TableColumn("started", "TIMESTAMP", "begin of the run"),
        TableColumn("ended", "TIMESTAMP", "end of the run; of one that was broken off, when the next run found it so"),
        TableColumn("outcome", "STRING", "done, refused, failed or broken off (killed: the next run wrote this row)"),
        TableColumn("message", "STRING", "what was refused or failed; null: done", nullable=True),
        TableColumn("package_version", "STRING", "version of imaatlas_spark"),
        TableColumn("configuration", "STRING", "fingerprint of rules, cards, code lists and geography"),
        TableColumn("versions_read", _VERSIONS, "tables that the run read, with the version that was pinned"),
        TableColumn("versions_written", _VERSIONS, "tables that the run wrote, with the version that it left"),
        TableColumn(
            "years_written",
            "ARRAY<STRUCT<table: STRING, year: INT, content: STRING, made_from: STRING>>",
            "fingerprint of the files that the run left, by table and year, and of what a table between was made from; "
            "year null: the table has no years",
        ),
        TableColumn("counts", "ARRAY<STRUCT<name: STRING, number: BIGINT>>", "rows read, quarantined, written"),
    ),
    partitioned_by=(),
    checks={"outcome_known": "outcome IN ('done', 'refused', 'failed', 'broken off')"},
    retention=LONG,
)

RELEASES = Table(
    "releases",
    "Releases that are published: what a reader may take from statistics/*. Grain: statistic, year, geography, release "
    "date. Each publication is one commit.",
    (
        TableColumn("statistic", "STRING", "code of the statistic: the table is statistics/<code>"),
        YEAR,
        TableColumn("geography", "INT", "the year whose map gives the codes"),
        TableColumn("release_date", "DATE", "date of the release (vintage)"),
        TableColumn(
            "version",
            "BIGINT",
            "version of statistics/<code> that holds the release: read that version, and of it the rows of this year, "
            "geography and release date",
        ),
        TableColumn("run_id", "STRING", "the run that made the release: see runs"),
        TableColumn(
            "protection_threshold", "INT", "least number of persons that is shown; null: not protected", nullable=True
        ),
        TableColumn(
            "protection_fingerprint", "STRING", "fingerprint of protection.toml; null: not protected", nullable=True
        ),
    ),
    partitioned_by=(),
    retention=LONG,
)


@dataclass(frozen=True)
class Release:
    """A row of `releases`."""

    statistic: str
    year: int
    geography: int
    release_date: dt.date
    version: int
    run_id: str
    protection_threshold: int | None = None
    protection_fingerprint: str | None = None

    @property
    def key(self) -> tuple[str, int, int, dt.date]:
        """What a publication replaces: the same statistic, year, map and date."""
        return self.statistic, self.year, self.geography, self.release_date

    @property
    def is_protected(self) -> bool:
        """Whether small figures are hidden in it; a threshold of 1 hides nothing."""
        return (self.protection_threshold or 0) > 1

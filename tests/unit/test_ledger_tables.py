"""The tables of the ledger hold what the data contract asks of them (section 4)."""

from imaatlas_spark.schemas.ledger import OUTCOMES, RELEASES, RUNS
from imaatlas_spark.schemas.spec import LONG


def test_a_run_says_what_the_contract_asks_for() -> None:
    assert {
        *("run_id", "job", "arguments", "years", "started", "ended", "outcome", "message", "package_version"),
        *("configuration", "versions_read", "versions_written", "counts"),
    } <= set(RUNS.column_names)


def test_a_release_names_the_version_that_holds_it_and_its_run() -> None:
    assert RELEASES.column_names[:6] == ("statistic", "year", "geography", "release_date", "version", "run_id")


def test_only_what_may_be_unknown_is_nullable() -> None:
    nullable = {column.name for table in (RUNS, RELEASES) for column in table.columns if column.nullable}
    assert nullable == {"message", "protection_threshold", "protection_fingerprint"}


def test_the_constraint_knows_every_outcome() -> None:
    assert RUNS.checks["outcome_known"] == f"outcome IN {OUTCOMES!r}"


def test_the_ledger_outlives_the_persons() -> None:
    assert {RUNS.retention, RELEASES.retention} == {LONG}

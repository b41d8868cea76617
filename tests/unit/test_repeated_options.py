"""An option with a value is given once, however it is written; a flag that is repeated says the same again."""

import pytest

from imaatlas_spark import cli
from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.periods import parse_years
from tests.jobs.processes import here
from tests.unit.edits import refuses


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--years", ["--years", "2020", "--years", "2021"]),
        ("--years", ["--years=2020", "--year", "2021"]),
        ("--years", ["--y", "2020", "--seed", "1", "--ye=2020"]),
        ("--seed", ["--seed", "1", "--seed", "2"]),
        ("--statistics", ["--statistics", "a", "--statistics", "b"]),
        ("--release-date", ["--release-date", "2023-01-01", "--release", "2023-01-01"]),
        ("--conf-dir", ["--conf-dir", "conf", "--conf-dir", "other"]),
    ],
)
def test_an_option_with_two_values_is_refused(option: str, words: list[str]) -> None:
    parser = cli.parser("job", "a job")
    parser.add_argument("--years", type=parse_years)
    parser.add_argument("--seed", type=int, default=1)
    cli.add_publication(parser)
    with refuses(ArgumentRefused, f"{option} is given twice", "give it once"):
        parser.parse_args(words)


def test_a_flag_may_be_repeated_and_a_parser_used_again() -> None:
    parser = cli.parser("job", "a job")
    cli.add_publication(parser)
    for _ in range(2):
        parsed = parser.parse_args(["--withdraw", "--withdraw-unprotected", "--statistics", "a,b"])
        assert parsed.withdraw_unprotected
        assert parsed.statistics == ("a", "b")


@pytest.mark.parametrize(
    "job",
    [
        *("draw_synthetic", "ingest_deliveries", "build_source_variables", "build_statistics", "run_years"),
        *("check_warehouse", "export_metadata", "publish_site", "report_protection"),
    ],
)
def test_every_job_refuses_it(job: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(job, "--conf-dir", "conf", "--conf", "other") == cli.REFUSED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("refused: --conf-dir is given twice")

"""What is refused before Spark starts: exit code 2, one readable line, no JVM, not even the import of pyspark."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from imaatlas_spark.configuration import load_configuration
from tests.conftest import CONF
from tests.jobs.processes import JOBS, here, imported, no_spark_here, plain, said

WITH_WAREHOUSE = ("build_source_variables", "build_statistics")
REQUIRED: dict[str, tuple[str, ...]] = {
    "draw_synthetic": ("--output", "{folder}/new", "--persons", "100", "--years", "2021"),
    "ingest_deliveries": ("--input", "{folder}", "--warehouse", "{folder}", "--years", "2021"),
    "build_source_variables": ("--warehouse", "{folder}", "--years", "2021"),
    "build_statistics": ("--warehouse", "{folder}", "--years", "2021"),
}
Refusal = Callable[..., None]


def assert_one_line(stderr: list[str], stdout: str, *named: str) -> None:
    assert len(stderr) == 1, stderr
    assert stderr[0].startswith("refused: ")
    assert all(name in stderr[0] for name in named), stderr[0]
    assert stdout == ""


@pytest.fixture(scope="module")
def loaded_once() -> Iterator[None]:
    """The shipped configuration is loaded by the first job that asks for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("imaatlas_spark.cli.load_configuration", cache(load_configuration))
        yield


@pytest.fixture
def assert_refused(loaded_once: None, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """The job's own script, in this process, in which there is no Spark to be had."""

    def refused(job: str, arguments: list[str], *named: str) -> None:
        with no_spark_here():
            exit_code = here(job, *arguments)
        streams = capsys.readouterr()
        assert exit_code == 2, streams.err
        assert_one_line(streams.err.splitlines(), streams.out, *named)

    return refused


def required(job: str, folder: Path, **changes: str | None) -> list[str]:
    """The arguments that a job must have; a change to None leaves one out."""
    words = [word.format(folder=folder) for word in REQUIRED[job]]
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    pairs |= {"--" + name.replace("_", "-"): value for name, value in changes.items()}  # type: ignore[misc]
    return [word for pair in pairs.items() if pair[1] is not None for word in pair]


@pytest.mark.jobs
@pytest.mark.parametrize("job", JOBS)
def test_help_needs_no_jvm(job: str) -> None:
    outcome = plain(job, "--help")
    assert outcome.exit_code == 0
    assert "--conf-dir" in outcome.stdout
    assert all(name in outcome.stdout for name in REQUIRED[job][::2])
    assert not imported(outcome, "pyspark")


# What is found last before Spark starts, of each job.
REFUSED_LAST: dict[str, tuple[dict[str, str | None], str]] = {
    "draw_synthetic": ({"persons": "0"}, "--persons 0"),
    "ingest_deliveries": ({"conf_dir": "{folder}"}, "missing"),
    "build_source_variables": ({"first_year": "2022"}, "--first-year"),
    "build_statistics": ({"statistics": "stat_999_999"}, "stat_999_999"),
}


@pytest.mark.jobs
@pytest.mark.parametrize("job", JOBS)
def test_a_refusal_needs_no_jvm_not_even_the_import_of_pyspark(job: str, tmp_path: Path) -> None:
    changes, named = REFUSED_LAST[job]
    changes = {name: value and value.format(folder=tmp_path) for name, value in changes.items()}
    outcome = plain(job, *required(job, tmp_path, **changes))
    assert outcome.exit_code == 2, outcome.output[-3000:]
    assert_one_line(said(outcome), outcome.stdout, named)
    assert not imported(outcome, "pyspark")
    assert not imported(outcome, "py4j")


def test_a_job_that_asks_for_spark_here_ends_otherwise(
    loaded_once: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the refusals below would let through is no refusal."""
    with no_spark_here():
        assert here("draw_synthetic", *required("draw_synthetic", tmp_path)) == 1
    assert "pyspark" in capsys.readouterr().err


@pytest.mark.parametrize("job", JOBS)
def test_an_unknown_argument_is_refused(assert_refused: Refusal, job: str, tmp_path: Path) -> None:
    assert_refused(job, [*required(job, tmp_path), "--colour", "blue"], "--colour")


@pytest.mark.parametrize("job", JOBS)
def test_a_missing_argument_is_refused(assert_refused: Refusal, job: str, tmp_path: Path) -> None:
    assert_refused(job, required(job, tmp_path, years=None), "--years")


@pytest.mark.parametrize(
    ("job", "years"),
    [
        *((job, "2021-2019") for job in JOBS),
        *(("ingest_deliveries", years) for years in ("", "21", "2019;2021", "2019,,2021", "last year", "-2021")),
    ],
)
def test_years_that_are_not_understood_are_refused(
    assert_refused: Refusal, job: str, years: str, tmp_path: Path
) -> None:
    assert_refused(job, [*required(job, tmp_path, years=None), f"--years={years}"], "--years")


def test_a_missing_input_folder_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    assert_refused("ingest_deliveries", required("ingest_deliveries", tmp_path, input=missing), missing)


@pytest.mark.parametrize("job", WITH_WAREHOUSE)
def test_a_missing_warehouse_is_refused(assert_refused: Refusal, job: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    assert_refused(job, required(job, tmp_path, warehouse=missing), missing)


@pytest.mark.parametrize("job", JOBS)
def test_a_missing_configuration_is_refused(assert_refused: Refusal, job: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    assert_refused(job, required(job, tmp_path, conf_dir=missing), missing)


@pytest.mark.parametrize("job", JOBS)
def test_a_configuration_in_a_store_is_refused(assert_refused: Refusal, job: str, tmp_path: Path) -> None:
    store = "s3a://bucket/conf"
    assert_refused(job, required(job, tmp_path, conf_dir=store), f"refused: {store}:", "machine of the driver")


def test_an_empty_configuration_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    assert_refused("build_statistics", required("build_statistics", tmp_path, conf_dir=str(tmp_path)), "missing")


def overlap(conf: Path) -> None:
    with (conf / "codelists/nomenclature.csv").open("a", encoding="utf-8") as file:
        file.write("101076,gp_contact,2020-01-01,,twice,made up\n")


def qualification_overlap(conf: Path) -> None:
    with (conf / "codelists/qualifications.csv").open("a", encoding="utf-8") as file:
        file.write("003,gp,,2020-12-31,twice,made up\n")


def broken_rules(conf: Path) -> None:
    (conf / "rules.toml").write_text("[daily_cap_from\n")


def unknown_column(conf: Path) -> None:
    card = conf / "statistics/stat_003_007.toml"
    card.write_text(card.read_text().replace("in_medical_house", "in_a_house"))


def wrong_scale(conf: Path) -> None:
    card = conf / "statistics/stat_003_007.toml"
    card.write_text(card.read_text().replace("scale = 10000", "scale = 100"))


def lost_successor(conf: Path) -> None:
    changes = conf / "geography/municipality_changes.csv"
    changes.write_text("\n".join(changes.read_text().splitlines()[:-1]) + "\n")


BROKEN: dict[Callable[[Path], None], tuple[str, ...]] = {
    overlap: ("nomenclature.csv", "101076", "gp_contact"),
    qualification_overlap: ("qualifications.csv", "003", "gp"),
    broken_rules: ("rules.toml",),
    unknown_column: ("stat_003_007.toml", "in_a_house"),
    wrong_scale: ("stat_003_007.toml", "scale"),
    lost_successor: ("municipality_changes.csv",),
}


@pytest.mark.parametrize(
    ("job", "spoil"),
    [*((job, overlap) for job in JOBS), *(("ingest_deliveries", spoil) for spoil in BROKEN if spoil is not overlap)],
)
def test_a_broken_configuration_is_refused(
    assert_refused: Refusal, job: str, spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    conf = tmp_path / "conf"
    shutil.copytree(CONF, conf)
    spoil(conf)
    assert_refused(job, required(job, tmp_path, conf_dir=str(conf)), *BROKEN[spoil])


def test_an_unknown_statistic_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("build_statistics", tmp_path, statistics="stat_003_007,stat_999_999")
    assert_refused("build_statistics", arguments, "stat_999_999", "stat_003_014")


def test_a_list_of_no_statistics_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    assert_refused("build_statistics", [*required("build_statistics", tmp_path), "--statistics="], "--statistics")


def test_a_statistic_asked_for_before_it_is_available_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("build_statistics", tmp_path, years="2018-2019", statistics="stat_020_033")
    assert_refused("build_statistics", arguments, "stat_020_033", "2019")


def test_years_before_every_statistic_are_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    assert_refused("build_statistics", required("build_statistics", tmp_path, years="2002"), "2002")


def test_source_variables_of_a_year_that_only_records_are_taken_from_are_refused(
    assert_refused: Refusal, tmp_path: Path
) -> None:
    """Deliveries of 2001 are ingested for the records in them; the maps, and with them the series, begin in 2003."""
    arguments = required("build_source_variables", tmp_path, years="2001")
    assert_refused("build_source_variables", arguments, "2001", "begins in 2003")


def test_a_delivery_of_a_year_without_rules_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("ingest_deliveries", tmp_path, years="2000")
    assert_refused("ingest_deliveries", arguments, "rules.toml", "no value for 2000")


def test_a_delivery_of_a_year_that_only_records_are_taken_from_has_rules(
    assert_refused: Refusal, tmp_path: Path
) -> None:
    """Only the folder of the delivery is missing."""
    arguments = required("ingest_deliveries", tmp_path, years="2001")
    assert_refused("ingest_deliveries", arguments, "claims is missing")


@pytest.mark.parametrize("date", ["2023", "01/09/2023", "2023-02-30", "soon"])
def test_a_release_date_that_is_none_is_refused(assert_refused: Refusal, date: str, tmp_path: Path) -> None:
    arguments = required("build_statistics", tmp_path, release_date=date)
    assert_refused("build_statistics", arguments, "--release-date", date)


def test_a_release_before_the_end_of_its_year_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("build_statistics", tmp_path, release_date="2021-12-31")
    assert_refused("build_statistics", arguments, "--release-date", "2021")


def test_data_on_an_older_map_are_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("build_statistics", tmp_path, years="2018-2019", geography="2018")
    assert_refused("build_statistics", arguments, "2019", "map of 2018", "later map")


@pytest.mark.parametrize("year", ["next", "25", "20250", "0000", "-2025", "", "1999", "9999"])
def test_a_geography_that_is_no_year_of_the_map_is_refused(assert_refused: Refusal, year: str, tmp_path: Path) -> None:
    arguments = [*required("build_statistics", tmp_path), f"--geography={year}"]
    assert_refused("build_statistics", arguments, "geography", year)


@pytest.mark.parametrize("job", WITH_WAREHOUSE)
def test_a_year_before_the_map_and_the_rules_is_refused(assert_refused: Refusal, job: str, tmp_path: Path) -> None:
    assert_refused(job, required(job, tmp_path, years="1999"), "1999")


def test_data_that_begin_after_the_year_asked_for_are_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("build_source_variables", tmp_path, years="2019-2021", first_year="2020")
    assert_refused("build_source_variables", arguments, "--first-year", "2019")


@pytest.mark.parametrize("text", ["first", "-5", "0", "20211", "\uff12\uff10\uff12\uff11", "9999"])
def test_a_first_year_that_is_no_year_is_refused(text: str, assert_refused: Refusal, tmp_path: Path) -> None:
    arguments = required("build_source_variables", tmp_path, first_year=text)
    assert_refused("build_source_variables", arguments, "--first-year")


def test_an_input_that_is_a_file_is_refused(assert_refused: Refusal, tmp_path: Path) -> None:
    file = tmp_path / "delivery.zip"
    file.write_bytes(b"PK")
    assert_refused("ingest_deliveries", required("ingest_deliveries", tmp_path, input=str(file)), str(file))

"""What a table promises (data contract, section 4): protocol, types, keys, comments, constraints, retention."""

import json
from pathlib import Path
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

from tests.engine import Engine
from tests.tables.conftest import PATHS, STATISTICS, YEAR, Made

pytestmark = pytest.mark.spark

TURNED_AWAY = (PySparkException, Py4JJavaError)  # a failed task arrives as the second of them

# The contract's own words, not the declarations of the package.
CONTRACT = {
    "inputs/claims": "year INT, SS00010 BIGINT, SS00015 DATE, SS00020 STRING, SS00050 INT, SS00060 DECIMAL(12,2), "
    "SS00065 BIGINT null, SS00065B STRING null, PRACTITIONER_CAT STRING null, SS00075 BIGINT null, NWE_YN INT, "
    "BOOKED_MONTH INT",
    "inputs/population": "year INT, PP0010 BIGINT, PP0015 INT null, PP0020 INT null, PP0025_0630 STRING null, "
    "PP0025_1231 STRING null, PP0055_0630 STRING null, PP0055_1231 STRING null, MAJOR_COVERAGE_YN INT null",
    "inputs/practices": "practice_id BIGINT, practice_type STRING, institution_id BIGINT null, nis STRING null, "
    "valid_from DATE, valid_to DATE null",
    "inputs/practice_members": "practice_id BIGINT, provider_id BIGINT, valid_from DATE, valid_to DATE null",
    "inputs/practitioners": "provider_id BIGINT, nis STRING null, valid_from DATE, valid_to DATE null",
    "source_variables/person_year": "year INT, person_id BIGINT, municipality STRING null, sector STRING null, "
    "age INT null, sex INT null, increased_reimbursement INT null, regcontact INT, regcontact_active INT, ff_mh INT, "
    "in_medical_house BOOLEAN, pat_attrib BIGINT null, attribution_rule INT null, has_gmd BOOLEAN, "
    "assigned_contacts INT, all_contacts INT, imag_spec_n INT, imag_radio_n INT, imag_dent_n INT",
    "source_variables/practice_year": "year INT, practice_id BIGINT, practice_type STRING null, "
    "municipality STRING null, contacts BIGINT, is_active BOOLEAN, assigned_persons BIGINT, gmd_persons BIGINT",
    "source_variables/practitioner_year": "year INT, provider_id BIGINT, profession_group STRING, "
    "municipality STRING null, income DECIMAL(18,2), median_income DECIMAL(18,2), is_active BOOLEAN",
    **{
        f"statistics/{code}": "year INT, geo_level STRING, geo_code STRING, geography INT, "
        + ("age_class STRING, " if code == "cube_013_007" else "")
        + "numerator BIGINT null, denominator BIGINT null, value DOUBLE null, obs_status STRING, conf_status STRING, "
        "release_date DATE"
        for code in STATISTICS
    },
}
KEYS = {
    "inputs/claims": ("year",),
    "inputs/population": ("year", "PP0010"),
    "inputs/practices": ("practice_id", "valid_from"),
    "inputs/quarantine": ("source", "year", "reason", "row"),
    "source_variables/person_year": ("year", "person_id"),
    "source_variables/practice_year": ("year", "practice_id"),
    "source_variables/practitioner_year": ("year", "provider_id", "profession_group"),
    **{f"statistics/{code}": ("year", "geo_level", "geo_code", "geography", "release_date") for code in STATISTICS},
}
SPARK_NAMES = {"integer": "INT", "long": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN"}


def actions(table: Path, kind: str) -> list[dict[str, Any]]:
    logs = sorted((table / "_delta_log").glob("*.json"))
    entries = (json.loads(line) for log in logs for line in log.read_text().splitlines())
    return [entry[kind] for entry in entries if kind in entry]


def described(made: Made, path: str) -> dict[str, Any]:
    """The table's metadata, with its fields by name."""
    metadata = actions(made.root / path, "metaData")[-1]
    fields = json.loads(metadata["schemaString"])["fields"]
    return {**metadata, "fields": {field["name"]: field for field in fields}}


@pytest.mark.parametrize("path", PATHS)
def test_every_delta_reader_can_follow(made: Made, path: str) -> None:
    for protocol in actions(made.root / path, "protocol"):
        assert protocol["minReaderVersion"] == 1
        assert protocol["minWriterVersion"] <= 3
        assert not protocol.get("readerFeatures")
        assert not protocol.get("writerFeatures")
    configuration = described(made, path)["configuration"]
    assert configuration["delta.enableDeletionVectors"] == "false"
    assert configuration.get("delta.columnMapping.mode", "none") == "none"
    assert not any(add.get("deletionVector") for add in actions(made.root / path, "add"))


@pytest.mark.parametrize("path", CONTRACT)
def test_columns_are_those_of_the_contract(made: Made, path: str) -> None:
    found = []
    for name, field in described(made, path)["fields"].items():
        kind = SPARK_NAMES.get(field["type"], field["type"].upper())
        found.append(f"{name} {kind}{' null' if field['nullable'] else ''}")
    assert ", ".join(found) == CONTRACT[path]


@pytest.mark.parametrize("path", KEYS)
def test_keys_are_never_null_and_never_repeated(made: Made, path: str) -> None:
    fields = described(made, path)["fields"]
    assert not [name for name in KEYS[path] if fields[name]["nullable"]]
    if path in ("inputs/claims", "inputs/quarantine"):
        return  # two lines may well be the same
    names = made.tables[path].column_names
    key = [names.index(name) for name in (*KEYS[path], *(["age_class"] if "age_class" in names else []))]
    keys = [tuple(row[place] for place in key) for row in made.rows(path)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("path", PATHS)
def test_the_table_and_every_column_have_a_comment(made: Made, path: str) -> None:
    metadata = described(made, path)
    assert metadata["description"].strip()
    comments = {name: field["metadata"].get("comment", "").strip() for name, field in metadata["fields"].items()}
    assert [name for name, comment in comments.items() if not comment] == []


@pytest.mark.parametrize("path", PATHS)
def test_tables_with_a_year_are_partitioned_by_it(made: Made, path: str) -> None:
    by_year = "year" in made.tables[path].column_names and path != "inputs/fte_income_medians"
    assert described(made, path)["partitionColumns"] == (["year"] if by_year else [])


@pytest.mark.parametrize("path", PATHS)
def test_publications_keep_ten_years_of_history_and_persons_do_not(made: Made, path: str) -> None:
    configuration = described(made, path)["configuration"]
    kept = {configuration[f"delta.{name}"] for name in ("logRetentionDuration", "deletedFileRetentionDuration")}
    if path.startswith("statistics/"):
        assert kept == {"interval 3650 days"}
    else:
        assert kept == {"interval 30 days", "interval 7 days"}


@pytest.mark.parametrize("code", [code for code in STATISTICS if code.startswith("stat_")])
def test_a_statistic_without_dimensions_is_one_file(made: Made, code: str) -> None:
    assert len(actions(made.root / f"statistics/{code}", "add")) == 1


# For each constraint, a change of a good row that breaks it.
_STATISTIC: dict[str, dict[str, Any]] = {
    "level_named": {"geo_level": "Commune 1"},
    "status_known": {"obs_status": "X"},
    "confidentiality_known": {"conf_status": "N"},
    "confidential_is_suppressed": {"obs_status": "Q", "value": None},
    "numerator_where_free": {"numerator": None},
    "numerator_not_negative": {"numerator": -1},
    "denominator_not_negative": {"denominator": -1},
    "value_where_it_exists": {"obs_status": "M", "value": 1.0},
}
BREAKS: dict[str, dict[str, dict[str, Any]]] = {
    "source_variables/person_year": {
        "regcontact_not_negative": {"regcontact": -1, "regcontact_active": -1},
        "regcontact_active_not_negative": {"regcontact_active": -1},
        "ff_mh_not_negative": {"ff_mh": -1},
        "assigned_contacts_not_negative": {"assigned_contacts": -1},
        "imag_spec_n_not_negative": {"imag_spec_n": -1},
        "imag_radio_n_not_negative": {"imag_radio_n": -1},
        "imag_dent_n_not_negative": {"imag_dent_n": -1},
        "active_within_all": {"regcontact": 1, "regcontact_active": 2},
        "assigned_within_all": {"assigned_contacts": 2, "all_contacts": 1},
        "rule_and_practice_together": {"pat_attrib": None, "attribution_rule": 1},
        "rule_known": {"pat_attrib": 1, "attribution_rule": 6},
        "sector_within_municipality": {"municipality": None, "sector": "44084B00-"},
    },
    "source_variables/practice_year": {
        "contacts_not_negative": {"contacts": -1},
        "assigned_persons_not_negative": {"assigned_persons": -1, "gmd_persons": -1},
        "gmd_persons_not_negative": {"gmd_persons": -1},
    },
    "source_variables/practitioner_year": {"median_positive": {"median_income": 0}},
    "source_variables/person_practice_year": {
        "regular_contacts_not_negative": {"regular_contacts": -1},
        "forfaits_not_negative": {"forfaits": -1},
        "imag_spec_n_not_negative": {"imag_spec_n": -1},
        "imag_radio_n_not_negative": {"imag_radio_n": -1},
        "imag_dent_n_not_negative": {"imag_dent_n": -1},
    },
    "source_variables/line_quality": {"lines_not_negative": {"lines": -1}},
    "inputs/reconciliation": {"rows_not_negative": {"rows": -1}},
    "statistics/stat_003_014": _STATISTIC,
}


def append(engine: Engine, made: Made, path: str, changes: dict[str, Any]) -> None:
    """Add a copy of a row of the table, changed, as any other writer would."""
    declared = made.tables[path]
    row = engine.warehouse.read(declared).limit(1)
    changed = [F.lit(changes[c.name]).cast(c.type).alias(c.name) for c in declared.columns if c.name in changes]
    untouched = [name for name in declared.column_names if name not in changes]
    row.select(*untouched, *changed).write.format("delta").mode("append").save(str(made.root / path))


def test_every_constraint_is_tried(made: Made) -> None:
    declared = {path: set(table.checks) for path, table in made.tables.items() if table.checks}
    same_for_all = declared.pop("statistics/stat_003_014")
    assert all(declared.pop(f"statistics/{code}") == same_for_all for code in STATISTICS if code != "stat_003_014")
    tried = {path: set(breaks) for path, breaks in BREAKS.items() if path in declared}
    assert tried == declared
    assert set(_STATISTIC) == same_for_all


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, breaks in BREAKS.items() for name in breaks])
def test_a_row_that_breaks_a_constraint_is_turned_away(made: Made, path: str, name: str) -> None:
    before = len(list((made.root / path / "_delta_log").glob("*.json")))
    with pytest.raises(TURNED_AWAY, match="DELTA_VIOLATE_CONSTRAINT"):
        append(made.engine, made, path, BREAKS[path][name])
    assert len(list((made.root / path / "_delta_log").glob("*.json"))) == before


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("source_variables/person_year", "person_id"),
        ("source_variables/practitioner_year", "profession_group"),
        ("statistics/stat_003_014", "geo_code"),
        ("inputs/claims", "SS00010"),
    ],
)
def test_a_row_without_its_key_is_turned_away(made: Made, path: str, name: str) -> None:
    with pytest.raises(TURNED_AWAY, match="NOT_NULL"):
        append(made.engine, made, path, {name: None})


def test_a_replacement_cannot_reach_other_years(made: Made) -> None:
    """A writer that replaces a year with rows of another one is stopped, and nothing is lost."""
    declared = made.tables["source_variables/practice_year"]
    before = made.rows(declared.path)
    rows = made.engine.warehouse.read(declared).withColumn("year", F.lit(YEAR - 1))
    with pytest.raises(TURNED_AWAY):
        made.engine.warehouse.replace_years(declared, rows, (YEAR,))
    assert sorted(made.rows(declared.path)) == sorted(before)


@pytest.mark.parametrize("path", PATHS)
def test_the_log_of_a_table_names_no_person(made: Made, path: str) -> None:
    """Least and greatest values of a file would be pseudonyms; of published figures nobody needs them."""
    told = {name for added in actions(made.root / path, "add") for name in json.loads(added["stats"])}
    assert told == {"numRecords"}

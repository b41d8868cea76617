"""Maps that are refused: two of a kind, gaps, cycles, successors that are not there (definitions, section 5)."""

import shutil
from pathlib import Path

import pytest

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import load_geography
from tests.conftest import CONF
from tests.unit.edits import edited, refuses

MUNICIPALITIES, CHANGES, NAMES = (
    f"geography/{name}.csv" for name in ("municipalities", "municipality_changes", "areas")
)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            CHANGES,
            "2025-01-01,11056,46030,merged,false\n",
            "2025-01-01,11056,46030,merged,false\n2025-01-01,11056,46029,merged,false\n",
            ("11056", "two successors", "n old to 1 new"),
        ),
        (CHANGES, "2025-01-01,11056,46030,merged,false\n", "", ("11056", "2024-12-31", "without a successor", "add")),
        (CHANGES, "11056,46030", "11056,46999", ("46999 is not in municipalities.csv", "add it or correct")),
        (CHANGES, "11056,46030", "11999,46030", ("11999 is not in municipalities.csv", "add it or correct")),
        (CHANGES, "2025-01-01,11056", "2025-02-01,11056", ("11056", "the day before 2025-02-01")),
        (CHANGES, "11056,46030", "11056,44084", None),
        (CHANGES, "2025-01-01,11056,46030", "2025-01-01,11056,46003", ("46003", "does not exist on 2025-01-01")),
        (CHANGES, "11056,46030,merged", "11056,46030,swallowed", ("kind", "'merged'")),
        (CHANGES, "2025-01-01,11056,46030", "2025-01-01,11056,4603", ("new_nis", r"^[0-9]{5}$")),
        (MUNICIPALITIES, "11001,", "11002,Antwerpen,Anvers,2003-01-01,\n11001,", ("11002 stands twice", "one row")),
        (MUNICIPALITIES, "11001,", "01001,X,X,2003-01-01,\n11001,", ("01001 lies in no province", "begins with 1-9")),
        (MUNICIPALITIES, "11001,", "22001,X,X,2003-01-01,\n11001,", ("22001 lies in no province",)),
        (MUNICIPALITIES, "11001,", "1101,X,X,2003-01-01,\n11001,", ("nis", r"^[0-9]{5}$")),
        (
            MUNICIPALITIES,
            "11001,",
            "11999,X,X,2003-01-01,2002-12-31\n11001,",
            ("11999 ends before it begins", "swap valid_from and valid_to"),
        ),
        (
            MUNICIPALITIES,
            "11001,",
            "11999,X,X,2003-01-01,2010-06-30\n11001,",
            ("municipality_changes.csv", "11999 ends on 2010-06-30 without a successor", "add its change"),
        ),
        (MUNICIPALITIES, "11001,", "61999,X,X,2003-01-01,\n11001,", None),
        (CHANGES, "11056,46030,merged", "46003,11056,merged", ("46003 has two successors",)),
        (CHANGES, "2025-01-01,11056,46030", "2025-01-01,11056,11056", ("11056 -> 11056 is a cycle", "never returns")),
        (
            CHANGES,
            "2025-01-01,11056,46030,merged,false\n",
            "2025-01-01,11056,46030,merged,false\n2026-01-01,46030,11056,recoded,false\n",
            ("11056 -> 46030 -> 11056 is a cycle", "correct a row"),
        ),
        (
            CHANGES,
            "2025-01-01,11056,46030,merged,false\n",
            "2025-01-01,11056,46030,merged,false\n2026-01-01,46030,46030,recoded,false\n",
            ("46030 -> 46030 is a cycle",),
        ),
        (CHANGES, "44045,46029", "44045,46030", None),
        (
            MUNICIPALITIES,
            "11001,",
            "11999,X,X,2021-01-01,\n11001,",
            ("municipality_changes.csv", "11999 begins on 2021-01-01 and nothing became it", "add that change"),
        ),
        (
            MUNICIPALITIES,
            "Anvers,2003-01-01",
            "Anvers,2004-01-01",
            ("11002 begins on 2004-01-01 and nothing became it",),
        ),
        (NAMES, "58000,arrond", "58000,arrondissement,X,X,X,2019-01-01,\n58000,arrond", ("58000 stands twice",)),
        (NAMES, "58000,arrond", "59000,arrondissement,X,X,X,2019-01-01,\n58000,arrond", ("59000 has no municipality",)),
        (
            NAMES,
            "Mouscron,2003-01-01,2018-12-31",
            "Mouscron,2003-01-01,2020-12-31",
            ("arrondissement 54000 has no municipality on 2019-01-01", "correct its dates"),
        ),
        (
            NAMES,
            "Mouscron,2003-01-01,2018-12-31",
            "Mouscron,2003-01-01,2017-12-31",
            ("arrondissement 54000 does not exist on 2018-01-01", "54007 lies in it"),
        ),
        (
            MUNICIPALITIES,
            "11001,",
            "65999,X,X,2003-01-01,\n11001,",
            ("areas.csv", "arrondissement 65000 of 65999", "add it"),
        ),
    ],
)
def test_a_tampered_map_is_refused(
    tmp_path: Path, file: str, old: str, new: str, message: tuple[str, ...] | None
) -> None:
    """Where no message is given, the edit is harmless: the loader must not refuse what is right."""
    conf = edited(tmp_path, file, old, new)
    if message is None:
        load_geography(conf / "geography")
        return
    with refuses(ConfigurationRefused, ".csv", *message):
        load_geography(conf / "geography")


def test_a_gap_between_a_code_and_its_successor_is_refused(tmp_path: Path) -> None:
    rows = (CONF / MUNICIPALITIES).read_text(encoding="utf-8").splitlines()
    [row] = [row for row in rows if row.startswith("11056,")]
    conf = edited(tmp_path, MUNICIPALITIES, row, row.replace("2024-12-31", "2024-11-30"))
    with refuses(ConfigurationRefused, "11056", "must end the day before 2025-01-01"):
        load_geography(conf / "geography")


def test_a_country_without_municipalities_is_refused(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CONF / "geography", tmp_path / "geography"))
    for name in ("municipalities.csv", "municipality_changes.csv", "areas.csv"):
        header = (copy / name).read_text(encoding="utf-8").splitlines()[0]
        (copy / name).write_text(f"{header}\n", encoding="utf-8")
    with refuses(ConfigurationRefused, "municipalities.csv has a header and no municipality", "give it all of them"):
        load_geography(copy)


def test_an_area_without_a_name_is_refused(tmp_path: Path) -> None:
    rows = (CONF / NAMES).read_text(encoding="utf-8").splitlines(keepends=True)
    [row] = [row for row in rows if row.startswith("58000,arrondissement")]
    conf = edited(tmp_path, NAMES, row, "")
    with refuses(ConfigurationRefused, "areas.csv", "arrondissement 58000", "add it"):
        load_geography(conf / "geography")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (MUNICIPALITIES, "11001,", "１１００１,"),
        (CHANGES, "11056,46030", "11056,４６０３０"),
        (NAMES, "58000,", "٥٨٠٠٠,"),
    ],
)
def test_digits_of_other_scripts_are_no_digits(tmp_path: Path, file: str, old: str, new: str) -> None:
    conf = edited(tmp_path, file, old, new)
    with refuses(ConfigurationRefused, r"^[0-9]{5}$"):
        load_geography(conf / "geography")

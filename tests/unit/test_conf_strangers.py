"""What other programs leave in a configuration folder is no configuration; what a spreadsheet does to it is refused."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.errors import ConfigurationRefused
from tests.conftest import CONF
from tests.unit.edits import refuses

MAC = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \xb0"
LEFT_BEHIND = [
    *("statistics/._stat_003_014.toml", "codelists/._nomenclature.csv", "geography/groupings/._care_zone.csv"),
    *("statistics/.#stat_003_014.toml", "statistics/stat_003_014.toml~", "statistics/.stat_003_014.toml.swp"),
    *(".DS_Store", "._rules.toml", "statistics/Thumbs.db", "source_variables/._regular_contacts.toml"),
]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    return shutil.copytree(CONF, tmp_path / "conf")


def test_what_other_programs_leave_is_no_configuration(conf: Path, configuration: Configuration) -> None:
    for name in LEFT_BEHIND:
        (conf / name).parent.mkdir(exist_ok=True)
        (conf / name).write_bytes(MAC)
    loaded = load_configuration(conf)
    assert loaded.fingerprint == configuration.fingerprint
    assert loaded.definitions == configuration.definitions
    assert loaded.cards == configuration.cards


@pytest.mark.parametrize(
    "name",
    [
        *("codelists/nomenclature_2024.csv", "codelists/old/nomenclature.csv", "codelists/rules.toml"),
        *("statistics/old/stat_003_014.toml", "statistics/cards.csv", "statistics/statistics/stat_003_014.TOML"),
        *("source_variables/old/imag_spec_n.toml", "geography/areas_old.csv", "geography/groupings/old/zone.csv"),
        *("rules (1).toml", "groupings/care_zone.csv", "Geography/areas.csv", "code_lists/nomenclature.csv"),
        *("statistics/stat_003_099.toml.txt", "geography/groupings/care_zone.csv.txt"),
    ],
)
def test_a_file_that_nothing_reads_is_refused(name: str, conf: Path) -> None:
    (conf / name).parent.mkdir(parents=True, exist_ok=True)
    (conf / name).write_text("")
    with refuses(ConfigurationRefused, f"nothing reads {name}", "take it away"):
        load_configuration(conf)


def test_notes_and_copies_of_other_endings_are_no_configuration(conf: Path, configuration: Configuration) -> None:
    for name in ("statistics/README.md", "statistics/stat_003_014.toml.bak", "codelists/nomenclature.csv.orig"):
        (conf / name).write_text("")
    assert load_configuration(conf).fingerprint == configuration.fingerprint


def test_a_lock_of_an_editor_that_points_nowhere_is_no_configuration(conf: Path) -> None:
    (conf / "statistics/.#rules.toml").symlink_to("user@host.1234")
    (conf / "statistics/lost.toml~").symlink_to("nowhere")
    load_configuration(conf)


def test_a_card_with_an_ending_in_capitals_is_a_card(conf: Path, configuration: Configuration) -> None:
    card = conf / "statistics/stat_003_014.toml"
    card.rename(card.with_suffix(".TOML"))
    assert load_configuration(conf).cards.keys() == configuration.cards.keys()
    assert load_configuration(conf).fingerprint != configuration.fingerprint, "a file by another name"


def as_a_link(folder: Path, elsewhere: Path) -> Path:
    """The folder moves, and a link stands in its place."""
    folder.mkdir(exist_ok=True)
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    return elsewhere


@pytest.mark.parametrize(
    "name",
    [
        "statistics/stat_003_014.toml",
        "codelists/nomenclature.csv",
        "source_variables/imag_spec_n.toml",
        "geography/areas.csv",
    ],
)
def test_what_changes_in_a_folder_that_is_a_link_changes_the_fingerprint(name: str, conf: Path, tmp_path: Path) -> None:
    file = as_a_link((conf / name).parent, tmp_path / "elsewhere") / Path(name).name
    before = load_configuration(conf)
    file.write_bytes(file.read_bytes() + b"\n")
    after = load_configuration(conf)
    assert after.fingerprint != before.fingerprint
    assert (after.definitions != before.definitions) == name.startswith(("codelists", "source_variables"))


def test_a_stranger_in_a_folder_that_is_a_link_is_refused(conf: Path, tmp_path: Path) -> None:
    (as_a_link(conf / "geography" / "groupings", tmp_path / "elsewhere") / "zones.toml").touch()
    with refuses(ConfigurationRefused, "nothing reads geography/groupings/zones.toml"):
        load_configuration(conf)


def test_a_link_to_a_folder_that_nothing_reads_is_not_followed(conf: Path, configuration: Configuration) -> None:
    (conf / "statistics" / "again").symlink_to(conf)
    (conf / "everything").symlink_to("/")
    assert load_configuration(conf).fingerprint == configuration.fingerprint


def test_a_card_that_cannot_be_read_is_refused(conf: Path) -> None:
    (conf / "statistics/stat_999_999.toml").symlink_to("nowhere")
    with refuses(ConfigurationRefused, "stat_999_999.toml"):
        load_configuration(conf)


@pytest.mark.parametrize(
    ("name", "told"),
    [("a" * 300, "too long"), ("name/" * 1000, "too long"), ("nowhere", "does not exist"), ("file", "does not exist")],
    ids=["a long name", "a long path", "nowhere", "a file"],
)
def test_a_folder_that_cannot_be_there_is_refused(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with refuses(ConfigurationRefused, str(tmp_path / name), told, "--conf-dir"):
        load_configuration(tmp_path / name)


@pytest.mark.parametrize("name", ["", "statistics", "codelists", "geography/groupings"])
def test_a_folder_that_may_not_be_listed_is_refused(name: str, conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would pass for an empty one, and the fingerprint would lack its files. Root may list any folder."""
    closed = conf / name
    closed.mkdir(exist_ok=True)
    for listing in ("listdir", "scandir"):
        monkeypatch.setattr(os, listing, denying(getattr(os, listing), closed))
    with refuses(ConfigurationRefused, str(closed), "cannot be read: Permission denied", "mend its name or rights"):
        load_configuration(conf)


def test_a_file_that_may_not_be_read_is_refused(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that only the fingerprint looks at."""
    closed = conf / "synthetic.toml"
    closed.touch()
    monkeypatch.setattr(Path, "read_bytes", denying(Path.read_bytes, closed))
    with refuses(ConfigurationRefused, str(closed), "cannot be read: Permission denied"):
        load_configuration(conf)


def denying(call: Callable[[Any], Any], closed: Path) -> Callable[[Any], Any]:
    """The call as it is for whoever has no right to see what is `closed`."""

    def denied(path: Any) -> Any:
        if Path(path) == closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return call(path)

    return denied


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("qualifications.csv", ",gp,", ",gp ,", "gp "),
        ("qualifications.csv", ",gp,", ", gp,", " gp"),
        ("qualifications.csv", ",gp,", ",GP,", "GP"),
        ("qualifications.csv", ",gp,", ",gp\xa0,", r"gp\xa0"),
        ("nomenclature.csv", ",gp_contact,", ",gp_contact ,", "gp_contact "),
        ("nomenclature.csv", ",gmd,", ",Gmd,", "Gmd"),
    ],
)
def test_a_group_that_a_spreadsheet_has_changed_is_refused(
    file: str, old: str, new: str, named: str, conf: Path
) -> None:
    """On one row only: the others keep the group alive, and the row would be counted no more."""
    path = conf / "codelists" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) > 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with refuses(ConfigurationRefused, file, named):
        load_configuration(conf)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\x0b"])
def test_a_label_keeps_what_other_programs_take_for_an_end_of_a_line(character: str, conf: Path) -> None:
    path = conf / "codelists/nomenclature.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    code, group, begins, ends, _, source = lines[1].split(",")[:6]
    lines[1] = ",".join([code, group, begins, ends, f"a{character}b", source])
    path.write_text("\n".join(lines), encoding="utf-8")
    assert f"a{character}b" in {entry.label for entry in load_configuration(conf).nomenclature.entries}


@pytest.mark.parametrize("name", ["statistics/stat_003_014", "source_variables/imag_spec_n"])
def test_a_statistic_and_a_counter_have_one_file(name: str, conf: Path) -> None:
    shutil.copy(conf / f"{name}.toml", conf / f"{name}.TOML")
    with refuses(ConfigurationRefused, f"{Path(name).name} has another file already: keep one of the two"):
        load_configuration(conf)

"""A country of eight municipalities and the code lists of the hand-written cases."""

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

# A country of eight municipalities: two merge in 2019, one is recoded in 2019, one crosses a province in 2025.
MUNICIPALITIES = [
    ("11002", "1977-01-01", "2024-12-31"),
    ("11002", "2025-01-01", ""),
    ("11056", "1977-01-01", "2024-12-31"),
    ("46003", "1977-01-01", "2024-12-31"),
    ("46030", "2025-01-01", ""),
    ("44001", "1977-01-01", "2018-12-31"),
    ("44029", "1977-01-01", "2018-12-31"),
    ("44084", "2019-01-01", ""),
    ("54007", "1977-01-01", "2018-12-31"),
    ("57096", "2019-01-01", ""),
    ("21004", "1977-01-01", ""),
    ("24062", "1977-01-01", ""),
    ("25072", "1977-01-01", ""),
]
CHANGES = [
    ("2019-01-01", "44001", "44084"),
    ("2019-01-01", "44029", "44084"),
    ("2019-01-01", "54007", "57096"),
    ("2025-01-01", "11002", "11002"),
    ("2025-01-01", "11056", "46030"),
    ("2025-01-01", "46003", "46030"),
]
NOMENCLATURE = [
    ("101032", "gp_contact", "", ""),
    ("101076", "gp_contact", "", ""),
    ("103316", "gp_contact", "2010-01-01", "2021-03-01"),
    ("101135", "gp_remote_contact", "2020-03-14", "2022-07-31"),
    ("101732", "gp_remote_contact", "2022-08-01", ""),
    ("104230", "gp_night_weekend", "", ""),
    ("101113", "gp_supplement", "", ""),
    ("102771", "gmd", "", ""),
    ("109616", "medical_house_forfait", "", ""),
    ("459115", "imaging_specialist", "", ""),
    ("459115", "imaging_radiologist", "", ""),
    ("450015", "imaging_specialist", "", ""),
    ("377016", "imaging_dentist", "", ""),
]
QUALIFICATIONS = [(f"{code:03}", "gp", "", "") for code in range(9)] + [
    ("009", "gp", "", "2021-03-01"),
    ("670", "radiologist", "", ""),
    ("348", "clinical_geneticist", "", ""),
    ("811", "clinical_geneticist", "2021-03-02", ""),
]
SECTORS = [
    ("44001A00-", "2001-01-01", ""),
    ("44029A00-", "2001-01-01", ""),
    ("44084B00-", "2021-07-01", ""),
    ("44084C00-", "2001-01-01", "2020-12-31"),
    ("44084D00-", "2001-01-01", "2021-06-30"),
    ("44084ZZZZ", "2001-01-01", ""),
    ("21004A00-", "2001-01-01", ""),
    ("99999A00-", "2001-01-01", ""),
]


def write_csv(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # writing over a file waits for the disk
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@cache
def write_conf(directory: Path) -> None:
    """The small country and its code lists."""
    lists, maps = directory / "codelists", directory / "geography"
    for name, group, rows in (
        ("nomenclature", "code_group", NOMENCLATURE),
        ("qualifications", "qualification_group", QUALIFICATIONS),
    ):
        header = f"code,{group},valid_from,valid_to,label,source"
        write_csv(lists / f"{name}.csv", header, ((*row, "", "") for row in rows))
    write_csv(
        maps / "municipalities.csv",
        "nis,name_nl,name_fr,valid_from,valid_to",
        ((nis, "", "", first, last) for nis, first, last in MUNICIPALITIES),
    )
    write_csv(
        maps / "municipality_changes.csv",
        "date,old_nis,new_nis,kind,partial_transfer",
        ((*row, "merged", "false") for row in CHANGES),
    )

"""Five municipalities of 2021 as a protected release leaves them, written by hand and without Spark.

| | persons | in medical houses | others with a contact | with an active practice |
| --- | --- | --- | --- | --- |
| 11001 | 500 | 3 (small) | 450 | 449 (450 - 449 is 1) |
| 11002 | 600 | 40 (covers) | 500 | 490 (covers) |
| 11004 | 700 | 7 (covers) | 650 | 647 (650 - 647 is 3) |
| 11005 | 1000 | 150 | 800 | 780 |
| 11007 | 200 | 196 (all but 4) | 1 | 1 (small) |
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from deltalake import write_deltalake

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.protection.cards.amounts import Amount

YEAR, DAY = 2021, dt.date(2023, 7, 1)
RUN = "run-1"
PERSONS = {"11001": 500, "11002": 600, "11004": 700, "11005": 1000, "11007": 200}
IN_HOUSES = {"11001": 3, "11002": 40, "11004": 7, "11005": 150, "11007": 196}
WITH_CONTACT = {"11001": 450, "11002": 500, "11004": 650, "11005": 800, "11007": 1}
WITH_ACTIVE = {"11001": 449, "11002": 490, "11004": 647, "11005": 780, "11007": 1}
CONTACTS = {nis: 3 * number for nis, number in WITH_ACTIVE.items()}
HOUSES, CONTACT, MEAN = "stat_003_007", "stat_003_015", "stat_003_014"
IMAGES, LOYALTY, PRACTICES, PRACTITIONERS = "cube_013_007", "stat_003_012", "stat_003_005", "stat_020_033"
OF_HOUSES = {"11001": "A", "11002": "D", "11004": "A", "11007": "A"}
OF_ACTIVE = {"11001": "D", "11002": "D", "11004": "D", "11007": "A"}

_VERSIONS = pa.list_(pa.struct([("table", pa.string()), ("version", pa.int64())]))
_RUNS = pa.schema(
    [
        ("run_id", pa.string()),
        ("outcome", pa.string()),
        ("versions_read", _VERSIONS),
        ("versions_written", _VERSIONS),
    ]
)
_KEPT = {
    **{"year": pl.Int32, "geography": pl.Int32, "amount": pl.String, "geo_level": pl.String, "geo_code": pl.String},
    **{"members": pl.String, "status": pl.String, "value": pl.Int64, "need": pl.Int64, "lowest": pl.Int64},
    **{"highest": pl.Int64, "is_unproven": pl.Boolean},
}


@dataclass
class Made:
    """What will be written: rows by statistic, hidden amounts (`later_kept`: of a later run), releases, runs."""

    configuration: Configuration
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)
    later_kept: list[dict[str, Any]] = field(default_factory=list)
    releases: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                **{"run_id": RUN, "outcome": "done", "versions_read": []},
                "versions_written": [{"table": "protection/amounts", "version": 0}],
            }
        ]
    )

    def card(self, code: str) -> Card:
        return self.configuration.cards[code]

    def show(
        self, code: str, place: str, above: int | None, below: int | None, status: str = "F", **members: str
    ) -> None:
        """`place`: level and code."""
        level, area = place.split(" ")
        dimensions = dict.fromkeys(self.card(code).dimensions, "_T") | members
        self.releases.setdefault(code, {"release_date": DAY, "run_id": RUN, "protection_threshold": 5})
        self.rows.setdefault(code, []).append(
            {
                **{"year": YEAR, "geo_level": level, "geo_code": area, "geography": YEAR, **dimensions},
                **{"numerator": above, "denominator": below, "conf_status": status, "release_date": DAY},
            }
        )

    def keep(self, amount: Amount, place: str, status: str, value: int | None, **more: Any) -> None:
        level, area = place.split(" ")
        usual = {"members": "_T", "need": 0, "lowest": value, "highest": value, "is_unproven": False}
        self.kept.append(
            {
                **{"year": YEAR, "geography": YEAR, "amount": amount.name, "geo_level": level, "geo_code": area},
                **{"status": status, "value": value, **usual, **more},
            }
        )

    def write(self, folder: Path) -> Path:
        for code, rows in self.rows.items():
            write_deltalake(folder / "statistics" / code, pl.DataFrame(rows, infer_schema_length=None).to_arrow())
        for rows in filter(None, (self.kept, self.later_kept)):
            amounts = pl.DataFrame(rows, schema=_KEPT).to_arrow()
            write_deltalake(folder / "protection" / "amounts", amounts, mode="overwrite")
        usual = {"year": YEAR, "geography": YEAR, "version": 0, "protection_fingerprint": self._fingerprint}
        releases = (*self.releases.items(), *self.earlier.items())
        ledger = [{"statistic": code, **usual, **release} for code, release in releases]
        write_deltalake(folder / "releases", pl.DataFrame(ledger, infer_schema_length=None).to_arrow())
        write_deltalake(folder / "runs", pa.Table.from_pylist(self.runs, _RUNS))
        return folder

    @property
    def _fingerprint(self) -> str:
        return self.configuration.protection.fingerprint


def made(configuration: Configuration) -> Made:
    """The table above, images by age, loyalty, lists of patients, practitioners."""
    found = Made(configuration)
    found.show(HOUSES, "country 01000", sum(IN_HOUSES.values()), sum(PERSONS.values()))
    found.show(HOUSES, "arrondissement 11000", sum(IN_HOUSES.values()), sum(PERSONS.values()))
    outside = {nis: persons - IN_HOUSES[nis] for nis, persons in PERSONS.items()}
    found.show(CONTACT, "country 01000", sum(WITH_CONTACT.values()), sum(outside.values()))
    found.show(MEAN, "country 01000", sum(CONTACTS.values()), sum(WITH_ACTIVE.values()))
    for nis in PERSONS:
        _show_or_hide(found, HOUSES, nis, (IN_HOUSES, PERSONS), OF_HOUSES)
        _show_or_hide(found, CONTACT, nis, (WITH_CONTACT, outside), OF_HOUSES)
        _show_or_hide(found, MEAN, nis, (CONTACTS, WITH_ACTIVE), OF_ACTIVE)
    _images(found)
    _few_contribute(found)
    found.show(PRACTITIONERS, "country 01000", 12, None)
    return found


def _show_or_hide(
    found: Made, code: str, nis: str, amounts: tuple[Mapping[str, int], Mapping[str, int]], hidden: Mapping[str, str]
) -> None:
    """A row of a municipality; where it is hidden, with its amounts as `protection/amounts` has them."""
    card, place = found.card(code), f"municipality {nis}"
    above, below = amounts[0][nis], amounts[1][nis]
    if nis not in hidden:
        found.show(code, place, above, below)
        return
    is_public = card.disclosure.denominator == "public"
    found.show(code, place, None, below if is_public else None, "C")
    found.keep(Amount.above(card), place, hidden[nis], above)
    denominator = Amount.below(card)
    if code == MEAN and denominator is not None:  # that of CONTACT is what is left of all persons
        found.keep(denominator, place, hidden[nis], below)


def _images(found: Made) -> None:
    place, amount = "municipality 11001", Amount.above(found.card(IMAGES))
    found.show(IMAGES, place, 60, 500)
    for member, above, below in (("0-9", 2, 100), ("10-19", 58, 400)):
        found.show(IMAGES, place, None, below, "C", age_class=member)
        found.keep(amount, place, "W", above, members=f"age_class={member}")


def _few_contribute(found: Made) -> None:
    place, loyalty, practices = "municipality 11001", found.card(LOYALTY), found.card(PRACTICES)
    found.show(LOYALTY, "municipality 11002", 300, 500)
    found.show(LOYALTY, place, None, None, "C")
    below = Amount.below(loyalty)
    assert below is not None
    for amount, value in ((Amount.above(loyalty), 12), (below, 20)):
        found.keep(amount, place, "A", value, is_unproven=True)
    found.show(PRACTICES, "country 01000", 5000, 10)
    found.show(PRACTICES, place, None, 2, "C")
    found.keep(Amount.above(practices), place, "G", 900)

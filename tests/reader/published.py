"""A small warehouse as the jobs leave it, written without Spark: real areas and cards, figures made from area codes.

Every municipality has figures that follow from its code, the areas above it their sums: what a reader adds up or ranks
can be worked out here, in plain Python.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.schemas.ledger import RELEASES
from imaatlas_spark.schemas.metadata import ABOUT, SYNTHETIC_COMMENT, SYNTHETIC_PROPERTY
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.statistics.metadata_rows import about_row, metadata_rows
from imaatlas_spark.statistics.tables import statistic_table

_ARROW = {
    **{"STRING": pa.string(), "INT": pa.int32(), "BIGINT": pa.int64(), "DOUBLE": pa.float64()},
    **{"DATE": pa.date32(), "BOOLEAN": pa.bool_()},
}
_LEVELS = ("country", "region", "province", "arrondissement", "municipality")
Key = tuple[str, str, tuple[str, ...]]  # level, code, members
Sums = dict[Key, tuple[int, int]]


@dataclass(frozen=True)
class Release:
    """One year of a statistic as it was published: `more` is added to every numerator, so that releases differ."""

    code: str
    year: int
    geography: int
    date: dt.date
    more: int = 0
    hidden: frozenset[tuple[str, str]] = frozenset()  # (level, code)
    within: tuple[str, ...] = ("",)  # how the codes of its municipalities begin


def people(nis: str, member: int) -> int:
    """How many of the member's people live in a municipality: below the line."""
    return int(nis) % 97 + 10 * member + 1


def figure(nis: str, year: int, member: int) -> int:
    """What is above the line."""
    return people(nis, member) * (int(nis) % 3 + year % 5)


def sums_of(configuration: Configuration, release: Release) -> Sums:
    """(numerator, denominator) of every area and members, from the municipalities of the year recoded to the map."""
    card, geography = configuration.cards[release.code], configuration.geography
    sums: dict[Key, list[int]] = defaultdict(lambda: [release.more, 0])
    for old, nis in geography.recoding_between(release.year, release.geography).items():
        if not old.startswith(release.within):
            continue
        above = {level: geography.place(nis, level, release.geography) or "" for level in _LEVELS}
        for number, members in enumerate(_members(configuration, card)):
            for shown in _with_totals(members):
                for level, code in above.items():
                    sums[level, code, shown][0] += figure(old, release.year, number)
                    sums[level, code, shown][1] += people(old, number)
    return {key: (each[0], each[1]) for key, each in sums.items()}


def _members(configuration: Configuration, card: Card) -> list[tuple[str, ...]]:
    """The combinations of members, in their order."""
    combinations: list[tuple[str, ...]] = [()]
    for name in card.dimensions:
        combinations = [(*some, code) for some in combinations for code in configuration.dimensions[name].codes]
    return combinations


def _with_totals(members: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not members:
        yield ()
        return
    for rest in _with_totals(members[1:]):
        yield members[0], *rest
        yield TOTAL, *rest


def rows_of(configuration: Configuration, release: Release) -> list[dict[str, Any]]:
    """The rows of the statistic's table."""
    card = configuration.cards[release.code]
    rows = []
    for (level, code, members), (numerator, denominator) in sorted(sums_of(configuration, release).items()):
        hidden = (level, code) in release.hidden
        counts = card.denominator is None
        value = float(numerator) if counts else card.scale * numerator / denominator
        rows.append(
            {
                **{"year": release.year, "geo_level": level, "geo_code": code, "geography": release.geography},
                **dict(zip(card.dimensions, members, strict=True)),
                "numerator": None if hidden else numerator,
                "denominator": None if counts or hidden else denominator,
                "value": None if hidden else value,
                "obs_status": "Q" if hidden else "B" if card.has_break_in(release.year) else "A",
                "conf_status": "C" if hidden else "F",
                "release_date": release.date,
            }
        )
    return rows


def publish(
    configuration: Configuration,
    folder: Path,
    releases: Iterable[Release],
    threshold: int | None = 5,
    drawn: str | None = None,
) -> Path:
    """Write the tables of `releases`, one commit each, the metadata and the ledger."""
    releases = list(releases)
    ledger = []
    for code in sorted({each.code for each in releases}):
        table = statistic_table(configuration.cards[code], configuration.dimensions)
        own = [each for each in releases if each.code == code]
        for version, release in enumerate(own):
            _write(folder, table, rows_of(configuration, release), drawn, mode="append" if version else "error")
            ledger.append(ledger_row(release, version, threshold))
    describe(configuration, folder, ledger, drawn)
    return folder


def describe(configuration: Configuration, folder: Path, ledger: list[dict[str, Any]], drawn: str | None) -> None:
    """Write the metadata of what the rows of the ledger name, and the ledger."""
    for table, rows in metadata_rows(configuration, {row["geography"] for row in ledger}, drawn is not None):
        _write(folder, table, [dict(zip(table.column_names, row, strict=True)) for row in rows], drawn)
    about = about_row(configuration, drawn, {row["geography"] for row in ledger}, "tests")
    _write(folder, ABOUT, [dict(zip(ABOUT.column_names, about, strict=True))], drawn)
    _write(folder, RELEASES, ledger, drawn)


def ledger_row(release: Release, version: int, threshold: int | None) -> dict[str, Any]:
    return {
        **{"statistic": release.code, "year": release.year, "geography": release.geography},
        **{"release_date": release.date, "version": version, "run_id": f"run-{version}"},
        **{"protection_threshold": threshold, "protection_fingerprint": None if threshold is None else "f"},
    }


def _write(folder: Path, table: Table, rows: list[dict[str, Any]], drawn: str | None, mode: Any = "error") -> None:
    columns = {
        column.name: pa.array([row[column.name] for row in rows], _ARROW[column.type]) for column in table.columns
    }
    comment = table.comment if drawn is None else f"{SYNTHETIC_COMMENT} {table.comment}"
    place, parts = folder / table.path, list(table.partitioned_by)
    write_deltalake(place, pa.table(columns), partition_by=parts, mode=mode, description=comment)
    if drawn is not None and mode == "error":
        mark_drawn(place, drawn)


def mark_drawn(place: Path, drawn: str) -> None:
    """The property of a synthetic table: delta-rs reads properties that are not its own, but does not write them."""
    log = place / "_delta_log" / f"{0:020}.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    for action in actions:
        if "metaData" in action:
            action["metaData"]["configuration"][SYNTHETIC_PROPERTY] = drawn
    log.write_text("\n".join(map(json.dumps, actions)) + "\n")

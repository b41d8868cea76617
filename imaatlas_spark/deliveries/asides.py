"""What a delivery holds besides data, told with the rows that lie in it (data contract, section 1).

It stays no data, whatever it is: a file that cannot be read is counted as such and stops nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from imaatlas_spark.deliveries.footers import read_footer
from imaatlas_spark.deliveries.stores import Entry, Kind, Store
from imaatlas_spark.deliveries.walk import Aside, Walk, entries_below, is_parquet_by_name, may_be_data
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import shown

MOST_FILES = 10_000  # that are looked at in one folder: a link may lead to a whole disk


@dataclass(frozen=True)
class _Held:
    """What lies in an entry: rows in so many Parquet files, and the names of what may hold others."""

    rows: int
    files: int
    uncounted: tuple[str, ...]
    is_all: bool

    def __bool__(self) -> bool:
        return bool(self.files or self.uncounted or not self.is_all)

    def __str__(self) -> str:
        counted = f"{self.rows} rows in {self.files} files"
        not_counted = [*self.uncounted, *([] if self.is_all else [f"what follows the first {MOST_FILES} files"])]
        return counted + (f", not counted: {', '.join(map(shown, not_counted))}" if not_counted else "")


def told_of(store: Store, seen: Walk) -> list[str]:
    """A line for each folder in which something was left aside, and for each folder of no year."""
    asides = [line for aside in seen.asides if (line := _line(store, aside))]
    stray = [f"{shown(each.path)} is no folder of a year: left aside with {_held(store, each)}" for each in seen.stray]
    return [*asides, *stray]


def _line(store: Store, aside: Aside) -> str | None:
    """None: there is nothing to tell of."""
    held = {entry.name: _held(store, entry) for entry in aside.entries}
    names = [
        f"{shown(name)} ({what})" if what else shown(name)
        for name, what in sorted(held.items())
        if what or not aside.only_what_holds_data
    ]
    return f"{shown(aside.folder)}: {aside.why}: {', '.join(names)}" if names else None


def _held(store: Store, entry: Entry) -> _Held:
    rows, files, uncounted = 0, 0, []
    found = list(islice(_files(store, entry), MOST_FILES + 1))
    for each in found[:MOST_FILES]:
        counted = _rows_in(store, each)
        if counted is None:
            uncounted.append(each.path.removeprefix(f"{entry.path}/") if each is not entry else each.name)
        else:
            rows, files = rows + counted[0], files + counted[1]
    return _Held(rows, files, tuple(uncounted), len(found) <= MOST_FILES)


def _files(store: Store, entry: Entry) -> Iterator[Entry]:
    """The entry, or every file below it; a folder that cannot be looked into is given itself."""
    return entries_below(store, entry, tolerant=True) if entry.kind is Kind.FOLDER else iter((entry,))


def _rows_in(store: Store, entry: Entry) -> tuple[int, int] | None:
    """Rows and files: (0, 0) where no data lie in it, None where what may be data cannot be counted."""
    if entry.kind is not Kind.FILE:
        return None if not entry.is_hidden or is_parquet_by_name(entry.name) else (0, 0)
    try:
        footer = read_footer(store, entry) if may_be_data(store, entry) else None
        return (0, 0) if footer is None or footer.is_of_others else (footer.rows, 1)
    except DeliveryRefused:
        return None

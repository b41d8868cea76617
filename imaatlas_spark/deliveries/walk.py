"""One walk over a delivery: each entry is data, is no data and told so, or is refused (data contract, section 1).

Nothing is left aside in silence: what could hold rows of a source and cannot be read as such is refused, because half a
year would else be published as a whole one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from imaatlas_spark.deliveries.stores import Entry, Kind, Store
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import is_showable, shown
from imaatlas_spark.schemas.inputs import FTE_INCOME_MEDIANS, REGISTERS, SECTORS, YEARLY, Source

_YEAR = re.compile(r"year=([0-9]{4})")
# What a person takes for the year that it is not: `YEAR=2021`, `2021`, `year-02021`, `jaar=2021`.
_OTHER_SPELLING = re.compile(r"\s*(?:year|jaar|ann[eé]e|jahr)?\s*[=_-]*\s*0*([0-9]{1,4})[\s.]*", re.IGNORECASE)
_SMALL_FILES = (FTE_INCOME_MEDIANS, SECTORS)
# A folder that a table format keeps: which of the files beside it count is written there, not in their names.
_OF_TABLE_FORMATS = {
    "_delta_log": "Delta",
    "_spark_metadata": "Spark streaming",
    ".hoodie": "Hudi",
    ".hoodie_partition_metadata": "Hudi",
}
_OF_DATA = {
    *(".csv", ".tsv", ".psv", ".orc", ".avro", ".arrow", ".feather", ".sas7bdat", ".xpt", ".sav", ".xlsx", ".xls"),
    *(".gz", ".zip", ".zst", ".bz2", ".xz", ".lz4", ".snappy", ".7z", ".tar", ".tgz", ".pq", ".parq", ".gpg", ".pgp"),
}
_OF_NO_DATA = (".crc", ".md5", ".sha256", ".txt")
_MAGIC = (b"PAR1", b"PARE")


@dataclass(frozen=True)
class DataFolder:
    """The data files of a source (of one year, where it is yearly), in the order of their names.

    is_crowded: something lies beside them that Spark may take for data, though its name begins with _: it thinks of
    `_x=1` as a partition, and a folder may hold one.
    """

    source: Source
    path: str
    files: tuple[Entry, ...]
    year: int | None = None
    is_crowded: bool = False


@dataclass(frozen=True)
class Aside:
    """Entries of a folder that are no data, and why; told of, those with nothing in them if not `only_what_...`."""

    folder: str
    why: str
    entries: tuple[Entry, ...]
    only_what_holds_data: bool


@dataclass(frozen=True)
class Walk:
    """What the walk found: data, and what is no data. `stray` folders hold rows of no year."""

    folders: tuple[DataFolder, ...]
    small_files: tuple[Entry, ...]
    asides: tuple[Aside, ...]
    stray: tuple[Entry, ...]

    @property
    def state(self) -> frozenset[Entry]:
        """Every file that is read, with its length and time: another state is another delivery."""
        return frozenset(entry for folder in self.folders for entry in folder.files) | frozenset(self.small_files)


def walk(store: Store, delivery: str, years: Iterable[int]) -> Walk:
    """Decide about every entry of a delivery of which `years` are asked for. Raises DeliveryRefused."""
    return _Walker(store, delivery).walked(tuple(years))


@dataclass
class _Walker:
    store: Store
    delivery: str
    asides: list[Aside] = field(default_factory=list)
    stray: list[Entry] = field(default_factory=list)

    def walked(self, years: tuple[int, ...]) -> Walk:
        top = self._entries_by_name(self.delivery)
        folders = [each for source in YEARLY for each in self._years_of(source, top, years)]
        for source in REGISTERS:
            entry = self._folder(top, source.name, f"deliver {source.comment.lower().rstrip('.')} there")
            folders.append(self._data(source, entry.path))
        _refuse_two_names_of_a_file(file for folder in folders for file in folder.files)
        files = tuple(self._small_file(top, f"{source.name}.csv") for source in _SMALL_FILES)
        known = {each.name for each in (*YEARLY, *REGISTERS)} | {entry.name for entry in files}
        self._leave_aside(self.delivery, [entry for name, entry in top.items() if name not in known])
        return Walk(tuple(folders), files, tuple(self.asides), tuple(self.stray))

    def _entries_by_name(self, folder: str) -> dict[str, Entry]:
        entries = self.store.entries(folder)
        if entries is None:
            raise DeliveryRefused(f"{shown(folder)} is not there, or is no folder: give the folder of a delivery")
        return {entry.name: entry for entry in entries}

    def _folder(self, entries: dict[str, Entry], name: str, fix: str) -> Entry:
        entry = self._named(self.delivery, entries, name, fix)
        if entry.kind is Kind.FOLDER:
            return entry
        raise DeliveryRefused(f"{entry.path} is a {entry.kind.value}, expected a folder: {fix}")

    @staticmethod
    def _named(folder: str, entries: dict[str, Entry], name: str, fix: str) -> Entry:
        if name in entries:
            return entries[name]
        alike = [each for each in entries if each.strip().casefold() == name.casefold()]
        hint = f" ('{shown(alike[0])}' is there: write its name as {name})" if alike else ""
        raise DeliveryRefused(f"{shown(folder)}/{name} is missing{hint}: {fix}")

    def _years_of(self, source: Source, top: dict[str, Entry], years: tuple[int, ...]) -> Iterator[DataFolder]:
        folder = self._folder(top, source.name, f"deliver {source.name} there, in a folder for each year").path
        entries = self._entries_by_name(folder)
        self._refuse_table_format(folder, entries)
        beside = [entry for entry in entries.values() if not _YEAR.fullmatch(entry.name)]
        self._leave_aside(
            folder, [each for each in beside if each.is_hidden or not self._is_of_no_year(source, each, years)]
        )
        for year in years:
            entry = self._named(folder, entries, f"year={year}", f"deliver {source.name} of {year} there")
            if entry.kind is not Kind.FOLDER:
                raise DeliveryRefused(f"{entry.path} is a {entry.kind.value}, expected a folder of Parquet files")
            yield self._data(source, entry.path, year)

    def _is_of_no_year(self, source: Source, entry: Entry, years: tuple[int, ...]) -> bool:
        """Whether an entry beside the folders of the years is one of another year or of none.

        Refused where rows of a year that is asked for would be missing from it.
        """
        path = shown(entry.path)
        if entry.kind is Kind.FOLDER:
            other_spelling = _OTHER_SPELLING.fullmatch(_as_seen(entry.name))
            if other_spelling and int(other_spelling[1]) in years:
                raise DeliveryRefused(f"{path} is no folder of a year: move its files to year={other_spelling[1]}")
            self.stray.append(entry)
        elif may_be_data(self.store, entry):
            raise DeliveryRefused(f"{path} lies outside the folders of the years: move it to {source.name}/year=YYYY")
        return entry.kind is Kind.FOLDER

    def _data(self, source: Source, folder: str, year: int | None = None) -> DataFolder:
        """The data files that lie directly in a folder; whatever else lies there is told of or refused."""
        entries = self._entries_by_name(folder)
        self._refuse_table_format(folder, entries)
        files = {name: entry for name, entry in entries.items() if self._is_data(entry)}
        beside = [entry for name, entry in entries.items() if name not in files]
        self._leave_aside(folder, beside)
        if not files:
            raise DeliveryRefused(f"{shown(folder)} has no Parquet file: deliver {source.name} there")
        is_crowded = any(entry.kind is Kind.FOLDER or "=" in entry.name for entry in beside)
        return DataFolder(source, folder, tuple(files.values()), year, is_crowded)

    def _is_data(self, entry: Entry) -> bool:
        if entry.is_hidden:
            return False
        if entry.kind is Kind.FOLDER:
            self._refuse_files_below(entry)
            return False
        if is_parquet_by_name(entry.name):
            self._refuse_unless_a_file(entry)
            return True
        if may_be_data(self.store, entry):
            raise DeliveryRefused(
                f"{shown(entry.path)} may be data, but does not end in .parquet: deliver it as Parquet under such a "
                "name, or take it away"
            )
        return False

    @staticmethod
    def _refuse_unless_a_file(entry: Entry) -> None:
        if entry.kind is not Kind.FILE:
            raise DeliveryRefused(
                f"{shown(entry.path)} is a {entry.kind.value}, expected a file: deliver the file itself"
            )
        if not is_showable(entry.name):
            raise DeliveryRefused(f"{shown(entry.path)} has a control character in its name: rename it")

    def _refuse_files_below(self, folder: Entry) -> None:
        below = next((each for each in entries_below(self.store, folder) if not each.is_hidden), None)
        if below is not None:
            raise DeliveryRefused(
                f"{shown(below.path)} lies in a folder below, where nothing is read: data lie directly in "
                f"{shown(folder.path.rsplit('/', 1)[0])}, move it there"
            )

    @staticmethod
    def _refuse_table_format(folder: str, entries: dict[str, Entry]) -> None:
        for name, kind in _OF_TABLE_FORMATS.items():
            if name in entries:
                _refuse(folder, f"is a table of {kind}, whose folder also keeps rows that were deleted: export it")

    def _small_file(self, top: dict[str, Entry], name: str) -> Entry:
        entry = self._named(self.delivery, top, name, "deliver it")
        if entry.kind is Kind.FOLDER:
            _refuse(entry.path, "is a folder: deliver one file with a header (Spark writes one after coalesce(1))")
        if entry.kind is not Kind.FILE:
            _refuse(entry.path, f"is a {entry.kind.value}, expected a file: deliver the file itself")
        return entry

    def _leave_aside(self, folder: str, entries: list[Entry]) -> None:
        strangers = tuple(entry for entry in entries if not entry.is_hidden)
        hidden = tuple(entry for entry in entries if entry.is_hidden)
        self.asides += [
            Aside(folder, "not part of a delivery, left aside", strangers, only_what_holds_data=False),
            Aside(folder, "no data, as their names begin with _ or .", hidden, only_what_holds_data=True),
        ]


def may_be_data(store: Store, entry: Entry) -> bool:
    """Whether rows may lie in an entry that is no data file: by its first bytes, or by a word in its name."""
    if entry.kind is not Kind.FILE:
        return True
    if entry.is_hidden and is_parquet_by_name(entry.name):
        return True
    with store.open(entry.path) as file:
        if file.read(4) in _MAGIC:
            return True
    name = entry.name.lower()
    if entry.is_hidden or name.endswith(_OF_NO_DATA):
        return False
    return ".parquet" in name or not _OF_DATA.isdisjoint(f".{word}" for word in name.split(".")[1:])


def entries_below(store: Store, folder: Entry, *, tolerant: bool = False) -> Iterator[Entry]:
    """What is no folder, in a folder and in those below it; links may lead back to where they lie.

    `tolerant`: a folder that cannot be looked into is given itself. Otherwise it is refused; hidden ones are passed.
    """
    seen, waiting = {folder.identity}, [folder]
    while waiting:
        looked_into = waiting.pop()
        try:
            entries = store.entries(looked_into.path) or ()
        except DeliveryRefused:
            if not tolerant:
                raise
            yield looked_into
            continue
        for entry in entries:
            if entry.kind is not Kind.FOLDER:
                yield entry
            elif (tolerant or not entry.is_hidden) and (entry.identity is None or entry.identity not in seen):
                seen.add(entry.identity)
                waiting.append(entry)


def _refuse_two_names_of_a_file(files: Iterable[Entry]) -> None:
    """Two links to one file would give each of its rows twice."""
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for entry in files:
        if entry.identity is not None:
            names[entry.identity].append(entry.path)
    for first, *others in names.values():
        if others:
            _refuse(others[0], f"is the same file as {shown(first)}: its rows would count twice, take one away")


def _as_seen(name: str) -> str:
    """The name as a person reads it: wide digits are digits, and what has no width is not there."""
    return "".join(each for each in unicodedata.normalize("NFKC", name) if unicodedata.category(each) != "Cf")


def is_parquet_by_name(name: str) -> bool:
    return name.lower().endswith(".parquet")


def _refuse(path: str, why: str) -> NoReturn:
    raise DeliveryRefused(f"{shown(path)} {why}")

"""A whole delivery looked at before any Spark job: names, footers, the small files (data contract, sections 1 and 2).

A wrong type, a lost half of a year or a list in another form is then told in seconds, and before Spark has started
where the delivery lies on this machine.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.deliveries.asides import told_of
from imaatlas_spark.deliveries.csv_files import DeliveredFile, Row, read_medians, read_sectors
from imaatlas_spark.deliveries.drawn import mark_of
from imaatlas_spark.deliveries.footers import Footer, read_footers
from imaatlas_spark.deliveries.stores import Entry, Store, refusing_what_cannot_be_read
from imaatlas_spark.deliveries.walk import DataFolder, Walk, walk
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.geography.codes import NOT_LOCALISABLE
from imaatlas_spark.geography.maps import Geography
from imaatlas_spark.names import listed, shown
from imaatlas_spark.periods import overlaps_year
from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION, YEARLY, Source

# Some hundred thousand practitioners have a few dated rows each; a damaged or repeated export may unpack to anything.
MOST_ROWS_OF_A_REGISTER = 10_000_000
_HARDLY_ANYTHING = 10  # of a year's bytes one part in so many
_OF_A_COUNTRY = 50  # municipalities: a list of fewer is one of a trial
_TWICE = {POPULATION: "are the persons of one year", CLAIMS: "are these lines"}


@dataclass(frozen=True)
class InspectedFolder:
    """A folder of data files, each with its footer."""

    folder: DataFolder
    footers: tuple[Footer, ...]

    @property
    def path(self) -> str:
        return shown(self.folder.path)

    @property
    def rows(self) -> int:
        """How many rows its files have, as their footers say."""
        return sum(footer.rows for footer in self.footers)

    @property
    def ignored_columns(self) -> list[str]:
        known = {column.name for column in self.folder.source.columns}
        return sorted({name for footer in self.footers for name in footer.types} - known)


@dataclass(frozen=True)
class Inspection:
    """What a delivery holds for `years`, and what the job tells of the rest."""

    store: Store
    delivery: str
    years: tuple[int, ...]
    folders: tuple[InspectedFolder, ...]
    small_files: tuple[DeliveredFile, ...]
    told: tuple[str, ...]
    seen: Walk
    drawn_with: str | None
    """The request that drew the delivery, as JSON; None: it was not drawn by chance."""

    def folder(self, source: Source, year: int | None = None) -> InspectedFolder:
        return next(each for each in self.folders if (each.folder.source, each.folder.year) == (source, year))

    def refuse_changes(self) -> None:
        """Refused where a file has come, gone, or changed in length or time since the delivery was looked at."""
        try:
            now = walk(self.store, self.delivery, self.years)
        except DeliveryRefused as refusal:
            raise DeliveryRefused(f"the delivery has changed while it was read: {refusal}") from refusal
        changed = sorted({entry.path for entry in self.seen.state ^ now.state})
        if changed:
            raise DeliveryRefused(
                f"the delivery has changed while it was read: {listed(changed)}: wait until it is whole, then run again"
            )

    def refuse_another_number(self, inspected: InspectedFolder, read: int) -> None:
        """Every row is read once: before anything is written, what was read is held against the footers."""
        if read != inspected.rows:
            self.refuse_changes()
            raise DeliveryRefused(
                f"{inspected.path}: {read} rows were read, but the footers of its files say {inspected.rows}: "
                "deliver it again"
            )


def inspect(store: Store, delivery: str, years: tuple[int, ...], configuration: Configuration) -> Inspection:
    """Look at every name, footer and small file of a delivery. Raises DeliveryRefused; no row of Parquet is read."""
    seen = walk(store, delivery, years)
    folders = tuple(
        InspectedFolder(folder, read_footers(store, folder.files, folder.source)) for folder in seen.folders
    )
    for each in folders:
        _refuse_number_of_rows(each)
    medians, sectors = seen.small_files
    small_files = (read_medians(store, medians, _medians_needed(configuration, years)), read_sectors(store, sectors))
    drawn_with = mark_of(store, delivery, (footer for each in folders for footer in each.footers))
    told = [*told_of(store, seen), *_ignored_columns(folders, small_files)]
    told += [*_lost_sectors(small_files[1], configuration), *_without_sectors(small_files[1], configuration, years)]
    told += [*_empty_registers(folders), *_repeated_files(store, seen.folders)]
    return Inspection(store, delivery, years, folders, small_files, tuple(told), seen, drawn_with)


def _refuse_number_of_rows(inspected: InspectedFolder) -> None:
    rows = inspected.rows
    if inspected.folder.source.yearly and not rows:
        raise DeliveryRefused(f"{inspected.path} holds no row: an empty year is not a delivery")
    if not inspected.folder.source.yearly and rows > MOST_ROWS_OF_A_REGISTER:
        raise DeliveryRefused(
            f"{inspected.path} holds {rows} rows, expected at most {MOST_ROWS_OF_A_REGISTER}, as a register is held in "
            "memory: deliver each dated row once"
        )


def _lost_sectors(sectors: DeliveredFile, configuration: Configuration) -> list[str]:
    """A line for the sectors that lie in no municipality of any year: nobody can be counted there."""
    places = configuration.geography.every_code
    lost = sorted({row["sector"] for _, row in sectors.rows if row["sector"][:5] not in places})
    return [f"{sectors.path}: {len(lost)} sectors lie in no municipality of the maps: {listed(lost)}"] if lost else []


def _without_sectors(sectors: DeliveredFile, configuration: Configuration, years: Iterable[int]) -> list[str]:
    """A line for the municipalities of which the list knows no sector: a list of the country may have been cut off."""
    rows = [row for _, row in sectors.rows]
    if len({row["sector"][:5] for row in rows}) < _OF_A_COUNTRY:
        return []
    geography = configuration.geography
    on_a_map = [year for year in years if year >= geography.first_year]  # of others the records alone are taken
    lacking = sorted({nis for year in on_a_map for nis in _lacking_in(year, rows, geography)})
    if not lacking:
        return []
    return [
        f"{sectors.path}: it has no sector of {len(lacking)} municipalities: {listed(lacking)}; whoever lives there is "
        "counted in none"
    ]


def _lacking_in(year: int, sectors: Iterable[Row], geography: Geography) -> set[str]:
    """The municipalities of `year` without a sector that can be lived in (see `geography.frames.sectors_of_year`)."""
    recoding = geography.recoding(year)
    dated = (row["sector"] for row in sectors if overlaps_year(row["valid_from"], row["valid_to"], year))
    have = {recoding.get(sector[:5]) for sector in dated if not sector.endswith(NOT_LOCALISABLE)}
    return set(geography.municipalities_in(year)) - have


def _empty_registers(folders: Iterable[InspectedFolder]) -> list[str]:
    return [
        f"{each.path} holds no row: nobody is found in this register"
        for each in folders
        if not each.folder.source.yearly and not each.rows
    ]


def _repeated_files(store: Store, folders: Iterable[DataFolder]) -> list[str]:
    """A line for each file of claims or persons that holds the very bytes of another one: a copy under a wrong name?

    Nothing in the rows of a person says of which year they are, and a claim may stand twice because it was billed
    twice. Only files of one length are opened. Where such files are hardly anything of a year, they are a few persons
    who did not change.
    """
    alike: dict[tuple[str, int], list[tuple[DataFolder, Entry]]] = defaultdict(list)
    for folder in (folder for folder in folders if folder.source in YEARLY):
        for file in folder.files:
            alike[folder.source.name, file.length].append((folder, file))
    of_bytes: dict[bytes, list[tuple[DataFolder, Entry]]] = defaultdict(list)
    for folder, file in (each for files in alike.values() if len(files) > 1 for each in files):
        of_bytes[_digest(store, file)].append((folder, file))
    repeated = [(folder, again, first) for (_, first), *others in of_bytes.values() for folder, again in others]
    length: dict[str, int] = defaultdict(int)
    for folder, again, _ in repeated:
        length[folder.path] += again.length
    return [
        f"{shown(again.path)} holds the same bytes as {shown(first.path)}: {_TWICE[folder.source]} delivered twice?"
        for folder, again, first in repeated
        if length[folder.path] * _HARDLY_ANYTHING >= sum(file.length for file in folder.files)
    ]


def _digest(store: Store, file: Entry) -> bytes:
    digest = hashlib.sha256()
    with refusing_what_cannot_be_read(file.path), store.open(file.path) as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            digest.update(block)
    return digest.digest()


def _medians_needed(configuration: Configuration, years: Iterable[int]) -> bool:
    """Whether a card counts a profession group by its income in one of the years."""
    cards = configuration.cards.values()
    return any(card.profession_group and card.available_since <= year for card in cards for year in years)


def _ignored_columns(folders: Iterable[InspectedFolder], small_files: Iterable[DeliveredFile]) -> list[str]:
    ignored: dict[str, list[str]] = {each.path: each.ignored_columns for each in folders}
    ignored |= {file.path: sorted(file.ignored_columns) for file in small_files}
    return [
        f"{path}: columns that are not in the contract are ignored: {', '.join(map(shown, names))}"
        for path, names in ignored.items()
        if names
    ]

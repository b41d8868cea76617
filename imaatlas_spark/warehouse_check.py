"""What of a warehouse is complete, what is not, and what an operator has changed: what `check_warehouse.py` does.

Nothing is written. Each finding says how to heal it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.failures import explained, tells_of_damage, told
from imaatlas_spark.periods import in_words
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import INPUT_TABLES
from imaatlas_spark.schemas.ledger import RELEASES, RUNS, Release
from imaatlas_spark.schemas.metadata import METADATA_TABLES
from imaatlas_spark.schemas.protection import PROTECTION_TABLES
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.schemas.year_tables import GMD_EVENTS, LINE_QUALITY
from imaatlas_spark.source_variables.origins import refuse_stale
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage.damage import UNREADABLE
from imaatlas_spark.storage.ledger import Ledger, job_again, refuse_what_no_run_left
from imaatlas_spark.storage.lock import NAME, Holder
from imaatlas_spark.storage.publications import changed_versions, published, refuse_lost_versions
from imaatlas_spark.storage.shapes import deviations
from imaatlas_spark.storage.snapshots import Snapshot, commit_lines
from imaatlas_spark.storage.store_paths import StorePath
from imaatlas_spark.storage.warehouse import Warehouse

_Read = TypeVar("_Read")


def made_tables(configuration: Configuration) -> tuple[Table, ...]:
    """The tables that the jobs make before there are statistics."""
    tables = configuration.year_tables
    return (*INPUT_TABLES, GMD_EVENTS, LINE_QUALITY, tables.person_practice, *tables.by_unit.values())


@dataclass(frozen=True)
class Finding:
    """Something to heal. `what` names the table; `heal` is what to do."""

    what: str
    heal: str

    def __str__(self) -> str:
        return f"{self.what}: {self.heal}"


def check_warehouse(run: Run, warehouse: Warehouse) -> None:
    """Tell what is complete, then what is to be healed.

    Raises WarehouseRefused where there is something to heal, after it was told.
    """
    found = 0
    for finding in findings(run, warehouse):
        run.say(f"to heal: {finding}")
        found += 1
    if found:
        raise WarehouseRefused(f"{warehouse.root} has {found} things to heal: each stands above with what to do")
    run.say(f"{warehouse.root} is whole")


def findings(run: Run, warehouse: Warehouse) -> Iterator[Finding]:
    """Everything that is to be healed; what is complete is said on the way."""
    _tell_of_the_lock(run, warehouse)
    ledger, faults = _tried(RUNS.path, lambda: warehouse.ledger)
    yield from faults
    for table in (RUNS, RELEASES, *made_tables(run.configuration), *PROTECTION_TABLES, *METADATA_TABLES):
        yield from _going_on(table.path, _table(run, warehouse, table, ledger))
    releases: tuple[Release, ...] | None = None
    if ledger is None:
        run.say("releases cannot be held against runs: what is published was not looked at, only its files")
    else:
        releases, faults = _tried(RELEASES.path, lambda: published(warehouse))
        yield from faults
    yield from _statistics(run, warehouse, releases)


def _tried(path: str, read: Callable[[], _Read]) -> tuple[_Read | None, list[Finding]]:
    """What was read; None and a finding where it cannot be."""
    try:
        return read(), []
    except (WarehouseRefused, *UNREADABLE) as error:
        return None, [_unreadable(path, error)]


def _going_on(path: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """A table that cannot be read is a finding: the others are looked at all the same."""
    try:
        yield from found
    except (WarehouseRefused, *UNREADABLE) as error:
        yield _unreadable(path, error)


def _unreadable(path: str, error: Exception) -> Finding:
    """Raises the error itself where the cause is not the warehouse: few open files, memory, rights, a store."""
    if isinstance(error, WarehouseRefused):
        return Finding(path, str(error))
    if explained(error) and not tells_of_damage(error):
        raise error
    return Finding(path, told(error))


def _table(run: Run, warehouse: Warehouse, table: Table, ledger: Ledger | None) -> Iterator[Finding]:
    if not warehouse.holds(table):
        run.say(f"{table.path}: not there yet")
        return
    snapshot = warehouse.snapshot(table)
    yield from _shape(table, snapshot)
    if ledger is not None and table not in (RUNS, RELEASES):
        yield from _years(run, warehouse, table, snapshot)
    yield from _files(run, table, snapshot)


def _tell_of_the_lock(run: Run, warehouse: Warehouse) -> None:
    place = StorePath(warehouse.spark, f"{warehouse.root}/{NAME}")
    if place.exists():
        holder = Holder.from_json(place.text())
        run.say(f"the warehouse is in use by {holder or 'a run'}, or that run has died: the next one finds out")


def _shape(table: Table, snapshot: Snapshot) -> Iterator[Finding]:
    for deviation in deviations(table, snapshot):
        yield Finding(table.path, f"it {deviation}; undo the change")


def _years(run: Run, warehouse: Warehouse, table: Table, snapshot: Snapshot) -> Iterator[Finding]:
    """A year is complete that is as a completed run left it. One whose rows are all gone is known by its run."""
    complete, ledger = [], warehouse.ledger
    for year in sorted(snapshot.years | ledger.years(table.path)) if table.partitioned_by else (None,):
        try:
            refuse_what_no_run_left(table.path, (year,), snapshot, ledger)
            complete.append(year)
        except WarehouseRefused as refusal:
            yield Finding(table.path, str(refusal))
    for year in complete:
        if table == run.configuration.year_tables.person and year is not None:
            yield from _stale(run, warehouse, year)
    years = tuple(year for year in complete if year is not None)
    if complete:
        run.say(f"{table.path}: complete{f' for {in_words(years)}' if years else ''}, version {snapshot.version}")


def _stale(run: Run, warehouse: Warehouse, year: int) -> list[Finding]:
    """A year that is complete, but of inputs or rules that have changed since."""
    cards = run.configuration.cards.values()
    path = run.configuration.year_tables.person.path
    _, faults = _tried(path, lambda: refuse_stale(warehouse, run.configuration, year, cards))
    return faults


def _files(run: Run, table: Table, snapshot: Snapshot) -> Iterator[Finding]:
    """Files that a table needs and that are not there. Those that no version of it names are said: they do no harm."""
    there = StorePath(snapshot.spark, snapshot.path).files()
    needed = snapshot.sizes
    lost = sorted(name for name, size in needed.items() if there.get(name) != size)
    if lost:
        is_made_once = table in (RUNS, RELEASES)  # no job makes their rows again
        years = sorted({year for year, names in snapshot.files.items() if names & set(lost)}, key=str)
        yield Finding(
            f"{table.path}: {len(lost)} files are gone or of another length, the first is {lost[0]}",
            "restore them from a backup" + ("" if is_made_once else f", or {job_again(table.path, years)}"),
        )
    orphans = {name for name in there if name.endswith(".parquet")} - needed.keys() - _named_in_log(snapshot)
    if orphans:
        run.say(
            f"{table.path}: {len(orphans)} files belong to no version, a run that was broken off left them; they do no "
            f"harm, and VACUUM removes them once they are older than {table.retention.readable_for}"
        )


def _named_in_log(snapshot: Snapshot) -> set[str]:
    """The files of all versions that are still in the log as commits of their own."""
    named = set()
    for name in StorePath(snapshot.spark, f"{snapshot.path}/_delta_log").names():
        version = name.removesuffix(".json")
        if version.isdigit():
            for line in commit_lines(snapshot.spark, snapshot.path, int(version)):
                action = json.loads(line)
                named |= {action[kind]["path"] for kind in ("add", "remove") if kind in action}
    return named


def _statistics(run: Run, warehouse: Warehouse, releases: tuple[Release, ...] | None) -> Iterator[Finding]:
    named = {release.statistic for release in releases or ()}
    for code in sorted(named | set(StorePath(warehouse.spark, f"{warehouse.root}/statistics").names())):
        card = run.configuration.cards.get(code)
        if card is None:
            yield Finding(f"statistics/{code}", "no card has this code: give the --conf-dir that it was published with")
            continue
        of_code = None if releases is None else [release for release in releases if release.statistic == code]
        table = statistic_table(card, run.configuration.dimensions)
        yield from _going_on(table.path, _statistic(run, warehouse, table, of_code))


def _statistic(run: Run, warehouse: Warehouse, table: Table, releases: list[Release] | None) -> Iterator[Finding]:
    """`releases` None: they are not known."""
    if releases is not None:
        refuse_lost_versions(warehouse, table, releases)
    if not warehouse.holds(table):
        return
    snapshot = warehouse.snapshot(table)
    yield from _shape(table, snapshot)
    yield from _files(run, table, snapshot)
    if releases is None:
        return
    yield from _released(warehouse, table, releases)
    for release in releases:
        run.say(
            f"{table.path}: {release.year} on the map of {release.geography}, released {release.release_date}, "
            f"version {release.version}"
        )
    yield from _unreleased(table, snapshot, releases)


def _released(warehouse: Warehouse, table: Table, releases: list[Release]) -> Iterator[Finding]:
    """Every version that a release names: it holds what was published there, in files that are still there."""
    for changed in changed_versions(warehouse, table, releases):
        yield Finding(table.path, changed)
    there = StorePath(warehouse.spark, warehouse.path(table)).files()
    newest = warehouse.snapshot(table).version
    for version, year in sorted({(each.version, each.year) for each in releases if each.version != newest}):
        snapshot = warehouse.snapshot_at(table, version)
        sizes = snapshot.sizes
        lost = sorted(name for name in snapshot.files.get(year, ()) if there.get(name) != sizes[name])
        if lost:
            yield Finding(
                f"{table.path}: {len(lost)} files of version {version}, which releases names for {year}, are gone or "
                f"of another length, the first is {lost[0]}",
                "restore them from a backup",
            )


def _unreleased(table: Table, snapshot: Snapshot, releases: list[Release]) -> Iterator[Finding]:
    code = table.path.removeprefix("statistics/")
    unreleased = tuple(sorted(snapshot.years - {release.year for release in releases}))
    if unreleased:
        years = ",".join(map(str, unreleased))
        yield Finding(
            f"{table.path} holds rows of {in_words(unreleased)} that were never released, a publication was broken off",
            f"run build_statistics.py --years {years} --statistics {code} again",
        )

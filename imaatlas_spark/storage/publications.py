"""What is published: `releases` names it, and only what it names counts (data contract, section 4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.schemas.ledger import RELEASES, Release
from imaatlas_spark.schemas.metadata import METADATA_TABLES
from imaatlas_spark.schemas.spec import Table, ddl
from imaatlas_spark.storage.damage import refusing_damaged_rows
from imaatlas_spark.storage.history import changed_by_others, step_at
from imaatlas_spark.storage.ledger import refuse_older
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.warehouse import Warehouse

# What is published cannot be made again beside what other releases it has.
NO_BACKUP = "without a backup start a new warehouse and publish there"


def published(warehouse: Warehouse) -> tuple[Release, ...]:
    """The releases of all statistics; none where nothing has been published yet."""
    if not warehouse.holds(RELEASES):
        _refuse_lost_releases(warehouse)
        return ()
    refuse_older(
        RELEASES.path,
        warehouse.snapshot(RELEASES),
        warehouse.ledger.version(RELEASES.path),
        NO_BACKUP,
    )
    _refuse_changed_releases(warehouse)
    columns = RELEASES.column_names
    with refusing_damaged_rows(warehouse.path(RELEASES), f"restore the warehouse from a backup, or {NO_BACKUP}"):
        rows = warehouse.read(RELEASES).select(*columns).collect()
    return tuple(sorted((Release(*row) for row in rows), key=_key))


def _refuse_lost_releases(warehouse: Warehouse) -> None:
    if warehouse.ledger.version(RELEASES.path) >= 0:
        raise WarehouseRefused(
            f"{warehouse.path(RELEASES)} is gone, but runs tells of publications: restore it from a backup"
        )


def _refuse_changed_releases(warehouse: Warehouse) -> None:
    """Raises WarehouseRefused where others than our runs have written `releases` since the last completed run."""
    snapshot = warehouse.snapshot(RELEASES)
    left = warehouse.ledger.left(RELEASES.path, None)
    recorded, content = (left.version, left.content) if left else (-1, None)
    if content == snapshot.content(None):
        return
    changed = changed_by_others(snapshot, snapshot.version, recorded, content)
    if changed is None:
        return
    earlier = range(snapshot.version - 1, max(recorded, 0) - 1, -1)
    whole = (version for version in earlier if changed_by_others(snapshot, version, recorded, content) is None)
    back = next((f"RESTORE TABLE delta.`{snapshot.path}` TO VERSION AS OF {version}, or " for version in whole), "")
    raise WarehouseRefused(
        f"{snapshot.path} is not as the last completed run left it ({changed}): {back}restore the warehouse from a "
        f"backup, or {NO_BACKUP}"
    )


def refuse_lost_versions(warehouse: Warehouse, table: Table, releases: Iterable[Release]) -> None:
    """Raises WarehouseRefused where the table of a statistic has fallen back behind a version that a release names."""
    named = max((release.version for release in releases), default=-1)
    recorded = max(named, warehouse.ledger.version(table.path))
    if recorded >= 0 and not warehouse.holds(table):
        raise WarehouseRefused(f"{warehouse.path(table)} is gone, but releases names it: restore it from a backup")
    if recorded >= 0:
        refuse_older(table.path, warehouse.snapshot(table), recorded, NO_BACKUP)


def changed_versions(warehouse: Warehouse, table: Table, releases: Iterable[Release]) -> Iterator[str]:
    """What of a statistic is not what its releases were published as, each in words: a release names a version only.

    A version that no completed run has written down must be a commit of the run that made a release that it holds: a
    run may be killed when its publication is visible and before its end.
    """
    for version, of_version in sorted(_by_version(releases).items()):
        snapshot = warehouse.snapshot_at(table, version)
        step = step_at(snapshot, version)
        for year in sorted({each.year for each in of_version}):
            runs = {each.run_id for each in of_version if each.year == year}
            content = warehouse.ledger.content(table.path, version, year)
            is_of_a_killed_run = content is None and step and step.is_ours and step.note["run_id"] in runs
            if content != snapshot.content(year) and not is_of_a_killed_run:
                yield (
                    f"{snapshot.path}, {year}, is not at version {version} as it was published there "
                    f"({step or 'its commit is gone'}): restore the warehouse from a backup, or {NO_BACKUP}"
                )


def rows_of(warehouse: Warehouse, table: Table, releases: Sequence[Release]) -> DataFrame | None:
    """The published rows of some releases of a statistic, each from the version that holds it; None: of no release.

    Raises WarehouseRefused where such a version is not what was published.
    """
    for changed in changed_versions(warehouse, table, releases):
        raise WarehouseRefused(changed)
    frames = [
        warehouse.at_version(table, version).where(_any_of(of_version))
        for version, of_version in sorted(_by_version(releases).items())
    ]
    return reduce(DataFrame.unionByName, frames) if frames else None


def metadata_versions(warehouse: Warehouse) -> Mapping[str, int]:
    """The versions of `metadata/*` that belong to what is published: the commit that made it visible names them.

    Newer ones are of a publication that was broken off. Nothing where nothing is published.
    """
    newest = next(_notes_of_publications(warehouse), {})
    return dict(newest.get("input_versions", {}))


def metadata_of_runs(warehouse: Warehouse, table: Table) -> Mapping[str, int]:
    """The version of a metadata table that each run has made visible, by run id; of commits that the log still has."""
    versions: dict[str, int] = {}
    for note in _notes_of_publications(warehouse):
        if table.path in note.get("input_versions", {}):
            versions.setdefault(note["run_id"], note["input_versions"][table.path])
    return versions


def _notes_of_publications(warehouse: Warehouse) -> Iterator[Mapping[str, Any]]:
    """What the commits of `releases` by runs of ours say of themselves, the newest first."""
    newest = warehouse.version(RELEASES) if warehouse.holds(RELEASES) else -1
    for version in range(newest, -1, -1):
        step = step_at(warehouse.snapshot(RELEASES), version)
        if step is not None and step.is_ours:
            yield step.note


def publish(warehouse: Warehouse, releases: Iterable[Release]) -> None:
    """Make these releases what is visible, all in one commit, and with them the metadata as they are now.

    Of several of the same statistic, year, map and date the last one counts. What is not among them is withdrawn.
    """
    now = {release.key: release for release in releases}
    rows = local_frame(warehouse.spark, [astuple(now[key]) for key in sorted(now)], ddl(RELEASES.columns))
    warehouse.replace_whole(RELEASES, rows.coalesce(1), [each for each in METADATA_TABLES if warehouse.holds(each)])


def at_version(releases: Iterable[Release], version: int) -> list[Release]:
    """The same releases, held by another version of their table."""
    return [replace(release, version=version) for release in releases]


def others(releases: Iterable[Release], statistic: str, made: Mapping[int, Release]) -> list[Release]:
    """Releases of a statistic for the years of `made` that are not replaced: of another date, or on another map."""
    return [
        each
        for each in releases
        if each.statistic == statistic and each.year in made and each.key != made[each.year].key
    ]


def _by_version(releases: Iterable[Release]) -> dict[int, list[Release]]:
    by_version: dict[int, list[Release]] = {}
    for release in releases:
        by_version.setdefault(release.version, []).append(release)
    return by_version


def _any_of(releases: Sequence[Release]) -> Column:
    return reduce(
        Column.__or__,
        (
            (F.col("year") == each.year)
            & (F.col("geography") == each.geography)
            & (F.col("release_date") == F.lit(each.release_date))
            for each in releases
        ),
    )


def _key(release: Release) -> tuple[object, ...]:
    return release.key

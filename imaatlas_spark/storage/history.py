"""Who wrote the versions of a table: runs of ours, or operations of somebody else."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imaatlas_spark.schemas.notes import note_of
from imaatlas_spark.storage.snapshots import Snapshot, commit_lines, snapshot_at, year_of
from imaatlas_spark.storage.store_paths import StorePath

_OUR_OPERATIONS = {"WRITE", "CREATE TABLE"}


@dataclass(frozen=True)
class Step:
    """One commit: `note` is what it says of its run, `files` are the files that it adds and removes."""

    version: int
    operation: str
    note: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]]
    restored: int | None = None

    @property
    def is_ours(self) -> bool:
        return self.operation in _OUR_OPERATIONS and bool(self.note)

    @property
    def keeps_rows(self) -> bool:
        """It changes no rows: as VACUUM, which touches no file, and OPTIMIZE, which puts the same rows into others."""
        is_moved = self.operation == "OPTIMIZE" and not any(each.get("dataChange", True) for each in self.files)
        return not self.files or is_moved

    def touches(self, years: Collection[int | None]) -> bool:
        return any(year_of(each.get("partitionValues") or {}) in years for each in self.files)

    def __str__(self) -> str:
        by = f"{self.note['job']}, run {self.note['run_id']}" if self.is_ours else self.operation
        return f"version {self.version} was written by {by}"


def step_at(snapshot: Snapshot, version: int) -> Step | None:
    """The commit of a version; None: the log does not have it (any more), or not whole."""
    if not StorePath(snapshot.spark, f"{snapshot.path}/_delta_log/{version:020d}.json").exists():
        return None
    try:
        actions = [json.loads(line) for line in commit_lines(snapshot.spark, snapshot.path, version)]
    except ValueError:
        return None
    said: dict[str, Any] = next((action["commitInfo"] for action in actions if "commitInfo" in action), {})
    files = [action[kind] for action in actions for kind in ("add", "remove") if kind in action]
    operation = said.get("operation", "somebody")
    restored = (said.get("operationParameters") or {}).get("version") if operation == "RESTORE" else None
    return Step(version, operation, note_of(said), files, None if restored is None else int(restored))


def changed_by_others(snapshot: Snapshot, version: int, recorded: int, content: str | None) -> str | None:
    """Why a table without years does not hold at `version` what runs of ours have left, in words; None: it does.

    `recorded`: the version that the last completed run left, with `content` (-1, None: there was no such run). After
    it a run may have written and been killed before its end: a run looks at what is there before it writes, and
    writes the whole.
    """
    while version > recorded:
        step = step_at(snapshot, version)
        if step is None:
            return f"the commit of version {version} is gone"
        if step.keeps_rows:
            version -= 1
        elif step.is_ours:
            return None
        elif step.restored is not None and step.restored >= recorded:
            version = step.restored
        else:
            return str(step)
    if content is None or snapshot_at(snapshot.spark, snapshot.path, recorded).content(None) == content:
        return None
    return f"version {recorded} is not the one that is on record: newest commits were lost, others came in their place"

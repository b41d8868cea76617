"""What a commit says of itself: its `userMetadata`, as JSON (data contract, section 4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict


class Notes(TypedDict, total=False):
    """What some commits say besides the stamp of their run."""

    first_year: int | None
    """The data begin in this year: what lies before was taken as absent. None: the whole history was read."""
    protection_threshold: int | None
    """The least number of persons that the figures of this commit show. None: they are not protected."""


@dataclass(frozen=True)
class Stamp:
    """The run that a commit belongs to. `rules_and_cards` is the fingerprint of the configuration."""

    job: str
    run_id: str
    package_version: str
    rules_and_cards: str
    arguments: str = ""

    def note(self, input_versions: Mapping[str, int] | None = None, notes: Notes | None = None) -> str:
        """The `userMetadata` of one commit. `input_versions`: the tables that it was made from, by path."""
        told: dict[str, object] = {
            "job": self.job,
            "run_id": self.run_id,
            "package_version": self.package_version,
            "rules_and_cards": self.rules_and_cards,
        }
        if input_versions is not None:
            told["input_versions"] = dict(input_versions)
        return json.dumps(told | dict(notes or {}), sort_keys=True)


def note_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a `commitInfo` says of the run that made the commit; nothing where it is none of ours."""
    try:
        note = json.loads(said.get("userMetadata") or "{}")
    except ValueError:
        return {}
    return note if isinstance(note, dict) and {"run_id", "job"} <= note.keys() else {}

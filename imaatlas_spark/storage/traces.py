"""What a run has read and written so far."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

Year = tuple[str, int | None]  # path of a table and a year; None: the table has no years


@dataclass
class Traces:
    """Filled by the warehouse as the run goes on; its end writes them into `runs`."""

    years: tuple[int, ...]
    started: dt.datetime
    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    contents: dict[Year, str] = field(default_factory=dict)
    origins: dict[Year, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _writing: Lock = field(default_factory=Lock)  # tables are written side by side

    def write(self, path: str, version: int, contents: Mapping[Year, str], rows: int) -> None:
        with self._writing:
            self.written[path] = version
            self.contents.update(contents)
            self.counts[f"{path} rows written"] = self.counts.get(f"{path} rows written", 0) + rows

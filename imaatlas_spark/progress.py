"""What a job does while it does it: a bar on a terminal, elsewhere a line for each step with its seconds.

A person who waits is never left in silence for long: where a step lasts, a line says every ten seconds how far it is.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rich.console import Console

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SILENCE = 10.0  # seconds


@dataclass(frozen=True)
class Tasks:
    """How far Spark is with the stages that run now."""

    done: int
    all: int

    def __str__(self) -> str:
        return f"{self.done} of {self.all} tasks" if self.all else "planning"


def tasks_of(spark: "SparkSession") -> Tasks:
    """The tasks of the active stages, asked of Spark's status tracker."""
    tracker = spark.sparkContext.statusTracker()
    stages = [stage for number in tracker.getActiveStageIds() if (stage := tracker.getStageInfo(number)) is not None]
    return Tasks(sum(stage.numCompletedTasks for stage in stages), sum(stage.numTasks for stage in stages))


@dataclass(frozen=True)
class Progress:
    """Tells of the steps of a run on `stream`. `tasks` says how far the present step is."""

    tasks: Callable[[], Tasks]
    stream: TextIO | None = None
    silence: float = _SILENCE

    def say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step of a job, told with its seconds when it ends, and on the way where it lasts."""
        started = time.monotonic()
        with self._told(name, started):
            yield
        self.say(f"{name}: {time.monotonic() - started:.0f} s")

    @property
    def _stream(self) -> TextIO:
        return self.stream or sys.stdout

    @contextmanager
    def _told(self, name: str, started: float) -> Iterator[None]:
        console = Console(file=self._stream, highlight=False)
        if console.is_terminal:
            with (
                console.status(name) as status,
                self._repeated(0.5, lambda: status.update(self._so_far(name, started))),
            ):
                yield
        else:
            with self._repeated(self.silence, lambda: self.say(f"  {self._so_far(name, started)}")):
                yield

    def _so_far(self, name: str, started: float) -> str:
        return f"{name}: {self.tasks()}, {time.monotonic() - started:.0f} s"

    @staticmethod
    @contextmanager
    def _repeated(seconds: float, tell: Callable[[], None]) -> Iterator[None]:
        """Calls `tell` every so many seconds, beside what the step does."""
        ended = threading.Event()

        def until_ended() -> None:
            while not ended.wait(seconds):
                tell()

        teller = threading.Thread(target=until_ended, daemon=True)
        teller.start()
        try:
            yield
        finally:
            ended.set()
            teller.join()

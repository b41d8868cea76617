"""A job that runs in processes of its own while a test does something to it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.conftest import ROOT
from tests.jobs.processes import Outcome, command_of, environment

_PATIENCE = 300.0


@dataclass(frozen=True)
class Started:
    """`spark-submit` and its children: Java, and the Python process of the job."""

    process: subprocess.Popen[str]
    warehouse: Path

    @classmethod
    def job(
        cls,
        name: str,
        *arguments: object,
        warehouse: Path,
        settings: Mapping[str, str] | None = None,
        master: str = "local[2]",
        open_files: int | None = None,
    ) -> "Started":
        command = command_of(name, *arguments, settings=settings, master=master)
        if open_files is not None:
            command = ["sh", "-c", f'ulimit -n {open_files}; exec "$@"', "sh", *command]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return cls(process, warehouse)

    def wait_for_lock(self) -> None:
        """Until the job works in the warehouse."""
        until = time.monotonic() + _PATIENCE
        while not self.holds_lock():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the job never held the lock: {self.end().output[-3000:]}")
            time.sleep(0.02)

    def holds_lock(self) -> bool:
        lock = self.warehouse / "_lock"
        return lock.exists() and lock.stat().st_size > 0 and self._is_mine(lock.read_text())

    def _is_mine(self, text: str) -> bool:
        return any(f'"process": {each.pid},' in text for each in self.all())

    def all(self) -> list[psutil.Process]:
        """spark-submit's Java process, which replaces the shell, and its children."""
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def send(self, number: signal.Signals, to: str = "all") -> None:
        """A signal to `all` processes of the job, its `java` or its `python`."""
        for each in self.all():
            try:
                if to == "all" or to in each.name():
                    os.kill(each.pid, number)
            except (psutil.NoSuchProcess, ProcessLookupError):
                continue

    def end(self) -> Outcome:
        out, err = self.process.communicate(timeout=_PATIENCE)
        return Outcome(self.process.returncode, out, err)

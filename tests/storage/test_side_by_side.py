"""Tables are written side by side; when one fails or the job is stopped, nothing is written any more. No JVM."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from imaatlas_spark.statistics import metadata, publish
from imaatlas_spark.storage.side_by_side import side_by_side

pytestmark = pytest.mark.slow  # what is not to happen is waited for


class Writes:
    """Writes as they would be: each has several jobs of Spark, and ends with a commit when none was cancelled."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.written: list[str] = []
        self.ended: list[str] = []
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Only jobs that run are cancelled, as in Spark: not the next one of the same write."""
        self._cancelled.set()
        self._cancelled.clear()

    def write(self, name: str, jobs: int = 8) -> list[str]:
        self.begun.append(name)
        try:
            for _ in range(jobs):
                if self._cancelled.wait(0.4):
                    time.sleep(0.2)  # it takes a while to end
                    raise RuntimeError(f"{name} was cancelled")
            self.written.append(name)
            return [name]
        finally:
            self.ended.append(name)

    def fail(self) -> list[str]:
        time.sleep(0.3)
        raise ZeroDivisionError


@contextmanager
def stopped_after(seconds: float, times: int = 1) -> Iterator[None]:
    """Ctrl-C, once or by somebody impatient."""

    def stop() -> None:
        for _ in range(times):
            time.sleep(seconds)
            os.kill(os.getpid(), signal.SIGINT)

    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        yield
    finally:
        stopper.join()


def nothing_goes_on(writes: Writes) -> None:
    assert sorted(writes.ended) == sorted(writes.begun), "what had begun has ended"
    before = list(writes.begun), list(writes.written)
    time.sleep(0.6)
    assert (writes.begun, writes.written) == before


def test_results_come_in_the_order_of_the_tasks() -> None:
    def after(seconds: float) -> Callable[[], float]:
        return lambda: time.sleep(seconds) or seconds

    assert side_by_side(map(after, (0.2, 0.1, 0.0)), 2, pytest.fail) == [0.2, 0.1, 0.0]
    assert side_by_side([], 2, pytest.fail) == []


def test_when_one_fails_the_others_end_before_the_failure_goes_on() -> None:
    writes = Writes()
    tasks: list[Callable[[], list[str]]] = [lambda name=name: writes.write(name) for name in "abcdef"]  # type: ignore[misc]
    with pytest.raises(ZeroDivisionError):
        side_by_side([*tasks[:2], writes.fail, *tasks[2:]], 3, writes.cancel)
    nothing_goes_on(writes)
    assert set(writes.begun) <= {"a", "b", "c"}, "what had not begun never did"
    assert writes.written == []


@pytest.mark.parametrize("times", [1, 3])
def test_when_the_job_is_stopped_nothing_is_written_after_it(times: int) -> None:
    writes = Writes()
    tasks: list[Callable[[], list[str]]] = [lambda name=name: writes.write(name) for name in "abcd"]  # type: ignore[misc]
    with pytest.raises(KeyboardInterrupt), stopped_after(0.3 / times, times):
        side_by_side(tasks, 2, writes.cancel)
    nothing_goes_on(writes)
    assert set(writes.begun) == {"a", "b"}
    assert writes.written == []


def test_writes_that_end_well_although_they_were_cancelled_are_waited_for() -> None:
    writes = Writes()
    with pytest.raises(ZeroDivisionError):
        side_by_side([lambda: writes.write("a", jobs=2), writes.fail], 2, lambda: None)
    nothing_goes_on(writes)
    assert writes.written == ["a"]


def test_statistics_and_metadata_are_written_so(monkeypatch: pytest.MonkeyPatch) -> None:
    writes = Writes()
    spark = SimpleNamespace(sparkContext=SimpleNamespace(cancelAllJobs=writes.cancel))
    run = SimpleNamespace(spark=spark, configuration=None, say=print)

    def write(_first: Any, second: Any, *_more: Any) -> list[str]:
        return writes.fail() if second == "failing" else writes.write(second)

    names = ["a", "failing", "b", "c", "d", "e"]
    monkeypatch.setattr(publish, "_write_statistic", write)
    publication: Any = SimpleNamespace(run=run, cards=names)
    with pytest.raises(ZeroDivisionError):
        publish.publish(None, publication, ())  # type: ignore[arg-type]
    nothing_goes_on(writes)
    assert writes.written == []
    monkeypatch.setattr(metadata, "_write", lambda run, _warehouse, table, *_more: write(run, table))
    monkeypatch.setattr(metadata, "_fingerprint", lambda *_: "")
    monkeypatch.setattr(metadata, "_published_rows", lambda *_: [])
    monkeypatch.setattr(metadata, "about_row", lambda *_: (None,) * len(metadata.ABOUT.columns))
    monkeypatch.setattr(metadata, "metadata_rows", lambda *_: [(name, []) for name in names])
    warehouse: Any = SimpleNamespace(drawn_with=None)
    with pytest.raises(ZeroDivisionError):
        metadata.write_metadata(run, warehouse, (), ())  # type: ignore[arg-type]
    nothing_goes_on(writes)
    assert writes.written == []

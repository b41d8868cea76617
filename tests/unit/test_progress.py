"""A job tells its steps with their seconds, and what lasts is told on the way."""

import io
import re
import time

import pytest

from imaatlas_spark.progress import Progress, Tasks


def test_a_step_is_one_line_with_its_seconds() -> None:
    stream = io.StringIO()
    with Progress(lambda: Tasks(0, 0), stream).step("claims 2021"):
        pass
    assert re.fullmatch(r"claims 2021: \d+ s\n", stream.getvalue())


def test_a_step_that_lasts_says_how_far_it_is() -> None:
    stream = io.StringIO()
    with Progress(lambda: Tasks(3, 64), stream, silence=0.01).step("claims 2021"):
        time.sleep(0.2)
    *on_the_way, last = stream.getvalue().splitlines()
    assert len(on_the_way) >= 2
    assert all(re.fullmatch(r"  claims 2021: 3 of 64 tasks, \d+ s", line) for line in on_the_way)
    assert last.startswith("claims 2021: ")


def test_where_no_task_runs_spark_is_planning() -> None:
    assert str(Tasks(0, 0)) == "planning"


def test_a_step_that_fails_is_not_told_as_done() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="broken"), Progress(lambda: Tasks(0, 0), stream).step("claims 2021"):
        raise ValueError("broken")
    assert not stream.getvalue()


def test_a_terminal_shows_a_bar_and_keeps_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with Progress(lambda: Tasks(1, 2), stream).step("claims 2021"):
        pass
    assert re.search(r"claims 2021: \d+ s\n$", stream.getvalue())
    assert "\x1b[" in stream.getvalue()

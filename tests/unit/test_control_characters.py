"""Arguments with control characters are refused in one line, before anything else is looked at."""

import sys
from typing import Any, NoReturn

import pytest

from imaatlas_spark import cli


def never(*_: Any) -> NoReturn:
    raise AssertionError("the job was started")


@pytest.mark.parametrize("word", ["a\nb", "a\rb", "a\x1b[2Jb", "a\x00b", "a\x85b", "a\u2028b", "a\x7fb", "a\udce9b"])
@pytest.mark.parametrize("start", [lambda: cli.main, lambda: cli.main_without_spark])
def test_an_argument_with_a_control_character_is_refused(
    word: str, start: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["job", "--conf-dir", word])
    assert start()(cli.parser("job", "a job"), never) == cli.REFUSED
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert line.startswith("refused: ")
    assert "control character" in line

"""The command line of every job: arguments, configuration, one call, exit code.

0 done, 1 unexpected failure, 2 refused input or arguments (one readable line on stderr).
"""

import argparse
import datetime as dt
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.errors import ArgumentRefused, Refused
from imaatlas_spark.names import is_showable, shown
from imaatlas_spark.periods import parse_date
from imaatlas_spark.run import Run
from imaatlas_spark.session import refuse_names_that_java_lacks

DONE, FAILED, REFUSED = 0, 1, 2


class _OneLineParser(argparse.ArgumentParser):
    """Refuses in one line instead of argparse's usage block."""

    def error(self, message: str) -> NoReturn:
        raise ArgumentRefused(f"{message} (see --help)")


def parser(job: str, description: str) -> argparse.ArgumentParser:
    """A parser with the argument that every job takes."""
    made = _OneLineParser(prog=job, description=description)
    made.add_argument("--conf-dir", type=local_folder, default=Path("conf"), help="cards, rules, code lists, geography")
    return made


def folder(text: str) -> str:
    """An argument type: a folder by its literal name, absolute where it is local, or a store's with its scheme."""
    if not text.strip():
        raise ArgumentRefused("the name of a folder is empty: give the folder of a delivery or warehouse")
    local = re.fullmatch(r"file:(?://(?:localhost)?(?=/))?(.*)", text)
    if local is None and "://" in text:
        return text.rstrip("/")
    if local is None and re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", text) and not Path(text).exists():
        scheme, path = text.split(":", 1)
        raise ArgumentRefused(f"{text} is no local folder: write {scheme}://HOST{path} for one of a store")
    path = os.path.abspath(local[1] if local else text)
    if os.path.lexists(path) and not os.path.isdir(path):
        raise ArgumentRefused(f"{path} is no folder: give the folder of a delivery or warehouse")
    return path


def local_folder(text: str) -> Path:
    """An argument type: a folder that is read before Spark starts, and so by Python alone."""
    if "://" in text:
        raise ArgumentRefused(
            f"{text}: the configuration is read from a folder on the machine of the driver, not from a store: "
            "copy it there and name that folder with --conf-dir"
        )
    return Path(text)


def existing_folder(text: str) -> str:
    """An argument type: a folder; a local one must be there before Spark is started."""
    path = folder(text)
    if "://" not in path and not os.path.isdir(path):
        raise ArgumentRefused(f"the folder {path} does not exist: give the folder of an existing delivery or warehouse")
    return path


def release_date(text: str) -> dt.date:
    """An argument type: the date of a release."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise ArgumentRefused(f"--release-date {error}") from error


def codes(text: str) -> tuple[str, ...]:
    """An argument type: codes with commas between, each once."""
    return tuple(dict.fromkeys(code.strip() for code in text.split(",")))


def main(
    arguments: argparse.ArgumentParser,
    work: Callable[[Run, argparse.Namespace], None],
    check: Callable[[argparse.Namespace, Configuration], object] = lambda _arguments, _configuration: None,
) -> int:
    """Parse, check the whole configuration, start Spark, call `work`; the exit code.

    `check` refuses what can be seen to be wrong in the arguments before Spark starts.
    """

    def job() -> None:
        _refuse_control_characters(sys.argv[1:])
        parsed = arguments.parse_args()
        configuration = load_configuration(parsed.conf_dir)
        check(parsed, configuration)
        run = Run.started(configuration, arguments.prog)
        refuse_names_that_java_lacks(run.spark, sys.argv[1:], ArgumentRefused)
        work(run, parsed)

    return _exit_code(job)


def main_without_spark(
    arguments: argparse.ArgumentParser, work: Callable[[Configuration, argparse.Namespace], None]
) -> int:
    """Parse, check the whole configuration, call `work`; the exit code. For jobs in plain Python."""

    def job() -> None:
        _refuse_control_characters(sys.argv[1:])
        parsed = arguments.parse_args()
        work(load_configuration(parsed.conf_dir), parsed)

    return _exit_code(job)


def _exit_code(job: Callable[[], None]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal's encoding lacks is told by its numbers
            stream.reconfigure(errors="backslashreplace")
    try:
        job()
    except Refused as refusal:
        print(f"refused: {shown(str(refusal))}", file=sys.stderr, flush=True)
        return REFUSED
    except Exception as failure:  # the frame's one net: reported in full, but for data in Spark's messages
        print(_report(failure), file=sys.stderr, flush=True)
        return FAILED
    return DONE


def _refuse_control_characters(words: Iterable[str]) -> None:
    for word in words:
        if not is_showable(word):
            raise ArgumentRefused(f"the argument '{shown(word)}' has a control character: write it without")


def _report(failure: Exception) -> str:
    """Where the failure arose. Spark's own messages may quote rows, so of those only the condition is told."""
    frames = "".join(traceback.format_tb(failure.__traceback__))
    message = str(failure)
    if type(failure).__module__.split(".")[0] in {"pyspark", "py4j"}:
        message = " ".join(dict.fromkeys(re.findall(r"\[[A-Z0-9_.]+\]", message)))
    return f"failed: {type(failure).__name__}: {message}\n{frames}"

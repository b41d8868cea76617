"""The command line of every job: arguments, configuration, one call, exit code.

0 done, 1 unexpected failure, 2 refused input or arguments (one readable line on stderr).
"""

import argparse
import datetime as dt
import os
import re
import shlex
import signal
import stat
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.errors import ArgumentRefused, Refused
from imaatlas_spark.failures import Stopped, explained, told
from imaatlas_spark.folders import absolute, is_local
from imaatlas_spark.names import is_showable, shown
from imaatlas_spark.periods import parse_date, parse_year
from imaatlas_spark.run import Run
from imaatlas_spark.session import refuse_names_that_java_lacks

DONE, FAILED, REFUSED = 0, 1, 2
STORES = ("hdfs", "s3a", "abfs", "abfss", "gs")  # the schemes of Hadoop's file systems that a folder may lie in
_LONGEST_NAME = 255  # bytes, on the disks of this machine
LOG_LEVELS = ("ERROR", "WARN", "INFO", "DEBUG")


class _Once(argparse.Action):
    """Keeps the value of an option; a second one is refused, for one of the two would be passed over in silence."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        given: set[str] = vars(namespace).setdefault("given", set())
        if self.dest in given:
            parser.error(f"{self.option_strings[0]} is given twice, and only one of the two would count: give it once")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class _OneLineParser(argparse.ArgumentParser):
    """Refuses in one line instead of argparse's usage block; an option has one value."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("action", None, _Once)  # of every argument that names no action of its own

    def error(self, message: str) -> NoReturn:
        raise ArgumentRefused(f"{message} (see --help)")


def parser(job: str, description: str) -> argparse.ArgumentParser:
    """A parser with the argument that every job takes."""
    made = _OneLineParser(prog=job, description=description)
    made.add_argument("--conf-dir", type=local_folder, default=Path("conf"), help="cards, rules, code lists, geography")
    return made


def add_publication(arguments: argparse.ArgumentParser) -> None:
    """What every job that publishes is asked."""
    arguments.add_argument("--statistics", type=codes, help="codes, comma between; default: all cards")
    arguments.add_argument("--release-date", type=release_date, help="yyyy-mm-dd; default: as the cards plan")
    arguments.add_argument(
        "--geography", type=parse_year, help="all years on the map of this one; default: each its own"
    )
    arguments.add_argument(
        "--withdraw-unprotected", action="store_true", help="unprotected releases of these years are published no more"
    )


def folder(text: str) -> str:
    """An argument type: a folder by its literal name, absolute where it is local, or a store's with its scheme."""
    if not text.strip():
        raise ArgumentRefused("the name of a folder is empty: give the folder of a delivery or warehouse")
    address = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(.*)", text)
    if address and address[1].lower() != "file":
        return _store_folder(text, address[1].lower(), address[2], address[3].strip("/"))
    if address and address[2].lower() not in {"", "localhost"}:
        raise ArgumentRefused(f"{text}: {address[2]} is another machine: mount its folder here, or name a store's")
    local = re.fullmatch(r"file:(.*)", text, re.IGNORECASE)
    if not local and re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", text) and not os.path.lexists(text):
        scheme, path = text.split(":", 1)
        raise ArgumentRefused(f"{text} is no local folder: write {scheme}://HOST{path} for one of a store")
    path = address[3] if address else local[1] if local else text
    if not path:
        raise ArgumentRefused(f"{text} names no folder: give the folder of a delivery or warehouse")
    path = absolute(path)
    _refuse_what_can_be_no_folder(path)
    return path


def _store_folder(text: str, scheme: str, host: str, path: str) -> str:
    if scheme not in STORES:
        known = ", ".join(f"{each}://" for each in STORES)
        raise ArgumentRefused(f"{text}: no store is known by {scheme}://: give a folder of this machine, or {known}")
    if not host and scheme != "hdfs":  # which has a host of its own by default
        raise ArgumentRefused(f"{text} names no bucket or container: write {scheme}://BUCKET/FOLDER")
    if not path:
        raise ArgumentRefused(f"{text} names a whole store: give a folder in it, {scheme}://{host}/FOLDER")
    return f"{scheme}://{host}/{path}"


def _refuse_what_can_be_no_folder(path: str) -> None:
    """Refused where something else lies there, or where no folder can ever be made."""
    _refuse_what_cannot_be_looked_at(path)
    try:
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)
    except FileNotFoundError:
        is_folder = not os.path.lexists(path)  # else a link to nothing
    except NotADirectoryError as error:
        raise ArgumentRefused(f"{path} lies below a file: give the folder of a delivery or warehouse") from error
    if not is_folder:
        raise ArgumentRefused(f"{path} is no folder: give the folder of a delivery or warehouse")


def _refuse_what_cannot_be_looked_at(path: str) -> None:
    """Too long a name or path, or one that this account has no right to follow; what is not there may yet be made."""
    if max(len(os.fsencode(name)) for name in path.split("/")) > _LONGEST_NAME:
        raise ArgumentRefused(f"{path}: a name in it is longer than {_LONGEST_NAME} bytes: give a shorter one")
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise ArgumentRefused(
            f"{path} cannot be looked at: {error.strerror}: give another folder, or mend its name or rights"
        ) from error


def local_folder(text: str) -> Path:
    """An argument type: a folder that is read before Spark starts, and so by Python alone."""
    if not is_local(text):
        raise ArgumentRefused(
            f"{text}: the configuration is read from a folder on the machine of the driver, not from a store: "
            "copy it there and name that folder with --conf-dir"
        )
    if not text.strip():
        raise ArgumentRefused("--conf-dir is empty: name the folder of the configuration")
    return Path(text)


def output_folder(text: str) -> Path:
    """An argument type: a folder of this machine to write, by its absolute name."""
    if not is_local(text):
        raise ArgumentRefused(f"--output {text} is no local folder: write to a local or mounted disk")
    if not text.strip():
        raise ArgumentRefused("--output is empty: name the folder to write")
    path = os.path.abspath(text)
    _refuse_what_cannot_be_looked_at(path)
    return Path(path)


def existing_folder(text: str) -> str:
    """An argument type: a folder; a local one must be there before Spark is started."""
    path = folder(text)
    if is_local(path) and not os.path.isdir(path):
        raise ArgumentRefused(f"the folder {path} does not exist: give the folder of an existing delivery or warehouse")
    return path


def refuse_within(delivery: str, warehouse: str) -> None:
    """Tables among what is delivered would be taken for data."""
    outer, inner = (f"{os.path.realpath(each) if '://' not in each else each}/" for each in (delivery, warehouse))
    if inner.startswith(outer):
        raise ArgumentRefused(
            f"--warehouse {warehouse} lies in the delivery, --input {delivery}: give it a folder of its own"
        )


def release_date(text: str) -> dt.date:
    """An argument type: the date of a release."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise ArgumentRefused(f"--release-date {error}") from error


def codes(text: str) -> tuple[str, ...]:
    """An argument type: codes with commas between, each once."""
    return tuple(dict.fromkeys(code.strip() for code in text.split(",")))


def refuse_first_year(first_year: int | None, years: tuple[int, ...]) -> None:
    """Refused where the data are said to begin after the first year that is asked for."""
    if first_year is not None and first_year > years[0]:
        raise ArgumentRefused(f"--first-year {first_year} lies after {years[0]}: name years from it on")


def main(
    arguments: argparse.ArgumentParser,
    work: Callable[[Run, argparse.Namespace], None],
    check: Callable[[argparse.Namespace, Configuration], object] = lambda _arguments, _configuration: None,
) -> int:
    """Parse, check the whole configuration, start Spark, call `work`; the exit code.

    `check` refuses what can be seen to be wrong in the arguments before Spark starts.
    """
    arguments.add_argument(
        "--log-level", choices=LOG_LEVELS, help="show Spark's log on stderr; it may quote rows: keep it inside"
    )

    def job() -> None:
        _refuse_control_characters(sys.argv[1:])
        parsed = arguments.parse_args()
        configuration = load_configuration(parsed.conf_dir)
        check(parsed, configuration)
        with _ending_when_asked_to():
            run = Run.started(configuration, arguments.prog, shlex.join(sys.argv[1:]), parsed.log_level)
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
        configuration = load_configuration(parsed.conf_dir)
        with _ending_when_asked_to():
            work(configuration, parsed)

    return _exit_code(job)


def _exit_code(job: Callable[[], None]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal's encoding lacks is told by its numbers
            stream.reconfigure(errors="backslashreplace")
    try:
        job()
    except Refused as refusal:
        _say(f"refused: {shown(_with_notes(str(refusal), refusal))}")
        return REFUSED
    except (Exception, KeyboardInterrupt, Stopped) as failure:  # the frame's one net
        _say(f"failed: {shown(_with_notes(told(failure), failure))}")
        if not explained(failure):
            _say("".join(traceback.format_tb(failure.__traceback__)))
        return FAILED
    return DONE


def _refuse_control_characters(words: Iterable[str]) -> None:
    for word in words:
        if not is_showable(word):
            raise ArgumentRefused(f"the argument '{shown(word)}' has a control character: write it without")


@contextmanager
def _ending_when_asked_to() -> Iterator[None]:
    """SIGTERM ends the job as Ctrl-C does: it lets go of what it holds, leaves nothing half-written, and says so."""

    def stop(_signal: int, _frame: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _with_notes(message: str, failure: BaseException) -> str:
    return "; ".join([message, *getattr(failure, "__notes__", [])])


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

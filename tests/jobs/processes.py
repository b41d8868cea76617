"""The jobs as a user starts them: processes of their own, with an exit code and two streams.

What has been seen to hold in a process of its own is tried in this one, too: the same script, in milliseconds.
"""

import os
import runpy
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.spark_submit import submit_command

_BIN = Path(sys.executable).parent
# A JVM that lives for a moment: the first compiler alone, with room for all that it compiles (it has little by default,
# and what finds no room is interpreted from then on).
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
_FOR_SMALL_DATA = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC {SHORT_LIVED}",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.debug.maxToStringFields": "4",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
_SPARK = {"pyspark", "py4j"}
JOBS = ("draw_synthetic", "ingest_deliveries", "build_source_variables", "build_statistics")


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams: spark-submit may show Python's stderr on stdout."""
        return self.stdout + self.stderr

    @property
    def refusals(self) -> list[str]:
        return [line for line in self.output.splitlines() if line.startswith("refused:")]


def submit(job: str, *arguments: object, settings: Mapping[str, str] | None = None) -> Outcome:
    """`spark-submit` with the project's defaults and two cores."""
    return _run(command_of(job, *arguments, settings=settings), {"SPARK_LOCAL_IP": "127.0.0.1"})


def command_of(
    job: str, *arguments: object, settings: Mapping[str, str] | None = None, master: str = "local[2]"
) -> list[str]:
    """The words of the line that starts a job on small data."""
    options = ("--master", master)
    return submit_command(job, *arguments, options=options, settings={**_FOR_SMALL_DATA, **(settings or {})})


def environment(**changes: str) -> dict[str, str]:
    """What a job finds around it: the virtual environment first."""
    return {**os.environ, "PATH": f"{_BIN}:{os.environ['PATH']}", "SPARK_LOCAL_IP": "127.0.0.1", **changes}


def submit_one_driver(steps: Iterable[Iterable[object]], settings: Mapping[str, str]) -> Outcome:
    """Several jobs in one driver, each a step (job, arguments ...), under settings that win over the defaults."""
    words = [str(word) for step in steps for word in ("--", *step)]
    command = submit_command("", options=("--master", "local[2]"), settings={**_FOR_SMALL_DATA, **settings})[:-1]
    return _run([*command, "tests/jobs/one_driver.py", *words], {"SPARK_LOCAL_IP": "127.0.0.1"})


def plain(job: str, *arguments: object) -> Outcome:
    """Without spark-submit, and with no Java to be found: whoever asks for a JVM fails. Imports are told on stderr."""
    changes = {"JAVA_HOME": "/no/java/here", "PATH": str(_BIN)}
    return _run([sys.executable, "-X", "importtime", f"jobs/{job}.py", *map(str, arguments)], changes)


def imported(outcome: Outcome, package: str) -> bool:
    names = (line.rsplit("|", 1)[1].strip() for line in outcome.stderr.splitlines() if line.startswith("import time:"))
    return any(name.split(".")[0] == package for name in names)


def said(outcome: Outcome) -> list[str]:
    """What stands on stderr apart from the list of imports."""
    return [line for line in outcome.stderr.splitlines() if not line.startswith("import time:")]


def _run(command: list[str], changes: dict[str, str]) -> Outcome:
    around = environment(**changes)
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


@contextmanager
def no_spark_here() -> Iterator[None]:
    """Whoever asks for Spark fails, as where it is not installed."""
    loaded = {name for name in sys.modules if name.split(".")[0] in _SPARK}
    with pytest.MonkeyPatch.context() as patch:
        for name in loaded | _SPARK:
            patch.setitem(sys.modules, name, None)
        yield


def here(job: str, *arguments: object) -> int:
    """The same script in this process and its session: for what has been seen to work in a process of its own."""
    before = sys.argv, Path.cwd()
    sys.argv = [f"jobs/{job}.py", *map(str, arguments)]
    os.chdir(ROOT)
    try:
        runpy.run_path(str(ROOT / f"jobs/{job}.py"), run_name="__main__")
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv, folder = before
        os.chdir(folder)
    raise AssertionError(f"{job} did not end with an exit code")

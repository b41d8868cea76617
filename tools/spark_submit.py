"""How a job is started: the one `spark-submit` line of the demo, the tests, the tools and the benchmarks.

It is the line of docs/jobs.md, typed from the root of the project. Where one process calls the engine itself, its
session has the same defaults.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DEFAULTS = "spark-defaults.conf"


def submit_command(
    job: str, *arguments: object, options: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> list[str]:
    """The words of the line that starts `jobs/<job>.py` with the project's defaults.

    `options` are those of spark-submit (`--master`, `--driver-memory`); `settings` win over the defaults.
    """
    set_here = [word for key, value in (settings or {}).items() for word in ("--conf", f"{key}={value}")]
    start = ["spark-submit", "--properties-file", f"conf/{DEFAULTS}", *options, *set_here]
    return [*start, f"jobs/{job}.py", *map(str, arguments)]


def spark_defaults(conf_dir: Path) -> dict[str, str]:
    """What `spark-submit --properties-file` reads in this configuration: the value of each setting."""
    lines = (conf_dir / DEFAULTS).read_text(encoding="utf-8").splitlines()
    pairs = (line.split(None, 1) for line in lines if line.strip() and not line.startswith("#"))
    return {key: value.strip() for key, value in pairs}


def settings_here(conf_dir: Path, name: str, settings: Mapping[str, str]) -> dict[str, str]:
    """The project's defaults, and `settings`, which win over them."""
    return {"spark.app.name": name, **spark_defaults(conf_dir), **settings}


def session_here(conf_dir: Path, name: str, settings: Mapping[str, str]) -> "SparkSession":
    """A session of this process, as `spark-submit` would start it; `settings` win over the project's defaults."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder
    for key, value in settings_here(conf_dir, name, settings).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()

"""A run of a job: its session, its configuration and the stamp that its commits carry."""

import logging
import os
import tempfile
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.progress import Progress, tasks_of
from imaatlas_spark.schemas.notes import Stamp
from imaatlas_spark.scratch import scratch_folder
from imaatlas_spark.session import settled

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NO_LOG = logging.NullHandler()  # else py4j logs a call that Ctrl-C breaks, with its stack


@dataclass(frozen=True)
class Run:
    """What a job works with: its session, its configuration, its name and an id that its commits carry."""

    spark: "SparkSession"
    configuration: Configuration
    job: str
    arguments: str = ""
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def started(
        cls, configuration: Configuration, job: str, arguments: str = "", log_level: str | None = None
    ) -> "Run":
        """A run of `job` with a Spark session of its own; `--help` and refusals before it need no JVM.

        All that it writes on this machine is its user's alone to read; what is no table is gone when the process ends.
        """
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415

        os.umask(0o077)
        SparkContext._ensure_initialized()  # before that a SparkConf knows nothing of what spark-submit was told
        given = SparkConf().get("spark.local.dir", "") or tempfile.gettempdir()
        folders = [scratch_folder(Path(folder)) for folder in given.split(",")]
        builder = SparkSession.builder.appName(job)
        builder = builder.config("spark.local.dir", ",".join(map(str, folders)))
        builder = builder.config("spark.sql.warehouse.dir", str(folders[0] / "none"))
        if log_level is None:
            logging.getLogger().addHandler(_NO_LOG)
        else:
            builder = builder.config("spark.log.level", log_level)
        return cls(settled(builder.getOrCreate()), configuration, job, arguments)

    @property
    def stamp(self) -> Stamp:
        """What every commit of the run says of it."""
        return Stamp(self.job, self.run_id, __version__, self.configuration.fingerprint, self.arguments)

    @cached_property
    def progress(self) -> Progress:
        """Tells on stdout what the run does, step by step."""
        return Progress(lambda: tasks_of(self.spark))

    def say(self, line: str) -> None:
        """One line of progress on stdout."""
        self.progress.say(line)

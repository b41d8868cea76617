"""A run of a job: its session, its configuration and the stamp that its commits carry."""

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.progress import Progress, tasks_of
from imaatlas_spark.session import settled

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Run:
    """What a job works with: its session, its configuration, its name and an id that its commits carry."""

    spark: "SparkSession"
    configuration: Configuration
    job: str
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def started(cls, configuration: Configuration, job: str) -> "Run":
        """A run of `job` with a Spark session of its own; `--help` and refusals before it need no JVM."""
        from pyspark.sql import SparkSession  # noqa: PLC0415

        return cls(settled(SparkSession.builder.appName(job).getOrCreate()), configuration, job)

    @property
    def stamp(self) -> dict[str, Any]:
        """The part of every commit's `userMetadata` that is the same for the whole run."""
        return {
            "job": self.job,
            "run_id": self.run_id,
            "package_version": __version__,
            "rules_and_cards": self.configuration.fingerprint,
        }

    @cached_property
    def progress(self) -> Progress:
        """Tells on stdout what the run does, step by step."""
        return Progress(lambda: tasks_of(self.spark))

    def say(self, line: str) -> None:
        """One line of progress on stdout."""
        self.progress.say(line)

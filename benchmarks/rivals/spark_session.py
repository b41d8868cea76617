"""A session as the jobs have it, on so many threads, with an event log that the benchmark reads."""

from pyspark.sql import SparkSession

from benchmarks.rivals.task import Task


def session(task: Task, name: str) -> SparkSession:
    """The configuration of the jobs, all on this machine; the driver's heap is the memory that is asked for."""
    events = task.folder / "events"
    events.mkdir(parents=True)
    settings = _defaults(task) | {
        "spark.driver.memory": task.memory,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(task.folder / "spill"),
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": events.resolve().as_uri(),
    }
    builder = SparkSession.builder.master(f"local[{task.threads}]").appName(name)
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _defaults(task: Task) -> dict[str, str]:
    lines = (task.conf_dir / "spark-defaults.conf").read_text().splitlines()
    pairs = (line.split(None, 1) for line in lines if line and not line.startswith("#"))
    return {key: value.strip() for key, value in pairs}

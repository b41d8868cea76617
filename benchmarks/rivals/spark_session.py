"""A session as the jobs have it, on so many threads, with an event log that the benchmark reads."""

from pathlib import Path

from pyspark.sql import SparkSession

from benchmarks import event_log
from benchmarks.rivals.task import Task
from tools.spark_submit import session_here


def session(task: Task, name: str) -> SparkSession:
    """The session of a rival, in the rival's own folder."""
    return session_in(task.folder, task.conf_dir, task.memory, task.threads, name)


def session_in(folder: Path, conf_dir: Path, memory: str, threads: int, name: str) -> SparkSession:
    """The configuration of the jobs, all on this machine; the driver's heap is the memory that is asked for."""
    settings = {
        "spark.master": f"local[{threads}]",
        "spark.driver.memory": memory,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder / "spill"),
        "spark.ui.enabled": "false",
        # Spark does not count what it reads by vectored reads.
        "spark.hadoop.parquet.hadoop.vectored.io.enabled": "false",
    }
    return session_here(conf_dir, name, settings | event_log.settings(folder / "events"))

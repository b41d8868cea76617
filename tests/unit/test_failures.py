"""A failure is told in one line: cause, table or file, what to do; never a value of a row, never a bare condition."""

import errno
from types import SimpleNamespace
from typing import Any

import pytest

from imaatlas_spark.failures import Stopped, explained, told

PERSON = "7310000001"
TASK = "Job aborted due to stage failure: Task 0 in stage 7.0 failed 1 times, most recent failure: "


class OfSpark(Exception):
    """As Spark's exceptions are: from a module of its own, with the Java exception and its causes behind it."""

    __module__ = "pyspark.errors.exceptions.captured"

    def __init__(self, message: str, *causes: str) -> None:
        super().__init__(message)
        self.java_exception = java(*causes) if causes else None


def java(first: str, *others: str) -> Any:
    return SimpleNamespace(toString=lambda: first, getCause=lambda: java(*others) if others else None)


CAUSES: dict[str, tuple[BaseException, tuple[str, ...]]] = {
    "full disk, in a task": (
        OfSpark(TASK, "SparkException", "java.io.IOException: No space left on device"),
        ("the disk is full", "make room"),
    ),
    "full disk, in Python": (
        OSError(errno.ENOSPC, "No space left on device", "/data/warehouse/_lock"),
        ("the disk is full (/data/warehouse/_lock)", "make room"),
    ),
    "read-only": (
        OfSpark("x", "java.io.FileNotFoundException: /wh/inputs/claims/_delta_log/0.json (Read-only file system)"),
        ("can only be read", "(/wh/inputs/claims/_delta_log/0.json)"),
    ),
    "no permission": (
        OfSpark("x", "java.io.FileNotFoundException: /wh/inputs/claims/part-0.parquet (Permission denied)"),
        ("access is denied", "/wh/inputs/claims/part-0.parquet"),
    ),
    "file descriptors": (
        OfSpark(TASK, "java.io.FileNotFoundException: /tmp/blockmgr/0a/x (Too many open files)"),
        ("too many files are open", "ulimit -n"),
    ),
    "memory": (OfSpark(TASK, "java.lang.OutOfMemoryError: Java heap space"), ("not enough memory", "--driver-memory")),
    "memory, in Python": (MemoryError(), ("not enough memory",)),
    "an executor": (
        OfSpark(TASK + "ExecutorLostFailure (executor 1 exited caused by one of the running tasks)"),
        ("executors were lost",),
    ),
    "an executor with held rows": (
        OfSpark("x", "org.apache.spark.SparkException: [CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND] Checkpoint block rdd_1 not"),
        ("an executor was lost",),
    ),
    "the JVM": (OfSpark("Answer from Java side is empty"), ("process of Spark died",)),
    "a file that is gone": (
        OfSpark("[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file file:/wh/inputs/claims/"
                "year=2021/part-0.parquet. File does not exist."),
        ("gone or damaged", "(/wh/inputs/claims/year=2021/part-0.parquet)", "check_warehouse.py"),
    ),
    "a constraint": (
        OfSpark(
            "[DELTA_REPLACE_WHERE_MISMATCH] x",
            "[DELTA_VIOLATE_CONSTRAINT_WITH_VALUES] CHECK constraint active_within_all (regcontact_active <= "
            f"regcontact) violated by row with values:\n - person_id : {PERSON}",
        ),
        ("constraint active_within_all",),
    ),
    "another writer": (OfSpark("[DELTA_CONCURRENT_APPEND] Files were added"), ("somebody else wrote",)),
    "Ctrl-C": (KeyboardInterrupt(), ("stopped before its end", "run it again")),
    "SIGTERM": (Stopped(), ("stopped before its end",)),
}  # fmt: skip


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_is_told_in_one_line_with_what_to_do(name: str) -> None:
    failure, words = CAUSES[name]
    line = explained(failure)
    assert line is not None
    assert all(word in line for word in words), line
    assert "\n" not in line
    assert PERSON not in line
    assert told(failure) == line


def test_what_nobody_has_foreseen_is_no_bare_condition() -> None:
    failure = OfSpark(f"[CAST_INVALID_INPUT] The value '{PERSON}' of the type STRING cannot be cast", "at line\n two")
    assert explained(failure) is None
    line = told(failure)
    assert "CAST_INVALID_INPUT" in line
    assert "--log-level" in line
    assert PERSON not in line
    assert "\n" not in line


def test_a_fault_of_our_own_says_what_it_says() -> None:
    assert told(RuntimeError("claims 2021: 3 rows accepted,\n2 rows written")) == (
        "RuntimeError: claims 2021: 3 rows accepted, 2 rows written"
    )


def test_the_cause_behind_another_exception_counts() -> None:
    outer = RuntimeError("a write failed")
    outer.__cause__ = OfSpark(TASK, "java.io.IOException: No space left on device")
    assert "the disk is full" in told(outer)

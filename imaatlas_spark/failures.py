"""How a failure is reported: one line with the cause, the table or file, and what to do; never a value of a row.

Spark's own messages quote rows and stack traces, so nothing of them is reported but names of conditions, constraints
and files.
"""

import errno
import re
from collections.abc import Iterator

_DAMAGED = "a file is gone or damaged{place}: check_warehouse.py tells which table lacks it and how to heal it"
_ANOTHER_WRITER = "somebody else wrote the same table{place}: run the job again when nobody else does"
# What a message holds, and what a person is told of it. The first that is found counts.
_CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("No space left on device", "Disk quota exceeded"),
        "the disk is full{place}: make room and run the job again",
    ),
    (
        ("Read-only file system",),
        "the file system can only be read{place}: give a warehouse, and a --conf spark.local.dir, that can be written",
    ),
    (
        ("Too many open files",),
        "too many files are open{place}: raise the limit (ulimit -n 65536) and run the job again",
    ),
    (
        ("OutOfMemoryError", "Java heap space", "GC overhead limit", "Cannot allocate memory", "UNABLE_TO_ACQUIRE"),
        "there is not enough memory: give the job more (--driver-memory, on a cluster --executor-memory), run it again",
    ),
    (
        ("ExecutorLostFailure", "Worker lost", "worker lost", "executor heartbeat timed out", "all the worker nodes"),
        "executors were lost again and again: their logs tell why (mostly memory); then run the job again",
    ),
    (
        ("CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND", "Checkpoint block"),
        "an executor was lost with rows that the job held there: its log tells why (mostly memory); run the job again",
    ),
    (
        ("Permission denied", "AccessControlException", "AccessDenied"),
        "access is denied{place}: give the account of this job the right to read the inputs and to write the warehouse",
    ),
    (
        (
            *("DELTA_CONCURRENT", "ConcurrentAppendException", "DELTA_PROTOCOL_CHANGED", "DELTA_METADATA_CHANGED"),
            "DELTA_MAX_COMMIT_RETRIES_EXCEEDED",
        ),
        _ANOTHER_WRITER,
    ),
    (
        ("SocketTimeout", "ConnectTimeout", "ConnectionTimeout", "Read timed out", "SlowDown", "UnknownHostException"),
        "the store did not answer in time{place}: look whether it can be reached, and run the job again",
    ),
    (
        ("FAILED_READ_FILE", "is not a Parquet file", "FileNotFoundException", "FILE_NOT_EXIST", "DELTA_FILE_NOT"),
        _DAMAGED,
    ),
    (
        (
            "Answer from Java side is empty",
            "Error while obtaining a new communication channel",
            "Connection refused",
            "Connection reset",
            "An error occurred while trying to connect to the Java server",
        ),
        "the process of Spark died (killed, or out of memory): look in the system's log, give the job more memory "
        "(--driver-memory), and run it again",
    ),
    (
        ("[CAST_OVERFLOW", "[ARITHMETIC_OVERFLOW"),
        "a sum of one person or practice is more than a table holds (2,147,483,647): have the numbers of cases "
        "(SS00050) in the claims of this year looked at, and ingest the year again",
    ),
    (
        ("SparkContext was shut down", "SparkContext was stopped", "stopped SparkContext"),
        "Spark was stopped while the job ran: run it again",
    ),
)
_CONSTRAINT = re.compile(r"CHECK constraint (\w+)")
_NOT_NULL = re.compile(r"NOT NULL constraint violated for column: ([\w.]+)")
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_]+(?:\.[A-Z0-9_]+)*)\]")
# A file, as an address or from the root on: no row of a table looks like one.
_FILE = re.compile(r"(?:file:|hdfs:|s3a?:|abfss?:)?(/[^\s'\":,;()\[\]{}]+/[^\s'\":,;()\[\]{}]+)")
_FOLDERS = ("/year=", "/_delta_log/", ".parquet", "/inputs/", "/source_variables/", "/statistics/")
_SPARK = ("pyspark", "py4j")


class Stopped(BaseException):
    """The job was asked to end (SIGTERM)."""


def told(failure: BaseException) -> str:
    """A failure in one line: its cause, or of one that nobody has foreseen what may be told of it."""
    return explained(failure) or _unknown(failure)


def explained(failure: BaseException) -> str | None:
    """The cause of a failure and what to do, in one line; None where nobody has foreseen it."""
    line, place = _cause(failure)
    return line and line.format(place=place)


def tells_of_damage(failure: BaseException) -> bool:
    """Whether its cause is that a file is gone or damaged, and not that somebody could not get at it."""
    return _cause(failure)[0] == _DAMAGED


def tells_of_another_writer(failure: BaseException) -> bool:
    """Whether its cause is that somebody else has written the table meanwhile."""
    return _cause(failure)[0] == _ANOTHER_WRITER


def _cause(failure: BaseException) -> tuple[str | None, str]:
    """What a person is told, and the `{place}` in it."""
    if isinstance(failure, KeyboardInterrupt | Stopped):
        return "the job was stopped before its end: run it again", ""
    text = "\n".join(texts(failure))
    if isinstance(failure, MemoryError):
        text = "OutOfMemoryError"
    place = _place(text)
    if isinstance(failure, OSError) and failure.filename:
        place = f" ({failure.filename})"
        text = _SYSTEM.get(failure.errno or 0, text)
    constraint = _CONSTRAINT.search(text) or _NOT_NULL.search(text)
    if constraint:
        return (
            f"rows of this run break the constraint {constraint[1]} of the table that it writes{{place}}: this is "
            "a fault of the engine; keep the delivery and report it"
        ), place
    return next((line for words, line in _CAUSES if any(word in text for word in words)), None), place


_SYSTEM = {
    errno.ENOSPC: "No space left on device",
    errno.EDQUOT: "Disk quota exceeded",
    errno.EROFS: "Read-only file system",
    errno.EMFILE: "Too many open files",
    errno.ENFILE: "Too many open files",
    errno.EACCES: "Permission denied",
    errno.EPERM: "Permission denied",
    errno.ENOMEM: "Cannot allocate memory",
}


def _is_of_spark(failure: BaseException) -> bool:
    return type(failure).__module__.split(".")[0] in _SPARK


def _unknown(failure: BaseException) -> str:
    """Of a message of Spark its conditions, of any other all that it says."""
    text = "\n".join(texts(failure))
    name = type(failure).__name__
    if not _is_of_spark(failure):
        return " ".join(f"{name}: {failure}".split())
    conditions = ", ".join(dict.fromkeys(_CONDITION.findall(text))) or "without a condition"
    return (
        f"Spark stopped the job with {name} ({conditions}){_place(text)}: run it again with --log-level WARN to see "
        "Spark's own words, which may quote rows"
    )


def texts(failure: BaseException) -> Iterator[str]:
    """The messages of a failure and of what caused it, in Python and in Java."""
    at: BaseException | None = failure
    while at is not None:
        yield str(at)
        java = getattr(at, "java_exception", None)
        if java is not None:
            yield from _java_texts(java)
        at = at.__cause__ or at.__context__


def _java_texts(java: object) -> Iterator[str]:
    try:
        for _ in range(20):
            if java is None:
                return
            yield str(java.toString())  # type: ignore[attr-defined]
            java = java.getCause()  # type: ignore[attr-defined]
    except Exception:  # the JVM is gone: what Python knows is all there is
        return


def _place(text: str) -> str:
    """The first file of a warehouse or a delivery that a message names, as ` (/data/...)`."""
    found = [path for path in _FILE.findall(text) if any(folder in path for folder in _FOLDERS)]
    return f" ({found[0].rstrip('.')})" if found else ""

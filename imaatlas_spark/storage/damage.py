"""Tables that cannot be read: what is damaged is refused by name, whatever else went wrong is left to be told."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.failures import explained, tells_of_damage, texts

UNREADABLE = (PySparkException, Py4JJavaError)
_OF_THE_LOG = (
    "DELTA_LOG_FILE",
    "DELTA_VERSIONS_NOT_CONTIGUOUS",
    "DELTA_TRUNCATED",
    "DELTA_STATE_RECOVER",
    "DELTA_MISSING",
    "DELTA_INVALID_",
    "DELTA_CANNOT_RECONSTRUCT",
    "com.fasterxml.jackson",  # a commit is cut in the middle
    "org.apache.hadoop.fs.ChecksumException",  # the same, told by the sums that Hadoop keeps beside a file on a disk
)


@contextmanager
def refusing_a_damaged_log(path: str) -> Iterator[None]:
    """A log that Delta cannot read, because of what it holds or lacks, is refused by the table's name."""
    try:
        yield
    except (*UNREADABLE, JSONDecodeError) as error:
        if _log_is_damaged(error):
            raise WarehouseRefused(
                f"{path}: its _delta_log cannot be read, a commit or checkpoint is damaged or gone: restore the "
                "folder from a backup (docs/operating.md)"
            ) from error
        raise


@contextmanager
def refusing_damaged_rows(path: str, mend: str) -> Iterator[None]:
    """A table of the ledger whose data files are gone or damaged is refused, with what mends it."""
    try:
        yield
    except UNREADABLE as error:
        if tells_of_damage(error):
            raise WarehouseRefused(f"{path} cannot be read, a file of it is gone or damaged: {mend}") from error
        raise


def _log_is_damaged(error: BaseException) -> bool:
    if isinstance(error, JSONDecodeError):
        return True
    if explained(error):  # a full disk, no right to read, a store that does not answer: the log may be whole
        return tells_of_damage(error)
    text = "\n".join(texts(error))
    return any(word in text for word in _OF_THE_LOG)

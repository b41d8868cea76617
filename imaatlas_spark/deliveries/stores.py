"""Where a delivery lies: a local folder, or a store that Spark reads through Hadoop. Both are asked the same way."""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.folders import is_local
from imaatlas_spark.names import shown

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Kind(Enum):
    FILE = "file"
    FOLDER = "folder"
    LOST_LINK = "link to nothing"
    OTHER = "pipe or device"


@dataclass(frozen=True)
class Entry:
    """One name in a folder, links followed. Length in bytes, `modified` in the store's own unit of time.

    `identity` is the same for two names of one file; a store without links has none.
    """

    path: str
    kind: Kind
    length: int = 0
    modified: int = 0
    identity: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[1]

    @property
    def is_hidden(self) -> bool:
        return self.name.startswith(("_", "."))


class Store(Protocol):
    def entries(self, folder: str) -> list[Entry] | None:
        """What lies in a folder, by name; None where there is no folder of this name."""

    def open(self, path: str) -> BinaryIO:
        """A file's bytes, from any place in it."""

    def uri(self, path: str) -> str:
        """The path as Spark has to be told it, so that it means this file and nothing else."""


_REASONS = {
    errno.EACCES: "no permission: give this user the right to read it",
    errno.EPERM: "no permission: give this user the right to read it",
    errno.EMFILE: "too many open files: raise the limit (ulimit -n 65536)",
    errno.ENFILE: "too many open files on this machine: end other programs",
    errno.ENOENT: "it is there no more: wait until the delivery is whole, then run again",
    errno.EIO: "the disk fails: copy the delivery to another one",
    errno.ELOOP: "a link that leads back to itself: deliver the file itself",
    errno.ENAMETOOLONG: "its name is too long: give it a shorter one",
}


@contextmanager
def refusing_what_cannot_be_read(path: str) -> Iterator[None]:
    """Turns the system's word on a file or folder into a refusal that says the cause and the remedy."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        reason = _REASONS.get(error.errno, f"{error.strerror}: deliver it again")
        raise DeliveryRefused(f"{shown(path)} cannot be read: {reason}") from error


class LocalStore:
    """Folders and files of this machine, or mounted on it."""

    def entries(self, folder: str) -> list[Entry] | None:
        with refusing_what_cannot_be_read(folder):
            if not os.path.isdir(folder):
                return None
            return sorted(map(self._entry, os.scandir(folder)), key=lambda entry: entry.path)

    def open(self, path: str) -> BinaryIO:
        with refusing_what_cannot_be_read(path):
            return open(path, "rb")

    def uri(self, path: str) -> str:
        return f"file://{os.path.abspath(path)}"

    @staticmethod
    def _entry(found: "os.DirEntry[str]") -> Entry:
        try:
            facts = found.stat()
        except FileNotFoundError:
            return Entry(found.path, Kind.LOST_LINK)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return Entry(found.path, Kind.LOST_LINK)
        kind = Kind.FOLDER if stat.S_ISDIR(facts.st_mode) else Kind.FILE if stat.S_ISREG(facts.st_mode) else Kind.OTHER
        return Entry(found.path, kind, facts.st_size, facts.st_mtime_ns, (facts.st_dev, facts.st_ino))


class HadoopStore:
    """A store that Hadoop's FileSystem reaches (hdfs, s3a, ...): asked through Spark's JVM, without a Spark job."""

    def __init__(self, spark: "SparkSession", root: str) -> None:
        self._jvm: Any = spark._jvm
        self._files = self._path(root).getFileSystem(spark._jsc.hadoopConfiguration())

    def entries(self, folder: str) -> list[Entry] | None:
        path = self._path(folder)
        if not self._files.exists(path) or not self._files.getFileStatus(path).isDirectory():
            return None
        return sorted(
            (self._entry(folder, status) for status in self._files.listStatus(path)), key=lambda entry: entry.path
        )

    def open(self, path: str) -> BinaryIO:
        length = self._files.getFileStatus(self._path(path)).getLen()
        stream = self._files.open(self._path(path))
        return io.BufferedReader(_HadoopFile(self._jvm, stream, length), buffer_size=1 << 16)

    def uri(self, path: str) -> str:
        return path

    def _path(self, path: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(path)

    @staticmethod
    def _entry(folder: str, status: Any) -> Entry:
        kind = Kind.FOLDER if status.isDirectory() else Kind.FILE
        name = status.getPath().getName()
        return Entry(f"{folder}/{name}", kind, status.getLen(), status.getModificationTime())


class _HadoopFile(io.RawIOBase):
    """The bytes of a file of Hadoop as a file of Python, some kilobytes a call."""

    def __init__(self, jvm: Any, stream: Any, length: int) -> None:
        self._bytes_of, self._stream = jvm.org.apache.commons.io.IOUtils.toByteArray, stream
        self._length, self._place = length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._length}[whence]
        return self._place

    def readinto(self, buffer: Any) -> int:
        number = max(0, min(len(buffer), self._length - self._place))
        if number:
            self._stream.seek(self._place)
            buffer[:number] = self._bytes_of(self._stream, number)
            self._place += number
        return number

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def store_of(spark: "SparkSession", delivery: str) -> Store:
    """The store that a delivery lies in, by its name: a scheme or a local folder."""
    return LocalStore() if is_local(delivery) else HadoopStore(spark, delivery)

"""Files and folders of a warehouse through Hadoop's file systems: the same on a disk, HDFS or an object store."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyspark.sql import SparkSession

from imaatlas_spark.storage.java import java_class


@dataclass(frozen=True)
class StorePath:
    """A file or folder. Its name is taken literally: no character of it is a pattern."""

    spark: SparkSession
    path: str

    def exists(self) -> bool:
        return bool(self._system.exists(self._path))

    def is_file(self) -> bool:
        return self.exists() and bool(self._system.getFileStatus(self._path).isFile())

    def names(self) -> list[str]:
        """What lies directly in the folder, by name; nothing where there is no folder."""
        if not self.exists():
            return []
        return sorted(str(status.getPath().getName()) for status in self._system.listStatus(self._path))

    def files(self) -> dict[str, int]:
        """All files below the folder with their lengths, named from the folder on."""
        found: dict[str, int] = {}
        if self.exists():
            root = str(self._system.makeQualified(self._path).toUri().getPath()).rstrip("/") + "/"
            each = self._system.listFiles(self._path, True)
            while each.hasNext():
                status = each.next()
                found[str(status.getPath().toUri().getPath()).removeprefix(root)] = int(status.getLen())
        return found

    def text(self) -> str:
        stream = self._system.open(self._path)
        try:
            return str(java_class(self.spark, "org.apache.commons.io.IOUtils").toString(stream, "UTF-8"))
        finally:
            stream.close()

    def created(self, text: str) -> bool:
        """Write a new file; False: somebody has it already. Where the store can, this is one atomic step."""
        builder = self._system.createFile(self._path).overwrite(False).recursive()
        builder = builder.opt("fs.option.create.conditional.overwrite", True)
        try:
            stream = builder.build()
        except Exception as error:
            if "FileAlreadyExistsException" in str(error):
                return False
            raise
        stream.write(bytearray(text.encode()))
        stream.close()
        return True

    def replace(self, text: str) -> None:
        """Write a file that is the caller's own: whatever it held gives way."""
        stream = self._system.create(self._path, True)
        stream.write(bytearray(text.encode()))
        stream.close()

    def remove(self) -> None:
        self._system.delete(self._path, False)

    @cached_property
    def _path(self) -> Any:
        return java_class(self.spark, "org.apache.hadoop.fs.Path")(self.path)

    @cached_property
    def _system(self) -> Any:
        return self._path.getFileSystem(self.spark._jsc.hadoopConfiguration())

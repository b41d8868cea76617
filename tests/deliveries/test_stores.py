"""A file that the system does not give: the refusal says the cause and the remedy. No JVM."""

import errno
import os
import resource
from pathlib import Path

import pytest

from imaatlas_spark.deliveries.stores import LocalStore, refusing_what_cannot_be_read
from imaatlas_spark.errors import DeliveryRefused
from tests.unit.edits import refuses

CAUSES = {
    errno.EACCES: ("no permission", "give this user the right"),
    errno.EPERM: ("no permission", "give this user the right"),
    errno.EMFILE: ("too many open files", "ulimit -n"),
    errno.ENFILE: ("too many open files", "end other programs"),
    errno.ENOENT: ("there no more", "run again"),
    errno.EIO: ("the disk fails", "copy the delivery"),
    errno.ESTALE: (os.strerror(errno.ESTALE), "deliver it again"),
}


@pytest.mark.parametrize("number", CAUSES, ids=errno.errorcode.get)
def test_a_failure_of_the_system_is_told_with_its_remedy(number: int) -> None:
    refused = refuses(DeliveryRefused, "/d/part.parquet cannot be read", *CAUSES[number])
    with refused, refusing_what_cannot_be_read("/d/part.parquet"):
        raise OSError(number, os.strerror(number), "/d/part.parquet")


def test_too_many_open_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        with refuses(DeliveryRefused, "file", "too many open files", "ulimit -n"):
            LocalStore().open(str(tmp_path / "file"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    with refuses(DeliveryRefused, "closed", "no permission"):
        LocalStore().entries(str(tmp_path / "closed"))

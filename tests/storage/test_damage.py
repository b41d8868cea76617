"""Damage is told as damage, and nothing else is: who restores a backup for want of a right to read loses work."""

import pytest
from pyspark.errors import PySparkException

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.failures import told
from imaatlas_spark.storage.damage import refusing_a_damaged_log, refusing_damaged_rows

LOG = "/wh/inputs/claims/_delta_log/00000000000000000001.json"
OTHER_CAUSES = {
    "open files": (f"java.io.FileNotFoundException: {LOG} (Too many open files)", "ulimit -n"),
    "no right": (f"java.io.FileNotFoundException: {LOG} (Permission denied)", "access is denied"),
    "of a store": (f"AccessDeniedException: s3a:/{LOG}: getFileStatus: AccessDenied", "access is denied"),
    "no answer": (f"SocketTimeoutException: getFileStatus on s3a:/{LOG}: Read timed out", "did not answer in time"),
    "overload": (f"AWSS3IOException: open s3a:/{LOG}: SlowDown, Status Code: 503", "did not answer in time"),
    "disk": (f"java.io.IOException: {LOG}: No space left on device", "the disk is full"),
    "memory": (f"java.lang.OutOfMemoryError: Java heap space reading {LOG}", "not enough memory"),
    "overflow": (f"[CAST_OVERFLOW_IN_TABLE_INSERT] to INT at {LOG}", "numbers of cases (SS00050)"),
    "unforeseen": (f"[INTERNAL_ERROR] something at {LOG}", "INTERNAL_ERROR"),
}
DAMAGE = (
    f"java.io.FileNotFoundException: File {LOG} does not exist",
    "[DELTA_VERSIONS_NOT_CONTIGUOUS] Versions (0, 2) are not contiguous",
    "[DELTA_TRUNCATED_TRANSACTION_LOG] /wh/inputs/claims: Unable to reconstruct state at version 2",
    f"com.fasterxml.jackson.core.io.JsonEOFException: Unexpected end-of-input in {LOG}",
    "[FAILED_READ_FILE.NO_HINT] 00000000000000000010.checkpoint.parquet is not a Parquet file",
)


def read_log(message: str) -> None:
    with refusing_a_damaged_log("/wh/inputs/claims"):
        raise PySparkException(message)


@pytest.mark.parametrize("name", OTHER_CAUSES)
def test_a_log_that_nobody_can_get_at_is_not_called_damaged(name: str) -> None:
    message, words = OTHER_CAUSES[name]
    with pytest.raises(PySparkException) as failure:
        read_log(message)
    assert words in told(failure.value)


@pytest.mark.parametrize("message", DAMAGE)
def test_a_damaged_log_is_refused_with_the_name_of_its_table(message: str) -> None:
    with pytest.raises(WarehouseRefused, match=r"/wh/inputs/claims: its _delta_log cannot be read.*backup"):
        read_log(message)


def read_rows(message: str) -> None:
    with refusing_damaged_rows("/wh/runs", "restore it"):
        raise PySparkException(message)


def test_rows_in_a_damaged_file_are_refused_and_others_told() -> None:
    for damage in ("[FAILED_READ_FILE.FILE_NOT_EXIST] /wh/runs/part-0.parquet", "part-0.parquet is not a Parquet file"):
        with pytest.raises(WarehouseRefused, match=r"/wh/runs cannot be read.* restore it"):
            read_rows(damage)
    with pytest.raises(PySparkException):
        read_rows("java.io.FileNotFoundException: /wh/runs/part-0.parquet (Too many open files)")

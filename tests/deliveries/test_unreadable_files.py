"""Spark's failures to read a delivered file: the refusal names file, cause and remedy, and quotes no row."""

from pathlib import Path
from urllib.parse import quote

import pytest
from pyspark.errors import PySparkException

from imaatlas_spark.deliveries.inspection import InspectedFolder
from imaatlas_spark.deliveries.parquet_files import refusing_unreadable_files
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS
from tests.deliveries.delivered import PERSON, Delivery, claims_of, tells_a_pseudonym
from tests.deliveries.inspected import inspected
from tests.unit.edits import refuses

pytestmark = pytest.mark.spark  # no session is asked for, but the words of Spark's exceptions

CAUSES = {
    "[FAILED_READ_FILE.NO_HINT] {file} SQLSTATE: KD001": "cannot be read to its end: deliver it again",
    "[FAILED_READ_FILE.FILE_NOT_EXIST] {file}": "is there no more: wait until the delivery is whole",
    "[FAILED_READ_FILE.NO_HINT] {file}\nCaused by: java.io.FileNotFoundException": "is there no more",
    "[FAILED_READ_FILE.NO_HINT] {file}\nCaused by: java.nio: (Permission denied)": "no permission: give this user",
    "[FAILED_READ_FILE.NO_HINT] {file}\nCaused by: (Too many open files)": "too many open files: raise the limit",
    "[PATH_NOT_FOUND] Path does not exist: {file}": "is there no more",
    "[CANNOT_READ_FILE_FOOTER] {file}": "cannot be read to its end",
}
OTHERS = [
    "[FAILED_READ_FILE.NO_HINT] file:///warehouse/inputs/claims/part-0.parquet",
    "[FAILED_READ_FILE.NO_HINT] {file}\nCaused by: java.lang.OutOfMemoryError: Java heap space",
    "[FAILED_READ_FILE.NO_HINT] {file}\nCaused by: No space left on device",
    "[CAST_INVALID_INPUT] {file}",
]


@pytest.fixture
def odd(delivery: Delivery) -> tuple[InspectedFolder, Path]:
    path = delivery.write("claims", claims_of(2021), year=2021, name="a b[1] \xe9.parquet")
    return inspected(delivery).folder(CLAIMS, 2021), path


@pytest.mark.parametrize("text", CAUSES)
@pytest.mark.parametrize("as_uri", [False, True])
def test_the_file_the_cause_and_the_remedy_are_told(text: str, as_uri: bool, odd: tuple[InspectedFolder, Path]) -> None:
    folder, path = odd
    said = text.format(file=f"file://{quote(str(path)) if as_uri else path}") + f" row {PERSON}"
    with refuses(DeliveryRefused, str(path), CAUSES[text]) as refusal, refusing_unreadable_files(folder):
        raise PySparkException(said)
    assert not tells_a_pseudonym(str(refusal.value))


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_not_the_delivery_s_fault_is_left_to_the_frame_of_the_jobs(
    text: str, odd: tuple[InspectedFolder, Path]
) -> None:
    folder, path = odd
    with pytest.raises(PySparkException), refusing_unreadable_files(folder):
        raise PySparkException(text.format(file=path))

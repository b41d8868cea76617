"""What tests of the walk put into a delivery, and what it found."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from imaatlas_spark.deliveries.inspection import Inspection
from imaatlas_spark.schemas.inputs import CLAIMS
from tests.deliveries.delivered import Delivery, claims_of

Spoil = Callable[[Delivery], object]


def lines_in(inspection: Inspection) -> int:
    return sum(footer.rows for footer in inspection.folder(CLAIMS, 2021).footers)


def year(delivery: Delivery) -> Path:
    return delivery.place("claims", 2021)


def second_file(delivery: Delivery, name: str) -> Path:
    """One more file of a single line beside the three lines of part-0.parquet."""
    return delivery.write("claims", claims_of(2021, 1), year=2021, name=name)


def held(*parts: str, lines: int = 2) -> Spoil:
    """Lines of claims in a file somewhere in the delivery."""

    def spoil(delivery: Delivery) -> None:
        path = delivery.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        delivery.write("claims", claims_of(2021, lines), year=2021, name="moved.parquet").rename(path)

    return spoil


def summary_of_a_data_set(delivery: Delivery, name: str) -> None:
    """As pyarrow and dask write `_metadata` beside the files of a data set: of all of them the footers, no rows."""
    part = year(delivery) / "part-0.parquet"
    footer = pq.read_metadata(part)
    footer.set_file_path(part.name)
    pq.write_metadata(pq.read_schema(part), year(delivery) / name, [footer])


def stray(name: str, *below: str) -> Spoil:
    """A folder beside those of the years, with one line in it."""

    def spoil(delivery: Delivery) -> None:
        folder = delivery.place("claims").joinpath(name, *below)
        folder.mkdir(parents=True)
        second_file(delivery, "moved.parquet").rename(folder / "part-0.parquet")

    return spoil

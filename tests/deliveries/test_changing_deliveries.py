"""A delivery that changes between the look at it and a commit is refused. No JVM."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import CLAIMS
from tests.deliveries.delivered import Delivery, claims_of, persons_of
from tests.deliveries.inspected import inspected
from tests.unit.edits import refuses


def part(delivery: Delivery) -> Path:
    return delivery.place("claims", 2021) / "part-0.parquet"


def replaced_in_its_length(delivery: Delivery) -> None:
    """Another file of the same length and time under the name: only the file itself is another."""
    facts, copy = part(delivery).stat(), part(delivery).with_name("copy")
    copy.write_bytes(part(delivery).read_bytes())
    os.utime(copy, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    copy.rename(part(delivery))


def relinked(delivery: Delivery) -> None:
    link = delivery.place("claims", 2021) / "part-1.parquet"
    link.unlink()
    link.symlink_to(delivery.write("claims", claims_of(2021, 2), year=2020, name="two.parquet"))


CHANGES: dict[str, tuple[Callable[[Delivery], object], str]] = {
    "a file more": (lambda d: d.write("claims", claims_of(2021), year=2021, name="part-2.parquet"), "part-2.parquet"),
    "a file less": (lambda d: part(d).unlink(), "claims/year=2021/part-0.parquet"),
    "another length": (lambda d: d.write("claims", claims_of(2021, 4), year=2021), "claims/year=2021/part-0.parquet"),
    "another time": (lambda d: os.utime(part(d), (1, 1)), "claims/year=2021/part-0.parquet"),
    "another file": (replaced_in_its_length, "claims/year=2021/part-0.parquet"),
    "another target of a link": (relinked, "part-1.parquet"),
    "another name": (lambda d: part(d).rename(part(d).with_name("a.parquet")), "a.parquet"),
    "another population": (lambda d: d.write("population", persons_of(4), year=2021), "population/year=2021"),
    "another register": (lambda d: d.write("practices", []), "practices/part-0.parquet"),
    "another list": (lambda d: d.write_medians([("radiologist", 2021, 1)]), "fte_income_medians.csv"),
    "a list that is gone": (lambda d: (d.folder / "sectors.csv").unlink(), "sectors.csv"),
    "a link that has lost its file": (
        lambda d: d.place("claims", 2020).joinpath("one.parquet").unlink(),
        "part-1.parquet",
    ),
    "a folder that is gone": (lambda d: d.folder.rename(d.folder.with_name("gone")), "delivery"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_refused_with_the_file(name: str, delivery: Delivery) -> None:
    target = delivery.write("claims", claims_of(2021, 1), year=2020, name="one.parquet")
    (delivery.place("claims", 2021) / "part-1.parquet").symlink_to(target)
    found = inspected(delivery)
    change, named = CHANGES[name]
    change(delivery)
    with refuses(DeliveryRefused, "changed while it was read", named):
        found.refuse_changes()


def test_the_rows_that_are_read_are_those_of_the_footers(delivery: Delivery) -> None:
    found = inspected(delivery)
    folder = found.folder(CLAIMS, 2021)
    found.refuse_another_number(folder, 3)
    for read in (2, 4):
        with refuses(DeliveryRefused, "claims/year=2021", f"{read} rows were read", "say 3"):
            found.refuse_another_number(folder, read)


def test_rows_that_came_in_between_are_told_as_a_change(delivery: Delivery) -> None:
    found = inspected(delivery)
    delivery.write("claims", claims_of(2021), year=2021, name="late.parquet")
    with refuses(DeliveryRefused, "changed while it was read", "late.parquet"):
        found.refuse_another_number(found.folder(CLAIMS, 2021), 6)


def test_what_is_not_read_may_change(delivery: Delivery) -> None:
    found = inspected(delivery)
    (delivery.folder / "README.txt").write_text("x")
    delivery.write("claims", claims_of(2020, 4), year=2020)
    os.chmod(part(delivery), 0o444)
    found.refuse_changes()

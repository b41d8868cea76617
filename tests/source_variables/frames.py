"""Small frames for the rule functions: rows inline, and the comparison that does not look at the order of rows."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from chispa import assert_df_equality
from pyspark.sql import DataFrame

from imaatlas_spark.configuration.codelists import CodeList, _Entry
from imaatlas_spark.configuration.rules import YearRules

YEAR = 2021
Frame = Callable[..., DataFrame]

# A line of the accepted claims: a contact with a GP who is one.
CLAIM: dict[str, tuple[str, Any]] = {
    "SS00010": ("BIGINT", 1),
    "SS00015": ("DATE", dt.date(2021, 3, 1)),
    "SS00020": ("STRING", "101076"),
    "SS00050": ("INT", 1),
    "SS00060": ("DECIMAL(12,2)", Decimal("20.00")),
    "SS00065": ("BIGINT", 100),
    "SS00065B": ("STRING", "003"),
    "PRACTITIONER_CAT": ("STRING", "10"),
    "SS00075": ("BIGINT", None),
    "NWE_YN": ("INT", 0),
    "BOOKED_MONTH": ("INT", 202103),
}


def assert_same_rows(found: DataFrame, expected: DataFrame) -> None:
    """The same columns in the same order with the same types, the same rows in any order."""
    # chispa adds to the list of transforms that it is given: each comparison has one of its own.
    assert_df_equality(found, expected, ignore_nullable=True, ignore_row_order=True, transforms=[])


def day(text: str) -> dt.date:
    """`03-01` is 1 March of the year."""
    return dt.date.fromisoformat(text if len(text) > len("03-01") else f"{YEAR}-{text}")


def claims(frame: Frame, *changes: dict[str, Any]) -> DataFrame:
    """Accepted claim lines, each the line above with something changed."""
    schema = ", ".join(f"{name} {kind}" for name, (kind, _) in CLAIM.items())
    usual = {name: value for name, (_, value) in CLAIM.items()}
    return frame(schema, *(tuple((usual | change).values()) for change in changes))


def code_list(*entries: tuple[str, str, str, str]) -> CodeList:
    """A dated list of (code, group, valid from, valid to)."""
    names = ("code", "group", "valid_from", "valid_to")
    made = (dict(zip(names, entry, strict=True)) for entry in entries)
    return CodeList("a test", tuple(_Entry.model_validate({**each, "label": "", "source": "a test"}) for each in made))


def turned(rules: YearRules, **readings: Any) -> YearRules:
    """The rules of the year with other values of parameters."""
    return YearRules.model_validate({**rules.model_dump(), **readings})

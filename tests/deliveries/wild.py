"""A year as many writers would deliver it: every width, scale and habit that the contract allows."""

from decimal import Decimal
from typing import Any

import pyarrow as pa

from tests.deliveries.delivered import PERSON, PROVIDER, Delivery, claim
from tests.oracle.small_cases import Row, insured, practitioner

WILD_YEAR = 2016
SPRING = f"{WILD_YEAR}-03-01"

# Types of a file, and values that only such a type or any type can hold.
FILES: dict[str, tuple[dict[str, pa.DataType], Row]] = {
    "int8": ({"SS00050": pa.int8(), "NWE_YN": pa.int8()}, {"SS00050": -128, "NWE_YN": 1}),
    "int16": ({"SS00050": pa.int16(), "SS00065": pa.int16()}, {"SS00050": -32768, "SS00065": 77}),
    "int32": ({"SS00010": pa.int32(), "SS00075": pa.int32()}, {"SS00010": 123, "SS00075": -5}),
    "int64": ({"SS00050": pa.int64(), "BOOKED_MONTH": pa.int64()}, {"SS00050": 2**31 - 1}),
    "uint8": ({"SS00050": pa.uint8(), "NWE_YN": pa.uint8()}, {"SS00050": 255}),
    "uint16": ({"SS00050": pa.uint16(), "SS00075": pa.uint16()}, {"SS00050": 65535, "SS00075": 65535}),
    "uint32": ({"SS00010": pa.uint32(), "BOOKED_MONTH": pa.uint32()}, {"SS00010": 2**32 - 1}),
    "uint64": ({"SS00010": pa.uint64(), "SS00050": pa.uint64()}, {"SS00010": 2**63 - 1, "SS00050": 2**31 - 1}),
    "whole euros": ({"SS00060": pa.decimal128(10, 0)}, {"SS00060": Decimal("-9999999999")}),
    "tenths": ({"SS00060": pa.decimal128(9, 1)}, {"SS00060": Decimal("20.5")}),
    "wide": ({"SS00060": pa.decimal128(38, 2)}, {"SS00060": Decimal("9999999999.99")}),
    "fine": ({"SS00060": pa.decimal128(20, 6)}, {"SS00060": Decimal("-0.010000")}),
    "finest": ({"SS00060": pa.decimal128(38, 30)}, {"SS00060": Decimal("20.25")}),
    "large decimal": ({"SS00060": pa.decimal256(38, 4)}, {"SS00060": Decimal("20.2500")}),
    "large text": ({"SS00020": pa.large_string(), "SS00065B": pa.large_string()}, {}),
    "dictionary": ({"SS00020": pa.dictionary(pa.int32(), pa.string())}, {}),
    "days in milliseconds": ({"SS00015": pa.date64()}, {}),
    "no value": (
        {name: pa.null() for name in ("SS00065", "SS00065B", "PRACTITIONER_CAT", "SS00075")},
        dict.fromkeys(("SS00065", "SS00065B", "PRACTITIONER_CAT", "SS00075")),
    ),
    "a stranger": ({"COLOUR": pa.string(), "year": pa.int32()}, {"COLOUR": "blue", "year": 1900}),
}
# Codes of places, those that are none first: how many of them follows.
NO_PLACES = {"PP0025_1231": 4, "PP0025_0630": 1, "PP0055_1231": 3, "PP0055_0630": 2}
UNLISTED = {"PP0025_1231": 1, "PP0055_0630": 1}  # of the form of a place, but on no map
PLACES = {
    "PP0025_1231": ("4408", "440845", "44084B", "\u0664\u0664\u0660\u0668\u0664", "44084", "155", "99999", "", None),
    "PP0025_0630": ("015", "44084", "155"),
    "PP0055_1231": ("44084B0", "44084b00-", "44084B00--", "44084B00-", "44084ZZZZ", "", None),
    "PP0055_0630": ("44 84B00-", "ABCDEFGHI", "44084B123", "99998A00-"),
}
SEVEN_DIGITS = {"SS00020": "0101076"}


def wild_lines() -> list[Row]:
    """One line for each file, in the contract's types."""
    return [claim(SPRING, **values) for _, values in FILES.values()]


def add_wild_year(delivery: Delivery) -> None:
    """1000 lines and 1000 persons, of which one in a thousand is bad: exactly what may pass."""
    for number, ((types, _), row) in enumerate(zip(FILES.values(), wild_lines(), strict=True)):
        delivery.write("claims", [row], year=WILD_YEAR, name=f"part-{number}.parquet", types=types)
    seven = [claim(SPRING, **SEVEN_DIGITS) for _ in range(3)]
    bad = claim(SPRING, SS00010=None)
    others = [claim(SPRING, SS00010=PERSON + each) for each in range(1000 - len(FILES) - len(seven) - 1)]
    delivery.write("claims", [*seven, *others, bad], year=WILD_YEAR, name="rest.parquet")
    unlikely: list[dict[str, Any]] = [
        {"PP0015": WILD_YEAR - 126},
        {"PP0015": WILD_YEAR - 125},
        {"PP0015": WILD_YEAR},
        {"PP0015": WILD_YEAR + 1, "PP0020": 0},
        {"PP0015": None, "PP0020": None},
        {"PP0020": 3},
        {"PP0020": 1},
        {"MAJOR_COVERAGE_YN": 2},
        {"MAJOR_COVERAGE_YN": None},
        *({column: code} for column, codes in PLACES.items() for code in codes),
    ]
    people = [insured(PERSON + each, **changes) for each, changes in enumerate(unlikely)]
    people += [insured(PERSON + each) for each in range(len(unlikely), 999)]
    delivery.write("practitioners", [practitioner(PROVIDER), practitioner(PROVIDER + 1, "4408")])
    delivery.write("population", [*people, insured() | {"PP0010": None, "PP0015": 1}], year=WILD_YEAR)
    hide_files(delivery)


def hide_files(delivery: Delivery) -> None:
    """What other writers leave lying about."""
    for folder in (delivery.place("claims", WILD_YEAR), delivery.place("practices")):
        (folder / "_SUCCESS").write_bytes(b"")
        (folder / "_metadata.parquet").write_bytes(b"garbage")
        (folder / ".gone.parquet.crc").write_bytes(b"crc\0")
        (folder / ".hidden.parquet").write_bytes(b"garbage")
        (folder / "_temporary").mkdir()
        (folder / "_temporary" / "part-9.parquet").write_bytes(b"garbage")

"""Checks of the registers: dated rows that must not contradict each other (data contract, section 2)."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.schemas.inputs import (
    PRACTICE_MEMBERS,
    PRACTICE_TYPES,
    PRACTICES,
    PRACTITIONERS,
    REGISTERS,
    Source,
)


def check_registers(registers: Mapping[Source, DataFrame]) -> None:
    """Refuse rows without a key, rows that end before they begin, overlaps, unknown types, unknown practices."""
    for source in REGISTERS:
        _refuse_faulty_rows(source, registers[source])
    _refuse_overlap(PRACTICES, registers[PRACTICES], "practice_id")
    _refuse_overlap(PRACTITIONERS, registers[PRACTITIONERS], "provider_id")
    _refuse_if_any(
        registers[PRACTICE_MEMBERS].join(registers[PRACTICES], "practice_id", "left_anti").count(),
        "practice_members/: column practice_id names practices that are not in practices/: deliver their rows",
    )


def _refuse_faulty_rows(source: Source, rows: DataFrame) -> None:
    faults = {
        f"{source.name}/: column {column.name} is empty, expected {column.type}": F.col(column.name).isNull()
        for column in source.columns
        if not column.nullable
    }
    backwards = f"{source.name}/: column valid_to lies before valid_from, expected the last day of the row"
    faults[backwards] = F.col("valid_to") < F.col("valid_from")
    if source is PRACTICES:
        known = f"{source.name}/: column practice_type, expected one of {', '.join(PRACTICE_TYPES)}"
        faults[known] = ~F.col("practice_type").isin(*PRACTICE_TYPES)
    counts = rows.agg(*(F.count_if(condition) for condition in faults.values())).collect()[0]
    for message, number in zip(faults, counts, strict=True):
        _refuse_if_any(number, message)


def _refuse_overlap(source: Source, rows: DataFrame, key: str) -> None:
    next_start = F.lead("valid_from").over(Window.partitionBy(key).orderBy("valid_from", "valid_to"))
    still_valid = F.col("valid_to").isNull() | (F.col("valid_to") >= F.col("next_start"))
    overlapping = rows.withColumn("next_start", next_start).where(F.col("next_start").isNotNull() & still_valid)
    _refuse_if_any(
        overlapping.count(),
        f"{source.name}/: column valid_from begins before an earlier row of the same {key} has ended, "
        "expected rows that do not overlap",
    )


def _refuse_if_any(number: int, message: str) -> None:
    if number:
        raise DeliveryRefused(f"{message} ({number} rows)")

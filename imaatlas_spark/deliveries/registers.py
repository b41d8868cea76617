"""Checks of the registers: dated rows that must not contradict each other (contract, section 2)."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from imaatlas_spark.deliveries.contract import (
    PRACTICE_MEMBERS,
    PRACTICE_TYPES,
    PRACTICES,
    PRACTITIONERS,
    REGISTERS,
    Source,
)
from imaatlas_spark.errors import DeliveryRefused


def check_registers(registers: Mapping[Source, DataFrame]) -> None:
    """Refuse rows without a key, rows that end before they begin, overlaps, unknown types, unknown practices."""
    for source in REGISTERS:
        _check_rows(source, registers[source])
    _check_overlap(PRACTICES, registers[PRACTICES], "practice_id")
    _check_overlap(PRACTITIONERS, registers[PRACTITIONERS], "provider_id")
    _refuse_if_any(
        registers[PRACTICES].where(~F.col("practice_type").isin(*PRACTICE_TYPES)),
        f"practices/: column practice_type has values other than {', '.join(PRACTICE_TYPES)}",
    )
    _refuse_if_any(
        registers[PRACTICE_MEMBERS].join(registers[PRACTICES], "practice_id", "left_anti"),
        "practice_members/: column practice_id names practices that are not in practices/: deliver their rows",
    )


def _check_rows(source: Source, rows: DataFrame) -> None:
    for column in source.columns:
        if not column.nullable:
            _refuse_if_any(
                rows.where(F.col(column.name).isNull()),
                f"{source.name}/: column {column.name} is empty, expected {column.type}",
            )
    _refuse_if_any(
        rows.where(F.col("valid_to") < F.col("valid_from")),
        f"{source.name}/: column valid_to lies before valid_from, expected the last day of the row",
    )


def _check_overlap(source: Source, rows: DataFrame, key: str) -> None:
    next_start = F.lead("valid_from").over(Window.partitionBy(key).orderBy("valid_from", "valid_to"))
    still_valid = F.col("valid_to").isNull() | (F.col("valid_to") >= F.col("next_start"))
    _refuse_if_any(
        rows.withColumn("next_start", next_start).where(F.col("next_start").isNotNull() & still_valid),
        f"{source.name}/: column valid_from begins before an earlier row of the same {key} has ended, "
        "expected rows that do not overlap",
    )


def _refuse_if_any(rows: DataFrame, message: str) -> None:
    number = rows.count()
    if number:
        raise DeliveryRefused(f"{message} ({number} rows)")

"""What is wrong with a single row (data contract, section 2): a reason code, or null where the row is accepted.

A row with two faults is one row: the reasons are tried in the order written here and the first one counts.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.schemas.inputs import CODES_OF_PLACES, POPULATION, SECTOR_FORM, Source

REASON = "reason"
OLDEST = 125  # data contract, section 2; from which age on an age is not believed is a rule of its own (`oldest_age`)

_SIX_DIGITS = r"^0?[0-9]{6}\z"
_THREE_DIGITS = r"^[0-9]{3}\z"
_MUNICIPALITY = r"^([0-9]{5}|[1-9][0-9]{2}|)\z"  # five digits, three of a country, or nothing
_SECTOR = rf"^({SECTOR_FORM}|)\z"
_TWO_DIGITS = r"^[0-9]{2}\z"


class Oddity(NamedTuple):
    """Values of a column that stay as they were delivered and are taken as unknown: their number is told and kept."""

    kind: str
    column: str
    values: str
    condition: Column

    @property
    def figure(self) -> str:
        """Under which name their number is kept."""
        return f"{self.kind} {self.column}"


def claim_faults(year: int) -> dict[str, Column]:
    """Reason code to condition, for a claim line in the folder of `year`."""
    booked, month_of_service = F.col("BOOKED_MONTH"), year * 100 + F.month("SS00015")
    return {
        "person_missing": F.col("SS00010").isNull(),
        "date_missing": F.col("SS00015").isNull(),
        "date_outside_year": F.year("SS00015") != year,
        "code_missing": F.col("SS00020").isNull(),
        "code_malformed": ~F.col("SS00020").rlike(_SIX_DIGITS),
        "cases_missing": F.col("SS00050").isNull(),
        "amount_missing": F.col("SS00060").isNull(),
        "nwe_missing": F.col("NWE_YN").isNull(),
        "nwe_not_0_or_1": ~F.col("NWE_YN").isin(0, 1),
        "booked_month_missing": booked.isNull(),
        "booked_month_malformed": ~(booked.between(100001, 999912) & (booked % 100).between(1, 12)),
        "booked_before_service": booked < month_of_service,
        "qualification_malformed": ~F.col("SS00065B").rlike(_THREE_DIGITS),
        "category_malformed": ~F.col("PRACTITIONER_CAT").rlike(_TWO_DIGITS),
    }


def person_faults(_year: int) -> dict[str, Column]:
    """Reason code to condition, for a row of the population."""
    return {"person_missing": F.col("PP0010").isNull()}


def with_reason(rows: DataFrame, faults: Mapping[str, Column]) -> DataFrame:
    """The rows with the first fault found in each, null where there is none."""
    found = [F.when(condition, F.lit(reason)) for reason, condition in faults.items()]
    return rows.withColumn(REASON, F.coalesce(*found, F.lit(None).cast("STRING")))


def accepted_claims(lines: DataFrame, _year: int) -> DataFrame:
    """Accepted lines; a 7-digit code loses its leading zero."""
    code = F.col("SS00020")
    return lines.withColumn("SS00020", F.when(F.octet_length(code) > 6, F.right(code, F.lit(6))).otherwise(code))


def unlikely_person_fields(year: int) -> dict[str, Column]:
    """Column to condition: a value that is emptied and counted instead of putting the person in quarantine."""
    return {
        "PP0015": ~F.col("PP0015").between(year - OLDEST, year),
        "PP0020": ~F.col("PP0020").isin(1, 2),
    }


def oddities(source: Source, municipalities: Collection[str]) -> list[Oddity]:
    """What no rule knows what to do with: codes of no municipality (or country) or sector, a status that is no status.

    `municipalities`: the codes of all years. No code is quoted where it is told: it may be a person's number.
    """
    found, listed = [], ", ".join(f"'{nis}'" for nis in sorted(municipalities))
    for name in (column.name for column in source.columns if column.name in CODES_OF_PLACES):
        malformed = ~F.col(name).rlike(_SECTOR if name.startswith("PP0055") else _MUNICIPALITY)
        found.append(Oddity("malformed", name, "codes of no form of a place", malformed))
        # As one text: of a list, each of the six hundred would be handed to the JVM by itself. Nearly all codes are
        # listed, so that no other question is asked of them.
        unlisted = F.expr(f"left({name}, 5) NOT IN ({listed})") & (F.octet_length(name) >= 5) & ~malformed
        found.append(Oddity("unlisted", name, "codes of no municipality of any year", unlisted))
    if source is POPULATION:
        name = "MAJOR_COVERAGE_YN"
        found.append(Oddity("malformed", name, "values other than 0 and 1", ~F.col(name).isin(0, 1)))
    return found


def accepted_persons(persons: DataFrame, year: int) -> DataFrame:
    """Accepted persons; an impossible birth year or sex becomes null."""
    unlikely = unlikely_person_fields(year)
    return persons.withColumns({name: F.when(~condition, F.col(name)) for name, condition in unlikely.items()})

"""Residence and age of a person in a year (definitions, section 3.11)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.geography.frames import is_abroad, with_municipality


def with_residence(persons: DataFrame, recoding: DataFrame, sectors: DataFrame) -> DataFrame:
    """Adds municipality, sector and lives_abroad: as of 31 December, else, where that is not known, of 30 June.

    A residence abroad is known: no falling back, and no municipality. A sector that is not one of the year, or not of
    the municipality, is unknown.
    """
    addresses = persons.transform(with_municipality, recoding, "PP0025_1231", "in_december").transform(
        with_municipality, recoding, "PP0025_0630", "in_june"
    )
    december_known = F.col("in_december").isNotNull() | is_abroad(F.col("PP0025_1231"))
    persons_with_address = addresses.withColumns(
        {
            "municipality": F.when(december_known, F.col("in_december")).otherwise(F.col("in_june")),
            "lives_abroad": F.when(december_known, is_abroad(F.col("PP0025_1231"))).otherwise(
                F.col("in_june").isNull() & is_abroad(F.col("PP0025_0630"))
            ),
            "delivered_sector": F.when(december_known, F.col("PP0055_1231")).otherwise(F.col("PP0055_0630")),
        }
    ).drop("in_december", "in_june")
    sector_list = F.broadcast(sectors.select("sector", F.col("municipality").alias("sector_municipality")))
    lies_there = (F.col("delivered_sector") == F.col("sector")) & (
        F.col("municipality") == F.col("sector_municipality")
    )
    return persons_with_address.join(sector_list, lies_there, "left").drop("delivered_sector", "sector_municipality")


def age(birth_year: Column, rules: YearRules) -> Column:
    """Age on 31 December; null where it is missing, negative or above the oldest age that is believed."""
    years = F.lit(rules.year) - birth_year
    return F.when(years.between(0, rules.oldest_age), years)

"""SDMX-CSV 2.0: the observations of a statistic in the components of its dataflow."""

import polars as pl

from imaatlas_spark.metadata.content import Told
from imaatlas_spark.metadata.sdmx_codes import sdmx_code, sdmx_id
from imaatlas_spark.metadata.sdmx_structures import AGENCY, VERSION


def sdmx_rows(statistic: Told) -> pl.DataFrame:
    """Grain: year, area, members. Columns: those of SDMX-CSV, then the components of the data structure."""
    rows = statistic.rows
    coded = [
        pl.col(name).replace_strict({code: sdmx_code(code) for code in rows[name].unique()}).alias(sdmx_id(name))
        for name in statistic.dimensions
    ]
    return rows.select(
        pl.lit("dataflow").alias("STRUCTURE"),
        pl.lit(f"{AGENCY}:{sdmx_id(statistic.code)}({VERSION})").alias("STRUCTURE_ID"),
        pl.lit("I").alias("ACTION"),
        pl.col("geo_level").alias("GEO_LEVEL"),
        pl.col("geo_code").alias("REF_AREA"),
        *coded,
        pl.col("year").alias("TIME_PERIOD"),
        pl.col("value").alias("OBS_VALUE"),
        pl.col("numerator").alias("NUMERATOR"),
        pl.col("denominator").alias("DENOMINATOR"),
        pl.col("obs_status").alias("OBS_STATUS"),
        pl.col("conf_status").alias("CONF_STATUS"),
        pl.col("geography").alias("GEOGRAPHY"),
        pl.col("release_date").alias("RELEASE_DATE"),
        pl.lit(statistic.unit["en"]).alias("UNIT_MEASURE"),
    )

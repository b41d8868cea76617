"""The published tables for people: names, units, citations, one map, the latest release. No Spark, no Java."""

from imaatlas_spark.reader.atlas import Atlas
from imaatlas_spark.reader.figures import Figures
from imaatlas_spark.reader.statistic import EVERY

__all__ = ["EVERY", "Atlas", "Figures"]

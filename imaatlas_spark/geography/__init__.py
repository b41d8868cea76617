"""Areas of Belgium: the map of every year, what became of each code, and the levels above."""

from imaatlas_spark.geography.areas import Area, Link
from imaatlas_spark.geography.codes import COUNTRY, LEVELS, NOT_LOCALISABLE, ancestors, region_of
from imaatlas_spark.geography.files import Change, Municipality, NamedArea
from imaatlas_spark.geography.groupings import Grouping
from imaatlas_spark.geography.maps import Geography, load_geography

__all__ = [
    "COUNTRY",
    "LEVELS",
    "NOT_LOCALISABLE",
    "Area",
    "Change",
    "Geography",
    "Grouping",
    "Link",
    "Municipality",
    "NamedArea",
    "ancestors",
    "load_geography",
    "region_of",
]

"""The maps of the years: what each municipality is called, and what lies in what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.geography import COUNTRY, LEVELS, Geography
from imaatlas_spark.statistics.publication import Maps
from imaatlas_spark.storage.local_frames import local_frame


def parent_level(level: str) -> str | None:
    """The level above; a grouping of the user's own lies directly below the country."""
    if level not in LEVELS:
        return LEVELS[0]
    return LEVELS[LEVELS.index(level) - 1] if level != LEVELS[0] else None


@dataclass(frozen=True)
class Territory:
    """The maps of some years of data as small frames; `year` is always that of the data.

    recoding: what a municipality of the data is called on the map. Grain: year, old. Beside: new.
    sectors: year, municipality, sector.
    places: what a municipality lies in. Grain: place_year, place (null: unknown), geo_level. Beside: geo_code (null: in
    no area of the level) and parent_code (null: the country has none).
    areas: every area that is made of municipalities, as in `places`. Grain: year, geo_level, geo_code.
    """

    recoding: DataFrame
    sectors: DataFrame
    places: DataFrame
    areas: DataFrame

    @staticmethod
    def of(geography: Geography, maps: Maps, sectors: DataFrame) -> "Territory":
        """`sectors` of the maps: year, municipality, sector."""
        spark = sectors.sparkSession
        recoding = [
            (year, old, new)
            for year, map_year in maps.items()
            for old, new in geography.recoding_between(year, map_year).items()
        ]
        places = list(_places(geography, maps))
        areas = sorted({(year, *area) for year, _, *area in places if area[1] is not None})
        area = "geo_level STRING, geo_code STRING, parent_code STRING"
        return Territory(
            local_frame(spark, recoding, "year INT, old STRING, new STRING"),
            sectors,
            local_frame(spark, places, f"place_year INT, place STRING, {area}"),
            local_frame(spark, areas, f"year INT, {area}"),
        )

    def within(self, years: Iterable[int]) -> "Territory":
        """The sectors and areas of these years alone."""
        among = F.col("year").isin(*years)
        return replace(self, sectors=self.sectors.where(among), areas=self.areas.where(among))


def _places(geography: Geography, maps: Maps) -> Iterator[tuple[int, str | None, str, str | None, str | None]]:
    levels = geography.levels
    for year, map_year in maps.items():
        for nis in geography.municipalities_in(map_year):
            at = {level: geography.place(nis, level, map_year) for level in levels}
            yield from ((year, nis, level, at[level], at.get(parent_level(level) or "")) for level in levels)
        yield year, None, LEVELS[0], COUNTRY, None
        yield from ((year, None, level, None, COUNTRY) for level in levels if parent_level(level) == LEVELS[0])

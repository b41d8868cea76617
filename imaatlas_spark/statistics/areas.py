"""Sums upwards: from municipalities and sectors to every area of the maps, on a grid without holes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.dimensions import TOTAL, UNKNOWN
from imaatlas_spark.geography import COUNTRY, LEVELS, Geography
from imaatlas_spark.geography.codes import COUNTRY_LEVEL, SECTOR, parent_level
from imaatlas_spark.statistics.cube import members_of
from imaatlas_spark.statistics.measures import SUMS, summed
from imaatlas_spark.statistics.publication import Maps, Publication
from imaatlas_spark.storage.local_frames import local_frame

AREA = ("year", "geo_level", "geo_code", "parent_code")


def level_above(level: str) -> Column:
    """`parent_level` of the level in a column."""
    above = [F.when(F.col(level) == lower, upper) for upper, lower in pairwise(LEVELS)]
    return F.coalesce(*above, F.when(F.col(level) != COUNTRY_LEVEL, COUNTRY_LEVEL))


@dataclass(frozen=True)
class Territory:
    """The maps of some years of data as small frames; `year` is always that of the data.

    recoding: what a municipality of the data is called on the map. Grain: year, old. Beside: new.
    sectors: year, municipality, sector.
    places: what a municipality lies in. Grain: place_year, place (null: unknown), geo_level. Beside: geo_code (null: in
    no area of the level) and parent_code (null: the country has none).
    areas: every area of the map, sectors included. Grain: year, geo_level, geo_code. Beside: parent_code.
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
            local_frame(spark, areas, f"year INT, {area}").unionByName(_as_areas(sectors)),
        )


def _places(geography: Geography, maps: Maps) -> Iterator[tuple[int, str | None, str, str | None, str | None]]:
    levels = geography.levels
    for year, map_year in maps.items():
        for nis in geography.municipalities_in(map_year):
            at = {level: geography.place(nis, level, map_year) for level in levels}
            yield from ((year, nis, level, at[level], at.get(parent_level(level) or "")) for level in levels)
        yield year, None, COUNTRY_LEVEL, COUNTRY, None
        yield from ((year, None, level, None, COUNTRY) for level in levels if parent_level(level) == COUNTRY_LEVEL)


def on_the_map(cells: DataFrame, territory: Territory) -> DataFrame:
    """The cells by municipality and sector of the map; a sector that is not on it is unknown (null).

    A municipality that the map does not have keeps its code and lies in no area, so that the check of the country
    against everybody refuses it.
    """
    sector_list = territory.sectors.select("year", "sector", F.lit(True).alias("listed"))
    return (
        cells.withColumnRenamed("municipality", "old")
        .join(F.broadcast(territory.recoding), ["year", "old"], "left")
        .join(F.broadcast(sector_list), ["year", "sector"], "left")
        .withColumn("municipality", F.coalesce("new", "old"))
        .withColumn("sector", F.when(F.col("listed"), F.col("sector")))
        .drop("old", "new", "listed")
    )


@dataclass(frozen=True)
class Grid:
    """What the statistics of a publication have rows for.

    combinations: the members that a level shows. Grain: code, year, geo_level, the code of each of the dimensions
    `names` (`_T`: the total; `_U`: unknown, which is summed and not published). Beside: parent_level, the level of the
    areas that those of the level make up (null: the country's), and denominator, 0 (null: the statistic is a count).
    levels: the years and levels of each statistic.
    """

    combinations: DataFrame
    names: tuple[str, ...]
    levels: Mapping[str, frozenset[tuple[int, str]]]

    @staticmethod
    def of(publication: Publication) -> "Grid":
        names = publication.dimension_names
        levels = {
            card.code: frozenset(
                (year, level) for year in publication.releases[card.code] for level in publication.levels(card, year)
            )
            for card in publication.cards
        }
        rows = [
            (
                *(card.code, year, level, parent_level(level), None if card.denominator is None else 0),
                *(codes.get(name, TOTAL) for name in names),
            )
            for card in publication.cards
            for year, level in sorted(levels[card.code])
            for names_of_breakdown in publication.breakdowns(card, level)
            for codes in members_of(names_of_breakdown, publication.dimensions)
        ]
        codes = "".join(f", {name} STRING" for name in names)
        schema = f"code STRING, year INT, geo_level STRING, parent_level STRING, denominator BIGINT{codes}"
        return Grid(local_frame(publication.run.spark, rows, schema), names, levels)

    @property
    def keys(self) -> tuple[str, ...]:
        """The grain of sums by area."""
        return ("code", *AREA, *self.names)

    def within(self, sums: DataFrame) -> DataFrame:
        """The sums of levels and members that the grid has."""
        keys = ["code", "year", "geo_level", *self.names]
        return sums.join(F.broadcast(self.combinations.select(*keys)), keys, "left_semi")

    def zeros(self, areas: DataFrame) -> DataFrame:
        """A row of zeros for every area and all its members that are published. Columns: `keys` and the sums."""
        published = reduce(Column.__and__, (F.col(name) != UNKNOWN for name in self.names), F.lit(True))
        rows_of_areas = areas.join(F.broadcast(self.combinations.where(published)), ["year", "geo_level"])
        return rows_of_areas.select(*self.keys, F.lit(0).cast("bigint").alias("numerator"), "denominator")


def sums_of_areas(municipalities: DataFrame, sectors: DataFrame | None, territory: Territory, grid: Grid) -> DataFrame:
    """The sums of all statistics for every area of the maps, zeros included: the frame that a `Protector` gets.

    `municipalities`: sums by code, year, municipality (null: unknown) and members. `sectors`: by sector (null: unknown)
    as well; None where no statistic is published by sector. Columns: `grid.keys`, numerator, denominator.
    """
    in_place = (F.col("year") == F.col("place_year")) & F.col("municipality").eqNullSafe(F.col("place"))
    sums = municipalities.join(F.broadcast(territory.places), in_place).select(*grid.keys, *SUMS)
    if sectors is not None:
        known_sectors = sectors.where(F.col("municipality").isNotNull())
        sums = sums.unionByName(_as_areas(known_sectors).select(*grid.keys, *SUMS))
    return summed(grid.within(sums).unionByName(grid.zeros(territory.areas)), grid.keys)


def _as_areas(sectors: DataFrame) -> DataFrame:
    """Rows by municipality and sector as areas of the sector level."""
    named = sectors.withColumnsRenamed({"sector": "geo_code", "municipality": "parent_code"})
    return named.withColumn("geo_level", F.lit(SECTOR))

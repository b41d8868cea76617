"""Figures to Delta tables: one commit for each statistic."""

from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from math import prod

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.periods import in_words
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.year_tables import YEAR_TABLES
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.publication import Publication
from imaatlas_spark.statistics.tables import statistic_table

_MEMBERS_TO_A_FILE = 8  # and years: a file of a hundred thousand rows or two
_PUBLISHED_AT_ONCE = 4  # most of a commit is waiting: for a plan, for files, for the log


def publish(figures: DataFrame, publication: Publication) -> None:
    """Write the tables of a publication from the sums of all cards, as a `Protection` returns them."""
    with ThreadPoolExecutor(_PUBLISHED_AT_ONCE) as pool:
        commits = [pool.submit(_publish_statistic, figures, card, publication) for card in publication.cards]
        for commit in commits:
            publication.run.say(commit.result())


def _publish_statistic(figures: DataFrame, card: Card, publication: Publication) -> str:
    warehouse, years = publication.warehouse, tuple(sorted(publication.releases[card.code]))
    rows = observations(figures, card, publication)
    table = statistic_table(card, publication.dimensions)
    if not warehouse.years(table).isdisjoint(years):
        rows = rows.unionByName(other_releases(warehouse.read(table), card, publication))
    members = prod(1 + len(publication.dimensions[name].codes) for name in card.dimensions)
    files = 1 + len(years) * members // _MEMBERS_TO_A_FILE
    made_from = (*(YEAR_TABLES[unit] for unit in card.units), SECTORS.table)
    warehouse.replace_years(table, rows.coalesce(files), years, made_from)
    return f"{card.code}: {in_words(years)} published"


def other_releases(published: DataFrame, card: Card, publication: Publication) -> DataFrame:
    """Rows of the same years that stay: published on another date, or on another map.

    They are written again beside the new ones, so that a year is replaced as a whole, in one commit.
    """
    maps, release_dates = publication.maps_of(card), publication.releases[card.code]
    replaced = [
        (F.col("year") == year) & (F.col("release_date") == F.lit(date)) & (F.col("geography") == maps[year])
        for year, date in release_dates.items()
    ]
    return published.where(F.col("year").isin(*release_dates) & ~reduce(Column.__or__, replaced))

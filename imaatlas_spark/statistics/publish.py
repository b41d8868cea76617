"""Figures to Delta tables: one commit for each statistic, and one of `releases` that makes all of them visible."""

from collections.abc import Iterable
from functools import partial
from math import prod

from pyspark.sql import DataFrame

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.periods import in_words
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.notes import Notes
from imaatlas_spark.statistics.metadata import write_metadata
from imaatlas_spark.statistics.observations import observations
from imaatlas_spark.statistics.origins import note_origins
from imaatlas_spark.statistics.publication import ProtectedBy, Publication
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage import publications
from imaatlas_spark.storage.side_by_side import side_by_side

_MEMBERS_TO_A_FILE = 8  # and years: a file of a hundred thousand rows or two
_PUBLISHED_AT_ONCE = 4  # most of a commit is waiting: for a plan, for files, for the log


def earlier_releases(publication: Publication) -> tuple[Release, ...]:
    """What is published already.

    Raises WarehouseRefused where a table of the publication no longer holds what is published of it.
    """
    there = publications.published(publication.warehouse)
    for card in publication.cards:
        table = statistic_table(card, publication.dimensions)
        of_card = [each for each in there if each.statistic == card.code]
        publications.refuse_lost_versions(publication.warehouse, table, of_card)
    return there


def publish(
    figures: DataFrame,
    publication: Publication,
    earlier: Iterable[Release],
    by: ProtectedBy | None = None,
) -> None:
    """Write the tables of a publication from the sums of all cards, as a `Protector` returns them.

    `earlier`: what stays published beside it, but for the same releases; all else is withdrawn. `by`: the protection of
    the figures. Readers see nothing of the publication until all of it is written.
    """
    earlier = tuple(earlier)
    commits = [partial(_write_statistic, figures, card, publication, earlier, by) for card in publication.cards]
    cancel = publication.run.spark.sparkContext.cancelAllJobs
    held = [release for of_card in side_by_side(commits, _PUBLISHED_AT_ONCE, cancel) for release in of_card]
    stay = {release.statistic for release in earlier} - {card.code for card in publication.cards}
    write_metadata(publication.run, publication.warehouse, publication.maps.values(), stay)
    publications.publish(publication.warehouse, [*earlier, *held])
    for card in publication.cards:
        years = tuple(sorted(publication.releases[card.code]))
        publication.run.say(f"{card.code}: {in_words(years)} published")


def _write_statistic(
    figures: DataFrame, card: Card, publication: Publication, earlier: Iterable[Release], by: ProtectedBy | None
) -> list[Release]:
    """Write the years of a statistic; the releases of them that its table then holds.

    Other releases of the same years are written again beside the new ones, from the versions that hold them, so that
    a year is replaced as a whole, in one commit.
    """
    warehouse = publication.warehouse
    made = {
        year: Release(
            card.code,
            year,
            publication.maps[year],
            date,
            -1,
            publication.run.run_id,
            by.threshold if by else None,
            by.fingerprint if by else None,
        )
        for year, date in publication.releases[card.code].items()
    }
    stay = publications.others(earlier, card.code, made)
    rows = observations(figures, card, publication)
    table = statistic_table(card, publication.dimensions)
    staying_rows = publications.rows_of(warehouse, table, stay)
    if staying_rows is not None:
        rows = rows.unionByName(staying_rows)
    members = prod(1 + len(publication.dimensions[name].codes) for name in card.dimensions)
    files = 1 + len(made) * members // _MEMBERS_TO_A_FILE
    made_from = (*(publication.source(unit) for unit in card.units), SECTORS.table)
    notes: Notes = {"protection_threshold": by.threshold if by else None}
    warehouse.replace_years(table, rows.coalesce(files), made, made_from, notes)
    note_origins(publication, card)
    return publications.at_version([*made.values(), *stay], warehouse.version(table))

"""What a published statistic was made from: one whose year tables are the same need not be published again."""

import hashlib

from imaatlas_spark import __version__
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.statistics.publication import Publication
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage import publications


def note_origins(publication: Publication, card: Card) -> None:
    """Write down what the years of a statistic, just written, were made from."""
    table = statistic_table(card, publication.dimensions)
    publication.warehouse.made_from(table, _origins(publication, card))


def is_published(publication: Publication) -> bool:
    """Whether every release of the publication is visible, and was made from the year tables as they are now."""
    warehouse = publication.warehouse
    if not all(warehouse.holds(publication.source(unit)) for card in publication.cards for unit in card.units):
        return False
    visible = {
        (each.statistic, each.year, each.geography, each.release_date) for each in publications.published(warehouse)
    }
    return all(
        (card.code, year, publication.maps[year], date) in visible
        for card in publication.cards
        for year, date in publication.releases[card.code].items()
    ) and all(
        warehouse.is_made_from(statistic_table(card, publication.dimensions), _origins(publication, card))
        for card in publication.cards
    )


def _origins(publication: Publication, card: Card) -> dict[int, str]:
    return {year: _origin(publication, card, year) for year in publication.releases[card.code]}


def _origin(publication: Publication, card: Card, year: int) -> str:
    """The contents of the year tables of all cards: what one statistic shows depends on the others, by protection."""
    said = (str(publication.releases[card.code][year]), ",".join(each.code for each in publication.cards))
    return hashlib.sha256("\0".join((*said, origin_of_sums(publication, year))).encode()).hexdigest()


def origin_of_sums(publication: Publication, year: int) -> str:
    """What the sums of a year are made from: where it is the same, the sums of the same cards are."""
    warehouse, configuration = publication.warehouse, publication.run.configuration
    units = sorted({unit for each in publication.cards for unit in each.units})
    contents = [warehouse.content(publication.source(unit), year) for unit in units]
    sectors = warehouse.content(SECTORS.table, None)
    said = (__version__, configuration.fingerprint, str(publication.maps[year]), sectors)
    return hashlib.sha256("\0".join((*said, *contents)).encode()).hexdigest()

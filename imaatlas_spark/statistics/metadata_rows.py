"""What the metadata tables hold, from the configuration alone: rows in the order of the columns of `schemas.metadata`.

Sectors are not among them: the list of sectors is an input of the warehouse (`statistics.metadata`).
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL, Dimension
from imaatlas_spark.configuration.sheet import unit_in_words
from imaatlas_spark.configuration.variables import Variable
from imaatlas_spark.geography import COUNTRY, Geography
from imaatlas_spark.geography.codes import ABOVE_MUNICIPALITY, COUNTRY_LEVEL, MUNICIPALITY
from imaatlas_spark.periods import BEGINNING_OF_TIME, END_OF_TIME
from imaatlas_spark.schemas.metadata import (
    ABOUT,
    AREAS,
    BREAKS,
    CHANGES,
    CODES,
    LANGUAGES,
    MEMBERS,
    PLACES,
    STATISTICS,
    VARIABLES,
)
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.statistics.labels import CODE_LABELS, TOTAL_LABEL, class_label

Rows = list[tuple[Any, ...]]


def metadata_rows(configuration: Configuration, maps: Iterable[int], synthetic: bool) -> list[tuple[Table, Rows]]:
    """The rows of every metadata table but `about`, sectors apart; `maps`: the years whose maps are in use."""
    cards = [_of_nobody(card) if synthetic else card for _, card in sorted(configuration.cards.items())]
    geography = configuration.geography
    return [
        (AREAS, list(_areas(geography))),
        (PLACES, [row for year in sorted(set(maps)) for row in _places(geography, year)]),
        (CHANGES, _changes(geography)),
        (MEMBERS, list(_members(configuration.dimensions.by_name))),
        (STATISTICS, [_statistic(card) for card in cards]),
        (BREAKS, [(card.code, each.year, *_in_each_language(each)) for card in cards for each in card.breaks]),
        (CODES, list(_codes(geography))),
        (VARIABLES, list(_variables(configuration.variables, cards))),
    ]


def about_row(
    configuration: Configuration, drawn_with: str | None, maps: Iterable[int], made_of: str
) -> tuple[Any, ...]:
    """The one row of `metadata/about`. `drawn_with`: the request that drew a synthetic nation."""
    row = {
        "synthetic": drawn_with is not None,
        "drawn_with": drawn_with,
        "package_version": __version__,
        "rules_and_cards": configuration.fingerprint,
        "maps": ",".join(map(str, sorted(maps))),
        "made_of": made_of,
    }
    return tuple(row[name] for name in ABOUT.column_names)


def _of_nobody(card: Card) -> Card:
    """The card of a synthetic warehouse: nobody may take its figures for those of the agency whose sheet it follows."""
    cited = f"Synthetic figures, drawn by chance: they describe nobody ({card.code})"
    return card.model_copy(update={"citation": card.citation.model_copy(update={"text": cited})})


def _in_each_language(labels: Any) -> tuple[str, ...]:
    return tuple(getattr(labels, language) for language in LANGUAGES)


def _day(date: dt.date) -> dt.date | None:
    """A date that somebody gave; an open end is null."""
    return None if date in {BEGINNING_OF_TIME, END_OF_TIME} else date


def _areas(geography: Geography) -> Iterator[tuple[Any, ...]]:
    for area in geography.every_area():
        days = (_day(area.valid_from), _day(area.valid_to))
        yield (area.level, area.code, area.name_nl, area.name_fr, area.name_de, *days)


def _places(geography: Geography, year: int) -> Iterator[tuple[Any, ...]]:
    """Every area of a map with what it lies in, one level up; a municipality also with its groups."""
    below_country = COUNTRY_LEVEL, COUNTRY
    placed: set[tuple[Any, ...]] = {(year, *below_country, None, None)}
    for nis in geography.municipalities_in(year):
        chain = [(level, geography.place(nis, level, year)) for level in (*ABOVE_MUNICIPALITY, MUNICIPALITY)]
        placed |= {(year, *area, *parent) for parent, area in itertools.pairwise(chain)}
        for level in geography.groupings:
            group = geography.place(nis, level, year)
            if group is not None:
                placed |= {(year, level, group, *below_country), (year, *chain[-1], level, group)}
    yield from sorted(placed, key=lambda row: tuple(map(str, row)))


def _changes(geography: Geography) -> Rows:
    rows = [tuple(getattr(change, name) for name in CHANGES.column_names) for change in geography.changes]
    return sorted(rows)


def _members(dimensions: dict[str, Dimension]) -> Iterator[tuple[Any, ...]]:
    for name, dimension in sorted(dimensions.items()):
        title = _in_each_language(dimension.title)
        yield (name, TOTAL, 0, *TOTAL_LABEL, *title)
        declared = {member.code: _in_each_language(member.label) for member in dimension.members}
        for position, code in enumerate(dimension.codes, start=1):
            yield (name, code, position, *declared.get(code, class_label(code)), *title)


def _statistic(card: Card) -> tuple[Any, ...]:
    return (
        card.code,
        *_in_each_language(card.title),
        *(unit_in_words(card, language) for language in LANGUAGES),
        card.measure,
        float(card.scale),
        card.citation.text,
        card.model_dump_json(by_alias=True),
    )


def _codes(geography: Geography) -> Iterator[tuple[Any, ...]]:
    """The code lists; a grouping of the user's own is called as its file."""
    own = {level: (level,) * len(LANGUAGES) for level in sorted(geography.groupings)}
    for codelist, labels in CODE_LABELS.items():
        every = labels | own if codelist == "geo_level" else labels
        for position, (code, label) in enumerate(every.items(), start=1):
            yield (codelist, code, position, *label)


def _variables(variables: Mapping[str, Variable], cards: list[Card]) -> Iterator[tuple[Any, ...]]:
    for name, variable in sorted(variables.items()):
        used_by = ",".join(card.code for card in cards if name in card.source_variables)
        yield (name, *_in_each_language(variable.label), *_in_each_language(variable.description), used_by)

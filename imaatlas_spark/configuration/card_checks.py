"""Cards held against what they name: year tables, dimensions, groups, source variables, readings, each other."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from imaatlas_spark.conf_files import Faults, files_in, read_toml
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import Dimensions
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.schemas.spec import Table

_AGENCY = "IMA_AIM"
_CODE_OF_AGENCY = re.compile(r"(stat|cube)_[0-9]{3}_[0-9]{3}")


@dataclass(frozen=True)
class CardContext:
    """What cards name: dimensions, qualification groups, columns of the year tables (by unit), variables, readings.

    `atlas`: the codes of the Atlas's statistics, whether there is a card or not. `physicians`: their profession codes
    in each period of the rules, which a card that names none has.
    """

    dimensions: Dimensions
    qualification_groups: frozenset[str]
    tables: Mapping[str, Table]
    variables: Container[str]
    atlas: Container[str]
    readings: frozenset[str]
    physicians: tuple[tuple[str, ...], ...]


def load_cards(folder: Path, context: CardContext) -> dict[str, Card]:
    """Every card of a folder by its code, each checked by itself and against what it names."""
    cards: dict[Path, Card] = {}
    for path in files_in(folder, ".toml"):
        faults = Faults(path)
        card = faults.validated(Card, read_toml(path))
        if card is not None:
            for fault in _faults_of(card, path, context, cards.values()):
                faults.add(fault)
            cards[path] = card
        faults.refuse_any()
    if not cards:
        raise ConfigurationRefused(f"{folder} has no card: --conf-dir must name a complete configuration")
    by_code = {card.code: card for card in cards.values()}
    for path, card in cards.items():
        faults = Faults(path)
        for fault in _faults_of_related(card, by_code, context.atlas):
            faults.add(fault)
        faults.refuse_any()
    return by_code


def _faults_of(card: Card, path: Path, context: CardContext, others: Iterable[Card]) -> Iterator[str]:
    if path.stem != card.code:
        yield f"the file of {card.code} must be called {card.code}.toml"
    yield from _faults_of_names(card, context)
    yield from _faults_of_profession(card, context, others)
    yield from _faults_of_own(card)
    halves = [(card.unit, card.numerator)]
    if card.denominator is not None:
        halves.append((card.denominator_unit, card.denominator))
    for condition in (*card.where, *(card.disclosure.contributors or ())):
        yield from condition.faults(card.unit, context.tables[card.unit])
    for unit, measurement in halves:
        yield from measurement.faults(unit, context.tables[unit])


def _faults_of_names(card: Card, context: CardContext) -> Iterator[str]:
    for name in card.dimensions:
        if name not in context.dimensions or context.dimensions[name].unit != card.unit:
            known = [each for each, dimension in context.dimensions.by_name.items() if dimension.unit == card.unit]
            yield f"{name} is no dimension of {card.unit} in dimensions.toml: there are {', '.join(known) or 'none'}"
    for field in ("dimensions", "source_variables", "related"):
        names = getattr(card, field)
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{field} names {name} twice: once is enough"
    for name in card.source_variables:
        if name not in context.variables:
            yield f"{name} is no source variable: declare it in variables.toml or as a counter, or correct the name"
    for note in card.notes:
        if note.reading is not None and note.reading not in context.readings:
            yield f"a note gives reading {note.reading}, which rules.toml does not have: correct the id"


def _faults_of_profession(card: Card, context: CardContext, others: Iterable[Card]) -> Iterator[str]:
    group = card.profession_group
    if group is None:
        return
    if group not in context.qualification_groups:
        yield f"qualifications.csv has no group {group}"
    for other in others:
        if other.profession_group == group and _categories_in_time(other, context) != _categories_in_time(
            card, context
        ):
            yield f"{other.code} gives {group} other categories: a group has the same in every card"


def _categories_in_time(card: Card, context: CardContext) -> list[tuple[str, ...]]:
    """The profession codes in each period of the rules, however the card writes them."""
    return [card.profession_categories or physicians for physicians in context.physicians]


def _faults_of_own(card: Card) -> Iterator[str]:
    """A statistic of one's own is never taken for one of the agency, by its code or by its citation."""
    is_of_agency = _CODE_OF_AGENCY.fullmatch(card.code) is not None
    if card.definition == "own" and is_of_agency:
        yield f"{card.code} looks like a code of the agency: a statistic of one's own has a code of another form"
    if card.definition == "own" and _AGENCY in card.citation.text:
        yield f"the citation names {_AGENCY}: a statistic of one's own cites who made it"
    if card.definition != "own" and not is_of_agency:
        yield f'{card.code} is no code of the agency (as stat_003_014, cube_013_007): write definition = "own"'


def _faults_of_related(card: Card, by_code: Container[str], atlas: Container[str]) -> Iterator[str]:
    for code in card.related:
        if code == card.code:
            yield f"{code} is related to itself: take it out"
        elif code not in by_code and code not in atlas:
            yield f"related {code} has no card and is not in atlas.toml: correct the code, or add it"

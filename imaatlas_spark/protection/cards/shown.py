"""The cards as protection sees them: the amounts that they show, in which dimensions, down to which level."""

from collections.abc import Iterable
from dataclasses import dataclass

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.disclosure import Disclosure
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.cards.amounts import Amount, holds_of


@dataclass(frozen=True)
class Shown:
    """A card as protection sees it."""

    code: str
    above: Amount
    below: Amount | None
    dimensions: tuple[str, ...]
    disclosure: Disclosure
    contributors: Amount | None
    smallest_level: tuple[tuple[int, str], ...] = ()  # from this year on, the finest level

    @staticmethod
    def of(card: Card) -> "Shown":
        above, disclosure = Amount.above(card), card.disclosure
        contributors = None
        if disclosure.contributors is not None:
            below = Amount.below(card) or above
            conditions = {holds for each in disclosure.contributors for holds in holds_of(each)}
            contributors = Amount(card.unit, None, below.conditions | conditions)
        steps = tuple((step.from_year, step.level) for step in card.smallest_level)
        return Shown(card.code, above, Amount.below(card), card.dimensions, disclosure, contributors, steps)

    def depth(self, year: int) -> int:
        """How many levels the card shows in a year, from the country down."""
        levels = [level for from_year, level in self.smallest_level if from_year <= year]
        return LEVELS.index(levels[-1]) + 1 if levels else 0


def amounts_of(cards: Iterable[Shown]) -> list[Amount]:
    found = (amount for card in cards for amount in (card.above, card.below) if amount is not None)
    return sorted(dict.fromkeys(found), key=lambda amount: amount.name)

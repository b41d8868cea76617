"""The cards as protection sees them: the amounts that they show, in which dimensions, down to which level."""

from collections.abc import Iterable
from dataclasses import dataclass

from imaatlas_spark.configuration.cards import Card, SmallestLevel, levels_of
from imaatlas_spark.configuration.disclosure import Disclosure
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
    smallest_level: tuple[SmallestLevel, ...] = ()

    @staticmethod
    def of(card: Card) -> "Shown":
        above, below, disclosure = Amount.above(card), Amount.below(card), card.disclosure
        contributors = None
        if disclosure.contributors is not None:
            conditions = {holds for each in disclosure.contributors for holds in holds_of(each)}
            contributors = Amount(card.unit, None, (below or above).conditions | conditions)
        return Shown(card.code, above, below, card.dimensions, disclosure, contributors, card.smallest_level)

    def levels(self, year: int) -> tuple[str, ...]:
        """The levels that the card shows in a year, from the country down; none before its first year."""
        return levels_of(self.smallest_level, year)


def amounts_of(cards: Iterable[Shown]) -> list[Amount]:
    found = (amount for card in cards for amount in (card.above, card.below) if amount is not None)
    return sorted(dict.fromkeys(found), key=lambda amount: amount.name)

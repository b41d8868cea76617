"""Two halves of a public whole: those that are protected together, and those that nothing would protect."""

from collections.abc import Iterable, Sequence

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.shown import Shown, amounts_of

_WHY = "small rests would be unprotected"


def bases(cards: Sequence[Shown], public: frozenset[Amount]) -> dict[Amount, tuple[Amount, Amount]]:
    """Amounts that are a public whole less another amount of the cards: (whole, rest).

    Raises ConfigurationRefused where the rest is not published wherever the amount is (dimensions, levels, years):
    nothing would say that what is left of the whole is sensitive. And where the two halves are told by a number (0 and
    at least 1): each would be protected as if the other were not known.
    """
    amounts = amounts_of(cards)
    _refuse_unlinked(amounts, public)
    found = {
        amount: half
        for amount in amounts
        if amount not in public and (half := amount.other_half) and half[0] in public and half[1] in amounts
    }
    for amount, (_, rest) in found.items():
        of_rest = [card for card in cards if rest in (card.above, card.below)]
        for card in cards:
            if amount in (card.above, card.below):
                _refuse_other_dimensions(card, amount, rest, of_rest)
                _refuse_other_levels(card, amount, rest, of_rest)
    return found


def _refuse_unlinked(amounts: Sequence[Amount], public: frozenset[Amount]) -> None:
    for amount in amounts:
        for whole, rest in amount.opposites:
            if whole in public and rest in amounts and not {amount, rest} <= public:
                raise ConfigurationRefused(
                    f"cards show both {amount.name} and {rest.name}: each is {whole.name}, which is public, less the "
                    "other, and they would be protected as if nobody knew; leave one of the two out"
                )


def _refuse_other_dimensions(card: Shown, amount: Amount, rest: Amount, of_rest: Iterable[Shown]) -> None:
    missing = set(card.dimensions) - {name for each in of_rest for name in each.dimensions}
    if missing:
        raise ConfigurationRefused(
            f"{card.code} shows {amount.name} by {', '.join(sorted(missing))}, but no card shows the rest of the "
            f"total, {rest.name}, by it: {_WHY}; add such a card, or remove the dimension from this one"
        )


def _refuse_other_levels(card: Shown, amount: Amount, rest: Amount, of_rest: Sequence[Shown]) -> None:
    for year in sorted({step.from_year for each in (card, *of_rest) for step in each.smallest_level}):
        levels = card.levels(year)
        if len(levels) > max(len(each.levels(year)) for each in of_rest):
            raise ConfigurationRefused(
                f"{card.code} shows {amount.name} of {year} by {levels[-1]}, but no card shows the rest of the total, "
                f"{rest.name}, there: {_WHY}; let such a card go as far, or this one end at a coarser level"
            )

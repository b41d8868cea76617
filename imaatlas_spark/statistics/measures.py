"""What a card adds up: the amounts above and below the line, each made once for all cards that share it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.conditions import Condition, Measurement, Unit

SUMS = ("numerator", "denominator")  # what a card makes of its amounts


@dataclass(frozen=True)
class Amount:
    """Rows of a year table that are counted (column None), or a column of it that is summed, where all conditions hold.

    `unit` is the year table: above and below the line it is mostly the same. Two cards that say the same in their own
    words (`where` of the card or of the numerator) have the same amount.
    """

    unit: str
    column: str | None
    conditions: frozenset[Condition]

    @staticmethod
    def above(card: Card) -> "Amount":
        """The numerator."""
        return Amount._of(card, card.numerator, card.unit)

    @staticmethod
    def below(card: Card) -> "Amount | None":
        """The denominator; None: the card is a count."""
        return None if card.denominator is None else Amount._of(card, card.denominator, card.denominator_unit)

    @staticmethod
    def _of(card: Card, measurement: Measurement, unit: Unit) -> "Amount":
        return Amount(unit, measurement.sum, card.conditions_of(measurement, unit))

    def sum_over_rows(self) -> Column:
        """The sum over rows of the year table; 0 where no row takes part."""
        in_order = sorted(self.conditions, key=repr)
        takes_part = reduce(Column.__and__, map(_holds, in_order), F.lit(True))
        measured = F.lit(1) if self.column is None else F.col(self.column)
        return F.sum(F.when(takes_part, measured).otherwise(0)).cast("bigint")


Amounts = Mapping[Amount, str]  # each with the column that holds its sums


def amounts_of(cards: Iterable[Card], unit: str) -> Amounts:
    """What cards count or sum in one unit, each amount once."""
    distinct = dict.fromkeys(amount for amount in _needed(cards) if amount.unit == unit)
    return {amount: f"amount_{number}" for number, amount in enumerate(distinct)}


def columns_of(cards: Iterable[Card], amounts: Amounts) -> list[str]:
    """The columns of those `amounts` that `cards` are made of."""
    return list(dict.fromkeys(amounts[amount] for amount in _needed(cards) if amount in amounts))


def _needed(cards: Iterable[Card]) -> Iterator[Amount]:
    for card in cards:
        yield Amount.above(card)
        below = Amount.below(card)
        if below is not None:
            yield below


def sum_columns(amounts: Amounts) -> list[Column]:
    """The sum of each amount over rows of a year table."""
    return [amount.sum_over_rows().alias(name) for amount, name in amounts.items()]


def by_card(rows: DataFrame, cards: Iterable[Card], amounts: Amounts) -> DataFrame:
    """Here numerators and denominators are made: each row of amounts once for every card, with code, numerator and
    denominator (null: a count) in place of the amounts.

    What a card counts in another unit is 0 here, and added when the units are put together.
    """
    numerators_and_denominators = [
        F.struct(
            F.lit(card.code).alias("code"),
            _sum_of(Amount.above(card), amounts).alias("numerator"),
            _sum_of(Amount.below(card), amounts).alias("denominator"),
        )
        for card in cards
    ]
    others = [name for name in rows.columns if name not in amounts.values()]
    return rows.select(*others, F.inline(F.array(*numerators_and_denominators)))


def summed(rows: DataFrame, keys: Iterable[str], sums: Iterable[str] = SUMS) -> DataFrame:
    """Sums by `keys`."""
    return rows.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in sums))


def _sum_of(amount: Amount | None, amounts: Amounts) -> Column:
    if amount is None:
        return F.lit(None).cast("bigint")
    return F.col(amounts[amount]) if amount in amounts else F.lit(0).cast("bigint")


def _holds(condition: Condition) -> Column:
    """Whether a row meets the condition; a row whose column is null does not."""
    column = F.col(condition.column)
    if condition.equals is not None:
        return column.eqNullSafe(F.lit(condition.equals))
    if condition.at_least is not None:
        met = column >= condition.at_least
    elif condition.at_most is not None:
        met = column <= condition.at_most
    elif condition.between is not None:
        met = column.between(*condition.between)
    else:
        met = column.isin(*(condition.one_of or ()))
    return F.coalesce(met, F.lit(False))

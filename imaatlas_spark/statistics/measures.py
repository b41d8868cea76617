"""What a card adds up: the amounts above and below the line, each made once for all cards that share it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card, Condition, Measurement

SUMS = ("numerator", "denominator")  # what a card makes of its amounts


@dataclass(frozen=True)
class Amount:
    """Rows of a year table that are counted (column None), or a column of it that is summed, where all conditions hold.

    Two cards that say the same in their own words (`where` of the card or of the numerator) have the same amount.
    """

    column: str | None
    conditions: frozenset[Condition]

    @staticmethod
    def above(card: Card) -> "Amount":
        """The numerator."""
        return Amount._of(card, card.numerator)

    @staticmethod
    def below(card: Card) -> "Amount | None":
        """The denominator; None: the card is a count."""
        return None if card.denominator is None else Amount._of(card, card.denominator)

    @staticmethod
    def _of(card: Card, measurement: Measurement) -> "Amount":
        conditions = {*card.where, *measurement.where}
        if card.profession_group is not None:
            conditions.add(Condition.model_validate({"column": "profession_group", "is": card.profession_group}))
        return Amount(measurement.sum, frozenset(conditions))

    def total(self) -> Column:
        """The sum over rows of the year table; 0 where no row takes part."""
        in_order = sorted(self.conditions, key=repr)
        takes_part = reduce(Column.__and__, map(_holds, in_order), F.lit(True))
        measured = F.lit(1) if self.column is None else F.col(self.column)
        return F.sum(F.when(takes_part, measured).otherwise(0)).cast("bigint")


Amounts = Mapping[Amount, str]  # each with the column that holds its sums


def amounts_of(cards: Iterable[Card]) -> Amounts:
    """The amounts of cards of one unit, each once."""
    needed = (amount for card in cards for amount in (Amount.above(card), Amount.below(card)))
    distinct = dict.fromkeys(amount for amount in needed if amount is not None)
    return {amount: f"amount_{number}" for number, amount in enumerate(distinct)}


def totals_of(amounts: Amounts) -> list[Column]:
    """The sums over rows of a year table: here numerators and denominators are made."""
    return [amount.total().alias(name) for amount, name in amounts.items()]


def by_card(rows: DataFrame, cards: Iterable[Card], amounts: Amounts) -> DataFrame:
    """Each row of amounts once for every card: code, numerator and denominator (null: a count), in place of amounts."""
    numerators_and_denominators = [
        F.struct(
            F.lit(card.code).alias("code"),
            F.col(amounts[Amount.above(card)]).alias("numerator"),
            _denominator(card, amounts).alias("denominator"),
        )
        for card in cards
    ]
    others = [name for name in rows.columns if name not in amounts.values()]
    return rows.select(*others, F.inline(F.array(*numerators_and_denominators)))


def summed(rows: DataFrame, keys: Iterable[str], sums: Iterable[str] = SUMS) -> DataFrame:
    """Sums by `keys`."""
    return rows.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in sums))


def _denominator(card: Card, amounts: Amounts) -> Column:
    amount = Amount.below(card)
    return F.lit(None).cast("bigint") if amount is None else F.col(amounts[amount])


def _holds(condition: Condition) -> Column:
    """Whether a row meets the condition; a row whose column is null does not."""
    column = F.col(condition.column)
    if condition.at_least is not None:
        return F.coalesce(column >= condition.at_least, F.lit(False))
    return column.eqNullSafe(F.lit(condition.equals))

"""What cards put above and below the line, as sums over rows of their unit: each made once, whoever shares it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card, Condition, Measurement

SUMS = ("numerator", "denominator")  # what a card makes of its amounts
_BITS = 63  # of a number, without its sign


@dataclass(frozen=True)
class Amount:
    """Rows counted (column None) or a column summed, where all conditions hold."""

    column: str | None
    conditions: tuple[Condition, ...]

    @staticmethod
    def above(card: Card) -> "Amount":
        return Amount._of(card, card.numerator)

    @staticmethod
    def below(card: Card) -> "Amount | None":
        """None: the card is a count."""
        return None if card.denominator is None else Amount._of(card, card.denominator)

    @staticmethod
    def _of(card: Card, measurement: Measurement) -> "Amount":
        of_group = () if card.profession_group is None else (_in_profession_group(card.profession_group),)
        return Amount(measurement.sum, (*card.where, *of_group, *measurement.where))

    def holds(self) -> Column:
        """Whether a row takes part."""
        return reduce(Column.__and__, map(_holds, self.conditions), F.lit(True))

    def total(self, takes_part: Column) -> Column:
        measured = F.lit(1) if self.column is None else F.col(self.column)
        return F.sum(F.when(takes_part, measured).otherwise(0)).cast("bigint")


Amounts = Mapping[Amount, str]  # each with the column that holds its sums


def amounts_of(cards: Iterable[Card]) -> Amounts:
    needed = (amount for card in cards for amount in (Amount.above(card), Amount.below(card)))
    distinct = dict.fromkeys(amount for amount in needed if amount is not None)
    return {amount: f"amount_{number}" for number, amount in enumerate(distinct)}


def totals_of(amounts: Amounts) -> list[Column]:
    """The sums over rows of a year table."""
    return [amount.total(amount.holds()).alias(name) for amount, name in amounts.items()]


def needed_for(amounts: Amounts) -> list[Column]:
    """What `totals_of_needed` asks of a row of a year table: what is summed, and where the row takes part, as bits."""
    summed = dict.fromkeys(amount.column for amount in amounts if amount.column is not None)
    marks: dict[str, Column] = defaultdict(lambda: F.lit(0).cast("bigint"))
    for number, amount in enumerate(amounts):
        column, bit = _mark(number)
        marks[column] += F.when(amount.holds(), F.lit(bit)).otherwise(0)
    return [*map(F.col, summed), *(mark.alias(column) for column, mark in marks.items())]


def totals_of_needed(amounts: Amounts, columns: Mapping[str, Mapping[str, Column]]) -> list[Column]:
    """The same sums over rows that are cut down to what is `needed_for` them.

    `columns`: of each amount, those that it is split into, each with the condition on its rows.
    """
    return [
        amount.total(_is_marked(number) & condition).alias(column)
        for number, (amount, name) in enumerate(amounts.items())
        for column, condition in columns[name].items()
    ]


def _mark(number: int) -> tuple[str, int]:
    """Column and bit that say whether a row takes part in an amount."""
    return f"takes_part_{number // _BITS}", 1 << number % _BITS


def _is_marked(number: int) -> Column:
    column, bit = _mark(number)
    return F.col(column).bitwiseAND(F.lit(bit)) != 0


def by_card(rows: DataFrame, cards: Iterable[Card], amounts: Amounts) -> DataFrame:
    """Each row of sums once for every card: code, numerator and denominator (null: a count), in place of the sums."""

    def below(card: Card) -> Column:
        amount = Amount.below(card)
        return F.lit(None).cast("bigint") if amount is None else F.col(amounts[amount])

    of_cards = [
        (
            F.lit(card.code).alias("code"),
            F.col(amounts[Amount.above(card)]).alias("numerator"),
            below(card).alias("denominator"),
        )
        for card in cards
    ]
    others = [name for name in rows.columns if name not in amounts.values()]
    if len(of_cards) == 1:
        return rows.select(*others, *of_cards[0])
    return rows.select(*others, F.inline(F.array(*(F.struct(*each) for each in of_cards))))


def summed(rows: DataFrame, keys: Iterable[str], sums: Iterable[str] = SUMS) -> DataFrame:
    return rows.groupBy(*keys).agg(*(F.sum(name).alias(name) for name in sums))


def _in_profession_group(group: str) -> Condition:
    return Condition.model_validate({"column": "profession_group", "is": group})


def _holds(condition: Condition) -> Column:
    column = F.col(condition.column)
    if condition.at_least is not None:
        return F.coalesce(column >= condition.at_least, F.lit(False))
    return column.eqNullSafe(F.lit(condition.equals))

"""What the cards count or sum, each once, and which of these amounts lie within which."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.conditions import Condition, Measurement, Unit
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.schemas.year_tables import YEAR_TABLES

AT_LEAST, AT_MOST, IS, IN = "at_least", "at_most", "is", "in"
Holds = tuple[str, str, object]  # column, one of these, value
_MAYBE_UNKNOWN = {column.name for table in YEAR_TABLES.values() for column in table.columns if column.nullable}


@dataclass(frozen=True)
class Amount:
    """Rows counted (column None) or a column summed, over the rows of a year table where all conditions hold."""

    unit: str
    column: str | None
    conditions: frozenset[Holds]

    @staticmethod
    def above(card: Card) -> "Amount":
        return Amount._of(card, card.numerator, card.unit)

    @staticmethod
    def below(card: Card) -> "Amount | None":
        """None: the card is a count."""
        return None if card.denominator is None else Amount._of(card, card.denominator, card.denominator_unit)

    @staticmethod
    def _of(card: Card, measurement: Measurement, unit: Unit) -> "Amount":
        conditions = card.conditions_of(measurement, unit)
        return Amount(
            unit, measurement.sum, frozenset(each for condition in conditions for each in holds_of(condition))
        )

    @cached_property
    def name(self) -> str:
        """In words that sort: for reports and for a fixed order."""
        where = " and ".join(f"{column} {how} {value}" for column, how, value in sorted(self.conditions, key=str))
        return f"{self.column or 'rows'} of {self.unit}" + (f" where {where}" if where else "")

    @cached_property
    def other_half(self) -> "tuple[Amount, Amount] | None":
        """(whole, rest) where one condition asks for `false`: the amount is the whole less the rest."""
        for column, how, value in sorted(self.conditions, key=str):
            if how == IS and value is False:
                others = self.conditions - {(column, how, value)}
                return (
                    Amount(self.unit, self.column, others),
                    Amount(self.unit, self.column, others | {(column, IS, True)}),
                )
        return None

    @property
    def opposites(self) -> Iterator[tuple["Amount", "Amount"]]:
        """(whole, rest) for each condition on a number that others may turn round: 0 and at least 1, at most 3 and at
        least 4. Where a column may be unknown, the two are not the whole."""
        for column, how, value in sorted(self.conditions, key=str):
            is_bound = how == AT_MOST or (how == IS and value == 0 and value is not False)
            if is_bound and column not in _MAYBE_UNKNOWN:
                others = self.conditions - {(column, how, value)}
                rest = others | {(column, AT_LEAST, int(str(value)) + 1)}
                yield Amount(self.unit, self.column, others), Amount(self.unit, self.column, rest)


@dataclass(frozen=True)
class Nesting:
    """What is known to lie within what: `implied` conditions by condition, pairs of columns smaller than others.

    counted_again: the conditions of the persons whom a column of other units counts, too, each in another place.
    """

    implied: Mapping[Holds, frozenset[Holds]]
    within: frozenset[tuple[str, str]]
    counted_again: Mapping[str, frozenset[Holds]]

    @staticmethod
    def of(protection: Protection) -> "Nesting":
        implied: dict[Holds, set[Holds]] = {}
        for each in protection.implied:
            for when in holds_of(each.when):
                implied.setdefault(when, set()).update(holds_of(each.then))
        return Nesting(
            {when: frozenset(then) for when, then in implied.items()},
            frozenset((each.smaller, each.larger) for each in protection.within),
            {each.column: frozenset(holds_of(each.persons)) for each in protection.counted_again},
        )

    def is_within(self, small: Amount, large: Amount) -> bool:
        """Whether the first can never exceed the second, whoever is counted."""
        if small == large or small.unit != large.unit:
            return False
        # rows that add nothing to a sum may as well be left out of it
        positive = () if small.column is None else ((small.column, AT_LEAST, 1),)
        known = self.closure((*small.conditions, *positive))
        if not all(_is_known(condition, known) for condition in large.conditions):
            return False
        if large.column is None:
            return small.column is None
        if small.column is None:
            return _is_known((large.column, AT_LEAST, 1), known)
        return small.column == large.column or large.column in self._above(small.column)

    def is_within_country(self, small: Amount, large: Amount) -> bool:
        """Whether the first can never exceed the second over the whole country, though it can in parts of it."""
        conditions = self.counted_again.get(small.column or "")
        return conditions is not None and large == Amount("person_year", None, conditions)

    def closure(self, conditions: Iterable[Holds]) -> frozenset[Holds]:
        """The conditions and all that follows from them."""
        known = set(conditions)
        while True:
            more = {each for condition in known for each in self.implied.get(condition, ())}
            for column, how, value in known:
                if how == AT_LEAST:
                    more |= {(larger, AT_LEAST, value) for larger in self._above(column)}
                    more |= self._implied_by_less(column, value)
            if more <= known:
                return frozenset(known)
            known |= more

    def _implied_by_less(self, column: str, value: object) -> set[Holds]:
        """What follows from at least `value` because it follows from less."""
        return {
            each
            for (of, how, least), follows in self.implied.items()
            if of == column and how == AT_LEAST and int(str(least)) <= int(str(value))
            for each in follows
        }

    def _above(self, column: str) -> set[str]:
        found: set[str] = set()
        queue = [column]
        while queue:
            at = queue.pop()
            new = {large for small, large in self.within if small == at} - found
            found |= new
            queue.extend(new)
        return found


def holds_of(condition: Condition) -> Iterator[Holds]:
    """A condition as simple ones that hold together."""
    if condition.between is not None:
        yield condition.column, AT_LEAST, condition.between[0]
        yield condition.column, AT_MOST, condition.between[1]
    elif condition.at_least is not None:
        yield condition.column, AT_LEAST, condition.at_least
    elif condition.at_most is not None:
        yield condition.column, AT_MOST, condition.at_most
    elif condition.one_of is not None:
        yield condition.column, IN, tuple(sorted(condition.one_of, key=str))
    else:
        yield condition.column, IS, condition.equals


def _is_known(condition: Holds, known: frozenset[Holds]) -> bool:
    """Whether a condition follows from others on its column."""
    if condition in known:
        return True
    column, how, value = condition
    if how in {AT_LEAST, AT_MOST}:
        bounds = [int(str(bound)) for of, each, bound in known if of == column and each == how]
        asked = int(str(value))
        return any(bound >= asked if how == AT_LEAST else bound <= asked for bound in bounds)
    return how == IN and any(of == column and each == IS and is_ in _items(value) for of, each, is_ in known)


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)

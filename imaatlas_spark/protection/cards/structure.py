"""What the cards publish as patterns, components, bounds and needs: made once from the configuration, without a figure.

An amount that is public is known. One that is a known whole less another amount is that other amount, seen from the
other side. All other amounts are components; those of one row are hidden together and make a pattern; patterns whose
amounts lie within one another make a cluster, which is protected as one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.geography.codes import COUNTRY_LEVEL
from imaatlas_spark.protection.cards.amounts import Amount, Nesting
from imaatlas_spark.protection.cards.expressions import CONTRIBUTORS, PERSONS, UNITS, Bound, Expression, Wanted
from imaatlas_spark.protection.cards.halves import bases
from imaatlas_spark.protection.cards.joined import Joined
from imaatlas_spark.protection.cards.shown import Shown, amounts_of


@dataclass(frozen=True)
class Structure:
    """Everything that follows from the cards. Positions of components are those of `components`."""

    shown: tuple[Shown, ...]
    components: tuple[Amount, ...]
    patterns: tuple[tuple[int, ...], ...]
    public: frozenset[Amount]
    bounds: tuple[Bound, ...]
    wanted: tuple[Wanted, ...]
    expressions: Mapping[Amount, Expression]

    @cached_property
    def pattern_of(self) -> dict[int, int]:
        return {component: at for at, pattern in enumerate(self.patterns) for component in pattern}

    @cached_property
    def clusters(self) -> tuple[tuple[int, ...], ...]:
        """Patterns that are protected together, as positions of `patterns`."""
        joined = Joined(range(len(self.patterns)))
        for expression in (*(each.expression for each in self.bounds), *(each.expression for each in self.wanted)):
            joined.join([self.pattern_of[component] for component, _ in expression.terms])
        return joined.groups()

    def cards_of(self, cluster: int) -> Iterator[str]:
        """Those that a cluster is made of, or whose figures it is held against."""
        patterns = self.clusters[cluster]
        units = {self.components[at].unit for pattern in patterns for at in self.patterns[pattern]}
        own = [each.expression for each in self.bounds if self.pattern_of[each.expression.terms[0][0]] in patterns]
        held_against = {amount for expression in own for amount, _ in expression.known}
        held_against |= {amount for amount in self.public if amount.unit in units}
        for card in self.shown:
            if self.patterns_of_card(card.code) in patterns or held_against.intersection((card.above, card.below)):
                yield card.code

    def patterns_of_card(self, code: str) -> int | None:
        """The pattern that says whether a row of the card is shown; None: everything of it is public."""
        card = next(each for each in self.shown if each.code == code)
        terms = self.expressions[card.above].terms if card.disclosure.protects != "public" else ()
        return self.pattern_of[terms[0][0]] if terms else None


def refuse_what_cannot_be_protected(configuration: Configuration) -> None:
    """Raises ConfigurationRefused where cards show what no cell that is hidden would protect."""
    if not configuration.protection.is_off:
        structure_of(map(Shown.of, configuration.cards.values()), configuration.protection)


def structure_of(shown: Iterable[Shown], protection: Protection) -> Structure:
    cards = tuple(sorted(shown, key=lambda each: each.code))
    public = frozenset(_public(cards))
    base = bases(cards, public)
    patterns = _patterns(cards, public, base)
    components = tuple(amount for pattern in patterns for amount in pattern)
    position = {amount: at for at, amount in enumerate(components)}
    expressions = {amount: _expression(amount, public, base, position) for amount in amounts_of(cards)}
    nesting = Nesting.of(protection)
    numbers = iter(range(len(components)))
    by_number = tuple(tuple(next(numbers) for _ in pattern) for pattern in patterns)
    persons = frozenset(protection.persons_columns)
    nested = [
        (small, large)
        for small, large in _pairs(expressions)
        if nesting.is_within(small, large) and expressions[large].less(expressions[small]).terms
    ]
    in_country = [pair for pair in _pairs(expressions) if nesting.is_within_country(*pair)]
    return Structure(
        cards,
        components,
        by_number,
        public,
        (
            *(_bound(small, large, expressions, by_number, persons) for small, large in nested),
            *_bounds_of_country(in_country, expressions),
        ),
        (
            *_wanted(cards, nested, expressions, protection),
            *(_wanted_of_country(in_country, expressions) if protection.nested_differences.value else ()),
        ),
        expressions,
    )


def _bounds_of_country(nested: Iterable[tuple[Amount, Amount]], of: Mapping[Amount, Expression]) -> Iterator[Bound]:
    """Each of the two stands still for the other: what moves both at once is asked of nobody."""
    for small, large in nested:
        for left in (Expression.of_known(large).less(of[small]), of[large].less(Expression.of_known(small))):
            if left.terms:
                yield Bound(left, follows=False, level=COUNTRY_LEVEL)


def _wanted_of_country(nested: Iterable[tuple[Amount, Amount]], of: Mapping[Amount, Expression]) -> Iterator[Wanted]:
    """Persons less those of them whom other units count: these have to move."""
    for small, large in nested:
        left = Expression.of_known(large).less(of[small])
        if left.terms:
            yield Wanted(left, left.terms[0][0], PERSONS, left, COUNTRY_LEVEL)


def is_count_of_persons(amount: Amount, persons_columns: Iterable[str]) -> bool:
    return amount.column in set(persons_columns) or (amount.column is None and amount.unit == "person_year")


def _public(cards: Iterable[Shown]) -> Iterable[Amount]:
    for card in cards:
        if card.disclosure.protects == "public":
            yield card.above
        if card.below is not None and (card.disclosure.protects == "public" or card.disclosure.denominator == "public"):
            yield card.below


def _patterns(
    cards: Sequence[Shown], public: frozenset[Amount], base: Mapping[Amount, tuple[Amount, Amount]]
) -> list[list[Amount]]:
    """Components by pattern: the most detailed patterns first, what is counted before what is summed over it."""
    rows = []
    detail: dict[Amount, int] = {}
    for card in cards:
        if card.disclosure.protects == "public":
            continue
        of_row = [amount for amount in (card.below, card.above) if amount is not None and amount not in public]
        row = list(dict.fromkeys(base[amount][1] if amount in base else amount for amount in of_row))
        rows.append([amount for amount in row if amount not in public])
        for amount in rows[-1]:
            detail[amount] = max(detail.get(amount, 0), len(card.dimensions))
    groups = Joined(dict.fromkeys(amount for row in rows for amount in row))
    for row in rows:
        groups.join(row)
    order = {amount: at for at, amount in enumerate(dict.fromkeys(amount for row in rows for amount in row))}
    made = [sorted(group, key=lambda each: (each.column is not None, order[each])) for group in groups.groups()]
    return sorted(made, key=lambda group: (-max(detail[each] for each in group), group[0].name))


def _expression(
    amount: Amount,
    public: frozenset[Amount],
    base: Mapping[Amount, tuple[Amount, Amount]],
    position: Mapping[Amount, int],
) -> Expression:
    if amount in public:
        return Expression.of_known(amount)
    if amount in base:
        whole, rest = base[amount]
        return Expression.of_known(whole).less(_expression(rest, public, base, position))
    return Expression(((position[amount], 1),), ())


def _pairs(amounts: Iterable[Amount]) -> Iterable[tuple[Amount, Amount]]:
    for one, other in combinations(amounts, 2):
        yield one, other
        yield other, one


def _bound(
    small: Amount,
    large: Amount,
    expressions: Mapping[Amount, Expression],
    patterns: Sequence[Sequence[int]],
    persons: frozenset[str],
) -> Bound:
    expression = expressions[large].less(expressions[small])
    hidden_together = any({component for component, _ in expression.terms} <= set(pattern) for pattern in patterns)
    counts = is_count_of_persons(small, persons) and is_count_of_persons(large, persons)
    return Bound(expression, follows=hidden_together and len(expression.terms) > 1 and not counts)


def _wanted(
    cards: Sequence[Shown],
    nested: Iterable[tuple[Amount, Amount]],
    expressions: Mapping[Amount, Expression],
    protection: Protection,
) -> Iterable[Wanted]:
    """Each expression once, however many cards ask for it."""
    found: dict[tuple[tuple[tuple[int, int], ...], str], Wanted] = {}

    def add(expression: Expression, kind: str, judged: Expression | Amount, owner: int | None = None) -> None:
        if expression.terms:
            mine = expression.terms[-1][0] if owner is None else owner
            found.setdefault((expression.terms, kind), Wanted(expression, mine, kind, judged))

    for card in cards:
        _add_card(card, expressions, protection.persons_columns, add)
    if protection.nested_differences.value:
        for small, large in nested:
            if all(is_count_of_persons(each, protection.persons_columns) for each in (small, large)):
                difference = expressions[large].less(expressions[small])
                add(difference, PERSONS, difference, _hidden_for(difference, (small, large), expressions, cards))
    return found.values()


def _hidden_for(
    difference: Expression,
    nested: tuple[Amount, Amount],
    expressions: Mapping[Amount, Expression],
    cards: Sequence[Shown],
) -> int | None:
    """The component that is hidden so that a difference of nested counts is not told: of the smaller count.

    Where the larger is a component itself and is shown in fewer dimensions, it is of the larger: fewer cells have to
    cover it.
    """
    small, large = nested
    detail = {each: max(len(card.dimensions) for card in cards if each in {card.above, card.below}) for each in nested}
    is_component = len(expressions[large].terms) == 1 and not expressions[large].known
    told_by = large if is_component and detail[large] < detail[small] else small
    of_difference = {component for component, _ in difference.terms}
    return max((at for at, _ in expressions[told_by].terms if at in of_difference), default=None)


def _add_card(
    card: Shown, expressions: Mapping[Amount, Expression], persons: Iterable[str], add: Callable[..., None]
) -> None:
    above = expressions[card.above]
    below = None if card.below is None else expressions[card.below]
    if card.disclosure.protects == "public":
        return
    if card.disclosure.protects == "units":
        assert card.below is not None
        add(above, UNITS, card.below)
        if is_count_of_persons(card.above, persons):  # three practices with a patient each
            add(above, PERSONS, above)
    elif card.contributors is not None:
        add(above, CONTRIBUTORS, card.contributors)
        if below is not None:
            add(below, CONTRIBUTORS, card.contributors)
    elif card.above.column is None:
        add(above, PERSONS, above)
        if card.disclosure.complement and below is not None:
            add(below.less(above), PERSONS, below.less(above))
    elif below is not None:
        add(below, PERSONS, below)
        add(above, CONTRIBUTORS, below)

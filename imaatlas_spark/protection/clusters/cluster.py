"""A cluster of patterns in one year: its blocks, each cut out of the figures when it is its turn."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.arrays import Real, Truth, Whole
from imaatlas_spark.protection.blocks.block import Block, Component, Inequality, Need, PatternCells, Term
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.expressions import CONTRIBUTORS, UNITS, Bound, Expression, Wanted
from imaatlas_spark.protection.cards.structure import Structure, is_count_of_persons
from imaatlas_spark.protection.figures import Area, Figures, Layout, Member, Place


@dataclass(frozen=True)
class Level:
    """The cluster at one level: which of its patterns and components are shown there, with which members.

    Positions in the block are positions in these tuples.
    """

    patterns: tuple[int, ...]
    components: tuple[int, ...]
    members: tuple[tuple[Member, ...], ...]


@dataclass(frozen=True)
class Cluster:
    """closed: patterns, each with the parent of areas in which nothing of it is shown."""

    structure: Structure
    patterns: tuple[int, ...]
    layout: Layout
    figures: Figures
    protection: Protection
    closed: frozenset[tuple[int, Area | None]] = frozenset()

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Those of its components."""
        return tuple(
            self.structure.components[at] for pattern in self.patterns for at in self.structure.patterns[pattern]
        )

    def level(self, name: str) -> Level:
        if name not in self._levels:
            patterns, components, members = [], [], []
            for pattern in self.patterns:
                amounts = [self.structure.components[at] for at in self.structure.patterns[pattern]]
                shown = dict.fromkeys(each for amount in amounts for each in self.layout.members(amount, name))
                if shown:
                    patterns.append(pattern)
                    members.append(tuple(shown))
                    components += [
                        at
                        for at in self.structure.patterns[pattern]
                        if self.layout.members(self.structure.components[at], name)
                    ]
            self._levels[name] = Level(tuple(patterns), tuple(components), tuple(members))
        return self._levels[name]

    @cached_property
    def _levels(self) -> dict[str, Level]:
        return {}

    def block(self, parent: Area | None) -> Block:
        if parent not in self._blocks:
            areas = self.figures.children[parent]
            first = self._place[areas[0]]
            name = "country" if parent is None else ":".join(parent)
            self._blocks[parent] = self.of_level(areas[0][0]).part(name, slice(first, first + len(areas)))
        return self._blocks[parent]

    @cached_property
    def _blocks(self) -> dict[Area | None, Block]:
        return {}

    @cached_property
    def areas(self) -> dict[str, tuple[Area, ...]]:
        """All areas of each level, those of a parent side by side; and the groups of each grouping."""
        found: dict[str, list[Area]] = {}
        for _, areas in sorted(self.figures.children.items(), key=str):
            found.setdefault(areas[0][0], []).extend(areas)
        groups = {level: sorted(set(group_of.values())) for level, group_of in self.layout.groups.items() if group_of}
        found |= {level: [(level, code) for code in codes] for level, codes in groups.items()}
        return {level: tuple(areas) for level, areas in found.items()}

    @cached_property
    def _place(self) -> dict[Area, int]:
        """Where each area stands among those of its level."""
        return {area: at for areas in self.areas.values() for at, area in enumerate(areas)}

    def of_level(self, name: str) -> Block:
        """All areas of a level at once, to be parted."""
        if name not in self._levelled:
            areas, level = self.areas[name], self.level(name)
            parents = [parent for parent, within in self.figures.children.items() if within[0] == areas[0]]
            above = self.level(parents[0][0]) if parents[0] is not None else None
            self._levelled[name] = Block(
                name,
                tuple(":".join(area) for area in areas),
                tuple(self._cells(level, at, areas, above) for at in range(len(level.patterns))),
                tuple(self._component(level, component, areas) for component in level.components),
                tuple(self._inequalities(level, areas)),
                tuple(self.needs(level, areas)),
            )
        return self._levelled[name]

    @cached_property
    def _levelled(self) -> dict[str, Block]:
        return {}

    def _values(self, amount: Amount, areas: Sequence[Area], length: int) -> Whole:
        """Those of all areas of a level are put together once."""
        key = amount, areas[0][0]
        if areas is not self.areas.get(areas[0][0]):
            return self.figures.of(amount, areas, length)
        if key not in self._put_together:
            self._put_together[key] = self.figures.of(amount, areas, length)
        return self._put_together[key]

    @cached_property
    def _put_together(self) -> dict[tuple[Amount, str], Whole]:
        return {}

    def _component(self, level: Level, component: int, areas: Sequence[Area]) -> Component:
        amount = self.structure.components[component]
        pattern = level.patterns.index(self.structure.pattern_of[component])
        own = self.layout.members(amount, areas[0][0])
        members = level.members[pattern]
        values = np.zeros((len(areas), len(members)), dtype=np.int64)
        values[:, [members.index(each) for each in own]] = self._values(amount, areas, len(own))
        shown = tuple(member in own for member in members)
        return Component(amount.name, pattern, values, shown, self._known_before(component, areas, members))

    def _cells(self, level: Level, at: int, areas: Sequence[Area], above: Level | None) -> PatternCells:
        pattern, members = level.patterns[at], level.members[at]
        in_parent: tuple[int | None, ...] = (None,) * len(members)
        if above is not None:
            parents = above.members[above.patterns.index(pattern)]
            in_parent = tuple(parents.index(member) if member in parents else None for member in members)
        inhabited = self.inhabited(pattern, areas, members)
        hidden = self.hidden_before(pattern, areas, members) & inhabited
        known = np.logical_and.reduce(
            [self._known_before(component, areas, members) for component in self.structure.patterns[pattern]]
        )
        persons = self._persons(pattern, areas, members)
        cost = persons + float(self.protection.cell_cost.value)
        closed = np.array([(pattern, self.figures.parent.get(area)) in self.closed for area in areas])
        usable = inhabited & ~known
        hidden |= usable & closed[:, None]
        return PatternCells(members, self.layout.sums_over(members), in_parent, cost, usable, hidden)

    def hidden_before(self, pattern: int, areas: Sequence[Area], members: Sequence[Member]) -> Truth:
        """Which of its cells an earlier release hides."""
        return self._places(self.figures.before.hidden, pattern, areas, members)

    def _known_before(self, component: int, areas: Sequence[Area], members: Sequence[Member]) -> Truth:
        """Which of its cells an earlier release tells."""
        return self._places(self.figures.before.known, component, areas, members)

    @staticmethod
    def _places(told: AbstractSet[Place], of: int, areas: Sequence[Area], members: Sequence[Member]) -> Truth:
        if not told:
            return np.zeros((len(areas), len(members)), dtype=bool)
        return np.array([[(of, area, member) in told for member in members] for area in areas], dtype=bool)

    def _persons(self, pattern: int, areas: Sequence[Area], members: Sequence[Member]) -> Real:
        """How many persons a cell tells of: its first count of persons, or who contributes to it."""
        columns = self.protection.persons_columns
        amounts = [self.structure.components[at] for at in self.structure.patterns[pattern]]
        counts = [each for each in amounts if is_count_of_persons(each, columns)]
        counts += [
            card.contributors
            for card in self.structure.shown
            if card.contributors is not None and card.above in amounts
        ]
        return self._at(counts[0], areas, members).astype(float) if counts else np.zeros((len(areas), len(members)))

    def inhabited(self, pattern: int, areas: Sequence[Area], members: Sequence[Member]) -> "np.ndarray":
        """Where a zero may stand for somebody: the smallest published population around the cell is not empty."""
        unit = self.structure.components[self.structure.patterns[pattern][0]].unit
        return np.asarray(self._population(unit, areas, members) > 0)

    def _population(self, unit: str, areas: Sequence[Area], members: Sequence[Member]) -> Whole:
        """The smallest public count of rows that a cell lies in (persons, or practices)."""
        smallest = np.full((len(areas), len(members)), np.iinfo(np.int64).max)
        for amount in sorted(self.structure.public, key=lambda each: each.name):
            if amount.unit == unit and amount.column is None:
                own = self.layout.members(amount, areas[0][0])
                values = self._values(amount, areas, len(own)) if own else None
                for column, member in enumerate(members):
                    for wider in self.layout.wider(member):
                        if values is not None and wider in own:
                            smallest[:, column] = np.minimum(smallest[:, column], values[:, own.index(wider)])
        return smallest

    def values(self, component: int, areas: Sequence[Area], members: Sequence[Member]) -> Whole:
        return self._at(self.structure.components[component], areas, members)

    def _at(self, amount: Amount, areas: Sequence[Area], members: Sequence[Member]) -> Whole:
        """An amount at members, zero where it has none of them."""
        own = self.layout.members(amount, areas[0][0])
        found = np.zeros((len(areas), len(members)), dtype=np.int64)
        if own:
            values = self._values(amount, areas, len(own))
            for column, member in enumerate(members):
                if member in own:
                    found[:, column] = values[:, own.index(member)]
        return found

    def _sites(self, expression: Expression, level: str) -> tuple[Member, ...]:
        """The members at which all parts of an expression are shown."""
        amounts = [self.structure.components[at] for at, _ in expression.terms]
        amounts += [amount for amount, _ in expression.known]
        first, *others = (self.layout.members(amount, level) for amount in amounts)
        return tuple(member for member in first if all(member in other for other in others))

    def _terms(self, level: Level, expression: Expression, sites: Sequence[Member]) -> tuple[Term, ...]:
        terms = []
        for component, sign in expression.terms:
            members = level.members[level.patterns.index(self.structure.pattern_of[component])]
            at = tuple(members.index(site) for site in sites)
            terms.append(Term(level.components.index(component), sign, at))
        return tuple(terms)

    def _known(self, expression: Expression, areas: Sequence[Area], sites: Sequence[Member]) -> Whole:
        known = np.zeros((len(areas), len(sites)), dtype=np.int64)
        for amount, sign in expression.known:
            known += sign * self._at(amount, areas, sites)
        return known

    def _value(self, expression: Expression, areas: Sequence[Area], sites: Sequence[Member]) -> Whole:
        value = self._known(expression, areas, sites)
        for component, sign in expression.terms:
            value = value + sign * self._at(self.structure.components[component], areas, sites)
        return value

    def _inequalities(self, level: Level, areas: Sequence[Area]) -> list[Inequality]:
        found = []
        for bound in self.structure.bounds:
            if not self._holds(bound, level, areas):
                continue
            sites = self._sites(bound.expression, areas[0][0])
            if sites:
                terms = self._terms(level, bound.expression, sites)
                known = self._known(bound.expression, areas, sites)
                found.append(Inequality(terms, known, bound.follows))
        return found

    @staticmethod
    def _holds(each: Bound | Wanted, level: Level, areas: Sequence[Area]) -> bool:
        is_shown = all(component in level.components for component, _ in each.expression.terms)
        return is_shown and each.level in {None, areas[0][0]}

    def needs(self, level: Level, areas: Sequence[Area]) -> list[Need]:
        found = []
        for wanted in self.structure.wanted:
            if self._holds(wanted, level, areas):
                sites = self._sites(wanted.expression, areas[0][0])
                width = np.where(self._is_known(wanted, areas, sites), 0, self._width(wanted, areas, sites))
                if sites and width.any():
                    terms = self._terms(level, wanted.expression, sites)
                    found.append(Need(terms, width, level.components.index(wanted.owner)))
        return found

    def _is_known(self, wanted: Wanted, areas: Sequence[Area], sites: Sequence[Member]) -> Truth:
        """Where all parts of an expression were shown before, with the same figures: nothing is left to protect."""
        known: Truth = np.ones((len(areas), len(sites)), dtype=bool)
        for component, _ in wanted.expression.terms:
            known &= self._known_before(component, areas, sites)
        return known

    def _width(self, wanted: Wanted, areas: Sequence[Area], sites: Sequence[Member]) -> Whole:
        """How far the values of an expression must reach; 0 where it is not sensitive."""
        value, least = self._value(wanted.expression, areas, sites), self.protection.threshold.value
        share = np.maximum(np.ceil(value * float(self.protection.magnitude_share.value)), 1).astype(np.int64)
        if wanted.kind == UNITS:
            return np.where(self._few_units(wanted, areas, sites) & (value > 0), share, 0)
        judged = (
            self._value(wanted.judged, areas, sites)
            if isinstance(wanted.judged, Expression)
            else self._at(wanted.judged, areas, sites)
        )
        few = (judged < least) & (judged >= (0 if self.protection.zero_is_sensitive.value else 1))
        if wanted.kind == CONTRIBUTORS:
            return np.where(few & (value > 0), share, 0)
        unit = self.structure.components[wanted.owner].unit
        width = np.minimum(self.protection.width.value, self._population(unit, areas, sites))
        if unit != "person_year":
            width = np.full_like(value, self.protection.width.value)
        return np.where(few, width, 0)

    def _few_units(self, wanted: Wanted, areas: Sequence[Area], sites: Sequence[Member]) -> "np.ndarray":
        """Fewer units than the least, or one of them so large that the next could reckon it (p % rule)."""
        assert isinstance(wanted.judged, Amount)
        units = self._at(wanted.judged, areas, sites)
        amount = self.structure.components[wanted.owner]
        parts = [self.figures.dominance.get(amount, {}).get(area, (0, 0)) for area in areas]
        largest, second = (np.array([part[at] for part in parts])[:, None] for at in (0, 1))
        rest = self._value(wanted.expression, areas, sites) - largest - second
        dominated = rest * 100 < self.protection.dominance_percent.value * largest
        return np.asarray((units > 0) & ((units < self.protection.practices_minimum.value) | dominated))

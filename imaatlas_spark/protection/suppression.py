"""Which cells of a block are hidden, with the witnesses that show that nothing sensitive follows from the rest.

Witnesses have numbers. Witness n of a block follows witness n of the level above: the sums of the children move as the
parent's row does there, mostly not at all. Each pass draws for every sensitive cell that still lacks room a direction,
and moves as many as it can that way, of what is hidden already. What this does not bring is bought: the cheapest cells
are hidden as well. What cannot be bought makes the block *withheld*: all of its cells are hidden.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from imaatlas_spark.protection.blocks import (
    UNBOUNDED,
    Block,
    Component,
    Need,
    Real,
    Relations,
    Term,
    Truth,
    Whole,
)
from imaatlas_spark.protection.programs import Program, Wanted

_STEP = 5.0  # a usual move of a count: what a price is reckoned by
_DEAREST = 5e3
_WIDTHS = 2  # how many widths a cell moves at most
_IDLE = 2  # passes that may bring nothing
_PASSES = 12
_PURCHASES = 6

Row = Whole | None
Rows = Sequence[Row]  # of each component how one area's row moves, by member; None: it stands still
Moves = list[Whole]  # of each component how its cells move (areas x members)
Limits = tuple[Whole, Whole]  # the least and the most that cells may move (areas x members)
Site = tuple[int, int, int]  # need, area, site


@dataclass(frozen=True)
class Lacking:
    """A cell that no witnesses of the block move as far as it needs: its component, area and member, and the width."""

    component: int
    area: int
    member: int
    width: int
    reached: int


class Suppression:
    """A block that is being protected. What is hidden, and the witnesses, only ever grow."""

    def __init__(
        self,
        block: Block,
        limits: Sequence[Limits] = (),
        more: Iterable[Need] = (),
        banned: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        """limits: of each component, how far what lies below the cells can follow them. more: needs of the levels
        below. banned: (witness, area) whose row must stand still, for what lies below cannot follow it."""
        self.block, self.limits, self.banned = replace(block, needs=(*block.needs, *more)), limits, banned
        self.hidden = [cells.hidden | self.block.sensitive(at) for at, cells in enumerate(block.patterns)]
        self.withheld: set[int] = set()
        self.witnesses: list[Moves] = []
        self.stuck: list[int] = []  # witnesses of the level above that the block cannot follow
        self.lowest = [np.zeros(need.width.shape, dtype=np.int64) for need in self.block.needs]
        self.highest = [np.zeros(need.width.shape, dtype=np.int64) for need in self.block.needs]
        self.random = np.random.default_rng(zlib.crc32(block.parent.encode()))
        self._signs: list[Whole] = []
        self._programs: dict[int, Program] = {}
        self._followers = {each.terms[-1].component: each.terms[0].component for each in block.inequalities if each.follows}

    def protect(self, above: Sequence[Rows] = ()) -> None:
        """`above`: the witnesses of the parent's row, by component of this block."""
        for number, rows in enumerate(above):
            self._pass(number, rows)
        self._passes()
        for component in range(len(self.block.components)):
            self._purchase(component)
        if self._any_missing():
            for number in sorted({self._owner(need).pattern for need, _, _ in self._missing()}):
                self._withhold(number)
            self._passes()

    def lacking(self) -> list[Lacking]:
        found = []
        for number, area, site in self._missing():
            need = self.block.needs[number]
            member = self._own_term(need).members[site]
            reached = int(self.highest[number][area, site] - self.lowest[number][area, site])
            found.append(Lacking(need.owner, area, member, int(need.width[area, site]), reached))
        return found

    def rows(self, area: int, components: Sequence[int]) -> list[Rows]:
        """How an area's own row moves in each witness, for the components that its children show."""
        found = []
        for moves in self.witnesses:
            rows = [moves[component][area] for component in components]
            found.append([row if row.any() else None for row in rows])
        return found

    def _owner(self, number: int) -> Component:
        return self.block.components[self.block.needs[number].owner]

    def _own_term(self, need: Need) -> Term:
        return next(term for term in need.terms if term.component == need.owner)

    def _lacks(self, number: int) -> Truth:
        need = self.block.needs[number]
        return (self.highest[number] - self.lowest[number] < need.width) & (need.width > 0)

    def _any_missing(self) -> bool:
        return any(self._lacks(number).any() for number in range(len(self.block.needs)))

    def _missing(self, component: int | None = None) -> list[Site]:
        return [
            (number, int(area), int(site))
            for number, need in enumerate(self.block.needs)
            if component is None or need.owner == component
            for area, site in np.argwhere(self._lacks(number))
        ]

    def _passes(self) -> None:
        idle = 0
        for _ in range(_PASSES):
            if idle >= _IDLE or not self._any_missing():
                return
            before = len(self._missing())
            self._pass(len(self.witnesses), self._still())
            idle = 0 if len(self._missing()) < before else idle + 1

    def _still(self) -> Rows:
        return [None] * len(self.block.components)

    def _nothing(self) -> Moves:
        return [np.zeros(each.values.shape, dtype=np.int64) for each in self.block.components]

    def _pass(self, number: int, rows: Rows) -> None:
        """The next witness: every component in turn, within what those before it have moved to."""
        self._draw(number)
        moves, done = self._nothing(), set[int]()
        for component in self._order(number):
            found = self._moved(component, moves, done, rows[component], number)
            if found is None:
                self.stuck.append(number)
                moves = self._nothing()
                break
            moves[component] = found
            done.add(component)
        self._keep(moves)

    def _order(self, number: int) -> list[int]:
        """Those that follow others come last; of the rest each is the first now and then."""
        turned = -1 if number % 4 > 1 else 1
        return sorted(range(len(self.block.components)), key=lambda at: (at in self._followers, turned * at))

    def _draw(self, number: int) -> None:
        """A direction for every sensitive cell; each other pass the opposite ones."""
        if number % 2 and self._signs:
            self._signs = [-signs for signs in self._signs]
        else:
            self._signs = [self.random.integers(0, 2, need.width.shape) * 2 - 1 for need in self.block.needs]

    def _keep(self, moves: Moves) -> None:
        self.witnesses.append(moves)
        for number, need in enumerate(self.block.needs):
            moved = _moved(need.terms, moves)
            self.lowest[number] = np.minimum(self.lowest[number], moved)
            self.highest[number] = np.maximum(self.highest[number], moved)

    def _moved(self, component: int, moves: Moves, done: set[int], row: Row, number: int) -> Whole | None:
        """The moves of a component that follow `row`, and bring as much as what is hidden allows; None: there are none."""
        lowest, highest = self._bounds(component, moves, done)
        for watched, area in self.banned:
            if watched == number:
                lowest[area], highest[area] = 0, 0
        if (mirrored := self._mirrored(component, moves, row, lowest, highest)) is not None:
            return mirrored
        reward = self._reward(component)
        if row is None and not reward.any() and (lowest <= 0).all() and (highest >= 0).all():
            return moves[component]
        lowest, highest = self._boxed(component, row, lowest, highest)
        sides = self._sides(component, row)
        shape = lowest.shape
        found = self._program(component).solved(sides, lowest.ravel(), highest.ravel(), reward.ravel())
        if found is None and row is None and (lowest <= 0).all() and (highest >= 0).all():
            return moves[component]
        if found is None:
            found = self._bought(component, sides, lowest, highest)
        if found is None:
            self._withhold(self.block.components[component].pattern)
            found = self._program(component).solved(sides, lowest.ravel(), highest.ravel(), reward.ravel())
        return None if found is None else found.reshape(shape)

    def _bought(self, component: int, sides: Real, lowest: Whole, highest: Whole) -> Whole | None:
        """The cheapest moves that follow the parent's row where what is hidden cannot."""
        program = Program(self._relations(component), self._price(component).ravel())
        found = program.solved(sides, lowest.ravel(), highest.ravel())
        if found is not None:
            self._hide(component, found.reshape(lowest.shape))
        return found

    def _mirrored(self, component: int, moves: Moves, row: Row, lowest: Whole, highest: Whole) -> Whole | None:
        """The moves of the component that this one follows: one contact more for each person. Every sum is kept."""
        if component not in self._followers:
            return None
        leader = moves[self._followers[component]]
        if not leader.any() or (leader < lowest).any() or (leader > highest).any():
            return None
        pattern = self.block.patterns[self.block.components[component].pattern]
        shown = self.block.components[component].shown
        for position, parent in enumerate(pattern.in_parent):
            if parent is not None and shown[position]:
                if leader[:, position].sum() != (0 if row is None else row[parent]):
                    return None
        return leader

    def _purchase(self, component: int) -> None:
        """Witnesses in which more is hidden than was, for all that still lacks, then for one cell at a time."""
        idle = False
        for _ in range(_PURCHASES):
            sites = self._missing(component)
            if not sites:
                return
            lacked = self._lack(component)
            self._purchase_for(component, sites[:1] if idle else sites)
            if self._lack(component) == lacked:
                if idle:
                    return
                idle = True

    def _lack(self, component: int) -> int:
        """How much is lacking in all."""
        return sum(
            int(np.maximum(need.width - self.highest[number] + self.lowest[number], 0).sum())
            for number, need in enumerate(self.block.needs)
            if need.owner == component
        )

    def _purchase_for(self, component: int, sites: Sequence[Site]) -> None:
        moves = self._nothing()
        lowest, highest = self._boxed(component, None, *self._bounds(component, moves, set()))
        wanted = self._wanted(sites, lowest, highest)
        program = Program(self._relations(component), self._price(component).ravel(), wanted)
        found = program.solved(self._sides(component, None), lowest.ravel(), highest.ravel())
        if found is None or not found.any():
            return
        moves[component] = found.reshape(lowest.shape)
        self._hide(component, moves[component])
        for follower, leader in self._followers.items():
            if leader == component:
                bounds = self._bounds(follower, moves, {component})
                mirrored = self._mirrored(follower, moves, None, *bounds)
                moves[follower] = moves[follower] if mirrored is None else mirrored
        self._keep(moves)

    def _wanted(self, sites: Sequence[Site], lowest: Whole, highest: Whole) -> Wanted:
        """What lacks to each site, in a direction that its bounds allow."""
        cells, signs, least = [], [], []
        for number, area, site in sites:
            need = self.block.needs[number]
            term = self._own_term(need)
            at = term.members[site]
            low, high = self.lowest[number][area, site], self.highest[number][area, site]
            lacks = need.width[area, site] - (high - low)
            up, down = high + lacks, lacks - low
            goes_up, goes_down = highest[area, at], -lowest[area, at]
            if term.sign < 0:
                goes_up, goes_down = goes_down, goes_up
            upwards = goes_up >= up and (goes_down < down or self.random.random() < 0.5) or goes_up - up > goes_down - down
            cells.append(area * lowest.shape[1] + at)
            signs.append(float(term.sign if upwards else -term.sign))
            least.append(float(up if upwards else down))
        weight = self.random.uniform(0.5, 1.5, len(cells))
        return Wanted(np.array(cells, dtype=np.intp), np.array(signs), np.array(least), weight)

    def _hide(self, component: int, moves: Whole) -> None:
        self._hide_cells(self.block.components[component].pattern, moves != 0)

    def _withhold(self, pattern: int) -> None:
        self.withheld.add(pattern)
        self._hide_cells(pattern, self.block.patterns[pattern].usable)

    def _hide_cells(self, pattern: int, cells: Truth) -> None:
        self.hidden[pattern] = self.hidden[pattern] | cells
        for component, each in enumerate(self.block.components):
            if each.pattern == pattern:
                self._programs.pop(component, None)

    def _program(self, component: int) -> Program:
        """Over what is hidden, made once for as long as no more is."""
        if component not in self._programs:
            own = self.block.components[component]
            moves = (self.hidden[own.pattern] & np.array(own.shown)).ravel()
            self._programs[component] = Program(self._relations(component), np.where(moves, 0.0, np.inf))
        return self._programs[component]

    def _relations(self, component: int) -> Relations:
        own = self.block.components[component]
        return self.block.patterns[own.pattern].relations(own.shown)

    def _sides(self, component: int, row: Row) -> Real:
        return self._relations(component).sides(row)

    def _price(self, component: int) -> Real:
        """Of a unit of movement: infinite where a cell must not be hidden."""
        own = self.block.components[component]
        cells = self.block.patterns[own.pattern]
        price = np.where(cells.usable, np.minimum(cells.cost, _DEAREST) / _STEP, np.inf)
        price = np.where(self.hidden[own.pattern], 0.0, price)
        return np.where(np.array(own.shown), price, np.inf)

    def _reward(self, component: int) -> Real:
        """Of a unit of movement upwards, for cells that still lack room."""
        reward = np.zeros(self.block.components[component].values.shape)
        for number, need in enumerate(self.block.needs):
            if need.owner == component and (lacks := self._lacks(number)).any():
                term = self._own_term(need)
                reward[:, list(term.members)] += np.where(lacks, self._signs[number] * term.sign, 0)
        return reward

    def _boxed(self, component: int, row: Row, lowest: Whole, highest: Whole) -> tuple[Whole, Whole]:
        """Moves of cells that are no totals kept within some widths: what lies below has to follow."""
        widths = [int(need.width.max(initial=0)) for need in self.block.needs if need.owner == component]
        farthest = _WIDTHS * max([1, *widths, 0 if row is None else int(np.abs(row).max())])
        cells = self.block.patterns[self.block.components[component].pattern]
        totals = {total for total, _ in cells.totals}
        single = np.array([position not in totals for position in range(cells.shape[1])])
        near = np.where(single, farthest, UNBOUNDED)
        return np.minimum(np.maximum(lowest, -near), highest), np.maximum(np.minimum(highest, near), lowest)

    def bounds(self, component: int) -> Limits:
        """How far each cell may move, all others standing still."""
        return self._bounds(component, self._nothing(), set())

    def _bounds(self, component: int, moves: Moves, done: set[int]) -> Limits:
        """How far each cell may move, given what those that are `done` have moved; the others stand still."""
        own = self.block.components[component]
        lowest = -own.values
        highest = np.where(np.array(own.shown), UNBOUNDED, 0) + np.zeros_like(lowest)
        if self.limits:
            lowest = np.maximum(lowest, self.limits[component][0])
            highest = np.minimum(highest, self.limits[component][1])
        for inequality in self.block.inequalities:
            mine = next((term for term in inequality.terms if term.component == component), None)
            others = [term for term in inequality.terms if term.component != component]
            if mine is None or (inequality.follows and any(self._waits_for(term, component, done) for term in others)):
                continue
            room = inequality.constant + self._held(inequality.terms)
            room = room + _moved([term for term in others if term.component in done], moves)
            at = list(mine.members)
            if mine.sign > 0:
                lowest[:, at] = np.maximum(lowest[:, at], -room)
            else:
                highest[:, at] = np.minimum(highest[:, at], room)
        return lowest, highest

    def _waits_for(self, term: Term, leader: int, done: set[int]) -> bool:
        return self._followers.get(term.component) == leader and term.component not in done

    def _held(self, terms: Sequence[Term]) -> Whole:
        return _moved(terms, [each.values for each in self.block.components])


def _moved(terms: Sequence[Term], moves: Sequence[Whole]) -> Whole:
    moved = [term.sign * moves[term.component][:, list(term.members)] for term in terms]
    return np.asarray(sum(moved), dtype=np.int64)

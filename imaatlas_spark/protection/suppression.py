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
_ALREADY_HIDDEN = 1e-3  # price of moving what is hidden: nearly nothing, yet what need not move stands still
_WIDTHS = 2  # how many widths a cell moves at most
_IDLE = 3  # passes that may bring nothing
_PASSES = 40
_APART = 4  # one witness of so many moves what follows alone
_GIVING_WAY = 16
_PURCHASES = 24
_WORTHWHILE = 0.95  # of what lacks, a pass of what is hidden already leaves no more

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


@dataclass
class _Pass:
    """A witness in the making.

    waiting: components that stand still in it. done: those that have moved. giving_way: those that come later make way
    for those before them, where a bound joins them.
    """

    number: int
    rows: Rows
    buying: bool
    waiting: set[int]
    moves: Moves
    done: set[int]
    giving_way: bool = False


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
        self._signs: list[Real] = []
        self._programs: dict[int, Program] = {}
        self._above = 0
        true = [each.values for each in block.components]
        self._rooms = [each.constant + _moved(each.terms, true) for each in block.inequalities]
        self._limit_needs()
        self._followers = {
            each.terms[-1].component: each.terms[0].component for each in block.inequalities if each.follows
        }

    def _limit_needs(self) -> None:
        """A need is never more than what public figures leave: of four persons, one is known to live elsewhere."""
        self.block = replace(self.block, needs=tuple(map(self._limited, self.block.needs)))

    def _limited(self, need: Need) -> Need:
        if len(need.terms) > 1 or not need.width.any():
            return need
        lowest, highest = self.bounds(need.owner)
        left = (highest - lowest)[:, list(self._own_term(need).members)]
        return replace(need, width=np.minimum(need.width, left))

    def protect(self, above: Sequence[Rows] = ()) -> None:
        """`above`: the witnesses of the parent's row, by component of this block."""
        self._above = len(above)
        for number, rows in enumerate(above):
            self._pass(number, rows)
        self._passes(_PASSES, _WORTHWHILE, buying=False)
        self._passes(_PURCHASES, 1.0, buying=True)
        self._passes(_GIVING_WAY, 1.0, giving_way=True)

    def lacking(self) -> list[Lacking]:
        found = []
        for number, area, site in self._missing():
            need = self.block.needs[number]
            member = self._own_term(need).members[site]
            reached = int(self.highest[number][area, site] - self.lowest[number][area, site])
            found.append(Lacking(need.owner, area, member, int(need.width[area, site]), reached))
        return found

    def withhold(self) -> None:
        """Hide the whole block, whose cells then stand still: for one that cannot follow the level above."""
        for pattern in range(len(self.block.patterns)):
            self._withhold(pattern)
        self.witnesses = [self._nothing() for _ in self.witnesses]
        self.lowest = [np.zeros_like(each) for each in self.lowest]
        self.highest = [np.zeros_like(each) for each in self.highest]

    def withhold_areas(self, lacking: Iterable[Lacking]) -> None:
        """Hide all cells, of their pattern, of the areas in which something lacks."""
        for each in lacking:
            pattern = self.block.components[each.component].pattern
            cells = np.zeros_like(self.hidden[pattern])
            cells[each.area] = self.block.patterns[pattern].usable[each.area]
            self._hide_cells(pattern, cells)

    def rows(self, area: int, components: Sequence[int]) -> list[Rows]:
        """How an area's own row moves in each witness, for the components that its children show."""
        found: list[Rows] = []
        for moves in self.witnesses:
            rows = [moves[component][area] for component in components]
            found.append([row if row.any() else None for row in rows])
        return found

    def _own_term(self, need: Need) -> Term:
        return next(term for term in need.terms if term.component == need.owner)

    def _lacks(self, number: int) -> Truth:
        need = self.block.needs[number]
        return (self.highest[number] - self.lowest[number] < need.width) & (need.width > 0)

    def _missing(self, component: int | None = None) -> list[Site]:
        return [
            (number, int(area), int(site))
            for number, need in enumerate(self.block.needs)
            if component is None or need.owner == component
            for area, site in np.argwhere(self._lacks(number))
        ]

    def _passes(self, most: int, left: float, buying: bool = False, giving_way: bool = False) -> None:
        """Witnesses in which the parent's row stands still, until they leave more than `left` of what lacks."""
        idle = 0
        for _ in range(most):
            lacked = self._lack()
            if idle >= _IDLE or not lacked:
                return
            self._pass(len(self.witnesses), self._still(), buying, giving_way)
            idle = 0 if self._lack() < left * lacked else idle + 1

    def _still(self) -> Rows:
        return [None] * len(self.block.components)

    def _nothing(self) -> Moves:
        return [np.zeros(each.values.shape, dtype=np.int64) for each in self.block.components]

    def _pass(self, number: int, rows: Rows, buying: bool = False, giving_way: bool = False) -> None:
        """The next witness: every component in turn, within what those before it have moved to."""
        self._draw(number)
        waiting = set[int]() if giving_way else self._waiting(number, rows)
        now = _Pass(number, rows, buying, waiting, self._nothing(), set(), giving_way)
        for component in self._order(number):
            found = self._moved(component, now)
            if found is None:
                if any(row is not None for row in rows):
                    self.stuck.append(number)
                now.moves = self._nothing()
                break
            now.moves[component] = found
            now.done.add(component)
        self._keep(now.moves)

    def _order(self, number: int) -> list[int]:
        """Those that follow others come last; of the rest each is the first now and then."""
        turned = -1 if number % 4 > 1 else 1
        return sorted(range(len(self.block.components)), key=lambda at: (at in self._followers, turned * at))

    def _draw(self, number: int) -> None:
        """A direction for every sensitive cell; each other pass the opposite ones."""
        if number % 2 and self._signs:
            self._signs = [-signs for signs in self._signs]
        else:
            self._signs = [
                (self.random.integers(0, 2, need.width.shape) * 2 - 1) * self.random.uniform(0.5, 1.5, need.width.shape)
                for need in self.block.needs
            ]

    def _keep(self, moves: Moves) -> None:
        self.witnesses.append(moves)
        for number, need in enumerate(self.block.needs):
            moved = _moved(need.terms, moves)
            self.lowest[number] = np.minimum(self.lowest[number], moved)
            self.highest[number] = np.maximum(self.highest[number], moved)

    def _moved(self, component: int, now: "_Pass") -> Whole | None:
        """The moves of a component that follow its row and bring room to what lacks it; None: there are none."""
        row, still = now.rows[component], now.moves[component]
        lowest, highest = self._bounds(component, now.moves, now.done, now.giving_way)
        for watched, area in self.banned:
            if watched == now.number:
                lowest[area], highest[area] = 0, 0
        if (mirrored := self._mirrored(component, now.moves, row, lowest, highest)) is not None:
            return mirrored
        may_stand = row is None and (lowest <= 0).all() and (highest >= 0).all()
        sites = self._missing(component)
        if may_stand and (not sites or component in now.waiting):
            return still
        lowest, highest = self._boxed(component, row, lowest, highest)
        if now.buying and may_stand:
            found = self._purchased(component, sites, lowest, highest)
        else:
            found = self._followed(component, row, (lowest, highest), must=not may_stand)
        return still if found is None and may_stand else found

    def _waiting(self, number: int, rows: Rows) -> set[int]:
        """What stands still in a witness so that what follows it can move alone."""
        if number % _APART < _APART - 1:
            return set()
        moving = {each for each in self._followers if rows[each] is not None or self._missing(each)}
        return {self._followers[each] for each in moving}

    def _followed(self, component: int, row: Row, within: Limits, must: bool) -> Whole | None:
        """Within what is hidden; where that cannot follow the parent's row, with more; at last all is hidden."""
        lowest, highest = within
        sides, bounds = self._sides(component, row), (lowest.ravel(), highest.ravel())
        near = lowest.copy(), highest.copy()
        reward = self._reward(component, row, *near).ravel()
        found = self._program(component).solved(sides, near[0].ravel(), near[1].ravel(), reward)
        if found is None and must:
            found = Program(self._relations(component), self._price(component).ravel()).solved(sides, *bounds)
        if found is None and must and row is not None:
            self._withhold(self.block.components[component].pattern)
            found = self._program(component).solved(sides, *bounds, reward)
        if found is not None:
            self._hide(component, found.reshape(lowest.shape))
        return None if found is None else found.reshape(lowest.shape)

    def _mirrored(self, component: int, moves: Moves, row: Row, lowest: Whole, highest: Whole) -> Whole | None:
        """The moves of the component that this one follows: one contact more for each person. Every sum is kept."""
        if component not in self._followers:
            return None
        leader = moves[self._followers[component]]
        if not leader.any() or (leader < lowest).any() or (leader > highest).any():
            return None
        pattern = self.block.patterns[self.block.components[component].pattern]
        shown = self.block.components[component].shown
        asked = [
            (position, 0 if row is None else int(row[parent]))
            for position, parent in enumerate(pattern.in_parent)
            if parent is not None and shown[position]
        ]
        return leader if all(leader[:, position].sum() == moved for position, moved in asked) else None

    def _purchased(self, component: int, sites: Sequence[Site], lowest: Whole, highest: Whole) -> Whole | None:
        """Moves of more than was hidden, the cheapest that bring what lacks to `sites`."""
        wanted = self._wanted(sites, lowest, highest)
        price = np.maximum(self._price(component), _ALREADY_HIDDEN).ravel()
        program = Program(self._relations(component), price, wanted)
        found = program.solved(self._sides(component, None), lowest.ravel(), highest.ravel())
        if found is None:
            return None
        self._hide(component, found.reshape(lowest.shape))
        return found.reshape(lowest.shape)

    def _lack(self) -> int:
        """How much is lacking in all."""
        return sum(
            int(np.maximum(need.width - self.highest[number] + self.lowest[number], 0).sum())
            for number, need in enumerate(self.block.needs)
        )

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
            if (goes_up >= up) == (goes_down >= down):
                upwards = bool(self.random.random() < 0.5)
            else:
                upwards = bool(goes_up >= up)
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

    def _reward(self, component: int, row: Row, lowest: Whole, highest: Whole) -> Real:
        """Of a unit of movement, for cells that still lack room: along with the parent's row where that moves.

        No farther than what lacks, so that there is more for others: `lowest` and `highest` are drawn in.
        """
        own = self.block.components[component]
        reward, along = np.zeros(own.values.shape), np.zeros(own.values.shape[1], dtype=np.int64)
        if row is not None:
            parents = self.block.patterns[own.pattern].in_parent
            along = np.array([0 if at is None else int(np.sign(row[at])) for at in parents])
        for number, need in enumerate(self.block.needs):
            if need.owner == component and (lacks := self._lacks(number)).any():
                term = self._own_term(need)
                at = list(term.members)
                reached = (self.lowest[number], self.highest[number])
                low, high = reached if term.sign > 0 else (-reached[1], -reached[0])
                lacking = need.width - (high - low)
                drawn = np.where(along[at] != 0, along[at] * np.abs(self._signs[number]), self._signs[number])
                goes_up, goes_down = highest[:, at] >= high + lacking, lowest[:, at] <= low - lacking
                drawn = np.where(goes_up == goes_down, drawn, np.where(goes_up, np.abs(drawn), -np.abs(drawn)))
                towards = np.where(lacks, drawn, 0)
                reward[:, at] += towards
                up, down = towards > 0, towards < 0
                highest[:, at] = np.where(up, np.minimum(highest[:, at], np.maximum(high + lacking, 0)), highest[:, at])
                lowest[:, at] = np.where(down, np.maximum(lowest[:, at], np.minimum(low - lacking, 0)), lowest[:, at])
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
        """How far each cell may move as far as public figures tell."""
        return self._bounds(component, self._nothing(), None)

    def _bounds(self, component: int, moves: Moves, done: set[int] | None, giving_way: bool = False) -> Limits:
        """How far each cell may move, given what those that are `done` have moved; the others stand still.

        None: all other components are left open.
        """
        own = self.block.components[component]
        lowest = -own.values
        highest = np.where(np.array(own.shown), UNBOUNDED, 0) + np.zeros_like(lowest)
        if self.limits:
            lowest = np.maximum(lowest, self.limits[component][0])
            highest = np.minimum(highest, self.limits[component][1])
        for at_bound, inequality in enumerate(self.block.inequalities):
            mine = next((term for term in inequality.terms if term.component == component), None)
            others = [term for term in inequality.terms if term.component != component]
            if mine is None or (done is None and others):
                continue
            if done is not None and inequality.follows and self._is_left_open(component, others, done):
                continue
            room = self._rooms[at_bound] + _moved([term for term in others if term.component in (done or ())], moves)
            if giving_way:
                room = room + self._given_way([term for term in others if term.component not in (done or ())])
            at = list(mine.members)
            if mine.sign > 0:
                lowest[:, at] = np.maximum(lowest[:, at], -room)
            else:
                highest[:, at] = np.minimum(highest[:, at], room)
        return lowest, highest

    def _given_way(self, others: Sequence[Term]) -> Whole:
        """How much room there is more, once those that come later are as low as they can be."""
        lower = [term for term in others if term.sign < 0]
        return -_moved(lower, [each.values for each in self.block.components])

    def _is_left_open(self, component: int, others: Sequence[Term], done: set[int]) -> bool:
        """Whether a bound between a component and one that follows it has to wait until that one moves."""
        return any(self._followers.get(term.component) == component and term.component not in done for term in others)


def _moved(terms: Sequence[Term], moves: Sequence[Whole]) -> Whole:
    moved = [term.sign * moves[term.component][:, list(term.members)] for term in terms]
    return np.asarray(sum(moved), dtype=np.int64)

"""Which cells of a block are hidden, with the witnesses that show that nothing sensitive follows from the rest.

Witnesses have numbers. Witness n of a block follows witness n of the level above: the sums of the children move as the
parent's row does there, mostly not at all. Each pass draws for every sensitive cell that still lacks room a direction,
and moves as many as it can that way, of what is hidden already. What this does not bring is bought: the cheapest cells
are hidden as well. At first they are bought for a small step of each cell, in directions that make up for each other:
what is hidden then mostly moves a cell all the way, up in one witness and down in another. What cannot be bought makes
the block *withheld*: all of its cells are hidden.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from imaatlas_spark.protection.arrays import Real, Truth, Whole
from imaatlas_spark.protection.blocks.balances import Balance
from imaatlas_spark.protection.blocks.block import UNBOUNDED, Block, Need
from imaatlas_spark.protection.blocks.bounds import Bounds, Limits, Moves, limited, parts_of
from imaatlas_spark.protection.blocks.cover import ALREADY_HIDDEN, Cover
from imaatlas_spark.protection.blocks.programs import Program, Wanted
from imaatlas_spark.protection.blocks.reaches import Reach

_WIDTHS = 2  # how many widths a cell moves at most
_IDLE = 3  # passes that may bring nothing
_PASSES = 40
_APART = 4  # one witness of so many moves what follows alone
_GIVING_WAY = 16
_STEPS = 5  # to what a cell needs: of a count each is one person
_PURCHASES = 24
_WORTHWHILE = 0.95  # of what lacks, a pass of what is hidden already leaves no more

Row = Whole | None
Rows = Sequence[Row]  # of each component how one area's row moves, by member; None: it stands still


@dataclass(frozen=True)
class Lacking:
    """A cell that no witnesses of the block move as far as it needs: its component, area and member."""

    component: int
    area: int
    member: int


@dataclass
class _Pass:
    """A witness in the making.

    steps: in how many what is needed is bought, of which this is one; 0: nothing is bought.
    turn: of all that were tried, kept or not. waiting: components that stand still in it. done: those that had their
    turn; moving: those of them that move. giving_way: those that come later make way for those before them, where a
    bound joins them.
    """

    number: int
    turn: int
    rows: Rows
    moves: Moves
    steps: int = 0
    giving_way: bool = False
    waiting: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    moving: set[int] = field(default_factory=set)


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
        self._followers = {
            each.terms[-1].component: each.terms[0].component for each in block.inequalities if each.follows
        }
        self._bounds = Bounds(block, limits, self._followers)
        needs = tuple(limited(need, self._bounds.public) for need in (*block.needs, *more))
        self.block, self.banned = replace(block, needs=needs), banned
        self._cover = Cover(self.block)
        self.witnesses: list[Moves] = []
        self.stuck: list[int] = []  # witnesses of the level above that the block cannot follow
        self._reaches = [Reach(need, parts_of(block, need)) for need in needs]
        self._random = np.random.default_rng(zlib.crc32(block.parent.encode()))
        self._farthest = [_WIDTHS * max(1, int(self.block.widths(at).max())) for at in range(len(block.components))]
        self._still = [np.zeros_like(each.values) for each in block.components]

    @property
    def hidden(self) -> list[Truth]:
        """Of each pattern, its cells that are hidden (areas x members)."""
        return self._cover.hidden

    def protect(self, above: Sequence[Rows] = ()) -> None:
        """`above`: the witnesses of the parent's row, by component of this block."""
        for number, rows in enumerate(above):
            self._follow(number, rows)
        self._passes(_PASSES, _WORTHWHILE)
        for _ in range(_STEPS):
            self._passes(1, 1.0, steps=_STEPS)
            self._passes(_PASSES, _WORTHWHILE)
        self._passes(_PURCHASES, 1.0, steps=1)
        self._passes(_GIVING_WAY, 1.0, steps=1, giving_way=True)

    def _follow(self, number: int, rows: Rows) -> None:
        """The witness of that number; others make way for what has to follow its row, if they can."""
        follows = any(row is not None for row in rows)
        ways = (True, False) if follows and self._lack() else (False,)
        if not any(self._pass(_Pass(number, number, rows, list(self._still), giving_way=way)) for way in ways):
            self.witnesses.append(self._still)
            if follows:
                self.stuck.append(number)

    def lacking(self) -> list[Lacking]:
        """What the block lacks after all."""
        found = []
        for reach in self._reaches:
            for area, site in np.argwhere(reach.lacking > 0):
                found.append(Lacking(reach.need.owner, int(area), reach.need.members[site]))
        return found

    def withhold(self) -> None:
        """Hide the whole block, whose cells then stand still: for one that cannot follow the level above."""
        for pattern, cells in enumerate(self.block.patterns):
            self._cover.hide(pattern, cells.usable)
        self.witnesses = [self._still for _ in self.witnesses]
        for reach in self._reaches:
            reach.forget()

    def withhold_areas(self, lacking: Iterable[Lacking]) -> None:
        """Hide all cells, of their pattern, of the areas in which something lacks."""
        for each in lacking:
            pattern = self.block.components[each.component].pattern
            cells = np.zeros_like(self.hidden[pattern])
            cells[each.area] = self.block.patterns[pattern].usable[each.area]
            self._cover.hide(pattern, cells)

    def rows(self, area: int, components: Sequence[int]) -> list[Rows]:
        """How an area's own row moves in each witness, for the components that its children show."""
        return [[self._row(moves, area, component) for component in components] for moves in self.witnesses]

    def _row(self, moves: Moves, area: int, component: int) -> Row:
        if moves[component] is self._still[component]:
            return None
        row = moves[component][area]
        return row if row.any() else None

    def _passes(self, most: int, left: float, steps: int = 0, giving_way: bool = False) -> None:
        """Witnesses in which the parent's row stands still, until they leave more than `left` of what lacks."""
        idle = 0
        for turn in range(len(self.witnesses), len(self.witnesses) + most):
            lacked = self._lack()
            if idle >= _IDLE or not lacked:
                return
            rows: Rows = [None] * len(self._still)
            made = self._pass(_Pass(len(self.witnesses), turn, rows, list(self._still), steps, giving_way))
            if made and self._lack() == lacked:
                self.witnesses.pop()  # nobody needs it, and what lies below would have to follow
            idle = 0 if self._lack() < left * lacked else idle + 1

    def _lack(self) -> int:
        """How much is lacking in all."""
        return sum(reach.lack for reach in self._reaches)

    def _lacks(self, component: int) -> bool:
        return any(reach.lack for reach in self._reaches if reach.need.owner == component)

    def _may_gain(self, component: int, within: Limits) -> bool:
        return any(reach.may_gain(within) for reach in self._reaches if reach.need.owner == component)

    def _pass(self, now: _Pass) -> bool:
        """The next witness: every component in turn, within what those before it moved to. False: there is none."""
        if not now.giving_way:
            now.waiting = self._waiting(now)
        for reach in self._reaches:
            if reach.lack:
                reach.draw(self._random, opposite=now.turn % 2 == 1)
        for component in self._in_turn(now):
            found = self._moved(component, now)
            if found is None:
                return False
            if found.any():
                now.moves[component] = found
                now.moving.add(component)
            now.done.add(component)
        self.witnesses.append(now.moves)
        for reach in self._reaches:
            if reach.components & now.moving:
                reach.keep(now.moves)
        return True

    def _in_turn(self, now: _Pass) -> list[int]:
        """Those that follow others come last; others make way for those whose row moves; of the rest each is the first
        now and then."""
        turned = -1 if now.turn % 4 > 1 else 1
        stands = [now.giving_way and row is None for row in now.rows]
        return sorted(range(len(stands)), key=lambda at: (at in self._followers, stands[at], turned * at))

    def _waiting(self, now: _Pass) -> set[int]:
        """What stands still in a witness so that what follows it can move alone."""
        if now.turn % _APART < _APART - 1:
            return set()
        return {of for each, of in self._followers.items() if now.rows[each] is not None or self._lacks(each)}

    def _moved(self, component: int, now: _Pass) -> Whole | None:
        """The moves of a component that follow its row and bring room to what lacks it; None: there are none."""
        row, idle = now.rows[component], component in now.waiting or not self._lacks(component)
        if row is None and idle and not now.moving:
            return self._still[component]
        lowest, highest = self._bounds.within(component, now.moves, now.done, now.giving_way)
        for watched, area in self.banned:
            if watched == now.number:
                lowest[area], highest[area] = np.maximum(lowest[area], 0), np.minimum(highest[area], 0)
        if (lowest > highest).any():
            return None
        if (mirrored := self._mirrored(component, now.moves, row, (lowest, highest))) is not None:
            return mirrored
        may_stand = row is None and bool((lowest <= 0).all() and (highest >= 0).all())
        if may_stand and (idle or not self._may_gain(component, (lowest, highest))):
            return self._still[component]
        within = self._boxed(component, row, (lowest, highest))
        if now.steps and may_stand:
            found = self._purchased(component, within, now.steps)
        else:
            found = self._followed(component, row, within, must=not may_stand)
        if found is not None:
            self._cover.hide(self.block.components[component].pattern, found != 0)
        return self._still[component] if found is None and may_stand else found

    def _followed(self, component: int, row: Row, within: Limits, must: bool) -> Whole | None:
        """Within what is hidden; where that cannot follow the parent's row, with more; at last all is hidden."""
        reward, near = np.zeros(within[0].shape), (within[0].copy(), within[1].copy())
        along = self.block.patterns[self.block.components[component].pattern].along(row)
        for reach in self._reaches:
            if reach.need.owner == component and reach.lack:
                reach.draw_in(along, near, reward)
        found = self._solved(component, row, near, reward)
        if found is None and must:
            program = self._cover.program(component, self._cover.price(component))
            found = self._solved(component, row, within, None, program)
        if found is None and must and row is not None:
            pattern = self.block.components[component].pattern
            self._cover.hide(pattern, self.block.patterns[pattern].usable)
            found = self._solved(component, row, within, reward)
        return found

    def _solved(
        self, component: int, row: Row, within: Limits, reward: Real | None, program: Program | Balance | None = None
    ) -> Whole | None:
        """Moves of what is hidden, or of what another `program` allows, that follow the parent's row."""
        sides = self._cover.relations(component).sides(row)
        lowest, highest = within
        drawn = None if reward is None else reward.ravel()
        found = (program or self._cover.over_hidden(component)).solved(sides, lowest.ravel(), highest.ravel(), drawn)
        return None if found is None else found.reshape(lowest.shape)

    def _mirrored(self, component: int, moves: Moves, row: Row, within: Limits) -> Whole | None:
        """The moves of the component that this one follows: one contact more for each person. Every sum is kept."""
        if component not in self._followers:
            return None
        leader = moves[self._followers[component]]
        if not leader.any() or (leader < within[0]).any() or (leader > within[1]).any():
            return None
        own = self.block.components[component]
        sums = leader.sum(axis=0)
        for member, parent in enumerate(self.block.patterns[own.pattern].in_parent):
            if parent is not None and own.shown[member] and sums[member] != (0 if row is None else row[parent]):
                return None
        return leader

    def _purchased(self, component: int, within: Limits, steps: int) -> Whole | None:
        """Moves of more than was hidden, the cheapest that bring what lacks."""
        wanted = self._wanted(component, within, steps)
        price = np.maximum(self._cover.price(component), ALREADY_HIDDEN)
        return self._solved(component, None, within, None, self._cover.program(component, price, wanted))

    def _wanted(self, component: int, within: Limits, steps: int) -> Wanted:
        """What lacks to each site, in a direction that its bounds allow."""
        found = [reach.wanted(within, self._random, steps) for reach in self._reaches if reach.need.owner == component]
        cells, signs, least = (np.concatenate(each) for each in zip(*found, strict=True))
        weight = self._random.uniform(0.5, 1.5, len(cells))
        return Wanted(cells, signs, least, weight)

    def _boxed(self, component: int, row: Row, within: Limits) -> Limits:
        """Moves of cells that are no totals kept within some widths: what lies below has to follow."""
        farthest = max(self._farthest[component], 0 if row is None else _WIDTHS * int(np.abs(row).max()))
        cells = self.block.patterns[self.block.components[component].pattern]
        near = np.where(cells.is_total, UNBOUNDED, farthest)
        lowest, highest = within
        return np.minimum(np.maximum(lowest, -near), highest), np.maximum(np.minimum(highest, near), lowest)

"""Which cells of a block are hidden, with the witnesses that show that nothing sensitive follows from the rest.

Witnesses come in pairs. A pair moves every component of the block at once, and holds as many sensitive cells apart as
it can; the next pair takes what is left. The first asks only for cells that are hidden anyhow: small cells protect each
other where they lie together. Later ones may hide more, the cheapest cells first. What cannot be protected inside the
block is tried with the parent's row moving as well; that row is then asked of the level above.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from imaatlas_spark.protection.blocks import UNBOUNDED, Block, Need, ParentRoom, Real, Term, Truth, Whole
from imaatlas_spark.protection.programs import PairProgram

_STEP = 5.0  # a usual move of a count: what a price is reckoned by
_ALREADY_HIDDEN = 1e-3  # price of moving what is hidden: nearly nothing, yet no move is larger than it must be
_SPARING = 0.05  # charge for a unit that lacks, while no cover may be bought
_AT_ANY_PRICE = 1e5
_DEAREST = 5e3
_WORTHWHILE = 0.1  # the share of what is missing that a pair must bring for another to be tried

Row = Whole | None
Pair = Sequence[Row]  # of each component two witnesses of the parent's row (2 x members); None: it stands still
Site = tuple[int, int, int]  # need, area, site


@dataclass(frozen=True)
class Effort:
    """How much is tried before an area's breakdown is given up."""

    seconds: float = 20.0
    pairs: int = 8


@dataclass(frozen=True)
class Asked:
    """A pair in which a row moves in a given way, because a block below needs it: `row` is 2 x members, `fixed` tells
    which of these are given."""

    area: int
    component: int
    row: Whole
    fixed: Truth


@dataclass(frozen=True)
class Escalated:
    """What a block asks of its parent's row (2 x members of the parent), and its own moves when that is granted."""

    component: int
    row: Whole
    moves: Whole


@dataclass(frozen=True)
class Outcome:
    """hidden: of each pattern. pairs: of each component the moves (2 x areas x members).

    escalated: what the parent's row must do for the block to be safe. unmet: (need, area, site) that is not protected.
    stuck: pairs of the parent that the block cannot follow.
    """

    hidden: tuple[Truth, ...]
    pairs: tuple[tuple[Whole, ...], ...]
    escalated: tuple[Escalated, ...] = ()
    unmet: tuple[Site, ...] = ()
    stuck: tuple[int, ...] = ()


def suppressed(
    block: Block,
    inherited: Sequence[Pair] = (),
    asked: Sequence[Asked] = (),
    granted: Mapping[bytes, Whole] | None = None,
    effort: Effort | None = None,
) -> Outcome:
    """Hide what must be hidden in a block, given how the parent's row moves in its own witnesses.

    asked: what blocks below need. granted: the moves of this block that go with rows that it asked for itself.
    """
    return _Suppression(block, inherited, granted or {}, effort or Effort()).run(asked)


class _Suppression:
    def __init__(self, block: Block, inherited: Sequence[Pair], granted: Mapping[bytes, Whole], effort: Effort) -> None:
        self.block, self.inherited, self.granted, self.effort = block, inherited, granted, effort
        self.hidden = [cells.hidden | block.sensitive(at) for at, cells in enumerate(block.patterns)]
        self.pairs: list[list[Whole]] = []
        self.escalated: list[Escalated] = []
        self.stuck: list[int] = []
        self.random = np.random.default_rng(zlib.crc32(block.parent.encode()))

    def run(self, asked: Sequence[Asked]) -> Outcome:
        for number, rows in enumerate(self.inherited):
            if not self._add_pair(rows, self._missing(), _AT_ANY_PRICE if number else _SPARING):
                self.stuck.append(number)
        self._grant(asked)
        for component in range(len(self.block.components)):
            self._protect(component)
        self._escalate()
        return Outcome(
            tuple(self.hidden),
            tuple(tuple(pair) for pair in self.pairs),
            tuple(self.escalated),
            tuple(self._missing()),
            tuple(self.stuck),
        )

    def _protect(self, component: int) -> None:
        """Pairs inside the block, as long as each brings enough of what the component still needs."""
        missing = self._missing_of(component)
        for tried in range(self.effort.pairs):
            if not missing:
                return
            sparing = tried == 0 and not self.inherited
            self._add_pair(self._still(), missing, _SPARING if sparing else _AT_ANY_PRICE)
            left = self._missing_of(component)
            if not sparing and len(left) > len(missing) * (1 - _WORTHWHILE):
                return
            missing = left

    def _missing_of(self, component: int) -> list[Site]:
        return [site for site in self._missing() if self.block.needs[site[0]].owner == component]

    def _still(self) -> Pair:
        return [None] * len(self.block.components)

    def _missing(self) -> list[Site]:
        """What no witnesses hold apart far enough yet."""
        found = []
        for number, need in enumerate(self.block.needs):
            lacking = np.argwhere((need.width > 0) & (self._span(need) < need.width))
            found += [(number, int(area), int(site)) for area, site in lacking]
        return found

    def _span(self, need: Need) -> Whole:
        lowest = highest = np.zeros(need.width.shape, dtype=np.int64)
        for pair in self.pairs:
            for one in (0, 1):
                moved = _moved(need.terms, pair, one)
                lowest, highest = np.minimum(lowest, moved), np.maximum(highest, moved)
        return highest - lowest

    def _nothing_moves(self) -> list[Whole]:
        return [np.zeros((2, *each.values.shape), dtype=np.int64) for each in self.block.components]

    def _add_pair(self, rows: Pair, wanted: Sequence[Site], lack: float, asked: Sequence[Asked] = ()) -> bool:
        """Add a pair that follows `rows`; whether it can be had. A pair that brings nothing is not kept."""
        pair = self._nothing_moves()
        for component, row in enumerate(rows):
            sites = [site for site in wanted if self.block.needs[site[0]].owner == component]
            of_component = [each for each in asked if each.component == component]
            moves = self._moves(component, pair, row, sites, lack, of_component)
            if moves is None:
                if any(each is not None for each in rows):
                    self.pairs.append(self._nothing_moves())  # positions of inherited pairs must stay
                return False
            pair[component] = moves
        if any(each is not None for each in rows) or any(each.any() for each in pair):
            self._keep(pair)
        return True

    def _keep(self, pair: list[Whole]) -> None:
        self.pairs.append(pair)
        for component, moves in enumerate(pair):
            pattern = self.block.components[component].pattern
            self.hidden[pattern] = self.hidden[pattern] | (moves != 0).any(axis=0)

    def _grant(self, asked: Sequence[Asked]) -> None:
        """Pairs for what blocks below ask: all at once where that can be, else each for itself, else upwards."""
        if not asked or self._add_pair(self._still(), self._missing(), _AT_ANY_PRICE, asked):
            return
        for each in asked:
            if not self._add_pair(self._still(), self._missing(), _AT_ANY_PRICE, [each]):
                self._escalate_component(each.component, [], [each])

    def _escalate(self) -> None:
        for component in range(len(self.block.components)):
            sites = self._missing_of(component)
            while sites:
                self._escalate_component(component, sites, [])
                left = self._missing_of(component)
                if len(left) == len(sites):  # all together cannot be had: the first alone, the others later
                    self._escalate_component(component, left[:1], [])
                    alone = self._missing_of(component)
                    left = alone if len(alone) < len(left) else []
                sites = left

    def _escalate_component(self, component: int, sites: Sequence[Site], asked: Sequence[Asked]) -> None:
        """A pair in which the parent's row moves too, as little as it can."""
        if not self.block.room:
            return
        room = self.block.room[component]
        pair = self._nothing_moves()
        program, price = self._program(component, pair, None, sites, _AT_ANY_PRICE, asked)
        length = len(room.price)
        wide = replace(
            program,
            relations=program.relations.with_parent(length),
            sides=np.zeros_like(program.sides),
            lowest=np.concatenate([program.lowest, np.stack([room.lowest] * 2).astype(float)], axis=1),
            highest=np.concatenate([program.highest, np.stack([room.highest] * 2).astype(float)], axis=1),
            price=np.concatenate([program.price, room.price]),
        )
        found = wide.solved(self.effort.seconds)
        if found is None:
            return
        moves, row = found[:, :-length].reshape(2, *price.shape), found[:, -length:]
        pair[component] = moves
        self._mirror(component, pair)
        self._keep(pair)
        if row.any():
            self.escalated.append(Escalated(component, row, moves))

    def _mirror(self, component: int, pair: list[Whole]) -> None:
        """What follows the component moves with it, unit by unit (see `_mirrored`)."""
        for other in range(component + 1, len(self.block.components)):
            mirrored = self._mirrored(other, pair)
            if mirrored is not None:
                pair[other] = mirrored

    def _moves(
        self,
        component: int,
        pair: list[Whole],
        row: Row,
        sites: Sequence[Site],
        lack: float,
        asked: Sequence[Asked],
    ) -> Whole | None:
        if row is not None and (known := self.granted.get(_key(component, row))) is not None:
            return known
        mirrored = self._mirrored(component, pair)
        if mirrored is not None and not asked and self._agrees(component, mirrored, row):
            return mirrored
        lowest, highest = self._bounds(component, pair)
        still = (lowest <= 0).all() and (highest >= 0).all() and (row is None or not row.any())
        if still and not sites and not asked:
            return pair[component]
        program, price = self._program(component, pair, row, sites, lack, asked)
        found = program.solved(self.effort.seconds)
        return None if found is None else found.reshape(2, *price.shape)

    def _mirrored(self, component: int, pair: Sequence[Whole]) -> Whole | None:
        """The moves of the component that this one follows, where it may move so: one contact more for each person.

        They keep every sum, they are whole, and what lies above stays above.
        """
        for inequality in self.block.inequalities:
            if inequality.follows and inequality.terms[-1].component == component:
                leader = pair[inequality.terms[0].component]
                lowest, highest = self._bounds(component, pair)
                if leader.any() and ((lowest <= leader) & (leader <= highest)).all():
                    return leader
        return None

    def _agrees(self, component: int, moves: Whole, row: Row) -> bool:
        """Whether moves keep the sums that the parent's row asks for."""
        own = self.block.components[component]
        cells = self.block.patterns[own.pattern]
        for position, parent in enumerate(cells.in_parent):
            if parent is not None and own.shown[position]:
                wanted = np.zeros(2, dtype=np.int64) if row is None else row[:, parent]
                if (moves[:, :, position].sum(axis=1) != wanted).any():
                    return False
        return True

    def _program(
        self,
        component: int,
        pair: list[Whole],
        row: Row,
        sites: Sequence[Site],
        lack: float,
        asked: Sequence[Asked],
    ) -> tuple[PairProgram, Real]:
        lowest, highest = self._bounds(component, pair)
        for each in asked:
            for bounds in (lowest, highest):
                bounds[:, each.area, each.fixed] = each.row[:, each.fixed]
        price = self._price(component)
        for each in asked:
            moved = each.fixed & (each.row != 0).any(axis=0)
            price[each.area, moved] = np.where(np.isfinite(price[each.area, moved]), _ALREADY_HIDDEN, np.inf)
        relations = self.block.patterns[self.block.components[component].pattern].relations(
            self.block.components[component].shown
        )
        cells, sign, width = self._spans(component, pair, row, sites)
        program = PairProgram(
            relations,
            np.array([relations.sides(None if row is None else row[one]) for one in (0, 1)]),
            lowest.reshape(2, -1).astype(float),
            highest.reshape(2, -1).astype(float),
            price.ravel(),
            _ALREADY_HIDDEN,
            cells,
            sign,
            width,
            lack,
        )
        return program, price

    def _price(self, component: int) -> Real:
        """Of a unit of movement: infinite where a cell must not be hidden."""
        pattern = self.block.components[component].pattern
        cells = self.block.patterns[pattern]
        price = np.where(cells.usable, np.minimum(cells.cost, _DEAREST) / _STEP, np.inf)
        return np.where(self.hidden[pattern], _ALREADY_HIDDEN, price)

    def _bounds(self, component: int, pair: Sequence[Whole]) -> tuple[Whole, Whole]:
        """How far each cell may move down and up in each witness of the pair, given what has moved already."""
        own = self.block.components[component]
        lowest = np.stack([-own.values] * 2)
        highest = np.where(np.array(own.shown), UNBOUNDED, 0) + np.zeros_like(lowest)
        for inequality in self.block.inequalities:
            mine = next((term for term in inequality.terms if term.component == component), None)
            others = [term for term in inequality.terms if term.component != component]
            if mine is None or (inequality.follows and any(term.component > component for term in others)):
                continue
            at = list(mine.members)
            for one in (0, 1):
                room = inequality.constant + self._held(inequality.terms) + _moved(others, pair, one)
                if mine.sign > 0:
                    lowest[one][:, at] = np.maximum(lowest[one][:, at], -room)
                else:
                    highest[one][:, at] = np.minimum(highest[one][:, at], room)
        return lowest, highest

    def _held(self, terms: Sequence[Term]) -> Whole:
        held = [term.sign * self.block.components[term.component].values[:, list(term.members)] for term in terms]
        return np.asarray(sum(held), dtype=np.int64)

    def _spans(
        self, component: int, pair: Sequence[Whole], row: Row, sites: Sequence[Site]
    ) -> tuple[Whole, Real, Real]:
        """The cells to hold apart: position, sign and width, beside what other components of the pair do already."""
        cells, signs, widths = [], [], []
        pattern = self.block.patterns[self.block.components[component].pattern]
        for number, area, site in sites:
            need = self.block.needs[number]
            mine = next(term for term in need.terms if term.component == component)
            member = mine.members[site]
            others = [term for term in need.terms if term.component != component]
            apart = int((_moved(others, pair, 0) - _moved(others, pair, 1))[area, site]) if others else 0
            sign = self._sign(row, pattern.in_parent[member])
            cells.append(area * pattern.shape[1] + member)
            signs.append(float(sign))
            widths.append(float(need.width[area, site] - sign * mine.sign * apart))
        return np.array(cells, dtype=np.int64), np.array(signs), np.array(widths)

    def _sign(self, row: Row, parent: int | None) -> int:
        """Which of the two witnesses is higher in a cell: as in the parent's where that moves, else as it falls."""
        drawn = 1 if self.random.random() < 0.5 else -1
        if row is None or parent is None:
            return drawn
        towards = int(np.sign(row[0][parent] - row[1][parent]))
        return towards or drawn


def room_of(block: Block, hidden: Sequence[Truth], component: int, area: int) -> ParentRoom:
    """How the row of an area of a block may move, for the block below it."""
    there = _Suppression(block, (), {}, Effort())
    there.hidden = list(hidden)
    lowest, highest = there._bounds(component, there._nothing_moves())
    return ParentRoom(there._price(component)[area], lowest[0][area], highest[0][area])


def granted_moves(escalated: Sequence[Escalated]) -> dict[bytes, Whole]:
    """The moves of a block that go with each row that it asked for."""
    return {_key(each.component, each.row): each.moves for each in escalated}


def _key(component: int, row: Whole) -> bytes:
    return component.to_bytes(2, "big") + np.ascontiguousarray(row, dtype=np.int64).tobytes()


def _moved(terms: Sequence[Term], pair: Sequence[Whole], one: int) -> Whole:
    moved = [term.sign * pair[term.component][one][:, list(term.members)] for term in terms]
    return np.asarray(sum(moved), dtype=np.int64)

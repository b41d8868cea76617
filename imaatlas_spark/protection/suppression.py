"""Which cells of a block are hidden, with the witnesses that show that nothing sensitive follows from the rest.

Witnesses come in pairs. A pair moves every component of the block at once, and holds as many sensitive cells apart as
it can; the next pair takes what is left. The first asks only for cells that are hidden anyhow: small cells protect each
other where they lie together. Later ones may hide more, the cheapest cells first. What cannot be protected inside the
block is tried with the parent's row moving as well; that row is then asked of the level above.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from imaatlas_spark.protection.blocks import UNBOUNDED, Block, Need, ParentRoom, Real, Term, Truth, Whole
from imaatlas_spark.protection.programs import PairProgram

_STEP = 5.0  # a usual move of a count: what a price is reckoned by
_ALREADY_HIDDEN = 1e-3  # price of moving what is hidden: nearly nothing, yet no move is larger than it must be
_SPARING = 0.05  # charge for a unit that lacks, while no cover may be bought
_AT_ANY_PRICE = 1e5
_DEAREST = 5e3
_WIDTHS = 4  # how many widths a cell moves at most
_IDLE = 2  # pairs that may bring nothing before the rest is asked of the level above

Row = Whole | None
Limits = tuple[Whole, Whole]  # the least and the most that cells may move (areas x members)
Rows = Sequence[Row]  # of each component two witnesses of one area's row (2 x members); None: it stands still
Pair = list[Whole]  # of each component two witnesses of the whole block (2 x areas x members)
Site = tuple[int, int, int]  # need, area, site


@dataclass(frozen=True)
class Effort:
    """How much is tried before an area's breakdown is given up."""

    seconds: float = 20.0
    pairs: int = 24


@dataclass(frozen=True)
class Asked:
    """A pair in which the row of an area moves as a block below needs it. fixed: the members that are given."""

    name: str
    area: int
    rows: Rows
    fixed: Sequence[Truth]


@dataclass(frozen=True)
class Escalated:
    """What a block asks of its parent's row (by component 2 x members of the parent): the pair of that name."""

    name: str
    rows: Rows


class Suppression:
    """A block that is being protected. What is hidden, and the pairs by their names, only ever grow.

    A pair has the name of the block that began it. Blocks below follow the pairs of their parent; a block above adds
    the pairs that blocks below have asked for.
    """

    def __init__(self, block: Block, effort: Effort | None = None, limits: Sequence[Limits] = ()) -> None:
        """limits: of each component, how far what lies below the cells can follow them."""
        self.block, self.effort, self.limits = block, effort or Effort(), limits
        self.hidden = [cells.hidden | block.sensitive(at) for at, cells in enumerate(block.patterns)]
        self.pairs: dict[str, Pair] = {}
        self.escalated: dict[str, Escalated] = {}
        self.stuck: dict[str, None] = {}
        self.limited: dict[Site, int] = {}
        self._makes_way = False
        self._tried: frozenset[str] | None = None
        self.random = np.random.default_rng(zlib.crc32(block.parent.encode()))

    def follow(self, name: str, rows: Rows) -> None:
        """Move with the parent's row in a pair of the parent's, holding apart what can be had on the way."""
        if name not in self.pairs and not self._add_pair(name, rows, self.missing(), _AT_ANY_PRICE):
            self.stuck[name] = None

    def grant(self, asked: Asked) -> None:
        """Add the pair that a block below asks for; where that cannot be had, ask for it in turn."""
        if asked.name not in self.pairs and not self._add_pair(
            asked.name, self._still(), self.missing(), _AT_ANY_PRICE, asked
        ):
            leader = next(at for at, row in enumerate(asked.rows) if row is not None)
            self._escalate_component(asked.name, leader, [], asked)

    def protect(self) -> None:
        """Hide what must be hidden, by pairs inside the block first, then by pairs in which the parent's row moves."""
        if self._tried == self.pairs.keys():
            return  # nothing has changed since
        for self._makes_way in (False, True):
            for component in range(len(self.block.components)):
                self._protect(component)
            for component in range(len(self.block.components)):
                self._escalate(component)
        for site in self.missing():
            self._settle(site)
        self._makes_way = False
        self._tried = frozenset(self.pairs)

    def missing(self) -> list[Site]:
        """What no witnesses hold apart far enough yet."""
        found = []
        for number, need in enumerate(self.block.needs):
            lacking = np.argwhere((need.width > 0) & (self._span(need) < need.width))
            found += [(number, int(area), int(site)) for area, site in lacking]
        return [site for site in found if site not in self.limited]

    def reach(self, component: int) -> Limits:
        """How far the sums over all areas of the block can move down and up, member by member."""
        lowest, highest = (each[0] for each in self._bounds(component, self._nothing_moves()))
        pattern = self.block.components[component].pattern
        may_move = self.block.patterns[pattern].usable | self.hidden[pattern]
        low, high = np.where(may_move, lowest, 0).sum(axis=0), np.where(may_move, highest, 0).sum(axis=0)
        return np.minimum(low, 0), np.clip(high, 0, UNBOUNDED)

    def room(self, component: int, area: int) -> ParentRoom:
        """How the row of an area may move, for the block below it."""
        lowest, highest = self._bounds(component, self._nothing_moves())
        return ParentRoom(self._price(component)[area], lowest[0][area], highest[0][area])

    def _protect(self, component: int) -> None:
        """Pairs inside the block: for all that the component still needs, then, when that stalls, for one at a time."""
        missing, idle = self._missing_of(component), 0
        follower = any(each.follows and each.terms[-1].component == component for each in self.block.inequalities)
        for tried in range(self.effort.pairs):
            if not missing or idle == _IDLE:
                break
            sparing = tried == 0 and not self.pairs and not follower
            self._add_own_pair(missing, _SPARING if sparing else _AT_ANY_PRICE)
            left = self._missing_of(component)
            idle = idle + 1 if len(left) == len(missing) and not sparing else 0
            missing = left
        while missing:
            chosen = self._apart(missing)
            self._add_own_pair(chosen, _AT_ANY_PRICE)
            still = set(self._missing_of(component))
            missing = [site for site in missing if site in still and site not in chosen]

    def _apart(self, sites: Sequence[Site]) -> list[Site]:
        """Some of the cells, no two of one area or one member: they do not stand in each other's way."""
        chosen: list[Site] = []
        areas: set[int] = set()
        members: set[int] = set()
        for number, area, site in sites:
            need = self.block.needs[number]
            member = next(term for term in need.terms if term.component == need.owner).members[site]
            if area not in areas and member not in members:
                chosen.append((number, area, site))
                areas.add(area)
                members.add(member)
        return chosen

    def _add_own_pair(self, sites: Sequence[Site], lack: float) -> None:
        self._add_pair(self._next_name(), self._still(), sites, lack)

    def _next_name(self) -> str:
        own = f"{self.block.parent}#"
        return f"{own}{sum(name.startswith(own) for name in self.pairs) + 1}"

    def _still(self) -> Rows:
        return [None] * len(self.block.components)

    def _missing_of(self, component: int) -> list[Site]:
        return [site for site in self.missing() if self.block.needs[site[0]].owner == component]

    def _span(self, need: Need, *more: Pair) -> Whole:
        lowest = highest = np.zeros(need.width.shape, dtype=np.int64)
        for pair in (*self.pairs.values(), *more):
            for one in (0, 1):
                moved = _moved(need.terms, pair, one)
                lowest, highest = np.minimum(lowest, moved), np.maximum(highest, moved)
        return highest - lowest

    def _nothing_moves(self) -> Pair:
        return [np.zeros((2, *each.values.shape), dtype=np.int64) for each in self.block.components]

    def _add_pair(self, name: str, rows: Rows, wanted: Sequence[Site], lack: float, asked: Asked | None = None) -> bool:
        """Add a pair that follows `rows`; whether it can be had. A pair that moves nothing is not kept."""
        pair = self._nothing_moves()
        for component, row in enumerate(rows):
            sites = [site for site in wanted if self.block.needs[site[0]].owner == component]
            moves = self._moves(component, pair, row, sites, lack, asked)
            if moves is None and sites:
                moves = self._moves(component, pair, row, [], lack, asked)
            if moves is None:
                return False
            pair[component] = moves
        bound = asked is not None or any(row is not None for row in rows)
        if any(each.any() for each in pair) and (bound or self._helps(pair, wanted)):
            self._keep(name, pair)
        return True

    def _helps(self, pair: Pair, wanted: Sequence[Site]) -> bool:
        """Whether something that was asked for is protected by the pair, with all pairs before it."""
        for number in {number for number, _, _ in wanted}:
            need = self.block.needs[number]
            span = self._span(need, pair)
            if any(span[area, site] >= need.width[area, site] for each, area, site in wanted if each == number):
                return True
        return False

    def _keep(self, name: str, pair: Pair) -> None:
        self.pairs[name] = pair
        for component, moves in enumerate(pair):
            pattern = self.block.components[component].pattern
            self.hidden[pattern] = self.hidden[pattern] | (moves != 0).any(axis=0)

    def _escalate(self, component: int) -> None:
        """All that is missing at once; what that does not bring, one at a time."""
        sites = self._missing_of(component)
        if sites and self.block.room:
            self._escalate_component(self._next_name(), component, sites, None)
            sites = self._missing_of(component)
            while sites:
                chosen = self._apart(sites)
                self._escalate_component(self._next_name(), component, chosen, None)
                left = set(self._missing_of(component))
                if len(chosen) > 1 and left.issuperset(chosen):
                    self._escalate_component(self._next_name(), component, chosen[:1], None)
                    left = set(self._missing_of(component))
                sites = [site for site in sites if site in left and site not in chosen]

    def _settle(self, site: Site) -> None:
        """As much as there is for a cell about which public figures alone tell more than its need allows: four persons
        of whom one is known to be elsewhere. It is noted in `limited`, with the width that is had."""
        number, area, column = site
        need = self.block.needs[number]
        pair, program = (
            self._nothing_moves(),
            self._program(need.owner, self._nothing_moves(), None, [site], _AT_ANY_PRICE, None),
        )
        moves = program[0].solved(self.effort.seconds)
        if moves is not None and moves.any():
            pair[need.owner] = moves.reshape(2, *program[1].shape)
            for follower in range(need.owner + 1, len(pair)):
                mirrored = self._mirrored(follower, pair)
                pair[follower] = pair[follower] if mirrored is None else mirrored
            if self._span(need, pair)[area, column] > self._span(need)[area, column]:
                self._keep(self._next_name(), pair)
        self.limited[site] = int(self._span(need)[area, column])

    def _escalate_component(self, name: str, component: int, sites: Sequence[Site], asked: Asked | None) -> None:
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
        if found is None or not found.any():
            return
        pair[component], row = found[:, :-length].reshape(2, *price.shape), found[:, -length:]
        rows = list(self._still())
        rows[component] = row if row.any() else None
        for other in range(component + 1, len(self.block.components)):
            mirrored = self._mirrored(other, pair)
            if mirrored is not None:
                pair[other], rows[other] = mirrored, rows[component]
        if asked is not None and any(
            (pair[other][:, asked.area] != (0 if row is None else row)).any() for other, row in enumerate(asked.rows)
        ):
            return
        if asked is None and not self._helps(pair, sites):
            return
        self._keep(name, pair)
        if rows[component] is not None:
            self.escalated[name] = Escalated(name, rows)

    def _moves(
        self,
        component: int,
        pair: Pair,
        row: Row,
        sites: Sequence[Site],
        lack: float,
        asked: Asked | None,
    ) -> Whole | None:
        mirrored = self._mirrored(component, pair)
        if mirrored is not None and self._agrees(component, mirrored, row, asked):
            return mirrored
        lowest, highest = self._bounds(component, pair)
        still = (lowest <= 0).all() and (highest >= 0).all() and (row is None or not row.any())
        if still and not sites and (asked is None or asked.rows[component] is None):
            return pair[component]
        program, price = self._program(component, pair, row, sites, lack, asked)
        found = program.solved(self.effort.seconds)
        return None if found is None else found.reshape(2, *price.shape)

    def _mirrored(self, component: int, pair: Pair) -> Whole | None:
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

    def _agrees(self, component: int, moves: Whole, row: Row, asked: Asked | None) -> bool:
        """Whether moves keep the sums that the parent's row asks for, and are what a block below asks for."""
        own = self.block.components[component]
        if asked is not None:
            wanted_below = asked.rows[component]
            fixed = asked.fixed[component]
            below = np.zeros_like(moves[:, asked.area]) if wanted_below is None else wanted_below
            if (moves[:, asked.area][:, fixed] != below[:, fixed]).any():
                return False
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
        pair: Pair,
        row: Row,
        sites: Sequence[Site],
        lack: float,
        asked: Asked | None,
    ) -> tuple[PairProgram, Real]:
        lowest, highest = self._bounds(component, pair)
        price = self._price(component)
        lowest, highest = self._boxed(component, row, lowest, highest)
        if asked is not None:
            given, fixed = asked.rows[component], asked.fixed[component]
            row_below = np.zeros((2, len(fixed)), dtype=np.int64) if given is None else given
            for bounds in (lowest, highest):
                bounds[:, asked.area, fixed] = row_below[:, fixed]
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
            lack * self.random.uniform(0.5, 1.5, len(cells)),
        )
        return program, price

    def _boxed(self, component: int, row: Row, lowest: Whole, highest: Whole) -> tuple[Whole, Whole]:
        """Moves of cells that are no totals kept within some widths: what is hidden moves for nothing, yet no farther
        than it must, as all that lies below has to follow."""
        widths = [int(need.width.max()) for need in self.block.needs if need.owner == component]
        farthest = _WIDTHS * max([*widths, 1 if row is None else int(np.abs(row).max())], default=1)
        cells = self.block.patterns[self.block.components[component].pattern]
        totals = {total for total, _ in cells.totals}
        single = np.array([position not in totals for position in range(cells.shape[1])])
        near = np.where(single, farthest, UNBOUNDED)
        return np.minimum(np.maximum(lowest, -near), highest), np.maximum(np.minimum(highest, near), lowest)

    def _price(self, component: int) -> Real:
        """Of a unit of movement: infinite where a cell must not be hidden."""
        pattern = self.block.components[component].pattern
        cells = self.block.patterns[pattern]
        price = np.where(cells.usable, np.minimum(cells.cost, _DEAREST) / _STEP, np.inf)
        return np.where(self.hidden[pattern], _ALREADY_HIDDEN, price)

    def _bounds(self, component: int, pair: Pair) -> tuple[Whole, Whole]:
        """How far each cell may move down and up in each witness of the pair, given what has moved already."""
        own = self.block.components[component]
        lowest = np.stack([-own.values] * 2)
        highest = np.where(np.array(own.shown), UNBOUNDED, 0) + np.zeros_like(lowest)
        if self.limits:
            lowest = np.maximum(lowest, self.limits[component][0])
            highest = np.minimum(highest, self.limits[component][1])
        for inequality in self.block.inequalities:
            mine = next((term for term in inequality.terms if term.component == component), None)
            others = [term for term in inequality.terms if term.component != component]
            gives_way = inequality.follows or (inequality.together and self._makes_way)
            if mine is None or (gives_way and any(term.component > component for term in others)):
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


def _moved(terms: Sequence[Term], pair: Sequence[Whole], one: int) -> Whole:
    moved = [term.sign * pair[term.component][one][:, list(term.members)] for term in terms]
    return np.asarray(sum(moved), dtype=np.int64)

"""How far cells of a block may move: as far as public figures tell, and within what other components moved to."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.blocks.block import UNBOUNDED, Block, Inequality, Need, Term

Moves = list[Whole]  # of each component how its cells move (areas x members)
Limits = tuple[Whole, Whole]  # the least and the most that cells may move (areas x members)
Positions = slice | NDArray[np.intp]


@dataclass(frozen=True)
class Part:
    """A term of an expression, ready to be looked up: `sign` times a component at some members."""

    component: int
    sign: int
    at: Positions

    @staticmethod
    def of(term: Term, width: int) -> "Part":
        whole = term.members == tuple(range(width))
        return Part(term.component, term.sign, slice(None) if whole else np.array(term.members, dtype=np.intp))

    def moved(self, moves: Sequence[Whole]) -> Whole:
        moved: Whole = moves[self.component][:, self.at]
        return moved if self.sign > 0 else -moved


def parts_of(block: Block, each: Need | Inequality) -> tuple[Part, ...]:
    return tuple(Part.of(term, block.components[term.component].values.shape[1]) for term in each.terms)


def moved(parts: Sequence[Part], moves: Sequence[Whole]) -> Whole:
    """How far a sum of terms moves (areas x sites)."""
    first, *others = (part.moved(moves) for part in parts)
    return np.asarray(sum(others, start=first))


@dataclass(frozen=True)
class _Joined:
    """An inequality between a component (`mine`) and others: `room` is what is left of it while nothing moves.

    follower: a component that can always follow this one, and does so later. later: what `room` grows by where those
    that come later make way.
    """

    mine: Part
    others: tuple[Part, ...]
    room: Whole
    follower: int | None


class Bounds:
    """Of the components of a block. limits: of each, how far what lies below the cells can follow them."""

    def __init__(self, block: Block, limits: Sequence[Limits], followers: Mapping[int, int]) -> None:
        """followers: components that follow another one, each with that one."""
        self.values = [each.values for each in block.components]
        self.public: list[Limits] = []
        self.joined: list[list[_Joined]] = [[] for _ in block.components]
        for number, each in enumerate(block.components):
            highest = np.where(np.array(each.shown), UNBOUNDED, 0) + np.zeros_like(each.values)
            low, high = limits[number] if limits else (-each.values, highest)
            within = np.maximum(-each.values, low), np.minimum(highest, high)
            self.public.append((np.where(each.known, 0, within[0]), np.where(each.known, 0, within[1])))
        for inequality in block.inequalities:
            parts = parts_of(block, inequality)
            room = inequality.constant + moved(parts, self.values)
            for mine in parts:
                others = tuple(part for part in parts if part is not mine)
                if not others:
                    _tighten(self.public[mine.component], mine, room)
                    continue
                behind = [part.component for part in others if followers.get(part.component) == mine.component]
                follower = behind[0] if inequality.follows and behind else None
                self.joined[mine.component].append(_Joined(mine, others, room, follower))

    def within(self, component: int, moves: Moves, done: AbstractSet[int], giving_way: bool = False) -> Limits:
        """How far each cell may move, given what those that are `done` have moved; the others stand still.

        giving_way: those that are not done make way, as far as they can.
        """
        lowest, highest = (each.copy() for each in self.public[component])
        for each in self.joined[component]:
            if each.follower is not None and each.follower not in done:
                continue
            room = each.room
            for part in each.others:
                if part.component in done:
                    room = room + part.moved(moves)
                elif giving_way and part.sign < 0:
                    room = room - part.moved(self.values)
            _tighten((lowest, highest), each.mine, room)
        return lowest, highest


def limited(need: Need, public: Sequence[Limits]) -> Need:
    """A need is never more than what public figures leave: of four persons, one is known to live elsewhere.

    Where nothing is left it is 1, which no witness reaches: what is sensitive is hidden all the same, and unproven.
    """
    if len(need.terms) > 1 or not need.width.any():
        return need
    lowest, highest = public[need.owner]
    left = (highest - lowest)[:, list(need.terms[0].members)]
    return replace(need, width=np.where(need.width > 0, np.maximum(np.minimum(need.width, left), 1), 0))


def _tighten(limits: Limits, part: Part, room: Whole) -> None:
    lowest, highest = limits
    if part.sign > 0:
        lowest[:, part.at] = np.maximum(lowest[:, part.at], -room)
    else:
        highest[:, part.at] = np.minimum(highest[:, part.at], room)

"""An area as an object: where it lies in a year, what lies in it, what it came from and what it has become."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.codes import ABOVE_MUNICIPALITY, LEVELS, ancestors
from imaatlas_spark.geography.files import Change
from imaatlas_spark.periods import last_day, valid_at_year_end

Kind = Literal["merged", "renamed", "moved"]


class MapOfYears(Protocol):
    """What an area asks of the map that it lies on (`maps.Geography`)."""

    @property
    def changes(self) -> tuple[Change, ...]: ...

    def members(self, level: str, code: str, year: int) -> frozenset[str]: ...

    def place(self, nis: str, level: str, year: int) -> str | None: ...

    def recode(self, code: str | None, year: int) -> str | None: ...

    def area(self, code: str, level: str | None = None) -> "Area": ...


@dataclass(frozen=True)
class Link:
    """From one area to another of its level: territory went over on `date`.

    `kind` says what became of the area that gave it:
    - `merged`: it ended, in an area that has other territory too (`merged` and `absorbed` in municipality_changes.csv);
    - `renamed`: it ended and went on alone under another code (`recoded`);
    - `moved`: a municipality went on alone in another arrondissement (also `recoded` there); an area above the
      municipality gave away some of its municipalities, or all of them to several areas.
    A merger may cross an arrondissement too: `crossed` tells. `changes` are the rows behind the link.
    """

    area: "Area"
    date: dt.date
    kind: Kind
    changes: tuple[Change, ...]

    @property
    def partial_transfer(self) -> bool:
        """A strip of land went elsewhere at the same time."""
        return any(change.partial_transfer for change in self.changes)

    @property
    def crossed(self) -> tuple[str, ...]:
        """The levels above the municipality at which the territory changed area, from the country down."""
        pairs = [(ancestors(change.old_nis), ancestors(change.new_nis)) for change in self.changes]
        return tuple(level for level in ABOVE_MUNICIPALITY if any(old[level] != new[level] for old, new in pairs))


@dataclass(frozen=True)
class Area:
    """An area with its names (None = not known) and the days on which its code is valid, both inclusive.

    A year means its last day. What depends on a year is refused for a year in which the area does not exist; `at`,
    `successors` and `predecessors` may be asked for any year of the map.
    """

    level: str
    code: str
    name_nl: str
    name_fr: str
    name_de: str | None
    valid_from: dt.date
    valid_to: dt.date
    geography: MapOfYears = field(repr=False, compare=False)

    def exists_in(self, year: int) -> bool:
        return valid_at_year_end(self.valid_from, self.valid_to, year)

    def at(self, year: int) -> "Area | None":
        """The area of `year` in which all of it lies, itself or what it became; None before it began or once split."""
        if self.exists_in(year):
            return self
        last_map = self.valid_to.year if last_day(self.valid_to.year) == self.valid_to else self.valid_to.year - 1
        if year < last_map:
            return None
        heirs = {
            self.geography.place(new, self.level, year)
            for nis in self.geography.members(self.level, self.code, last_map)
            if (new := self.geography.recode(nis, year)) is not None
        }
        heir = heirs.pop() if len(heirs) == 1 else None
        return self.geography.area(heir, self.level) if heir else None

    def ancestors(self, year: int) -> "tuple[Area, ...]":
        """The areas that it lies in, from the country down to its parent."""
        above = ancestors(min(self._municipalities(year)))
        upper = LEVELS[: LEVELS.index(self.level)] if self.level in LEVELS else LEVELS[:1]
        return tuple(self.geography.area(above[level], level) for level in upper)

    def parent(self, year: int) -> "Area | None":
        """The area one level up, None for the country. The parent of a group is the country."""
        return next(reversed(self.ancestors(year)), None)

    def children(self, year: int) -> "tuple[Area, ...]":
        """The areas one level down, by code; a group's are municipalities, a municipality has none."""
        inside = self._municipalities(year)
        if self.level == "municipality":
            return ()
        below = LEVELS[LEVELS.index(self.level) + 1] if self.level in LEVELS else "municipality"
        return tuple(self.geography.area(code, below) for code in sorted({ancestors(nis)[below] for nis in inside}))

    def successors(self, year: int) -> tuple[Link, ...]:
        """Links to the areas that took over territory of this one by `year`, one step each, by date and code."""
        return self._links(year, forward=True)

    def predecessors(self, year: int) -> tuple[Link, ...]:
        """Links to the areas whose territory this one took over by `year`, one step each, by date and code."""
        return self._links(year, forward=False)

    def _municipalities(self, year: int) -> frozenset[str]:
        inside = self.geography.members(self.level, self.code, year)
        if not inside:
            raise ConfigurationRefused(f"{self.level} {self.code} is not on the map of {year}: ask for its at({year})")
        return inside

    def _links(self, year: int, forward: bool) -> tuple[Link, ...]:
        """Groups have no links: their file does not say what became of a group."""
        if self.level not in LEVELS:
            return ()
        moves = [move for move in _moves(self.geography.changes, self.level) if move.change.date <= last_day(year)]
        found: dict[tuple[dt.date, str, str], list[_Move]] = {}
        for move in moves:
            if self.code == (move.old if forward else move.new):
                found.setdefault((move.change.date, move.old, move.new), []).append(move)
        links = []
        for (date, old, new), between in sorted(found.items()):
            that_day = [move for move in moves if move.change.date == date]
            giver, taker = self.geography.area(old, self.level), self.geography.area(new, self.level)
            kind = _kind(giver, taker, that_day)
            links.append(Link(taker if forward else giver, date, kind, tuple(move.change for move in between)))
        return tuple(links)


class _Move(NamedTuple):
    """Territory that a change took from one area of a level to another."""

    old: str
    new: str
    change: Change


def _moves(changes: Iterable[Change], level: str) -> list[_Move]:
    moves = [_Move(ancestors(each.old_nis)[level], ancestors(each.new_nis)[level], each) for each in changes]
    return [move for move in moves if move.old != move.new]


def _kind(giver: Area, taker: Area, that_day: list[_Move]) -> Kind:
    """What became of `giver`: see `Link`."""
    date = that_day[0].change.date
    heirs = {move.new for move in that_day if move.old == giver.code}
    origins = {move.old for move in that_day if move.new == taker.code}
    if giver.valid_to >= date or len(heirs) > 1:
        return "moved"
    if taker.valid_from < date or len(origins) > 1:
        return "merged"
    crosses = ancestors(giver.code)["arrondissement"] != ancestors(taker.code)["arrondissement"]
    return "moved" if giver.level == "municipality" and crosses else "renamed"

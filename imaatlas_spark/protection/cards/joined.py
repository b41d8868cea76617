"""Which items hang together, directly or through others."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Joined(Generic[Item]):
    """Items that are joined, directly or through others."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.group = {item: {item} for item in items}

    def join(self, items: Iterable[Item]) -> None:
        joined: set[Item] = set()
        for item in items:
            joined |= self.group[item]
        for item in joined:
            self.group[item] = joined

    def groups(self) -> tuple[tuple[Item, ...], ...]:
        seen: set[int] = set()
        found = []
        for item in self.group:
            if id(self.group[item]) not in seen:
                seen.add(id(self.group[item]))
                found.append(tuple(each for each in self.group if each in self.group[item]))
        return tuple(found)

"""A second map of a year that is published already: everything on it follows from the first.

An area of the second map is made of areas of the first, and moves in each witness as these do. It is hidden where one
of them is. Nothing is decided anew, so the two maps cannot be subtracted; the audit sees whether that is enough. Where
a municipality lies in other areas than before, the two maps would tell of it: refused while anything of it is hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography import Geography
from imaatlas_spark.geography.codes import ABOVE_MUNICIPALITY, MUNICIPALITY, SECTOR
from imaatlas_spark.protection.figures import Area
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.protection import LOOSE, SECONDARY


def first_map(year: int, map_year: int, earlier: Iterable[Release], geography: Geography) -> int | None:
    """The map of an earlier release that decides what `map_year` shows of a year; None: none does.

    Raises ReleaseRefused where the year is published on a later map alone: what was joined there would be told.
    """
    maps = {each.geography for each in earlier if each.year == year}
    if not maps - {map_year} or map_year == min(maps):
        return None
    first = min(maps)
    if map_year < first and geography.municipalities_in(map_year) != geography.municipalities_in(first):
        raise ReleaseRefused(
            f"{year} is published on the map of {first}, where merged municipalities are protected as one; that of "
            f"{map_year} would show their parts: publish the earlier map first, in a new warehouse"
        )
    return first


@dataclass(frozen=True)
class SecondMap:
    """Of a year of data: from the map of `first` to that of `second`."""

    geography: Geography
    year: int
    first: int
    second: int

    def transferred(self, hidden: pa.Table, dimensions: Sequence[str]) -> pa.Table:
        """The hidden cells of the first map (`kept.read_kept`) as those of the second.

        Raises ReleaseRefused where an area is hidden that lies elsewhere on the second map.
        """
        rows = hidden.to_pylist()
        self._refuse_moved(rows)
        found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            area = row["geo_level"], row["geo_code"]
            image = area if row["geo_level"] == SECTOR else self.images.get(area)
            if image is not None:
                members = tuple(row[name] for name in dimensions)
                found[row["amount"], image, members, row["status"] == LOOSE].append(row)
        made = [self._joined(key, parts, dimensions) for key, parts in sorted(found.items())]
        return pa.Table.from_pylist(made, schema=hidden.schema)

    @cached_property
    def _before(self) -> Mapping[str, str]:
        """What each municipality of the data is called on the first map."""
        return self.geography.recoding_between(self.year, self.first)

    @cached_property
    def _after(self) -> Mapping[str, str]:
        """And on the second."""
        return self.geography.recoding_between(self.year, self.second)

    @cached_property
    def images(self) -> dict[Area, Area]:
        """What each area of the first map, groups included, has become: the area in which most of it lies."""
        images: dict[Area, Area] = {}
        for (level, code), municipalities in self._parts().items():
            there = [self.geography.place(self._after[old], level, self.second) for old in municipalities]
            known = [each for each in there if each is not None]
            if known:
                same = code if code in known else max(sorted(set(known)), key=known.count)
                images[level, code] = (level, same)
        return images

    def moved(self) -> dict[str, str]:
        """Municipalities of the first map that lie outside of what an area of theirs has become; and that area."""
        found = {}
        for old, nis in self._before.items():
            for level in (*ABOVE_MUNICIPALITY, *self.geography.groupings):
                here = self.geography.place(nis, level, self.first)
                there = self.geography.place(self._after[old], level, self.second)
                if here is None and there is None:
                    continue
                if here is None or self.images.get((level, here)) != (level, there):
                    found[nis] = f"{level} {there}"
        return found

    def _parts(self) -> dict[Area, list[str]]:
        """The municipalities of the data in each area of the first map."""
        parts: dict[Area, list[str]] = defaultdict(list)
        for old, nis in sorted(self._before.items()):
            for level in self.geography.levels:
                code = self.geography.place(nis, level, self.first)
                if code is not None:
                    parts[level, code].append(old)
        return parts

    def _refuse_moved(self, rows: Iterable[Mapping[str, Any]]) -> None:
        hidden = {row["geo_code"] for row in rows if row["geo_level"] == MUNICIPALITY and row["status"] != LOOSE}
        told = [f"{nis} (now in {where})" for nis, where in sorted(self.moved().items()) if nis in hidden]
        if told:
            raise ReleaseRefused(
                f"{self.year} is published on the map of {self.first}; on that of {self.second} {', '.join(told[:3])} "
                "lies elsewhere, and figures of it are hidden: the two maps together would reveal them"
            )

    def _joined(self, key: tuple[Any, ...], parts: Sequence[Mapping[str, Any]], dimensions: Sequence[str]) -> Any:
        """One cell of the second map out of those of the first that it is made of."""
        amount, (level, code), members, _ = key
        moves: dict[int, int] = defaultdict(int)
        for part in parts:
            for witness, by in zip(part["witnesses"], part["moves"], strict=True):
                moves[witness] += by
        same = len(parts) == 1 and parts[0]["geo_code"] == code
        return {
            "year": self.year,
            "amount": amount,
            "geo_level": level,
            "geo_code": code,
            **dict(zip(dimensions, members, strict=True)),
            "status": parts[0]["status"] if len(parts) == 1 else SECONDARY,
            **{name: parts[0][name] if same else None for name in ("need", "lowest", "highest")},
            "unproven": any(part["unproven"] for part in parts),
            "witnesses": [witness for witness in sorted(moves) if moves[witness]],
            "moves": [moves[witness] for witness in sorted(moves) if moves[witness]],
        }

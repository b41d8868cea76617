"""definitions, section 5: areas, levels and vintages; section 3: residence and address."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from re import fullmatch

from .dated import Period, read_csv

LEVELS = ("sector", "municipality", "arrondissement", "province", "region", "country")
COUNTRY = ("country", "01000")


def arrondissement_of(nis: str) -> str:
    return nis[:2] + "000"


def province_of(nis: str) -> str:
    """First digit + 0000; Brabant is in three, and Brussels stands for itself."""
    brabant = {"21": "21000", "23": "20001", "24": "20001", "25": "20002"}
    return brabant.get(nis[:2], nis[0] + "0000")


def region_of(nis: str) -> str:
    if nis[:2] == "21":
        return "04000"
    return "02000" if nis[0] in "1347" or nis[:2] in ("23", "24") else "03000"


def is_abroad(nis: str | None) -> bool:
    """A foreign code is 100-999, but 995 and 999 stand for unknown."""
    return nis is not None and fullmatch("[1-9][0-9]{2}", nis) is not None and nis not in ("995", "999")


class Geography:
    """The municipalities with their changes, and the list of sectors of a delivery."""

    def __init__(self, folder: Path, sectors: Iterable[tuple[str, Period]]) -> None:
        self.municipalities = [
            (row["nis"], Period.of(row["valid_from"], row["valid_to"]))
            for row in read_csv(folder / "municipalities.csv", ("nis", "valid_from", "valid_to"))
        ]
        self.changes = [
            (date.fromisoformat(row["date"]), row["old_nis"], row["new_nis"])
            for row in read_csv(folder / "municipality_changes.csv", ("date", "old_nis", "new_nis"))
        ]
        self.sector_rows = list(sectors)
        # A code is looked up for every person, so each answer is kept.
        self.municipalities_of = cache(self._municipalities_of)
        self.sectors_of = cache(self._sectors_of)
        self.recode = cache(self._recode)
        self.areas = cache(self._areas)

    def _municipalities_of(self, year: int) -> frozenset[str]:
        """The municipalities of a year: those of its last day (every change falls on a 1 January)."""
        return frozenset(nis for nis, period in self.municipalities if date(year, 12, 31) in period)

    def _recode(self, nis: str | None, year: int) -> str | None:
        """The municipality of `year` that a code, perhaps an older one, stands for; else None.

        Every change is n old -> 1 new, so there is one successor at most.
        """
        if not nis or nis in self.municipalities_of(year):
            return nis or None
        successors = (new for day, old, new in self.changes if old == nis != new and day.year <= year)
        return self.recode(next(successors, None), year)

    def _sectors_of(self, year: int) -> dict[str, str]:
        """Sector -> municipality: listed in the year, localisable, in a municipality of the year."""
        return {
            sector: municipality
            for sector, period in self.sector_rows
            if period.overlaps(year)
            and not sector.endswith("ZZZZ")
            and (municipality := self.recode(sector[:5], year)) is not None
        }

    def residence(
        self, year: int, june: tuple[str | None, str | None], december: tuple[str | None, str | None]
    ) -> tuple[str | None, str | None]:
        """definitions, section 3, residence: (municipality, sector), from the situations (nis, sector) on the two days.

        June speaks only where December has no municipality of the year; a residence abroad is known.
        """
        for nis, sector in (december, june):
            if is_abroad(nis):
                return None, None
            municipality = self.recode(nis, year)
            if municipality is not None:
                lies_there = self.sectors_of(year).get(sector or "") == municipality
                return municipality, sector if lies_there else None
        return None, None

    def lives_abroad(self, year: int, june: str | None, december: str | None) -> bool:
        """definitions, section 3.11: abroad on 31 December, or, where that says nothing, on 30 June."""
        return is_abroad(december) or (self.recode(december, year) is None and is_abroad(june))

    def _areas(self, year: int, municipality: str | None, sector: str | None) -> dict[str, str]:
        """Level -> code of every area that a place counts for; an unknown place for the country only."""
        areas = dict([COUNTRY])
        if municipality is not None:
            areas |= {
                "municipality": municipality,
                "arrondissement": arrondissement_of(municipality),
                "province": province_of(municipality),
                "region": region_of(municipality),
            }
        if sector is not None:
            areas["sector"] = sector
        return areas

    def grid(self, year: int, levels: Iterable[str]) -> list[tuple[str, str]]:
        """Every (level, code) that is valid in the year."""
        places: list[tuple[str, str | None]] = [(nis, None) for nis in self.municipalities_of(year)]
        places += [(nis, sector) for sector, nis in self.sectors_of(year).items()]
        areas = {COUNTRY}.union(*(self.areas(year, nis, sector).items() for nis, sector in places))
        return sorted((level, code) for level, code in areas if level in levels)

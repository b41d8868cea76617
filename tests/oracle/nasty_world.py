"""What nasty deliveries are drawn from: days, codes, places, and registers full of edges."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from .dated import Period, read_csv
from .small_cases import Row

ONE_DAY = timedelta(days=1)
LONG_AGO = date(2000, 1, 1)
ABROAD = ("100", "150", "994", "996", "998")
# Codes of no municipality: none at all, too short, of no country, out of range, not a number.
NOWHERE = (None, "", "0", "99", "995", "999", "1000", "12345", "93999", "94000", "99999", "XXXXX")
Address = tuple[str | None, str | None]


class Codes(NamedTuple):
    """The codes of a list by group, and the days on which one begins to mean something or ceases to."""

    by_group: dict[str, list[str]]
    edges: list[date]


def read_codes(path: Path, group_column: str) -> Codes:
    by_group: dict[str, list[str]] = {}
    edges = []
    for row in read_csv(path, ("code", group_column, "valid_from", "valid_to")):
        by_group.setdefault(row[group_column], []).append(row["code"])
        period = Period.of(row["valid_from"], row["valid_to"])
        if row["valid_from"]:
            edges += [period.first - ONE_DAY, period.first]
        if row["valid_to"]:
            edges += [period.last, period.last + ONE_DAY]
    return Codes({group: sorted(set(codes)) for group, codes in by_group.items()}, sorted(set(edges)))


class World:
    """The same few days, places and practices again and again, so that everything meets everything."""

    def __init__(self, rng: Random, conf_dir: Path, years: Sequence[int], persons: int) -> None:
        self.rng = rng
        self.years = sorted(years)
        self.nomenclature = read_codes(conf_dir / "codelists/nomenclature.csv", "code_group")
        self.qualifications = read_codes(conf_dir / "codelists/qualifications.csv", "qualification_group")
        self.days = {year: self._days(year) for year in self.years}
        self._draw_places(conf_dir / "geography")
        self.sectors = self._sectors()
        self.practices: list[Row] = []
        self.members: list[Row] = []
        self.practitioners: list[Row] = []
        self._draw_registers(max(8, persons // 12))
        self._near: dict[int, list[int]] = {}
        self._houses: dict[int, list[int]] = {}

    def near(self, person: int) -> list[int]:
        """The three providers of a person, the same ones in every year."""
        return self._near.setdefault(person, self.rng.sample(self.providers, 3))

    def houses(self, person: int) -> list[int]:
        """The two institutions where a person enrols, the same ones in every year."""
        return self._houses.setdefault(person, self.rng.sample(self.institutions, 2))

    def any_day(self) -> date:
        return self.rng.choice(self.days[self.rng.choice(self.years)])

    def codes(self, *groups: str) -> list[str]:
        return [code for group in groups for code in self.nomenclature.by_group.get(group, ())]

    def _days(self, year: int) -> list[date]:
        """The turns of the year, the days on which codes change (some of them), and a few others."""
        turns = [date(year, *day) for day in ((1, 1), (1, 2), (6, 30), (7, 1), (12, 30), (12, 31))]
        edges = [day for lists in (self.nomenclature, self.qualifications) for day in lists.edges if day.year == year]
        others = [date(year, 1, 1) + self.rng.randrange(365) * ONE_DAY for _ in range(8)]
        return sorted({*turns, *self.rng.sample(edges, min(6, len(edges))), *others})

    # Places

    def _draw_places(self, folder: Path) -> None:
        """Some municipalities that changed, before and after, and some of every part of the country."""
        rows = read_csv(folder / "municipalities.csv", ("nis", "valid_from", "valid_to"))
        changes = read_csv(folder / "municipality_changes.csv", ("date", "old_nis", "new_nis"))
        periods = [(row["nis"], Period.of(row["valid_from"], row["valid_to"])) for row in rows]
        changed = self.rng.sample(changes, min(8, len(changes)))
        parts: dict[str, list[str]] = {}
        for row in rows:
            parts.setdefault(row["nis"][:2], []).append(row["nis"])
        chosen = {row[side] for row in changed for side in ("old_nis", "new_nis")}
        chosen |= {self.rng.choice(parts[two]) for two in parts if two in ("21", "23", "24", "25")}
        chosen |= {self.rng.choice(parts[two]) for two in self.rng.sample(sorted(parts), min(6, len(parts)))}
        self.pool = sorted(chosen)
        self.merged_from = {nis: [row["old_nis"] for row in changes if row["new_nis"] == nis] for nis in self.pool}
        self.valid = {
            year: sorted({nis for nis, period in periods if nis in chosen and date(year, 12, 31) in period})
            for year in self.years
        }

    def nis(self, year: int) -> str | None:
        """Mostly a municipality of the year; else of another year, abroad, or nowhere at all."""
        draw = self.rng.random()
        if draw < 0.75:
            return self.rng.choice(self.valid[year])
        if draw < 0.87:
            return self.rng.choice(self.pool)
        return self.rng.choice(ABROAD if draw < 0.92 else NOWHERE)

    def address(self, year: int) -> Address:
        """A municipality with a sector of its own, of a predecessor, of another, or of none."""
        nis = self.nis(year)
        prefix = self.rng.choice([nis or "", nis or "", *self.merged_from.get(nis or "", ())])
        draw = self.rng.random()
        if draw < 0.70:
            own = [sector for sector, *_ in self.sectors if sector.startswith(prefix)]
            return nis, self.rng.choice(own or [None])
        if draw < 0.85:
            return nis, self.rng.choice(self.sectors)[0]
        return nis, self.rng.choice([None, "", f"{prefix}ZZZZ", f"{prefix}X99-", f"{prefix[:4]}"])

    def _sectors(self) -> list[tuple[str, date, date | None]]:
        """(sector, valid_from, valid_to): old ones, one that ends, one that begins, one renamed within a year."""
        rows: list[tuple[str, date, date | None]] = [("99999A00-", LONG_AGO, None)]
        for nis in self.pool:
            ends, begins, renamed = self.any_day(), self.any_day(), self.any_day()
            rows += [
                (f"{nis}A00-", LONG_AGO, None),
                (f"{nis}A01-", LONG_AGO, ends),
                (f"{nis}B1AA", begins, None),
                (f"{nis}C2--", LONG_AGO, renamed),
                (f"{nis}C2--", renamed + ONE_DAY, None),
                (f"{nis}ZZZZ", LONG_AGO, None),
            ]
        return rows

    # Registers

    def periods(self) -> list[tuple[date, date | None]]:
        """The periods of the rows of one thing, never two for one day."""
        whole: list[tuple[date, date | None]] = [(LONG_AGO, None)]
        first, second = sorted((self.any_day(), self.any_day()))
        last_year = date(self.rng.choice(self.years), 12, 31)
        return self.rng.choice(
            [
                whole,
                whole,
                whole,
                whole,
                [(first, None)],
                [(LONG_AGO, first)],
                [(first, second)],
                [(LONG_AGO, first), (first + ONE_DAY, None)],
                [(LONG_AGO, first), (second + ONE_DAY, None)],
                [(LONG_AGO, last_year - ONE_DAY), (last_year, None)],
                [(LONG_AGO, last_year), (last_year + ONE_DAY, None)],
                [(LONG_AGO, date(self.years[0] - 1, 12, 31))],
                [(LONG_AGO, LONG_AGO), (date(self.years[-1] + 1, 1, 1), None)],
            ]
        )

    def _draw_registers(self, number: int) -> None:
        """Practices with their providers; institutions that several practices share; providers without either."""
        rng = self.rng
        ids = rng.sample(range(1, 20 * number), number)
        self.institutions = [7000 + rng.randrange(100) * 10 + place for place in range(max(3, number // 6))]
        for practice_id in ids:
            practice_type = rng.choice(("solo", "group", "group", "medical_house", "medical_house"))
            for first, last in self.periods():
                has_institution = practice_type == "medical_house" or rng.random() < 0.1
                self.add_practice(
                    practice_id,
                    practice_type=practice_type,
                    institution_id=rng.choice(self.institutions) if has_institution else None,
                    nis=self.nis(rng.choice(self.years)),
                    valid_from=first,
                    valid_to=last,
                )
        self.providers = rng.sample(range(20_000, 20_000 + 20 * number), 2 * number)
        for provider in self.providers:
            starts = [*(self.any_day() for _ in range(2)), LONG_AGO, LONG_AGO]
            # Two practices now and then, from two days or from one day; none now and then.
            for practice_id in rng.sample(ids, rng.choice((0, 1, 1, 1, 1, 2, 2, 3))):
                periods = self.periods() if rng.random() < 0.3 else [(rng.choice(starts), None)]
                for first, last in periods:
                    self.add_member(practice_id, provider, first, last)
            self.add_practitioner(provider)
        self.providers += [990_000_000, 990_000_001]
        self._introduce_colleagues()

    def _introduce_colleagues(self) -> None:
        """Who ever worked in a practice with whom, and who in a practice of an institution."""
        members: dict[int, list[int]] = {}
        for row in self.members:
            members.setdefault(row["practice_id"], []).append(row["provider_id"])
        self.colleagues: dict[int | None, list[int]] = {}
        for row in self.members:
            self.colleagues.setdefault(row["provider_id"], []).extend(members[row["practice_id"]])
        self.inside: dict[int, list[int]] = {}
        for row in self.practices:
            self.inside.setdefault(row["institution_id"], []).extend(members.get(row["practice_id"], ()))

    def add_practice(self, practice_id: int, **fields: object) -> None:
        self.practices.append({"practice_id": practice_id, **fields})

    def add_member(self, practice_id: int, provider: int, first: date = LONG_AGO, last: date | None = None) -> None:
        row = {"practice_id": practice_id, "provider_id": provider, "valid_from": first, "valid_to": last}
        self.members.append(row)

    def add_practitioner(self, provider: int) -> None:
        """An address that moves, ends, or is not there."""
        for first, last in self.periods() if self.rng.random() < 0.9 else ():
            nis = self.nis(self.rng.choice(self.years))
            self.practitioners.append({"provider_id": provider, "nis": nis, "valid_from": first, "valid_to": last})

"""The made-up map: the country as one long street, cut into cells of equal population.

A cell lies in one municipality of the first map (all later changes merge, so the first map is the finest) and is a
statistical sector at the same time. Neighbours in the street are neighbours in the code list, hence mostly in the
arrondissement: whoever takes a few steps along the street comes to another practice, another municipality.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from imaatlas_spark.geography import NOT_LOCALISABLE, Geography, region_of
from imaatlas_spark.periods import END_OF_TIME, first_day, last_day
from imaatlas_spark.synthetic.parameters import Territory
from imaatlas_spark.synthetic.randomness import fixed_uniform

_BEGINNING = dt.date(2001, 1, 1)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Cell:
    """A stretch of the street with as many people as any other. The factors are its municipality's; their mean is 1."""

    origin: str
    region: str
    place_in_region: float
    contact_factor: float
    house_factor: float
    sector: str
    next_sector: str | None
    renewed_in: int | None

    def sector_in(self, year: int) -> str:
        if self.next_sector and self.renewed_in and year >= self.renewed_in:
            return self.next_sector
        return self.sector


def lay_out(geography: Geography, parameters: Territory, persons: int) -> tuple[Cell, ...]:
    """The street of a nation of `persons`: the same for every seed."""
    origins = geography.municipalities_in(geography.first_year)
    cells_of = _cells_of_municipalities(origins, parameters, persons)
    contact_factors = _levels("contacts", cells_of, parameters.spread_of_contacts)
    house_factors = _levels("medical houses", cells_of, parameters.spread_of_medical_houses)
    in_region = Counter(region_of(nis) for nis in origins for _ in range(cells_of[nis]))
    placed: Counter[str] = Counter()
    begun: Counter[str] = Counter()
    cells = []
    for nis, number in ((origin, number) for origin in origins for number in range(cells_of[origin])):
        region = region_of(nis)
        renewed_in = _renewed_in(f"{nis}/{number}", parameters)
        later = geography.recode(nis, renewed_in) if renewed_in else None
        if later:
            begun[later] += 1
        cells.append(
            Cell(
                origin=nis,
                region=region,
                place_in_region=(placed[region] + 0.5) / in_region[region],
                contact_factor=contact_factors[nis],
                house_factor=house_factors[nis],
                sector=_sector_code(nis, 2 * number),
                next_sector=_sector_code(later, 2 * begun[later] - 1) if later else None,
                renewed_in=renewed_in,
            )
        )
        placed[region] += 1
    return tuple(cells)


def sector_rows(cells: Sequence[Cell], geography: Geography) -> list[tuple[str, ...]]:
    """The rows of sectors.csv: sector, name_nl, name_fr, valid_from, valid_to. Every municipality has its `ZZZZ`."""
    rows = []
    for cell in cells:
        if cell.next_sector and cell.renewed_in:
            rows.append(_sector_row(cell.sector, _BEGINNING, last_day(cell.renewed_in - 1)))
            rows.append(_sector_row(cell.next_sector, first_day(cell.renewed_in), END_OF_TIME))
        else:
            rows.append(_sector_row(cell.sector, _BEGINNING, END_OF_TIME))
    for each in geography.municipalities:
        rows.append(_sector_row(each.nis + NOT_LOCALISABLE, max(_BEGINNING, each.valid_from), each.valid_to))
    return sorted(rows)


def _sector_row(sector: str, valid_from: dt.date, valid_to: dt.date) -> tuple[str, ...]:
    end = "" if valid_to == END_OF_TIME else valid_to.isoformat()
    return (sector, f"SYNTHETIC sector {sector}", f"SYNTHETIC secteur {sector}", valid_from.isoformat(), end)


def _sector_code(nis: str, number: int) -> str:
    """Nine characters that no real sector has: a hyphen in the sixth place. Renewed sectors have odd numbers."""
    high, low = divmod(number, len(_DIGITS))
    return f"{nis}-{_DIGITS[high // len(_DIGITS)]}{_DIGITS[high % len(_DIGITS)]}{_DIGITS[low]}"


def _renewed_in(key: str, parameters: Territory) -> int | None:
    if fixed_uniform("sector renewed", key) >= parameters.share_of_sectors_renewed:
        return None
    first, last = parameters.renewed_between
    return first + int(fixed_uniform("year of renewal", key) * (last - first + 1))


def _cells_of_municipalities(origins: Sequence[str], parameters: Territory, persons: int) -> dict[str, int]:
    """How many cells each municipality has: the regions by their population, within a region by made-up weights."""
    wanted = persons // parameters.persons_per_sector
    count = min(max(wanted, parameters.fewest_sectors), parameters.most_sectors)
    population = parameters.population.by_code
    cells_of: dict[str, int] = {}
    for region in population:
        members = [nis for nis in origins if region_of(nis) == region]
        cells = round(count * population[region] / sum(population.values()))
        weights = [_lognormal("inhabitants", nis, parameters.spread_of_municipalities) for nis in members]
        cells_of.update(zip(members, _apportioned(cells, weights), strict=True))
    return cells_of


def _apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """`total` over the weights in whole numbers, at least one each, by largest remainders."""
    spare = total - len(weights)
    exact = [spare * weight / sum(weights) for weight in weights]
    shares = [int(value) for value in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: spare - sum(shares)]:
        shares[i] += 1
    return [share + 1 for share in shares]


def _levels(purpose: str, cells_of: dict[str, int], sigma: float) -> dict[str, float]:
    """A level for each municipality whose mean over the people of each region is 1."""
    raw = {nis: _lognormal(purpose, nis, sigma) for nis in cells_of}
    total: dict[str, float] = defaultdict(float)
    people: Counter[str] = Counter()
    for nis, count in cells_of.items():
        total[region_of(nis)] += raw[nis] * count
        people[region_of(nis)] += count
    return {nis: level * people[region_of(nis)] / total[region_of(nis)] for nis, level in raw.items()}


def _lognormal(purpose: str, nis: str, sigma: float) -> float:
    return math.exp(sigma * NormalDist().inv_cdf(fixed_uniform(purpose, nis)))

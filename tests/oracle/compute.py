"""From a raw delivery to every table: the entry point of the oracle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .claims import ClaimsOfYear
from .deliveries import Delivery, read_delivery
from .parameters import STANDARD, Parameters, RefusedError
from .reference import Reference
from .source_variables import (
    PersonYear,
    PracticeYear,
    PractitionerYear,
    person_year,
    practice_year,
    practitioner_year,
)
from .statistics import STATISTICS, statistic_rows


@dataclass
class Tables:
    """The tables of contract section 4, with the delivery's accepted rows and its quarantine."""

    delivery: Delivery
    person_year: list[PersonYear] = field(default_factory=list)
    practice_year: list[PracticeYear] = field(default_factory=list)
    practitioner_year: list[PractitionerYear] = field(default_factory=list)
    statistics: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def quarantine_counts(self) -> dict[tuple[str, int], int]:
        """(source, year) -> rows in quarantine, of the claims and population that were read."""
        return {key: len(rows) for key, rows in self.delivery.quarantine.items()}


def compute(
    delivery: Path,
    conf_dir: Path,
    years: Iterable[int],
    *,
    first_year: int | None = None,
    parameters: Parameters = STANDARD,
    release_dates: Mapping[tuple[str, int], date],
) -> Tables:
    """Every table for these years, and the statistics that have a release date.

    A statistic has no rows for years before it begins.

    GMD of the two years before is read too. Years before `first_year` are taken as absent; without it
    their absence is refused.
    """
    years = sorted(set(years))
    if first_year is not None and years[0] < first_year:
        raise RefusedError(f"year {years[0]} lies before the first year {first_year}")
    wanted = {
        earlier
        for year in years
        for earlier in range(year - parameters.gmd_years_back, year + 1)
        if first_year is None or earlier >= first_year
    }
    data = read_delivery(Path(delivery), sorted(wanted), years, parameters)
    reference = Reference.of(data, Path(conf_dir), parameters)
    claims = {year: ClaimsOfYear(year, lines, reference) for year, lines in data.claims.items()}
    tables = Tables(data, statistics={code: [] for code, _ in release_dates})
    for year in years:
        before = [claims[year - back] for back in range(1, parameters.gmd_years_back + 1) if year - back in claims]
        persons, contacts, with_gmd = person_year(year, data.population[year], claims[year], before, reference)
        practices = practice_year(year, persons, contacts, with_gmd, reference)
        practitioners = practitioner_year(year, claims[year], reference)
        units: dict[str, Sequence[Any]] = {"person": persons, "practice": practices, "practitioner": practitioners}
        for code in tables.statistics:
            statistic = STATISTICS[code]
            if year >= statistic.since:
                release = release_dates[code, year]
                rows = statistic_rows(statistic, year, units[statistic.unit], reference.geography, release)
                tables.statistics[code] += rows
        tables.person_year += persons
        tables.practice_year += practices
        tables.practitioner_year += practitioners
    return tables

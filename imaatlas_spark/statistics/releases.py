"""Which years of which statistics a run publishes, and the date that each release carries."""

import datetime as dt
from collections.abc import Iterable, Mapping

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.periods import in_words

ReleaseDates = Mapping[int, dt.date]  # by year
Releases = Mapping[str, ReleaseDates]  # by the code of the card


def releases(
    configuration: Configuration,
    codes: Iterable[str] | None,
    years: tuple[int, ...],
    release_date: dt.date | None,
    map_year: int | None = None,
) -> Releases:
    """The release date of each year of each statistic that is to be built.

    `codes` None means every card, each for those of `years` since it is available; a statistic that is asked for by its
    code must have every year. Without `release_date`, the first day of the quarter that the card plans. With `map_year`
    every year must fit on the map of that year.
    """
    if map_year is not None:
        for year in years:
            configuration.geography.recoding_between(year, map_year)
    chosen: dict[str, ReleaseDates] = {}
    for code in sorted(configuration.cards) if codes is None else codes:
        card = configuration.cards.get(code)
        if card is None:
            raise ArgumentRefused(
                f"--statistics: no card is called '{code}': known are {', '.join(configuration.cards)}"
            )
        available = [year for year in years if year >= card.available_since]
        if codes is not None and len(available) < len(years):
            raise ArgumentRefused(f"{code} is available since {card.available_since}: leave out the years before")
        chosen[code] = {year: _release_date(card, year, release_date) for year in available}
    available_dates = {code: dates for code, dates in chosen.items() if dates}
    if not available_dates:
        raise ArgumentRefused(
            f"--years: no statistic is available in {in_words(years)}: see available_since in its card"
        )
    return available_dates


def _release_date(card: Card, year: int, release_date: dt.date | None) -> dt.date:
    if release_date is not None and release_date.year <= year:
        raise ArgumentRefused(
            f"--release-date {release_date} lies before the end of {year}: a release follows its year"
        )
    return release_date or card.release.planned_date(year)

"""What parameters of the synthetic nation are made of: shares, acts, and values by region, age and year."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from imaatlas_spark.conf_files import Declared

FLANDERS, WALLONIA, BRUSSELS = "02000", "03000", "04000"
OLDEST = 129

Text = Annotated[str, StringConstraints(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
YearSpan = tuple[int, int]


class Sourced(Declared):
    source: Text


class ByRegion(Declared):
    flanders: float
    wallonia: float
    brussels: float

    @property
    def by_code(self) -> dict[str, float]:
        return {FLANDERS: self.flanders, WALLONIA: self.wallonia, BRUSSELS: self.brussels}


class AgeBand(Declared):
    below: Count
    value: float


class YearValue(Declared):
    year: int
    value: float


class Years(Declared):
    years: Count
    weight: Count


def _every_age(bands: tuple[AgeBand, ...]) -> tuple[AgeBand, ...]:
    if [band.below for band in bands] != sorted({band.below for band in bands}) or bands[-1].below <= OLDEST:
        raise ValueError(f"bands of age rise, and the last one goes beyond {OLDEST}")
    return bands


def _rising(values: tuple[YearValue, ...]) -> tuple[YearValue, ...]:
    if not values or [value.year for value in values] != sorted({value.year for value in values}):
        raise ValueError("years rise, and there is at least one")
    return values


AgeBands = Annotated[tuple[AgeBand, ...], Field(min_length=1), AfterValidator(_every_age)]
YearValues = Annotated[tuple[YearValue, ...], AfterValidator(_rising)]


def in_year(values: YearValues, year: int) -> float:
    """The value of a year: straight lines between the years that are given, level before and after them."""
    if year <= values[0].year:
        return values[0].value
    for earlier, later in pairwise(values):
        if year <= later.year:
            share = (year - earlier.year) / (later.year - earlier.year)
            return earlier.value + share * (later.value - earlier.value)
    return values[-1].value


class WeightedCode(Declared):
    code: str
    weight: Count


class Act(WeightedCode):
    amount_eur: Decimal


def _a_hundred(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    if sum(act.weight for act in acts) != 100:
        raise ValueError("weights of acts are per cent: they add up to 100")
    return acts


Acts = Annotated[tuple[Act, ...], AfterValidator(_a_hundred)]

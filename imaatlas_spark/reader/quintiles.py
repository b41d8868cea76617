"""The five classes of colour of a map, in notebooks and on the site."""

import math
from collections.abc import Iterable

CLASSES = 5


def quintiles(values: Iterable[float | None]) -> list[float]:
    """The highest value of each class: a fifth (two fifths, ...) of the values do not exceed it; equal bounds are one.

    Zeros and hidden figures (None) have no class.
    """
    ordered = sorted(value for value in values if value)
    if not ordered:
        return []
    return sorted({ordered[math.ceil(len(ordered) * part / CLASSES) - 1] for part in range(1, CLASSES + 1)})


def places_on_the_scale(number: int) -> list[int]:
    """Where so many classes stand on the scale of five: fewer keep its ends, one is its middle, as in `view.js`."""
    last = CLASSES - 1
    return [last // 2] if number == 1 else [math.floor(at * last / (number - 1) + 0.5) for at in range(number)]

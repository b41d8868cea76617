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

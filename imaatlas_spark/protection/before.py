"""What earlier releases of the same year and map show or hide: whoever reads them compares.

What was hidden stays hidden. What was shown with the figures that it has now is known: it stays shown, and covers
nothing.
"""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.protection.figures import Before, Layout, Place
from imaatlas_spark.protection.structure import Structure

WAS_HIDDEN, IS_KNOWN = "was_hidden", "is_known"  # columns beside the sums


def before_of(rows: pa.Table, structure: Structure, layout: Layout) -> Mapping[Place, Before]:
    """By pattern, area and members: what any of the statistics that show the cell has told of it before."""
    told = rows.filter(pc.or_(rows.column(WAS_HIDDEN), rows.column(IS_KNOWN)))
    patterns = {card.code: structure.patterns_of_card(card.code) for card in structure.shown}
    found: dict[Place, Before] = {}
    for at in told.to_pylist():
        pattern = patterns[at["code"]]
        if pattern is not None:
            place = pattern, (at["geo_level"], at["geo_code"]), tuple(at[name] for name in layout.dimensions)
            so_far = found.get(place, Before(False, False))
            found[place] = Before(so_far.hidden or at[WAS_HIDDEN], so_far.known or at[IS_KNOWN])
    return found


def is_kept(before: Mapping[Place, Before], hidden: Iterable[Place]) -> bool:
    """Whether what is to be hidden agrees with what was told before."""
    now = set(hidden)
    return all((place in now) if told.hidden else (place not in now) for place, told in before.items())

"""What earlier releases of the same year and map show or hide: whoever reads them compares.

What was hidden stays hidden. What was shown with the figures that it has now is known: it stays shown, and covers
nothing.
"""

from collections.abc import Mapping, Sequence
from itertools import repeat

import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import Before, Layout, Place
from imaatlas_spark.schemas.protection import LOOSE

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


def is_kept(before: Mapping[Place, Before], cells: pa.Table, dimensions: Sequence[str]) -> bool:
    """Whether what is to be hidden (rows as `hidden.hidden_rows`) agrees with what was told before."""
    cells = cells.filter(pc.not_equal(cells["status"], LOOSE))
    areas = zip(cells["geo_level"].to_pylist(), cells["geo_code"].to_pylist(), strict=True)
    members = zip(*(cells[name].to_pylist() for name in dimensions), strict=True) if dimensions else repeat(())
    now = set(zip(cells["pattern"].to_pylist(), areas, members))  # noqa: B905 (without dimensions, without end)
    return all((place in now) if told.hidden else (place not in now) for place, told in before.items())

"""What earlier releases of the same year and map show or hide: whoever reads them compares.

What was hidden stays hidden. An amount that was shown with the figure that it has now is known, also where the other
half of its row has changed: it stands still in every witness, and covers nothing. What is known whole stays shown.
"""

from collections.abc import Iterator, Sequence
from itertools import repeat

import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.figures import Before, Layout, Place
from imaatlas_spark.schemas.protection import LOOSE

# Columns beside the sums: of the row; of its numerator and its denominator.
WAS_HIDDEN, ABOVE_IS_KNOWN, BELOW_IS_KNOWN = MARKS = ("was_hidden", "above_is_known", "below_is_known")


def before_of(rows: pa.Table, structure: Structure, layout: Layout) -> Before:
    """What any of the statistics that show a cell has told of it before."""
    told = rows.filter(pc.or_(pc.or_(rows[WAS_HIDDEN], rows[ABOVE_IS_KNOWN]), rows[BELOW_IS_KNOWN]))
    cards = {card.code: card for card in structure.shown}
    patterns = {code: structure.patterns_of_card(code) for code in cards}
    hidden: set[Place] = set()
    known: set[Place] = set()
    for at in told.to_pylist():
        card, pattern = cards[at["code"]], patterns[at["code"]]
        where = (at["geo_level"], at["geo_code"]), tuple(at[name] for name in layout.dimensions)
        if pattern is not None and at[WAS_HIDDEN]:
            hidden.add((pattern, *where))
        for amount, is_known in ((card.above, at[ABOVE_IS_KNOWN]), (card.below, at[BELOW_IS_KNOWN])):
            if amount is not None and is_known and len(terms := structure.expressions[amount].terms) == 1:
                known.add((terms[0][0], *where))
    return Before(frozenset(hidden), frozenset(known))


def is_kept(before: Before, cells: pa.Table, structure: Structure, dimensions: Sequence[str]) -> bool:
    """Whether what is to be hidden (rows as `hidden.hidden_rows`) agrees with what was told before."""
    now = set(_places(cells.filter(pc.not_equal(cells["status"], LOOSE)), dimensions))
    known = {(structure.pattern_of[component], *where) for component, *where in before.known}
    return before.hidden <= now and not known & now


def _places(cells: pa.Table, dimensions: Sequence[str]) -> Iterator[Place]:
    areas = zip(cells["geo_level"].to_pylist(), cells["geo_code"].to_pylist(), strict=True)
    members = zip(*(cells[name].to_pylist() for name in dimensions), strict=True) if dimensions else repeat(())
    return zip(cells["pattern"].to_pylist(), areas, members)  # noqa: B905 (without dimensions, without end)

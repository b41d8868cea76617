"""Whether a delivery was drawn by chance: `draw_synthetic.py` leaves a file that says so beside the data."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from imaatlas_spark.deliveries.footers import Footer
from imaatlas_spark.deliveries.stores import Entry, Kind, Store
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import shown
from imaatlas_spark.schemas.inputs import SYNTHETIC_MARK

if TYPE_CHECKING:
    from imaatlas_spark.storage.warehouse import Warehouse

WITHOUT_REQUEST = '{"synthetic": true}'
_REMEDY = "draw the delivery again with draw_synthetic.py, or take this file away from one that was not drawn"


def mark_of(store: Store, delivery: str, footers: Iterable[Footer]) -> str | None:
    """The request that drew the delivery, as JSON; None: neither a mark nor its columns say that it was drawn.

    A mark may be lost on the way, as by programs that pass over names that begin with `_`.
    """
    entries = {entry.name: entry for entry in store.entries(delivery) or ()}
    mark = entries.get(SYNTHETIC_MARK)
    if mark is not None:
        return _request(store, mark)
    alike = next((name for name in entries if name.strip("_. ").casefold().startswith("synthetic")), None)
    if alike is not None:
        raise DeliveryRefused(f"{shown(entries[alike].path)}: write its name as {SYNTHETIC_MARK}, or take it away")
    return WITHOUT_REQUEST if any(footer.is_drawn for footer in footers) else None


def _request(store: Store, mark: Entry) -> str:
    if mark.kind is not Kind.FILE:
        raise DeliveryRefused(f"{shown(mark.path)} is a {mark.kind.value}, expected a file: {_REMEDY}")
    with store.open(mark.path) as file:
        content = file.read()
    try:
        request = json.loads(content)
        text = json.dumps(request, sort_keys=True, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise DeliveryRefused(f"{shown(mark.path)} is no JSON: {_REMEDY}") from error
    if not isinstance(request, dict) or request.get("synthetic") is not True:
        raise DeliveryRefused(f"{shown(mark.path)} does not say that the delivery is synthetic: {_REMEDY}")
    return text


def refuse_mixture(warehouse: "Warehouse", delivery: str, drawn_with: str | None) -> None:
    """Drawn and real figures never lie in one warehouse: nobody could say any more which figure describes whom."""
    if not warehouse.holds_inputs or (warehouse.drawn_with is None) == (drawn_with is None):
        return
    there = "a synthetic nation" if warehouse.drawn_with else "deliveries that were not drawn"
    here = "is not marked as one" if drawn_with is None else "is synthetic"
    raise DeliveryRefused(f"{shown(warehouse.root)} holds {there} and {shown(delivery)} {here}: use a new warehouse")

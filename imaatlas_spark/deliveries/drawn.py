"""Whether a delivery was drawn by chance: `draw_synthetic.py` leaves a file that says so beside the data."""

import json

from imaatlas_spark.deliveries.stores import Store
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import shown
from imaatlas_spark.schemas.inputs import SYNTHETIC_MARK
from imaatlas_spark.storage.warehouse import Warehouse

_REMEDY = "draw the delivery again with draw_synthetic.py, or take this file away from one that was not drawn"


def mark_of(store: Store, delivery: str) -> str | None:
    """The request that drew the delivery, as JSON; None: it does not say that it was drawn."""
    mark = next((entry for entry in store.entries(delivery) or () if entry.name == SYNTHETIC_MARK), None)
    if mark is None:
        return None
    with store.open(mark.path) as file:
        content = file.read()
    try:
        request = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DeliveryRefused(f"{shown(mark.path)} is no JSON: {_REMEDY}") from error
    if not isinstance(request, dict) or request.get("synthetic") is not True:
        raise DeliveryRefused(f"{shown(mark.path)} does not say that the delivery is synthetic: {_REMEDY}")
    return json.dumps(request, sort_keys=True)


def refuse_mixture(warehouse: Warehouse, delivery: str, drawn_with: str | None) -> None:
    """Drawn and real figures never lie in one warehouse: nobody could say any more which figure describes whom."""
    if not warehouse.holds_inputs or (warehouse.drawn_with is None) == (drawn_with is None):
        return
    there = "a synthetic nation" if warehouse.drawn_with else "deliveries that were not drawn"
    here = "is not marked as one" if drawn_with is None else "is synthetic"
    raise DeliveryRefused(f"{shown(warehouse.root)} holds {there} and {shown(delivery)} {here}: use a new warehouse")

"""Whether a delivery was drawn by chance: `draw_synthetic.py` leaves a file that says so beside the data."""

import json

from imaatlas_spark.deliveries.stores import Store
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import shown
from imaatlas_spark.schemas.inputs import SYNTHETIC_MARK
from imaatlas_spark.storage.warehouse import Warehouse


def mark_of(store: Store, delivery: str) -> str | None:
    """The request that drew the delivery, as JSON; None: it does not say that it was drawn."""
    mark = next((entry for entry in store.entries(delivery) or () if entry.name == SYNTHETIC_MARK), None)
    if mark is None:
        return None
    with store.open(mark.path) as file:
        content = file.read()
    try:
        return json.dumps(json.loads(content), sort_keys=True)
    except ValueError as error:
        raise DeliveryRefused(
            f"{shown(mark.path)} is no JSON: draw the delivery again with draw_synthetic.py"
        ) from error


def refuse_mixture(warehouse: Warehouse, delivery: str, drawn_with: str | None) -> None:
    """Drawn and real figures never lie in one warehouse: nobody could say any more which figure describes whom."""
    if not warehouse.holds_inputs or (warehouse.drawn_with is None) == (drawn_with is None):
        return
    there = "a synthetic nation" if warehouse.drawn_with else "deliveries that were not drawn"
    here = "is not marked as one" if drawn_with is None else "is synthetic"
    raise DeliveryRefused(f"{shown(warehouse.root)} holds {there} and {shown(delivery)} {here}: use a new warehouse")

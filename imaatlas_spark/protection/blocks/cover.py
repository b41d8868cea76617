"""What is hidden of a block so far, what hiding more costs, and the programs over what is hidden."""

import numpy as np

from imaatlas_spark.protection.arrays import Real, Truth
from imaatlas_spark.protection.blocks.balances import Balance
from imaatlas_spark.protection.blocks.block import Block, Relations
from imaatlas_spark.protection.blocks.programs import Program, Wanted

ALREADY_HIDDEN = 1e-3  # price of moving what is hidden: nearly nothing, yet what need not move stands still
_STEP = 5.0  # a usual move of a count: what a price is reckoned by
_DEAREST = 5e3


class Cover:
    """hidden: of each pattern, its cells (areas x members). It only ever grows."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.hidden: list[Truth] = [cells.hidden | block.sensitive(at) for at, cells in enumerate(block.patterns)]
        self._programs: dict[int, Program | Balance] = {}

    def hide(self, pattern: int, cells: Truth) -> None:
        if (cells & ~self.hidden[pattern]).any():
            self.hidden[pattern] = self.hidden[pattern] | cells
            for component, each in enumerate(self.block.components):
                if each.pattern == pattern:
                    self._programs.pop(component, None)

    def over_hidden(self, component: int) -> Program | Balance:
        """Over what is hidden, made once for as long as no more is."""
        if component not in self._programs:
            own = self.block.components[component]
            moves = self.hidden[own.pattern] & np.array(own.shown)
            self._programs[component] = self.program(component, np.where(moves, 0.0, np.inf))
        return self._programs[component]

    def program(self, component: int, price: Real, wanted: Wanted | None = None) -> Program | Balance:
        relations = self.relations(component)
        kind = Balance if relations.make_one_sum else Program
        return kind(relations, price.ravel(), wanted)

    def relations(self, component: int) -> Relations:
        own = self.block.components[component]
        return self.block.patterns[own.pattern].relations(own.shown)

    def price(self, component: int) -> Real:
        """Of a unit of movement: infinite where a cell must not be hidden."""
        own = self.block.components[component]
        cells = self.block.patterns[own.pattern]
        price = np.where(cells.usable, np.minimum(cells.cost, _DEAREST) / _STEP, np.inf)
        price = np.where(self.hidden[own.pattern], 0.0, price)
        return np.where(np.array(own.shown), price, np.inf)

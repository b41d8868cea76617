"""How many cells are hidden, held against GaussSuppression's method on the same tables, each of one statistic alone.

    python -m benchmarks.gauss_suppression --warehouse DIR --year 2021 [--persons 11700000] [--seed 1] [--table CODE]

The nation is that of `benchmarks.protection_cost`; nothing is written. `--table`, as often as wanted, asks for some of
the tables. Sensitive cells and the hierarchy from the country down are the same for all ways; none sees another
statistic.

- "Gauss" is the method with its choices (`benchmarks.elimination`), "plain" without care for singletons. It keeps
  sensitive cells from being known exactly, and no more. "Gauss, wide" hides as much more as the widths need that we
  promise (`benchmarks.intervals`), as the package does where it is asked for intervals.
- "ours" is the solver on a structure of that card alone; "thinned" are its cells without those that could be shown
  again, as far as widths of counts of this table are concerned. The difference is hidden in vain.

In brackets: % of what is counted at the level. Of a sample of sensitive cells it is told how many are known more
narrowly than they need. Of a mean the persons are the table; ours has the sums over them to protect as well.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.drawn_nation import drawn_nation, layout_of, nation_arguments, sums_of
from benchmarks.elimination import hidden_by_elimination
from benchmarks.intervals import Intervals, made_wide, thinned
from benchmarks.one_table import OneTable
from benchmarks.readme import table
from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.cards import dimension_names
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.arrays import Truth
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import YearFacts
from imaatlas_spark.protection.rows import figures_of
from imaatlas_spark.protection.solver import Solver
from imaatlas_spark.schemas.protection import LOOSE

_SAMPLE = 200
_MANY = 100_000  # cells: more are not thinned, which would take longer than all else

_FACTS = YearFacts({}, {})  # neither contributors nor practices count in these


class Asked(NamedTuple):
    """A statistic, by one dimension or none."""

    code: str
    dimensions: tuple[str, ...]

    @property
    def name(self) -> str:
        return " by ".join([self.code, *self.dimensions])


# By sector cube_003_014 shows one dimension at a time: each is a table here.
TABLES = (
    Asked("cube_013_005", ("age_class",)),
    Asked("cube_013_007", ("age_class",)),
    Asked("stat_003_007", ()),
    Asked("cube_003_014", ("sex",)),
    Asked("cube_003_014", ("increased_reimbursement",)),
    Asked("cube_003_014", ("age_class",)),
)
PLAIN, GAUSS, WIDE, OURS, THIN = "Gauss, plain", "Gauss", "Gauss, wide", "ours", "ours, thinned"
_RATIOS = ((OURS, GAUSS), (OURS, WIDE), (THIN, WIDE))


@dataclass(frozen=True)
class Held:
    """A table, which of its cells each way hides, and the seconds that it took."""

    name: str
    cells: OneTable
    hidden: dict[str, Truth]
    seconds: dict[str, float]


def main() -> None:
    parser = nation_arguments(__doc__)
    parser.add_argument("--table", action="append", choices=sorted({each.code for each in TABLES}))
    asked = parser.parse_args()
    configuration = load_configuration(asked.conf_dir)
    wanted = [each for each in TABLES if asked.table is None or each.code in asked.table]
    nation = drawn_nation(asked.warehouse, asked.year, asked.persons, configuration, asked.seed)
    cards = sorted({each.code for each in wanted})
    structure = structure_of((Shown.of(configuration.cards[code]) for code in cards), configuration.protection)
    rows = sums_of(nation, configuration, structure)
    del nation
    held = [held_against(each, rows, asked.year, configuration) for each in wanted]
    ratios = [f"{one} / {other}" for one, other in _RATIOS]
    header = " | ".join(["statistic", "level", "cells", "sensitive", PLAIN, GAUSS, WIDE, OURS, THIN, *ratios])
    print(*table(header, (row for each in held for row in _counted(each))), "", sep="\n")
    header = "statistic | way | of sensitive | known exactly | more narrowly than needed | seconds"
    print(*table(header, (row for each in held for row in _known(each, asked.seed))), sep="\n")


def held_against(asked: Asked, rows: pa.Table, year: int, configuration: Configuration) -> Held:
    """rows: of all cards, as `sums_of` has them."""
    card = configuration.cards[asked.code]
    structure = structure_of([replace(Shown.of(card), dimensions=asked.dimensions)], configuration.protection)
    names = dimension_names(configuration.cards.values())
    layout = layout_of(structure, year, configuration)
    rows = rows.filter(pc.equal(rows["code"], card.code))
    for name in set(names) - set(asked.dimensions):
        rows = rows.filter(pc.equal(rows[name], TOTAL))
    figures = figures_of(rows, structure, layout, _FACTS)
    cells = OneTable.of(Cluster(structure, structure.clusters[0], layout, figures, configuration.protection))
    solver = Solver(structure, {year: layout}, {year: _FACTS}, configuration.protection)
    ways: dict[str, Callable[[], Truth]] = {
        PLAIN: lambda: hidden_by_elimination(cells.inner, cells.count, cells.sensitive),
        GAUSS: lambda: hidden_by_elimination(cells.inner, cells.count, cells.sensitive, singletons=True),
        WIDE: lambda: made_wide(cells, hidden[GAUSS]),
        OURS: lambda: _places_of(solver.protected(year, 0, rows), cells, names),
    }
    if len(cells.places) <= _MANY:
        ways[THIN] = lambda: thinned(cells, hidden[OURS])
    hidden: dict[str, Truth] = {}
    seconds = {}
    for way, found in ways.items():
        started = time.process_time()
        hidden[way] = found()
        seconds[way] = time.process_time() - started
    return Held(asked.name, cells, hidden, seconds)


def _places_of(hidden: pa.Table, cells: OneTable, names: tuple[str, ...]) -> Truth:
    found: Truth = np.zeros(len(cells.places), dtype=bool)
    hidden = hidden.filter(pc.not_equal(hidden["status"], LOOSE))
    for level, code, *member in zip(
        *(hidden[name].to_pylist() for name in ("geo_level", "geo_code", *names)), strict=True
    ):
        found[cells.number[(level, code), tuple(member)]] = True
    return found


def _counted(held: Held) -> Iterator[tuple[str, ...]]:
    """By level, those above the municipality together: in none of the ways much is hidden there."""
    levels = np.array([area[0] for area, _ in held.cells.places])
    for names in (LEVELS[: LEVELS.index("municipality")], ("municipality",), ("sector",)):
        here = np.isin(levels, names)
        if here.any():
            number = {way: int((hidden & here).sum()) for way, hidden in held.hidden.items()}
            yield (
                held.name,
                names[0] if len(names) == 1 else "above",
                f"{here.sum():,}",
                f"{(held.cells.sensitive & here).sum():,}",
                *(
                    f"{number[way]:,} ({_share(held, hidden & here, here):.2f} %)"
                    for way, hidden in held.hidden.items()
                ),
                *([] if THIN in number else ["–"]),
                *(_ratio(number.get(one), number[other]) for one, other in _RATIOS),
            )


def _share(held: Held, which: Truth, of: Truth) -> float:
    """% of what is counted."""
    return 100 * float(held.cells.count[which].sum()) / max(1, float(held.cells.count[of].sum()))


def _ratio(one: int | None, other: int) -> str:
    return f"{one / other:.2f}" if one is not None and other else "–"


def _known(held: Held, seed: int) -> Iterator[tuple[str, ...]]:
    """Of a sample of sensitive cells, how narrowly what each way shows tells them."""
    sensitive = np.flatnonzero(held.cells.sensitive)
    sample = np.sort(np.random.default_rng(seed).choice(sensitive, min(_SAMPLE, len(sensitive)), replace=False))
    for way, hidden in held.hidden.items():
        width = Intervals(held.cells).widths(hidden, sample.tolist())
        narrow = width < held.cells.need[sample]
        counts = (len(sample), int((width == 0).sum()), int(narrow.sum()))
        yield (held.name, way, *(f"{each:,}" for each in counts), f"{held.seconds[way]:.1f}")


if __name__ == "__main__":
    main()

"""What protection costs, and what it hides: solver and audit of one year of a nation as large as asked, without Spark.

    python -m benchmarks.protection_cost --warehouse DIR --year 2021 [--persons 11700000] [--seed 1]

`--warehouse`: with source variables of a synthetic nation of that year, from which the persons are drawn again. Nothing
is written to it. Processor seconds, and the share of cells and of persons that are hidden, by statistic and level.
"""

import resource
import time
from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.drawn_nation import drawn_nation, facts_of, layout_of, nation_arguments, sums_of
from benchmarks.readme import table
from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.configuration.cards import dimension_names
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure, structure_of
from imaatlas_spark.protection.solver import Solver
from imaatlas_spark.schemas.protection import LOOSE


def main() -> None:
    asked = nation_arguments(__doc__).parse_args()
    configuration = load_configuration(asked.conf_dir)
    nation = drawn_nation(asked.warehouse, asked.year, asked.persons, configuration, asked.seed)
    structure = structure_of(map(Shown.of, configuration.cards.values()), configuration.protection)
    names, rows = dimension_names(configuration.cards.values()), sums_of(nation, configuration, structure)
    layout = layout_of(structure, asked.year, configuration)
    facts = {asked.year: facts_of(nation, structure)}
    del nation
    before, started = _peak(), time.process_time()
    solver = Solver(structure, {asked.year: layout}, facts, configuration.protection)
    hidden = pa.concat_tables(
        solver.protected(asked.year, number, rows.filter(pc.is_in(rows["code"], pa.array(structure.cards_of(number)))))
        for number in range(len(structure.clusters))
    )
    solved = time.process_time()
    marked = _marked(rows, hidden, structure, names)
    faults = Auditor(structure, names, facts, configuration.protection).faults(asked.year, _strings(marked), hidden)
    audited = time.process_time()
    print(f"{rows.num_rows:,} rows, {hidden.num_rows:,} hidden amounts, {faults.num_rows} faults of the audit")
    print(f"solver {solved - started:.0f}, audit {audited - solved:.0f} processor seconds")
    print(f"peak memory {_peak() / 1024:.1f} GB, of which {before / 1024:.1f} GB before the solver")
    print(*table(" | ".join(["statistic", *LEVELS]), _lost(marked, configuration)), sep="\n")


def _peak() -> float:
    """In MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _marked(rows: pa.Table, hidden: pa.Table, structure: Structure, names: tuple[str, ...]) -> pl.DataFrame:
    pattern_of = pl.DataFrame(
        [(card.code, structure.patterns_of_card(card.code)) for card in structure.shown],
        schema={"code": pl.String, "pattern": pl.Int32},
        orient="row",
    )
    place = ["pattern", "geo_level", "geo_code", *names]
    cells = pl.DataFrame(hidden.select([*place, "status"])).filter(pl.col("status") != LOOSE).select(place).unique()
    marked = pl.DataFrame(rows).join(pattern_of, on="code", how="left")
    marked = marked.join(cells.with_columns(conf_status=pl.lit("C")), on=place, how="left")
    return marked.with_columns(pl.col("conf_status").fill_null("F")).drop("pattern")


def _strings(marked: pl.DataFrame) -> pa.Table:
    """Polars writes long strings, which the audit does not take."""
    found = marked.to_arrow()
    narrow = [
        pa.field(field.name, pa.string() if marked.schema[field.name] == pl.String else field.type)
        for field in found.schema
    ]
    return found.cast(pa.schema(narrow))


def _lost(marked: pl.DataFrame, configuration: Configuration) -> Iterator[tuple[str, ...]]:
    """% of cells hidden by level, and of what counts above the line in them."""
    is_hidden = pl.col("conf_status") == "C"
    counted = marked.group_by("code", "geo_level").agg(
        cells=100 * is_hidden.mean(),
        persons=100 * pl.col("numerator").filter(is_hidden).sum() / pl.col("numerator").sum(),
    )
    found = {(code, level): (cells, persons) for code, level, cells, persons in counted.iter_rows()}
    for code in sorted(configuration.cards):
        of_levels = [found.get((code, level)) for level in LEVELS]
        yield (code, *("" if each is None else f"{each[0]:.1f} ({each[1]:.1f})" for each in of_levels))


if __name__ == "__main__":
    main()

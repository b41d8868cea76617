"""The engine against the oracle on years of one's choice, every table, row by row.

    python -m tests.oracle.windows --years 2003-2005 2022-2025 [--persons 250] [--seed 1]

A delivery full of the edges of every rule is drawn with the two years before (none before 2003), ingested, built and
published (nothing is protected). Exit code 1 where a row differs.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyspark.sql import SparkSession

from imaatlas_spark.periods import in_words, parse_years
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.schemas.year_tables import PERSON_YEAR, PRACTICE_YEAR, PRACTITIONER_YEAR
from tests.conftest import CONF, small_session
from tests.engine import Engine, conf_with
from tests.oracle.compare import differences
from tests.oracle.compute import Tables, compute
from tests.oracle.nasty import Draw, draw_nasty_delivery, write_nasty_codelists
from tests.oracle.parameters import Parameters
from tests.oracle.statistics import ALL

_ACTIVE = 20
_FIRST_OF_GEOGRAPHY = 2003
_KEYS: dict[str, tuple[Table, tuple[str, ...]]] = {
    "person_year": (PERSON_YEAR, ("year", "person_id")),
    "practice_year": (PRACTICE_YEAR, ("year", "practice_id")),
    "practitioner_year": (PRACTITIONER_YEAR, ("year", "provider_id", "profession_group")),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=parse_years, nargs="+", required=True)
    parser.add_argument("--persons", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    spark, found = small_session(), 0
    for years in asked.years:
        with TemporaryDirectory() as folder:
            for name, lines, rows in compared(spark, Path(folder), years, Draw(asked.seed, asked.persons, _ACTIVE)):
                found += len(lines)
                print(f"{in_words(years)} {name}: {rows} rows, {'OTHERS' if lines else 'the same'}", flush=True)
                print(*(f"  {line}" for line in lines), sep="\n", end="\n" if lines else "")
    return 1 if found else 0


def compared(
    spark: SparkSession, folder: Path, years: tuple[int, ...], draw: Draw
) -> Iterator[tuple[str, list[str], int]]:
    """Of each table its name, what differs, and how many rows the oracle has."""
    engine, oracle = built(spark, folder, years, draw)
    for name, (table, keys) in _KEYS.items():
        expected = getattr(oracle, name)
        yield name, differences(expected, engine.rows(table, years), keys), len(expected)
    for code in ALL:
        expected = oracle.statistics[code]
        card = engine.run.configuration.cards[code]
        if any(year >= card.available_since for year in years):
            keys = ("year", "geo_level", "geo_code", "release_date", *card.dimensions)
            yield code, differences(expected, engine.statistic(code), keys), len(expected)


def built(spark: SparkSession, folder: Path, years: tuple[int, ...], draw: Draw) -> tuple[Engine, Tables]:
    delivered = tuple(range(max(_FIRST_OF_GEOGRAPHY, years[0] - 2), years[-1] + 1))
    conf = conf_with(CONF, folder / "conf", active_practice_contacts=str(_ACTIVE))
    write_nasty_codelists(conf, seed=draw.seed, years=delivered)
    draw_nasty_delivery(folder / "delivery", draw, conf_dir=conf, years=delivered)
    engine = Engine.at(spark, conf, folder / "warehouse")
    engine.ingest(folder / "delivery", delivered)
    engine.build(years, first_year=delivered[0])
    engine.publish(years)
    cards: Any = engine.run.configuration.cards
    planned = {(code, year): cards[code].release.planned_date(year) for code in ALL for year in years}
    parameters = Parameters(active_practice_contacts=_ACTIVE)
    oracle = compute(
        folder / "delivery", conf, years, first_year=delivered[0], parameters=parameters, release_dates=planned
    )
    return engine, oracle


if __name__ == "__main__":
    sys.exit(main())

"""A series on the map of 2025 beside each year's own: the same figures wherever nothing moved, others where it did.

    python -m tools.try_one_map --folder one_map

Draws a small nation for 2017-2025, publishes stat_003_007 twice, compares every area of every year (sectors apart:
their list is that of the map) and shows four places. Exit code 1 when an area differs that nothing happened to, or
agrees although its people changed.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from imaatlas_spark.geography import LEVELS, Geography, load_geography
from tools.spark_submit import submit_command
from tools.turned_readings import unprotected

CODE, YEARS, MAP = "stat_003_007", range(2017, 2026), 2025
SHOWN = {
    "Antwerpen, with Borsbeek from 2025": ("municipality", "11002"),
    "Zwijndrecht, in another province from 2025": ("province", "40000"),
    "Bilzen-Hoeselt, two until 2024": ("municipality", "73110"),
    "arrondissement of La Louvière, new in 2019": ("arrondissement", "58000"),
}


def job(name: str, *arguments: str) -> None:
    subprocess.run(submit_command(name, *arguments), check=True)


def published(folder: Path, persons: int) -> pl.DataFrame:
    """Columns: year, geo_level, geo_code, and of either map numerator and denominator (null: not on that map)."""
    delivery, years = str(folder / "delivery"), f"{YEARS[0]}-{YEARS[-1]}"
    target = ("--warehouse", str(folder / "warehouse"), "--years", years)
    job("draw_synthetic", "--output", delivery, "--persons", str(persons), "--years", years)
    job("ingest_deliveries", "--input", delivery, *target)
    job("build_source_variables", *target, "--first-year", str(YEARS[0]))
    conf = shutil.copytree("conf", folder / "conf", dirs_exist_ok=True)
    unprotected(conf)  # every figure is compared
    shown = ("--conf-dir", str(conf))
    job("build_statistics", *target, *shown, "--statistics", CODE)
    job("build_statistics", *target, *shown, "--statistics", CODE, "--geography", str(MAP))
    table = DeltaTable(folder / "warehouse/statistics" / CODE).to_pyarrow_table()
    rows = pl.DataFrame(table).filter(pl.col("geo_level") != "sector")
    keys, amounts = ["year", "geo_level", "geo_code"], ["numerator", "denominator"]
    own = rows.filter(pl.col("geography") == pl.col("year")).select(*keys, *amounts)
    on_map = rows.filter(pl.col("geography") == MAP).select(*keys, *amounts)
    return own.join(on_map, on=keys, how="full", coalesce=True, suffix=f"_{MAP}").sort(keys)


def agrees(row: dict[str, int]) -> bool:
    own, on_map = (row["numerator"], row["denominator"]), (row[f"numerator_{MAP}"], row[f"denominator_{MAP}"])
    return own == on_map


def is_as_before(row: dict[str, str], year: int, geography: Geography) -> bool:
    level, code = row["geo_level"], row["geo_code"]
    on_map = (level, code) in geography.areas(MAP, LEVELS)
    return on_map and geography.is_unchanged(code, level, year, MAP)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("one_map"))
    parser.add_argument("--persons", type=int, default=50_000)
    asked = parser.parse_args()
    geography = load_geography(Path("conf/geography"))
    rows = published(asked.folder, asked.persons)
    wrong = [row for row in rows.to_dicts() if agrees(row) != is_as_before(row, row["year"], geography)]
    same = sum(agrees(row) for row in rows.to_dicts())
    print(f"{rows.height:,} areas of {len(YEARS)} years: {same:,} the same on both maps, {rows.height - same:,} not")
    for name, (level, code) in SHOWN.items():
        print(f"\n{name}: {level} {code}")
        print(rows.filter((pl.col("geo_level") == level) & (pl.col("geo_code") == code)).drop("geo_level", "geo_code"))
    for row in wrong[:20]:
        print(f"not as the map says: {row}", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

"""The whole way on a synthetic nation: draw, compute, publish, a site; then the figures beside the published ones.

A demo that was broken off goes on where it was: what is done already for these inputs is left out.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

from imaatlas_spark.reader import Atlas
from tools.spark_submit import submit_command

YEARS, DRAWN = "2019-2021", "2017-2021"
REGIONS = {"01000": "Belgium", "02000": "Flanders", "03000": "Wallonia", "04000": "Brussels"}
PUBLISHED = Path(__file__).with_name("published_figures.csv")


def run_job(*command: str) -> None:
    """One command, as anybody would type it; what it says is shown while it says it."""
    print(f"\n$ {' '.join(word for word in command if len(word) < 60)}", flush=True)
    started = time.monotonic()
    finished = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"{finished.stderr}\n{command[0]} ended with exit code {finished.returncode}")
    print(f"({time.monotonic() - started:.0f} s)", flush=True)


def spark_job(name: str, *arguments: str) -> None:
    settings = {"spark.ui.enabled": "false"}
    run_job(*submit_command(name, *arguments, options=("--driver-memory", "3g"), settings=settings))


def computed_figures(warehouse: Path, code: str) -> pl.DataFrame:
    """A published statistic of Belgium and its regions. Columns: code, region, year, computed."""
    atlas = Atlas(str(warehouse))
    frames = [atlas.values(code, level=level) for level in ("country", "region")]
    return pl.concat(
        frame.select(pl.lit(code).alias("code"), pl.col("geo_code").alias("region"), "year", computed="value")
        for frame in frames
    )


def comparison(warehouse: Path) -> pl.DataFrame:
    """Every published figure with the computed one, their ratio, and whether it lies within the tolerance."""
    published = pl.read_csv(PUBLISHED, schema_overrides={"region": pl.String, "year": pl.Int32})
    codes = published["code"].unique(maintain_order=True)
    computed = pl.concat(computed_figures(warehouse, code) for code in codes)
    joined = published.join(computed, on=["code", "region", "year"], how="left", maintain_order="left")
    ratio = pl.col("computed") / pl.col("published")
    return joined.with_columns(ratio=ratio, is_near=(ratio - 1).abs() <= pl.col("tolerance"))


def print_comparison(warehouse: Path) -> None:
    print("\nA synthetic nation: no row of it describes anyone. Computed beside published:\n")
    heading = f"{'code':<14}{'figure':<28}{'year':<6}{'region':<10}{'published':>10}{'computed':>10}{'ratio':>8}"
    print(f"{heading}  tolerance  verdict")
    rows = comparison(warehouse)
    for row in rows.iter_rows(named=True):
        what = (
            f"{row['code']:<14}{row['figure']:<28}{row['year']:<6}{REGIONS[row['region']]:<10}{row['published']:>10.1f}"
        )
        if row["computed"] is None:
            print(f"{what}{'hidden':>10}{'':>8}  {row['tolerance']:>9.0%}  too few persons to show")
        else:
            print(
                f"{what}{row['computed']:>10.2f}{row['ratio']:>8.2f}  {row['tolerance']:>9.0%}  "
                f"{'near' if row['is_near'] else 'OFF'}"
            )
    print(f"\n{rows['is_near'].sum()} of {len(rows)} published figures are met within their tolerance.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo"))
    parser.add_argument("--persons", type=int, default=100_000)
    asked = parser.parse_args()
    delivery, warehouse, site = (str(asked.folder / name) for name in ("delivery", "warehouse", "site"))
    print(
        f"The demo draws {asked.persons:,} persons and publishes {YEARS}, in four steps: draw, compute, site, compare. "
        f"With 100,000 persons it takes some minutes on two cores, 4 GB of memory and 1 GB of disk in {asked.folder}."
    )
    spark_job("draw_synthetic", "--output", delivery, "--persons", str(asked.persons), "--years", DRAWN)
    spark_job("run_years", "--input", delivery, "--warehouse", warehouse, "--years", YEARS)
    run_job(sys.executable, "jobs/publish_site.py", "--warehouse", warehouse, "--output", site)
    print_comparison(Path(warehouse))
    print(f"\nOpen the site in a browser: {asked.folder / 'site' / 'en' / 'index.html'}")
    print("Read the tables without Spark:")
    print(
        f"  .venv/bin/python -c 'from imaatlas_spark.reader import Atlas; print(Atlas(\"{warehouse}\").statistics())'"
    )
    print("or open the notebooks in notebooks/.")


if __name__ == "__main__":
    main()

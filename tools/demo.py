"""The whole way on a synthetic nation: draw, ingest, build, publish; then the figures beside the published ones."""

import argparse
import subprocess
import time
from pathlib import Path

import polars as pl

from tools.spark_submit import submit_command

YEARS = "2019-2021"
REGIONS = {"01000": "Belgium", "02000": "Flanders", "03000": "Wallonia", "04000": "Brussels"}
PUBLISHED = Path(__file__).with_name("published_figures.csv")
STATISTIC_OF_FIGURE = {
    "contacts per patient": "stat_003_014",
    "medical houses, per 10 000": "stat_003_007",
    "with a GP contact, %": "stat_003_015",
    "with a GMD, %": "stat_003_001",
}


def run_job(name: str, *arguments: str) -> None:
    """One job through spark-submit, as anybody would type it."""
    settings = {"spark.ui.enabled": "false"}
    command = submit_command(name, *arguments, options=("--driver-memory", "3g"), settings=settings)
    print(f"\n$ spark-submit ... jobs/{name}.py {' '.join(arguments)}", flush=True)
    started = time.monotonic()
    finished = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"{finished.stderr}\njobs/{name}.py ended with exit code {finished.returncode}")
    print(f"({time.monotonic() - started:.0f} s)", flush=True)


def by_region(warehouse: Path, code: str, figure: str) -> pl.DataFrame:
    """A published statistic of Belgium and its regions. Columns: figure, region, year, computed."""
    rows = pl.read_delta(str(warehouse / "statistics" / code)).filter(pl.col("geo_level").is_in(["country", "region"]))
    return rows.select(pl.lit(figure).alias("figure"), pl.col("geo_code").alias("region"), "year", computed="value")


def comparison(warehouse: Path) -> pl.DataFrame:
    """Every published figure with the computed one. Columns: figure, year, region, published, computed, ratio."""
    computed = pl.concat(by_region(warehouse, code, figure) for figure, code in STATISTIC_OF_FIGURE.items())
    published = pl.read_csv(PUBLISHED, schema_overrides={"region": pl.String, "year": pl.Int32})
    joined = published.join(computed, on=["figure", "region", "year"], how="left", maintain_order="left")
    return joined.with_columns(ratio=pl.col("computed") / pl.col("published"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo"))
    parser.add_argument("--persons", type=int, default=100_000)
    asked = parser.parse_args()
    delivery, warehouse = str(asked.folder / "delivery"), str(asked.folder / "warehouse")
    run_job("draw_synthetic", "--output", delivery, "--persons", str(asked.persons), "--years", "2017-2021")
    run_job("ingest_deliveries", "--input", delivery, "--warehouse", warehouse, "--years", "2017-2021")
    run_job("build_source_variables", "--warehouse", warehouse, "--years", YEARS)
    run_job("build_statistics", "--warehouse", warehouse, "--years", YEARS)

    print("\nA synthetic nation: no row of it describes anyone. Computed beside published:\n")
    print(f"{'figure':<28}{'year':<6}{'region':<10}{'published':>10}{'computed':>10}{'ratio':>8}")
    for row in comparison(Path(warehouse)).iter_rows(named=True):
        place = REGIONS[row["region"]]
        figures = f"{row['published']:>10.1f}{row['computed']:>10.2f}{row['ratio']:>8.2f}"
        print(f"{row['figure']:<28}{row['year']:<6}{place:<10}{figures}")
    print(f"\nThe tables lie under {warehouse}/statistics. Read one, without Spark:")
    print(
        f"  .venv/bin/python -c 'from imaatlas_spark.reader import Atlas; print(Atlas(\"{warehouse}\").statistics())'"
    )
    print("or open notebooks/read_the_atlas.ipynb.")


if __name__ == "__main__":
    main()

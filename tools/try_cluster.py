"""A standalone Spark cluster on this machine, a master and two workers, and the same rows as a local run.

    python -m tools.try_cluster --folder cluster

Draws a small nation, builds its tables once with a local master and once on the cluster (with the package as
--py-files, as on a cluster where it is not installed), and compares every row.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from tools.spark_submit import submit_command
from tools.standalone_cluster import standalone_cluster

TABLES = ("source_variables/person_year", "source_variables/practice_year", "statistics/stat_003_014")


def job(master: list[str], name: str, *arguments: str) -> None:
    command = submit_command(name, *arguments, options=master, settings={"spark.ui.enabled": "false"})
    subprocess.run(command, check=True)


def build(master: list[str], delivery: Path, warehouse: Path) -> None:
    target = ("--warehouse", str(warehouse), "--years", "2021")
    job(master, "ingest_deliveries", "--input", str(delivery), *target)
    job(master, "build_source_variables", *target, "--first-year", "2021")
    job(master, "build_statistics", *target)


def rows(warehouse: Path, table: str) -> pl.DataFrame:
    frame = DeltaTable(str(warehouse / table)).to_pyarrow_table()
    read = pl.from_arrow(frame)
    assert isinstance(read, pl.DataFrame)
    return read.sort(read.columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("cluster"))
    folder = parser.parse_args().folder.resolve()
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), "."], check=True)
    wheel = next(folder.glob("*.whl"))
    delivery = folder / "delivery"
    job([], "draw_synthetic", "--output", str(delivery), "--persons", "5000", "--years", "2021")
    build(["--master", "local[2]"], delivery, folder / "local")
    with standalone_cluster(workers=2, memory="1g", folder=folder / "work") as master:
        build(["--master", master, "--py-files", str(wheel), "--executor-memory", "1g"], delivery, folder / "cluster")
    for table in TABLES:
        same = rows(folder / "local", table).equals(rows(folder / "cluster", table))
        print(f"{table}: {'the same rows' if same else 'OTHER ROWS'}")
        if not same:
            sys.exit(1)


if __name__ == "__main__":
    main()

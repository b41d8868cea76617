"""A standalone Spark cluster on this machine, a master and two workers, and the same rows as a local run.

    python tools/try_cluster.py --folder cluster

Draws a small nation, builds its tables once with a local master and once on the cluster (with the package as
--py-files, as on a cluster where it is not installed), and compares every row.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

MASTER = "spark://127.0.0.1:17077"
TABLES = ("source_variables/person_year", "source_variables/practice_year", "statistics/stat_003_014")


def started(*arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    command = ["spark-class", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def job(master: list[str], name: str, *arguments: str) -> None:
    command = ["spark-submit", "--properties-file", "conf/spark-defaults.conf", "--conf", "spark.ui.enabled=false"]
    subprocess.run([*command, *master, f"jobs/{name}.py", *arguments], check=True)


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
    daemons = [started("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "17077")]
    time.sleep(5)
    worker = ("org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "2g", "--host", "127.0.0.1")
    daemons += [started(*worker, "--webui-port", "0", "--work-dir", str(folder / "work"), MASTER) for _ in range(2)]
    try:
        cluster = ["--master", MASTER, "--py-files", str(wheel), "--executor-memory", "1g"]
        build(cluster, delivery, folder / "cluster")
    finally:
        for daemon in daemons:
            daemon.terminate()
    for table in TABLES:
        same = rows(folder / "local", table).equals(rows(folder / "cluster", table))
        print(f"{table}: {'the same rows' if same else 'OTHER ROWS'}")
        if not same:
            sys.exit(1)


if __name__ == "__main__":
    main()

"""A standalone Spark cluster on this machine, a master and two workers, and the same rows as a local run.

    python -m tools.try_cluster --folder cluster

Draws a small nation, builds its tables once with a local master and once on the cluster, as docs/jobs.md says: its
driver has the wheel in an environment of its own, and nothing of this one; its executors get theirs by `--archives`,
packed by venv-pack. Compares every row.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from tools.spark_submit import submit_command
from tools.standalone_cluster import standalone_cluster

TABLES = (
    "source_variables/person_year",
    "source_variables/practice_year",
    "statistics/stat_003_014",
    "statistics/cube_003_014",
    "protection/amounts",
)
ARROW = f"pyarrow=={version('pyarrow')}"  # with which Spark hands tables to Python


def job(options: Sequence[str], environment: Mapping[str, str], name: str, *arguments: str) -> None:
    command = submit_command(name, *arguments, options=options, settings={"spark.ui.enabled": "false"})
    subprocess.run(command, env=environment, check=True)


def build(options: Sequence[str], environment: Mapping[str, str], delivery: Path, warehouse: Path) -> None:
    target = ("--warehouse", str(warehouse), "--years", "2021")
    job(options, environment, "ingest_deliveries", "--input", str(delivery), *target)
    job(options, environment, "build_source_variables", *target, "--first-year", "2021")
    job(options, environment, "build_statistics", *target)


def wheel_of(folder: Path) -> Path:
    pip = (sys.executable, "-m", "pip")
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "-w", str(folder / "dist"), "."], check=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def installed(place: Path, *packages: str) -> Path:
    """A new virtual environment that holds the packages with what they import, and sees no other (-I); its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    subprocess.run([str(place / "bin" / "python"), "-I", "-m", "pip", "install", "-q", *packages], check=True)
    return place / "bin"


def packed(wheel: Path, folder: Path) -> Path:
    """What executors need, as an archive: the wheel and Arrow, no Spark."""
    environment, archive = installed(folder / "executors", str(wheel), ARROW, "venv-pack"), folder / "env.tar.gz"
    pack = (str(environment / "venv-pack"), "--prefix", str(environment.parent), "--output", str(archive), "--force")
    subprocess.run(pack, check=True)
    return archive


def around(driver: Path) -> dict[str, str]:
    """What a job finds around it on the cluster: the driver's own Python, that of the archive in the executors."""
    here = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    pythons = {"PYSPARK_DRIVER_PYTHON": str(driver / "python"), "PYSPARK_PYTHON": "./env/bin/python"}
    return here | pythons | {"PATH": f"{driver}{os.pathsep}{os.environ['PATH']}"}


def rows(warehouse: Path, table: str) -> pl.DataFrame:
    frame = DeltaTable(str(warehouse / table)).to_pyarrow_table()
    read = pl.from_arrow(frame)
    assert isinstance(read, pl.DataFrame)
    return read.sort(read.columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("cluster"))
    folder = parser.parse_args().folder.resolve()
    delivery, wheel = folder / "delivery", wheel_of(folder)
    driver, archive = installed(folder / "driver", f"{wheel}[engine]"), packed(wheel, folder)
    job((), os.environ, "draw_synthetic", "--output", str(delivery), "--persons", "5000", "--years", "2021")
    build(("--master", "local[2]"), os.environ, delivery, folder / "local")
    with standalone_cluster(workers=2, memory="1g", folder=folder / "work") as master:
        options = ("--master", master, "--executor-memory", "1g", "--total-executor-cores", "2")
        build((*options, "--archives", f"{archive}#env"), around(driver), delivery, folder / "cluster")
    for table in TABLES:
        same = rows(folder / "local", table).equals(rows(folder / "cluster", table))
        print(f"{table}: {'the same rows' if same else 'OTHER ROWS'}")
        if not same:
            sys.exit(1)


if __name__ == "__main__":
    main()

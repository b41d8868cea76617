"""The yearly run on one machine: each job through spark-submit, its lines per second, memory and spill.

    make bench [BENCH_PERSONS=1150000] [YEAR=2021] [MEMORY=4g]

The deliveries are drawn once and kept under `bench/`. Lines are the claim lines of the year. Memory is the largest
resident set of the job's process; spill is what Spark's own event log tells.
"""

import argparse
import json
import resource
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

TABLE = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


@dataclass(frozen=True)
class Measured:
    job: str
    seconds: float
    peak_memory: int
    spilled: int


def measured(job: str, folder: Path, memory: str, *arguments: str) -> Measured:
    """Run one job and read what it took."""
    events = folder / "events" / job
    shutil.rmtree(events, ignore_errors=True)
    events.mkdir(parents=True)
    settings = {
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": events.resolve().as_uri(),
    }
    command = ["spark-submit", "--properties-file", "conf/spark-defaults.conf", "--driver-memory", memory]
    command += [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    started = time.monotonic()
    subprocess.run([*command, f"jobs/{job}.py", *arguments], check=True)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Measured(job, seconds, peak, spilled_bytes(events))


def spilled_bytes(events: Path) -> int:
    """Bytes that tasks wrote to disk because memory ran out."""
    total = 0
    for log in events.iterdir():
        for line in log.open():
            if '"SparkListenerTaskEnd"' in line:
                total += json.loads(line).get("Task Metrics", {}).get("Disk Bytes Spilled", 0)
    return total


def lines_of(claims: Path) -> int:
    return sum(pq.read_metadata(file).num_rows for file in claims.glob("*.parquet"))


def as_table(results: list[Measured], lines: int, persons: int, memory: str) -> str:
    rows = [
        f"{persons:,} persons, {lines:,} claim lines, driver memory {memory}, two cores, session start included:",
        "",
        "| job | seconds | lines per second | peak memory, GB | spilled to disk, MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    rows += [
        f"| `{each.job}` | {each.seconds:.0f} | {lines / each.seconds:,.0f} | {each.peak_memory / 2**30:.1f} | "
        f"{each.spilled / 2**20:,.0f} |"
        for each in results
    ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_150_000)
    parser.add_argument("--year", default="2021")
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    asked = parser.parse_args()
    delivery, warehouse = asked.folder / f"delivery-{asked.persons}-{asked.year}", asked.folder / "warehouse"
    shutil.rmtree(warehouse, ignore_errors=True)
    target = ("--warehouse", str(warehouse), "--years", asked.year)
    results = []
    if not delivery.exists():
        drawn = ("--output", str(delivery), "--persons", str(asked.persons), "--years", asked.year)
        results.append(measured("draw_synthetic", asked.folder, asked.memory, *drawn))
    results.append(measured("ingest_deliveries", asked.folder, asked.memory, "--input", str(delivery), *target))
    first = ("--first-year", asked.year)
    results.append(measured("build_source_variables", asked.folder, asked.memory, *target, *first))
    results.append(measured("build_statistics", asked.folder, asked.memory, *target))
    table = as_table(results, lines_of(delivery / "claims" / f"year={asked.year}"), asked.persons, asked.memory)
    print(table)
    text = TABLE.read_text()
    before, rest = text.split(BEGIN)
    TABLE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()

"""Rows of the contract's sources as files, and the configuration that goes with hand-made codes."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imaatlas_spark.schemas.inputs import Source
from tests.conftest import CONF

SCENARIOS = Path(__file__).parent / "scenarios"
ARROW = {"INT": pa.int32(), "BIGINT": pa.int64(), "STRING": pa.string(), "DATE": pa.date32()}

Row = dict[str, Any]


def write_conf(folder: Path, shipped: Path = CONF) -> Path:
    """The shipped configuration (or another) with the scenarios' own code lists, and counters beside the shipped ones.

    A group that only the shipped lists have stays, so that whoever adds one need not add it to the scenarios.
    """
    shutil.copytree(shipped, folder)
    for path in (SCENARIOS / "source_variables").iterdir():
        shutil.copy(path, folder / "source_variables")
    for path in (SCENARIOS / "codelists").iterdir():
        own, others = _listed(path), _listed(folder / "codelists" / path.name)
        groups = {row[1] for row in own[1:]}
        _write_list(folder / "codelists" / path.name, [*own, *(row for row in others[1:] if row[1] not in groups)])
    return folder


def _listed(path: Path) -> list[list[str]]:
    """The lines of a code list, header first; the second column is the group."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write_list(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_rows(folder: Path, source: Source, rows: list[Row], files: int = 1) -> None:
    folder.mkdir(parents=True)
    schema = pa.schema([(column.name, ARROW.get(column.type, pa.decimal128(12, 2))) for column in source.columns])
    for file in range(files):
        pq.write_table(pa.Table.from_pylist(rows[file::files], schema=schema), folder / f"part-{file}.parquet")

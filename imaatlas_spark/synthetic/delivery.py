"""Drawing a delivery of the synthetic nation and laying it down as contract section 1 says."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.output_folder import written_aside
from imaatlas_spark.schemas.inputs import SYNTHETIC_COLUMN, SYNTHETIC_MARK
from imaatlas_spark.synthetic.billing import as_claims
from imaatlas_spark.synthetic.contacts import contact_lines
from imaatlas_spark.synthetic.faults import faulty_claims, nameless_persons
from imaatlas_spark.synthetic.geneticists import genetics_lines, medians
from imaatlas_spark.synthetic.insured import insured
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.other_care import other_lines
from imaatlas_spark.synthetic.persons import people
from imaatlas_spark.synthetic.population import population
from imaatlas_spark.synthetic.records import forfait_lines, gmd_lines
from imaatlas_spark.synthetic.registers import practice_members, practices, practitioners
from imaatlas_spark.synthetic.request import MARKER, mark, marker_text
from imaatlas_spark.synthetic.territory import sector_rows

SYNTHETIC = {"comment": SYNTHETIC_COLUMN}


def draw(spark: SparkSession, nation: Nation, output: str, years: Sequence[int]) -> None:
    """Put the delivery of `years` in the place of the folder `output`, whole or not at all."""
    with written_aside(Path(output)) as aside:
        _draw(spark, nation, aside, years)


def _draw(spark: SparkSession, nation: Nation, folder: Path, years: Sequence[int]) -> None:
    everyone = people(spark, nation.dice, nation.parameters, nation.persons, _partitions(nation.persons))
    rows = insured(everyone, nation, years).persist()
    persons = population(rows, nation)
    _write(persons.unionByName(nameless_persons(persons, nation, years)), f"{folder}/population", "year")
    _write(claims(rows, nation, years), f"{folder}/claims", "year")
    rows.unpersist()
    for name, register in (
        ("practices", practices),
        ("practice_members", practice_members),
        ("practitioners", practitioners),
    ):
        _write(register(spark, nation).coalesce(1), f"{folder}/{name}")
    _write_csv(
        folder / "sectors.csv",
        "sector,name_nl,name_fr,valid_from,valid_to",
        sector_rows(nation.cells, nation.geography),
    )
    _write_csv(
        folder / "fte_income_medians.csv", "profession_group,year,median_eur,source", medians(nation, max(years))
    )
    request = nation.persons, years, nation.dice.seed
    (folder / SYNTHETIC_MARK).write_text(mark(*request), encoding="utf-8")
    (folder / MARKER).write_text(marker_text(*request), encoding="utf-8")


def claims(rows: DataFrame, nation: Nation, years: Sequence[int]) -> DataFrame:
    """All claim lines, in the columns of contract section 1 and the year."""
    kinds = [
        other_lines(rows, nation, years),
        contact_lines(rows, nation),
        gmd_lines(rows, nation),
        forfait_lines(rows, nation),
        genetics_lines(nation, rows.sparkSession, years),
    ]
    lines = reduce(DataFrame.unionByName, (as_claims(each, nation) for each in kinds))
    return lines.unionByName(faulty_claims(lines, nation, years))


def _partitions(persons: int) -> int:
    """Enough for the cores of a laptop; then one for every 100,000 persons, so that files are neither tiny nor huge."""
    return max(1, min(8, persons // 25_000), persons // 100_000)


def _write(rows: DataFrame, path: str, *partitioned_by: str) -> None:
    marked = rows.select(*(F.col(name).alias(name, metadata=SYNTHETIC) for name in rows.columns))
    marked.write.partitionBy(*partitioned_by).parquet(path)


def _write_csv(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([tuple(header.split(",")), *rows])
    path.write_text(text.getvalue(), encoding="utf-8")

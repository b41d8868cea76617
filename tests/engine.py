"""The engine run in the test's own session: what the three jobs do, without their processes."""

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.deliveries.ingest import ingest
from imaatlas_spark.protection.protect import protect, protected_by
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.notes import Stamp
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.source_variables.build import build_source_variables
from imaatlas_spark.statistics.build import build_statistics
from imaatlas_spark.statistics.publication import Publication, everything_free
from imaatlas_spark.statistics.releases import releases
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage.warehouse import Warehouse

STAMP = Stamp(job="tests", run_id="of no run", package_version="0", rules_and_cards="none")


@dataclass(frozen=True)
class Engine:
    """A warehouse and the configuration that it is built with."""

    run: Run
    warehouse: Warehouse

    @classmethod
    def at(cls, spark: SparkSession, conf_dir: Path, warehouse: Path) -> "Engine":
        run = Run(spark, load_configuration(conf_dir), "tests")
        return cls(run, Warehouse(spark, str(warehouse), run.stamp))

    def ingest(self, delivery: Path, years: Iterable[int]) -> None:
        ingest(self.run, str(delivery), self.warehouse, tuple(years))

    def build(self, years: Iterable[int], first_year: int | None = None) -> None:
        build_source_variables(self.run, self.warehouse, tuple(years), first_year)

    def publish(
        self,
        years: Iterable[int],
        codes: Iterable[str] | None = None,
        release_date: dt.date | None = None,
        geography: int | None = None,
    ) -> None:
        chosen = releases(self.run.configuration, codes, tuple(years), release_date)
        build_statistics(Publication.of(self.run, self.warehouse, chosen, geography), everything_free)

    def publish_protected(
        self,
        years: Iterable[int],
        release_date: dt.date | None = None,
        geography: int | None = None,
        withdraws_unprotected: bool = False,
    ) -> None:
        """As the job does it by default."""
        chosen = releases(self.run.configuration, None, tuple(years), release_date)
        by = protected_by(self.run.configuration, withdraws_unprotected)
        build_statistics(Publication.of(self.run, self.warehouse, chosen, geography), protect, by)

    def rows(self, table: Table, years: Iterable[int]) -> list[dict[str, Any]]:
        frame = self.warehouse.read(table).where(F.col("year").isin(*years))
        return [row.asDict() for row in frame.collect()]

    def statistic(self, code: str) -> list[dict[str, Any]]:
        configuration = self.run.configuration
        table = statistic_table(configuration.cards[code], configuration.dimensions)
        return [row.asDict() for row in self.warehouse.read(table).collect()]


def conf_with(source: Path, target: Path, **parameters: str) -> Path:
    """A copy of a configuration in which rule parameters have another value, written as in `rules.toml`."""
    shutil.copytree(source, target)
    rules = target / "rules.toml"
    text = rules.read_text()
    for name, value in parameters.items():
        pattern = rf"(\[{name}\]\n(?:.+\n)*?periods = \[\{{ from = \d+, value = )[^}}]+?( \}}\])"
        text, found = re.subn(pattern, rf"\g<1>{value}\g<2>", text)
        assert found == 1, name
    rules.write_text(text)
    return target


def only_cards(conf: Path, codes: Iterable[str]) -> None:
    """Leave these cards in a configuration; the cards that they name as related are among them, or named no more."""
    left = set(codes)
    for card in (conf / "statistics").glob("*.toml"):
        if card.stem not in left:
            card.unlink()
            continue
        text = card.read_text(encoding="utf-8")
        named = re.search(r"^related = \[(.*?)\]$", text, re.DOTALL | re.MULTILINE)
        if named is not None:
            codes_named = [code for code in re.findall(r'"(\w+)"', named[1]) if code in left]
            related = f"related = {json.dumps(codes_named)}"
            card.write_text(text[: named.start()] + related + text[named.end() :], encoding="utf-8")

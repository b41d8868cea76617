"""A warehouse as the attacker sees it (what is published) and as it is (the year tables), read without Spark."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import polars as pl

from tests.attacker.amounts import HALVES
from tests.attacker.knowledge import Knowledge
from tests.attacker.world import World, published_figures, world_of


@dataclass(frozen=True)
class Attacked:
    """A year of a warehouse. `sectors` of so many municipalities, drawn by chance, are looked at."""

    warehouse: Path
    year: int
    municipalities: int = 50
    seed: int = 1

    def knowledge(self) -> Knowledge:
        world = self.world()
        looked_at = {area for level, area in world.parents if level == "sector"}
        tables = {code: self.published(code, looked_at) for code in HALVES if (self._table(code)).is_dir()}
        cells, shown = published_figures({code: table for code, table in tables.items() if len(table)})
        return Knowledge(world, frozenset(cells), shown)

    def world(self) -> World:
        persons, practices = self._year_table("person_year"), self._year_table("practice_year")
        lived_in = persons.select("sector", "municipality").drop_nulls().unique().sort("sector")
        places = dict(lived_in.iter_rows())
        municipalities = sorted(set(places.values()))
        chosen = set(Random(self.seed).sample(municipalities, min(self.municipalities, len(municipalities))))
        return world_of(persons, practices, places, [sector for sector, nis in places.items() if nis in chosen])

    def published(self, code: str, sectors: Iterable[str]) -> pl.DataFrame:
        """The latest release of the year on its own map, the sectors that are looked at alone."""
        rows = pl.read_delta(str(self._table(code))).filter(
            pl.col("year") == self.year, pl.col("geography") == self.year
        )
        latest: Mapping[str, dt.date] = rows.select(pl.col("release_date").max()).row(0, named=True)
        return rows.filter(
            pl.col("release_date") == latest["release_date"],
            (pl.col("geo_level") != "sector") | pl.col("geo_code").is_in(list(sectors)),
        )

    def _table(self, code: str) -> Path:
        return self.warehouse / "statistics" / code

    def _year_table(self, name: str) -> pl.DataFrame:
        rows = pl.read_delta(str(self.warehouse / "source_variables" / name))
        return rows.filter(pl.col("year") == self.year)

"""The nation as a whole: its seed, its map, its practices, and what a neighbourhood says of those who live in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.configuration.codelists import CodeList
from imaatlas_spark.geography import Geography
from imaatlas_spark.synthetic.parameters import Parameters
from imaatlas_spark.synthetic.practices import GpPosts, Houses
from imaatlas_spark.synthetic.randomness import Dice
from imaatlas_spark.synthetic.territory import Cell, lay_out
from imaatlas_spark.synthetic.values import in_year


@dataclass(frozen=True)
class Nation:
    persons: int
    dice: Dice
    parameters: Parameters
    geography: Geography
    nomenclature: CodeList
    qualifications: CodeList
    cells: tuple[Cell, ...]
    posts: GpPosts
    houses: Houses

    @classmethod
    def of(cls, persons: int, seed: int, configuration: Configuration, parameters: Parameters) -> "Nation":
        dice = Dice(seed)
        return cls(
            persons=persons,
            dice=dice,
            parameters=parameters,
            geography=configuration.geography,
            nomenclature=configuration.nomenclature,
            qualifications=configuration.qualifications,
            cells=lay_out(configuration.geography, parameters.territory, persons),
            posts=GpPosts.for_nation(persons, dice, parameters.gp_practices),
            houses=Houses.for_nation(persons, parameters.medical_houses, parameters.territory),
        )

    def neighbourhoods(self, spark: SparkSession, years: Sequence[int]) -> DataFrame:
        """The cells as of each of `years`.

        year, cell, origin (municipality of the first map), municipality, sector, house (nearest medical house); and
        what is expected of those who live there: enrolled and enrolled_before (shares in a medical house at the end of
        the year, of the year before), contact_level (a factor), reached_more (added to the share who see a GP), loyalty
        (share of contacts with one's own practice), gmd_holders and reimbursed (shares).
        """
        return spark.createDataFrame(
            [row for year in years for row in self._neighbourhoods_in(year)],
            "year INT NOT NULL, cell INT NOT NULL, origin STRING NOT NULL, municipality STRING NOT NULL, "
            "sector STRING NOT NULL, house INT NOT NULL, enrolled DOUBLE NOT NULL, enrolled_before DOUBLE NOT NULL, "
            "contact_level DOUBLE NOT NULL, reached_more DOUBLE NOT NULL, loyalty DOUBLE NOT NULL, "
            "gmd_holders DOUBLE NOT NULL, reimbursed DOUBLE NOT NULL",
            verifySchema=False,
        )

    def _neighbourhoods_in(self, year: int) -> list[tuple[int | float | str, ...]]:
        p = self.parameters
        recoded = self.geography.recoding(year)
        enrolled, reimbursed = p.medical_houses.enrolled_2019.by_code, p.increased_reimbursement.rate.by_code
        now, before = (in_year(p.medical_houses.growth, each) for each in (year, year - 1))
        level, reached = p.contacts.factor(year), p.contacts.reached_in_region.by_code
        loyalty, holders = p.loyalty.own_practice.by_code, p.gmd.holders.by_code
        return [
            (
                year,
                number,
                cell.origin,
                recoded[cell.origin],
                cell.sector_in(year),
                self.houses.nearest(cell.region, cell.place_in_region),
                enrolled[cell.region] * cell.house_factor * now,
                enrolled[cell.region] * cell.house_factor * before,
                level[cell.region] * cell.contact_factor,
                reached[cell.region] + in_year(p.contacts.reached_in_year, year),
                loyalty[cell.region],
                holders[cell.region],
                reimbursed[cell.region],
            )
            for number, cell in enumerate(self.cells)
        ]

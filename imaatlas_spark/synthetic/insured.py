"""The insured of a year: lives put on the map, with all that the care they get depends on."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.persons import by_age, lives


def insured(everyone: DataFrame, nation: Nation, years: Sequence[int]) -> DataFrame:
    """One row for each person of the population of each of `years`.

    Of `persons.lives`: year, new_year, midyear, year_end, person, person_id, sex, birth_year, age, first_day, last_day,
    moved_on. At the end of the year before (_before) and of this one (_now): municipality_, sector_, house_ (null = in
    no medical house), post_ (of the GP). Besides: origin (home's municipality of the first map), contact_level,
    reached_more, loyalty, gmd_holders (see `Nation.neighbourhoods`), increased_reimbursement.
    """
    rows = lives(everyone, nation.dice, nation.parameters, len(nation.cells), years)
    neighbourhoods = nation.neighbourhoods(rows.sparkSession, years)
    here = neighbourhoods.withColumnsRenamed(
        {"cell": "cell_now", "municipality": "municipality_now", "sector": "sector_now", "house": "house_now"}
    ).drop("enrolled_before")
    there = neighbourhoods.select(
        *(F.col(name).alias(f"{name}_before") for name in ("cell", "municipality", "sector", "house")),
        *("year", "enrolled_before"),
    )
    rows = rows.join(F.broadcast(here), ["year", "cell_now"]).join(F.broadcast(there), ["year", "cell_before"])
    reimbursed = F.col("reimbursed") * by_age(F.col("age"), nation.parameters.increased_reimbursement.by_age)
    return rows.select(
        *("year", "new_year", "midyear", "year_end"),
        *("person", "person_id", "sex", "birth_year", "age", "first_day", "last_day", "moved_on", "origin"),
        *("municipality_before", "municipality_now", "sector_before", "sector_now"),
        _enrolled(nation, "before", F.col("enrolled_before")).alias("house_before"),
        _enrolled(nation, "now", F.col("enrolled")).alias("house_now"),
        _post(nation, "before").alias("post_before"),
        _post(nation, "now").alias("post_now"),
        *("contact_level", "reached_more", "loyalty", "gmd_holders"),
        nation.dice.chance(reimbursed, "increased reimbursement", F.col("person")).alias("increased_reimbursement"),
    )


def _enrolled(nation: Nation, moment: str, share: Column) -> Column:
    """The nearest house for the share of people who are in one; they stay for as long as their care stays the same."""
    inside = nation.dice.chance(share, "enrolled", F.col("person"), F.col(f"care_{moment}"))
    return F.when(inside, F.col(f"house_{moment}"))


def _post(nation: Nation, moment: str) -> Column:
    return nation.posts.chosen_by(F.col(f"gp_{moment}"), F.col("person"), F.col(f"care_{moment}"))

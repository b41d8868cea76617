"""The population delivery, with the gaps and slips of a register kept by people."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.geography import NOT_LOCALISABLE
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.randomness import Dice

_UNLISTED = "99999"
_NO_SEX = 9


def population(insured: DataFrame, nation: Nation) -> DataFrame:
    """The columns of contract section 1 and the year, one row a person and year."""
    gaps, year = nation.parameters.residence, F.col("year")
    moved = F.col("moved_on") <= F.col("midyear")
    now, now_sector = F.col("municipality_now"), F.col("sector_now")
    june = F.when(moved, now).otherwise(F.col("municipality_before"))
    june_sector = F.when(moved, now_sector).otherwise(F.col("sector_before"))
    born_by_june = F.col("first_day") <= F.col("midyear")
    alive_in_december = F.col("last_day") == F.col("year_end")
    return insured.select(
        "year",
        F.col("person_id").alias("PP0010"),
        _or_wrong(nation, gaps.share_birth_year_wrong, "birth year", F.col("birth_year"), year + 1).alias("PP0015"),
        _or_wrong(nation, gaps.share_sex_wrong, "sex", F.col("sex"), F.lit(_NO_SEX)).alias("PP0020"),
        F.when(born_by_june, _municipality(nation, june)).alias("PP0025_0630"),
        F.when(alive_in_december, _municipality(nation, now)).alias("PP0025_1231"),
        F.when(born_by_june, _sector(nation, june_sector, june)).alias("PP0055_0630"),
        F.when(alive_in_december, _sector(nation, now_sector, now)).alias("PP0055_1231"),
        _or_wrong(
            nation,
            gaps.share_coverage_missing,
            "coverage",
            F.col("increased_reimbursement").cast("int"),
            F.lit(None),
        ).alias("MAJOR_COVERAGE_YN"),
    )


def _or_wrong(nation: Nation, share: float, what: str, right: Column, wrong: Column) -> Column:
    """What the register says of a person: for a small share nothing, or (half of them) something impossible."""
    drawn = nation.dice.uniform(f"{what} known", F.col("person"))
    return F.when(drawn < share / 2, None).when(drawn < share, wrong).otherwise(right)


def _municipality(nation: Nation, code: Column) -> Column:
    """The code as the register has it: now and then the old one, a country, or nothing that is known."""
    gaps, person = nation.parameters.residence, F.col("person")
    old = nation.dice.chance(gaps.share_old_code, "old code", person, F.col("year"))
    country = (100 + nation.dice.below(800, "country", person)).cast("string")
    exceptions = [
        (gaps.share_unknown, F.lit(None).cast("string")),
        (gaps.share_abroad, country),
        (gaps.share_not_stated / 2, F.lit("995")),
        (gaps.share_not_stated / 2, F.lit("999")),
        (gaps.share_unlisted, F.lit(_UNLISTED)),
    ]
    written = F.when(old & (code == F.col("municipality_now")), F.col("origin")).otherwise(code)
    return _by_standing(nation.dice, exceptions, written)


def _sector(nation: Nation, code: Column, municipality: Column) -> Column:
    """The sector as the register has it; none where the municipality is not known."""
    gaps = nation.parameters.residence
    no_municipality = gaps.share_unknown + gaps.share_abroad + gaps.share_not_stated + gaps.share_unlisted
    exceptions = [
        (no_municipality + gaps.share_sector_missing, F.lit(None).cast("string")),
        (gaps.share_not_localisable, F.concat(municipality, F.lit(NOT_LOCALISABLE))),
        (gaps.share_sector_elsewhere, F.lit(nation.cells[0].sector)),
    ]
    return _by_standing(nation.dice, exceptions, code)


def _by_standing(dice: Dice, exceptions: list[tuple[float, Column]], usual: Column) -> Column:
    """One draw a year for everything about an address, so that sector and municipality are missing together."""
    drawn = dice.uniform("standing of the address", F.col("person"), F.col("year"))
    reached = sum(share for share, _ in exceptions)
    written = usual
    for share, value in reversed(exceptions):
        written = F.when(drawn < reached, value).otherwise(written)
        reached -= share
    return written

"""Everything that the statistics on GPs do not look at: made-up codes in realistic numbers, and imaging."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.periods import first_day, last_day
from imaatlas_spark.synthetic.billing import billed, spread_day
from imaatlas_spark.synthetic.nation import Nation
from imaatlas_spark.synthetic.parameters import CareKind
from imaatlas_spark.synthetic.persons import by_age
from imaatlas_spark.synthetic.randomness import shifted_geometric

FIRST_OTHER_PROVIDER = 20_000_000
_PRICES = (100, 60, 140, 85, 230, 100, 45, 120)  # per cent of a kind's usual amount


@dataclass(frozen=True)
class Pool:
    """The providers of a kind of care: `count` numbers from `first`."""

    kind: CareKind
    first: int
    count: int


def pools(nation: Nation) -> list[Pool]:
    made: list[Pool] = []
    first = FIRST_OTHER_PROVIDER
    for kind in nation.parameters.other_care.kinds:
        made.append(Pool(kind, first, max(2, round(nation.persons / kind.persons_per_provider))))
        first += made[-1].count
    return made


def other_lines(insured: DataFrame, nation: Nation, years: Sequence[int]) -> DataFrame:
    """Lines of other care, one row a line."""
    person, year, number, item, dice = F.col("person"), F.col("year"), F.col("number"), F.col("item"), nation.dice
    items = sum(kind.weight for kind in nation.parameters.other_care.kinds)
    days = (F.col("last_day") - F.col("first_day") + 1) / 365
    mean = 1 + by_age(F.col("age"), nation.parameters.other_care.lines_by_age) * days
    count = F.least(
        shifted_geometric(dice.uniform("other care", person, year), mean), F.lit(nation.parameters.other_care.most)
    )
    provider = dice.below(F.col("providers"), "provider", person, item)
    acts = (
        insured.withColumn("acts", count)
        .withColumn("number", F.explode(F.sequence(F.lit(1), F.col("acts"))))
        .select(
            *("year", "person", "person_id", "number"),
            spread_day(dice.uniform("day of other care", person, year, number), number, F.col("acts")).alias("day"),
            dice.below(items, "item", person, year, number).alias("item"),
        )
        .join(F.broadcast(_offered(insured.sparkSession, nation, years)), ["year", "item"])
        .withColumns({"provider_id": F.col("first_provider") + provider, "institution_id": F.lit(None)})
    )
    return billed(acts, nation.parameters.billing.other, dice.uniform("billing of other care", person, year, number))


def _offered(spark: SparkSession, nation: Nation, years: Sequence[int]) -> DataFrame:
    """What may be billed, one row for each chance in so many.

    Columns: year, item, code, amount, category, qualification, first_provider, providers.
    """
    rows = [(year, item, *offer) for year in years for item, offer in enumerate(_offers(nation, year))]
    schema = (
        "year INT NOT NULL, item INT NOT NULL, code STRING NOT NULL, amount DECIMAL(12,2) NOT NULL, "
        "category STRING NOT NULL, qualification STRING, "
        "first_provider LONG NOT NULL, providers INT NOT NULL"
    )
    return spark.createDataFrame(rows, schema)


def _offers(nation: Nation, year: int) -> Iterator[tuple[str, Decimal, str, str | None, int, int]]:
    for pool in pools(nation):
        kind, codes = pool.kind, _codes(pool.kind, nation, year)
        held = (
            nation.qualifications.codes([kind.qualification_group])
            if kind.qualification_group
            else (kind.qualification,)
        )
        for step in range(kind.weight):
            amount = Decimal(kind.cents * _PRICES[step % len(_PRICES)] // 100).scaleb(-2)
            yield codes[step * step % len(codes)], amount, kind.category, held[step % len(held)], pool.first, pool.count


def _codes(kind: CareKind, nation: Nation, year: int) -> list[str]:
    """Codes of a group that are in force on every day of the year; made-up ones where there is no group or no code."""
    group = [kind.code_group] if kind.code_group else []
    in_force = (
        s for s in nation.nomenclature.spells(group) if s.valid_from <= first_day(year) and s.valid_to >= last_day(year)
    )
    listed = sorted({spell.code for spell in in_force})[: kind.codes]
    return listed or [f"{kind.prefix}{number:04d}" for number in range(1, kind.codes + 1)]

"""Persons and their lives: birth, death, where they live, where they look for a GP.

The nation is a row of places. Whoever holds one in the base year is drawn from the age pyramid; when he dies, someone
is born into his place the day after. So `persons` people are insured on every day, and a year's population has those
who died in it as well.
"""

import datetime as dt
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.periods import first_day, last_day
from imaatlas_spark.synthetic.parameters import Life, Parameters
from imaatlas_spark.synthetic.randomness import Dice, choose, lookup, whole
from imaatlas_spark.synthetic.values import OLDEST, AgeBands, Years

MAN, WOMAN = 1, 2
_DAYS_A_YEAR = 365.25
_FIRST_PERSON = 10**11
_ONE_TO_ONE, _BELOW_2_36 = 2654435761, 2**36 - 1


def day_number(date: dt.date) -> int:
    """Days since 1970-01-01, as Spark counts them."""
    return (date - dt.date(1970, 1, 1)).days


def by_age(age: Column, bands: AgeBands) -> Column:
    """The value of the band that an age lies in."""
    values = [next(band.value for band in bands if each < band.below) for each in range(OLDEST + 1)]
    return lookup(values, F.least(age, F.lit(OLDEST)))


def people(spark: SparkSession, dice: Dice, parameters: Parameters, persons: int, partitions: int) -> DataFrame:
    """Everyone who ever holds a place, one row a person.

    person (a plain number), person_id, sex, born_on, died_on (day numbers), home (in [0, 1) along the street); and for
    `area`, `address` and `care` the pace (stretches a year) and phase of the stretches in which they stay the same.
    """
    place, person, residence = F.col("place"), F.col("person"), parameters.residence
    born, died = F.col("first_born_on"), F.col("first_died_on")
    second_died = died + 1 + _days_to_live(dice, parameters.life, 2 * place + 1, F.lit(0.0))
    both = F.array(
        F.struct(F.lit(0).alias("turn"), born.alias("born_on"), died.alias("died_on")),
        F.struct(F.lit(1).alias("turn"), (died + 1).alias("born_on"), second_died.alias("died_on")),
    )
    return (
        spark.range(0, persons, 1, partitions)
        .withColumnRenamed("id", "place")
        .transform(with_first_holder, dice, parameters.life)
        .select("place", F.inline(both))
        .withColumn("person", 2 * place + F.col("turn"))
        .select(
            "person",
            pseudonym(person).alias("person_id"),
            sex_of(dice, parameters.life, person).alias("sex"),
            "born_on",
            "died_on",
            dice.uniform("home", person).alias("home"),
            *_stretches(dice, "area", person, residence.years_in_an_area),
            *_stretches(dice, "address", person, residence.years_at_an_address),
            *_stretches(dice, "care", person, parameters.loyalty.years_with_one_gp),
        )
        # A stage of its own: compiled together with what follows, the code would outgrow the 8,000 bytes beyond which
        # the JVM only interprets it.
        .coalesce(partitions)
    )


def pseudonym(person: Column) -> Column:
    """person_id: shows nothing of the order of the places. An odd factor modulo a power of two is one to one."""
    return _FIRST_PERSON + (person.cast("long") * F.lit(_ONE_TO_ONE)).bitwiseAND(F.lit(_BELOW_2_36))


def sex_of(dice: Dice, parameters: Life, person: Column) -> Column:
    return F.when(dice.chance(parameters.men, "sex", person), MAN).otherwise(WOMAN)


def with_first_holder(rows: DataFrame, dice: Dice, parameters: Life) -> DataFrame:
    """Adds first_born_on and first_died_on: the life of a `place`'s first holder, person `2 * place`.

    From the day after his death on, person `2 * place + 1` holds the place.
    """
    place, base_day = F.col("place"), day_number(first_day(parameters.base_year))
    starts, weights = [band.from_age for band in parameters.pyramid], [band.weight for band in parameters.pyramid]
    band = dice.uniform("age band", place)
    youngest, oldest = (choose(band, ages, weights) for ages in (starts, [*starts[1:], parameters.oldest]))
    age = youngest + dice.uniform("age in band", place) * (oldest - youngest)
    age_then = (base_day - F.col("first_born_on")) * (1 / _DAYS_A_YEAR)
    return rows.withColumn("first_born_on", base_day - 1 - whole(age * _DAYS_A_YEAR)).withColumn(
        "first_died_on", base_day + _days_to_live(dice, parameters, 2 * place, age_then)
    )


def _days_to_live(dice: Dice, parameters: Life, person: Column, age: Column) -> Column:
    """Days until the death of someone of `age`, by the law of Gompertz."""
    growth, modal = parameters.mortality_growth, parameters.modal_age_of_death
    modal_age = F.when(sex_of(dice, parameters, person) == MAN, modal.men).otherwise(modal.women)
    survival = 1.0 - dice.uniform("death", person)
    years = F.log1p(-F.log(survival) * F.exp((modal_age - age) * growth)) * (1 / growth)
    return whole(years * _DAYS_A_YEAR)


def _stretches(dice: Dice, name: str, person: Column, lengths: Sequence[Years]) -> tuple[Column, Column]:
    paces = [1 / each.years for each in lengths]
    pace = choose(dice.uniform(f"{name} pace", person), paces, [each.weight for each in lengths])
    return pace.alias(f"{name}_pace"), dice.uniform(f"{name} phase", person).alias(f"{name}_phase")


def calendar(spark: SparkSession, years: Sequence[int]) -> DataFrame:
    """year, new_year, midyear, year_end (day numbers), one row a year."""
    rows = [(year, *map(day_number, (first_day(year), dt.date(year, 6, 30), last_day(year)))) for year in years]
    return spark.createDataFrame(
        rows, "year INT NOT NULL, new_year INT NOT NULL, midyear INT NOT NULL, year_end INT NOT NULL"
    )


def lives(everyone: DataFrame, dice: Dice, parameters: Parameters, cells: int, years: Sequence[int]) -> DataFrame:
    """Those alive at some time in one of `years`, one row a person and year.

    Of `calendar`: year, new_year, midyear, year_end. person, person_id, sex, birth_year, age, first_day, last_day
    (insured in the year, day numbers); moved_on (a day of the year); and for 31 December of the year before and of this
    one: cell_before, cell_now (homes), gp_before, gp_now (where along the street a GP is looked for), care_before,
    care_now (the number of the stretch of care).
    """
    this_year, first, last = F.col("year"), F.col("new_year"), F.col("year_end")
    born_on, died_on = F.col("born_on"), F.col("died_on")
    birth_year = F.year(F.date_from_unix_date(born_on))
    alive = (born_on <= last) & (died_on >= first)
    rows = everyone.join(F.broadcast(calendar(everyone.sparkSession, years)), alive)
    for moment, at in (("before", this_year - 1), ("now", this_year)):
        rows = _settled(rows, dice, parameters, moment, at, cells)
    return rows.select(
        *("year", "new_year", "midyear", "year_end"),
        "person",
        "person_id",
        "sex",
        birth_year.alias("birth_year"),
        (this_year - birth_year).alias("age"),
        F.greatest(born_on, first).alias("first_day"),
        F.least(died_on, last).alias("last_day"),
        (first + dice.below(last - first + 1, "moved on", F.col("person"), this_year)).alias("moved_on"),
        *("cell_before", "cell_now", "gp_before", "gp_now", "care_before", "care_now"),
    )


def _settled(rows: DataFrame, dice: Dice, parameters: Parameters, moment: str, year: Column, cells: int) -> DataFrame:
    """Adds cell_<moment>, gp_<moment> and care_<moment>, as they are at the end of `year`."""
    person, area = F.col("person"), F.col("area")
    far = dice.chance(parameters.residence.far_moves, "far", person, area)
    nearby = F.col("home") + 0.02 * (dice.uniform("nearby", person, area) - 0.5)
    anchor = F.when(far, dice.uniform("anywhere", person, area)).otherwise(nearby)
    home = F.col("anchor") + 0.001 * (dice.uniform("address", person, area, F.col("address")) - 0.5)
    gp = F.col("anchor") + 0.002 * (dice.uniform("gp", person, area, F.col(f"care_{moment}")) - 0.5)
    return (
        rows.withColumns({name: _stretch(name, year) for name in ("area", "address")})
        .withColumn(f"care_{moment}", _stretch("care", year))
        .withColumn("anchor", anchor)
        .withColumns({f"cell_{moment}": whole(on_the_street(home) * cells), f"gp_{moment}": on_the_street(gp)})
    )


def _stretch(name: str, year: Column) -> Column:
    """The number of the stretch that `year` lies in."""
    return whole(year * F.col(f"{name}_pace") + F.col(f"{name}_phase"))


def on_the_street(place: Column) -> Column:
    """The street is a ring: who leaves it at one end comes in at the other."""
    return F.when(place < 0, place + 1).when(place >= 1, place - 1).otherwise(place)

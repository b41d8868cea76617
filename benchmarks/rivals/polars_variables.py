"""Claim lines to the care of persons in Polars: every function a rule of definitions, section 3, by its name."""

import datetime as dt

import polars as pl

from benchmarks.rivals.definitions import Definitions
from imaatlas_spark.periods import END_OF_TIME, first_day, last_day

_KEY = ("person_id", "practice_id")
_LINE = (*_KEY, "service_date", "code")
_ON_DAY = pl.col("service_date").is_between("begins", "ends")


def spells(register: pl.DataFrame, key: str) -> pl.DataFrame:
    """The one practice that `key` stands for on each day. Columns: key, practice_id, begins, ends."""
    day = dt.timedelta(days=1)
    rows = register.filter(pl.col(key).is_not_null())
    ended = rows.filter(pl.col("valid_to").is_not_null()).select(key, begins=pl.col("valid_to") + day)
    cuts = pl.concat([rows.select(key, begins="valid_from"), ended]).unique().sort(key, "begins")
    stretches = cuts.with_columns(ends=(pl.col("begins").shift(-1).over(key) - day).fill_null(END_OF_TIME))
    valid = pl.col("begins").is_between("valid_from", pl.col("valid_to").fill_null(END_OF_TIME))
    return (
        stretches.join(rows, on=key)
        .filter(valid)
        .sort(key, "begins", pl.col("valid_from").to_physical() * -1, "practice_id")
        .unique((key, "begins"), keep="first", maintain_order=True)
        .select(key, "practice_id", "begins", "ends")
    )


def overlaps(year: int) -> pl.Expr:
    ends = pl.col("valid_to").fill_null(END_OF_TIME)
    return (pl.col("valid_from") <= last_day(year)) & (ends >= first_day(year))


def row_of_year(register: pl.DataFrame, key: str, recoding: pl.DataFrame, year: int) -> pl.DataFrame:
    """The row of 31 December, else the latest of the year, with the municipality of its address."""
    latest = register.filter(overlaps(year)).sort("valid_from").unique(key, keep="last", maintain_order=True)
    return latest.join(recoding, left_on="nis", right_on="code", how="left")


def regular_contacts(lines: pl.LazyFrame, practice_of_provider: pl.DataFrame, definitions: Definitions) -> pl.LazyFrame:
    """REGCONTACT by person and practice, at most one a day under the daily cap."""
    regular = lines.filter(pl.sql_expr(definitions.is_regular_contact))
    with_practice = regular.join(practice_of_provider.lazy(), on="provider_id").filter(_ON_DAY)
    nets = with_practice.group_by(*_LINE).agg(net=pl.col("cases").sum()).filter(pl.col("net") > 0)
    capped = definitions.year >= definitions.rules.daily_cap_from
    contacts = pl.lit(1, pl.Int64).first() if capped else pl.col("net").sum().cast(pl.Int64)
    days = nets.group_by(*_KEY, "service_date").agg(contacts=contacts)
    return days.group_by(*_KEY).agg(
        regular_contacts=pl.col("contacts").sum(), first_regular=pl.col("service_date").min()
    )


def forfaits(lines: pl.LazyFrame, practice_of_institution: pl.DataFrame, definitions: Definitions) -> pl.LazyFrame:
    """FF_MH by person and house, where it is positive."""
    of_house = lines.filter(pl.sql_expr(definitions.has_code("medical_house_forfait")))
    with_house = of_house.join(practice_of_institution.lazy(), on="institution_id").filter(_ON_DAY)
    nets = with_house.group_by(*_LINE).agg(net=pl.col("cases").sum().cast(pl.Int64))
    first = pl.col("service_date").filter(pl.col("net") > 0).min()
    return nets.group_by(*_KEY).agg(forfaits=pl.col("net").sum(), first_forfait=first).filter(pl.col("forfaits") > 0)


def gmd_events(lines: pl.LazyFrame, practice_of_provider: pl.DataFrame, definitions: Definitions) -> pl.LazyFrame:
    """The latest GMD event of the year, and of the two years before, by person and practice."""
    year, service_year = definitions.year, pl.col("year")
    is_event = pl.any_horizontal(
        *((service_year == each) & pl.sql_expr(definitions.has_code("gmd", each)) for each in range(year - 2, year + 1))
    )
    with_practice = lines.filter(is_event).join(practice_of_provider.lazy(), on="provider_id").filter(_ON_DAY)
    events = with_practice.group_by("year", *_LINE).agg(net=pl.col("cases").sum()).filter(pl.col("net") > 0)
    day = pl.col("service_date")
    return events.group_by(*_KEY).agg(
        event_of_year=day.filter(service_year == year).max(), event_before=day.filter(service_year < year).max()
    )


def examinations(lines: pl.LazyFrame, definitions: Definitions) -> pl.LazyFrame:
    """IMAG_SPEC_N, IMAG_RADIO_N and IMAG_DENT_N by person."""
    kinds = {
        "imag_spec_n": definitions.is_imaging_by_specialist,
        "imag_radio_n": definitions.is_imaging_by_radiologist,
        "imag_dent_n": definitions.is_imaging_by_dentist,
    }
    made = lines.with_columns(**{name: pl.sql_expr(condition) for name, condition in kinds.items()}).filter(
        pl.any_horizontal(*kinds)
    )
    nets = made.group_by("person_id", "service_date", "code").agg(
        **{name: pl.col("cases").filter(pl.col(name)).sum().cast(pl.Int64) for name in kinds}
    )
    return nets.group_by("person_id").agg(**{name: pl.col(name).clip(lower_bound=0).sum() for name in kinds})


def person_practice(regular: pl.DataFrame, of_houses: pl.DataFrame) -> pl.DataFrame:
    """Contacts as for assignment and activity, by person and practice."""
    return (
        regular.join(of_houses, on=_KEY, how="full", coalesce=True)
        .with_columns(pl.col("regular_contacts", "forfaits").fill_null(0))
        .with_columns(
            contacts=pl.col("regular_contacts") + pl.col("forfaits"),
            first_contact=pl.min_horizontal("first_regular", "first_forfait"),
        )
    )


def practice_contacts(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    contacts = rows.lazy().group_by("practice_id").agg(pl.col("contacts").sum())
    is_active = pl.col("contacts") >= definitions.rules.active_practice_contacts
    return contacts.with_columns(is_active=is_active).collect(engine="streaming")


def assignments(rows: pl.DataFrame, events: pl.DataFrame, definitions: Definitions) -> pl.LazyFrame:
    """PAT_ATTRIB: of the candidates of a person the best one of the first rule that applies."""
    of_person = (
        rows.lazy()
        .group_by("person_id")
        .agg(person_contacts=pl.col("contacts").sum(), person_forfaits=pl.col("forfaits").sum())
    )
    houses = rows.lazy().filter(pl.col("forfaits") > 0).sort("forfaits", "practice_id", descending=[True, False])
    house = houses.group_by("person_id").agg(house=pl.col("practice_id").first())
    candidates = (
        rows.lazy()
        .join(events.lazy(), on=_KEY, how="full", coalesce=True)
        .join(of_person, on="person_id", how="left")
        .join(house, on="person_id", how="left")
        .with_columns(pl.col("contacts", "person_contacts", "person_forfaits").fill_null(0))
    )
    of_year, before = pl.col("event_of_year"), pl.col("event_before")
    in_house = (pl.col("practice_id") == pl.col("house")).fill_null(False) & (
        pl.col("person_forfaits") >= definitions.rules.medical_house_forfaits
    )
    rule = (
        pl.when(of_year.is_not_null())
        .then(1)
        .when(before.is_not_null() & (pl.col("contacts") > 0))
        .then(2)
        .when(before.is_not_null() & (pl.col("person_contacts") == 0))
        .then(3)
        .when(in_house)
        .then(4)
        .when(pl.col("contacts") > 0)
        .then(5)
    )
    event = pl.when(pl.col("attribution_rule") == 1).then(of_year).when(pl.col("attribution_rule") <= 3).then(before)
    by_contacts = pl.when(pl.col("attribution_rule") == 5)
    return (
        candidates.with_columns(attribution_rule=rule, in_medical_house=in_house)
        .filter(pl.col("attribution_rule").is_not_null())
        .sort(
            "person_id",
            "attribution_rule",
            event.to_physical() * -1,
            by_contacts.then("contacts") * -1,
            by_contacts.then("first_contact"),
            "practice_id",
        )
        .unique("person_id", keep="first", maintain_order=True)
        .select(
            "person_id", "attribution_rule", "in_medical_house", pat_attrib="practice_id", assigned_contacts="contacts"
        )
    )


def care(rows: pl.DataFrame, practices: pl.DataFrame) -> pl.LazyFrame:
    """Sums of a person over all practices."""
    regular = pl.col("regular_contacts")
    with_activity = rows.lazy().join(practices.lazy().select("practice_id", "is_active"), on="practice_id")
    return with_activity.group_by("person_id").agg(
        regcontact=regular.sum(),
        regcontact_active=regular.filter(pl.col("is_active")).sum(),
        ff_mh=pl.col("forfaits").sum(),
        all_contacts=pl.col("contacts").sum(),
    )


def residence(population: pl.LazyFrame, recoding: pl.DataFrame, sectors: pl.DataFrame) -> pl.LazyFrame:
    """Municipality and sector of 31 December, of 30 June where that is not known."""
    december = recoding.lazy().rename({"code": "PP0025_1231", "municipality": "in_december"})
    june = recoding.lazy().rename({"code": "PP0025_0630", "municipality": "in_june"})
    code = pl.col("PP0025_1231")
    is_abroad = code.str.contains(r"^[1-9][0-9]{2}$") & ~code.str.contains(r"^99[59]$")
    known = pl.col("in_december").is_not_null() | is_abroad.fill_null(False)
    return (
        population.join(december, on="PP0025_1231", how="left")
        .join(june, on="PP0025_0630", how="left")
        .select(
            person_id="PP0010",
            municipality=pl.when(known).then("in_december").otherwise("in_june"),
            sector=pl.when(known).then("PP0055_1231").otherwise("PP0055_0630"),
        )
        .join(sectors.lazy().with_columns(lies_there=True), on=["sector", "municipality"], how="left")
        .select("person_id", "municipality", sector=pl.when("lies_there").then("sector"))
    )

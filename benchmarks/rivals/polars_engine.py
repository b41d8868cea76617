"""The same chain in lazy Polars on its streaming engine; year tables and statistics are Parquet files."""

from functools import reduce
from pathlib import Path

import polars as pl

from benchmarks.rivals import polars_variables as variables
from benchmarks.rivals.definitions import Definitions, amount, takes_part
from benchmarks.rivals.polars_ingest import COMPRESSION, ingest
from benchmarks.rivals.task import FIGURES, INGEST, SOURCE_VARIABLES, Figures, Stopwatch, Task, figures_of
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import COUNTRY, NOT_LOCALISABLE

_COUNTS = ("regcontact", "regcontact_active", "ff_mh", "assigned_contacts", "all_contacts")
_EXAMINATIONS = ("imag_spec_n", "imag_radio_n", "imag_dent_n")
_NAMES = {
    "SS00010": "person_id",
    "SS00015": "service_date",
    "SS00020": "code",
    "SS00050": "cases",
    "SS00060": "amount",
    "SS00065": "provider_id",
    "SS00065B": "qualification",
    "PRACTITIONER_CAT": "category",
    "SS00075": "institution_id",
    "NWE_YN": "nwe",
}


def run(task: Task, watch: Stopwatch) -> Figures:
    """Threads and the memory budget are set before Polars is imported: see `benchmarks.rivals.__main__`."""
    definitions = Definitions.of(task)
    with watch.phase(INGEST):
        ingest(task, definitions)
    with watch.phase(SOURCE_VARIABLES):
        build_source_variables(task, definitions)
    with watch.phase(FIGURES):
        build_statistics(task, definitions)
    found: Figures = {}
    for card in definitions.cards:
        rows = pl.read_parquet(task.statistic(card.code), hive_partitioning=False).to_dicts()
        found |= figures_of(card.code, task.year, rows, card.dimensions)
    return found


def build_source_variables(task: Task, definitions: Definitions) -> None:
    lines = {year: _lines(task, definitions, year) for year in task.years}
    listed = pl.concat([rows.filter("listed") for rows in lines.values()])
    of_year = lines[task.year].filter("listed")
    registers = {name: pl.read_parquet(task.folder / f"inputs/{name}.parquet") for name in _REGISTERS}
    by_provider = variables.spells(registers["practice_members"], "provider_id")
    by_institution = variables.spells(registers["practices"], "institution_id")
    regular, forfaits, events, examinations = pl.collect_all(
        [
            variables.regular_contacts(of_year, by_provider, definitions),
            variables.forfaits(of_year, by_institution, definitions),
            variables.gmd_events(listed, by_provider, definitions),
            variables.examinations(of_year, definitions),
        ],
        engine="streaming",
    )
    rows = variables.person_practice(regular, forfaits)
    practices = variables.practice_contacts(rows, definitions)
    persons = _person_year(task, definitions, rows, practices, events, examinations)
    recoding = _recoding(definitions)
    practice_rows = variables.row_of_year(registers["practices"], "practice_id", recoding, task.year)
    _write(persons, _year_table(task, "person_year"))
    _write(_practice_year(task, practice_rows, practices), _year_table(task, "practice_year"))
    if definitions.profession_groups:
        addresses = variables.row_of_year(registers["practitioners"], "provider_id", recoding, task.year)
        groups = [
            _practitioners(task, definitions, lines[task.year], addresses, g) for g in definitions.profession_groups
        ]
        _write(pl.concat(groups), _year_table(task, "practitioner_year"))


_REGISTERS = ("practices", "practice_members", "practitioners")


def _lines(task: Task, definitions: Definitions, year: int) -> pl.LazyFrame:
    """The lines of a year inside its booking window, under names that read as words."""
    claims = pl.scan_parquet(
        task.folder / f"inputs/claims/year={year}/*/*.parquet", hive_schema={"year": pl.Int32, "listed": pl.Boolean}
    )
    in_window = claims.filter(pl.col("BOOKED_MONTH") <= definitions.last_booked_month(year))
    return in_window.select("year", "listed", **{name: pl.col(ima) for ima, name in _NAMES.items()})


def _recoding(definitions: Definitions) -> pl.DataFrame:
    return pl.DataFrame(definitions.recoding)


def _sectors(task: Task, definitions: Definitions) -> pl.DataFrame:
    """The sectors of the year with the municipality that their prefix has become."""
    listed = pl.read_csv(task.delivery / "sectors.csv", infer_schema=False).with_columns(
        pl.col("valid_from", "valid_to").str.to_date("%Y-%m-%d")
    )
    return (
        listed.filter(variables.overlaps(task.year) & ~pl.col("sector").str.ends_with(NOT_LOCALISABLE))
        .with_columns(code=pl.col("sector").str.head(5))
        .join(_recoding(definitions), on="code")
        .select("sector", "municipality")
        .unique()
    )


def _person_year(
    task: Task,
    definitions: Definitions,
    rows: pl.DataFrame,
    practices: pl.DataFrame,
    events: pl.DataFrame,
    examinations: pl.DataFrame,
) -> pl.LazyFrame:
    population = pl.scan_parquet(task.folder / f"inputs/population/year={task.year}/*.parquet", hive_partitioning=False)
    residence = variables.residence(population, _recoding(definitions), _sectors(task, definitions))
    age = task.year - pl.col("PP0015")
    return (
        population.rename({"PP0010": "person_id"})
        .join(residence, on="person_id")
        .join(variables.care(rows, practices), on="person_id", how="left")
        .join(variables.assignments(rows, events, definitions), on="person_id", how="left")
        .join(examinations.lazy(), on="person_id", how="left")
        .with_columns(pl.col(*_COUNTS, *_EXAMINATIONS).fill_null(0), pl.col("in_medical_house").fill_null(False))
        .select(
            "person_id",
            "municipality",
            "sector",
            "in_medical_house",
            "pat_attrib",
            "attribution_rule",
            *_COUNTS,
            *_EXAMINATIONS,
            age=pl.when(age.is_between(0, definitions.rules.oldest_age)).then(age),
            sex="PP0020",
            increased_reimbursement="MAJOR_COVERAGE_YN",
            has_gmd=(pl.col("attribution_rule") <= 3).fill_null(False) | pl.col("in_medical_house"),
        )
    )


def _practice_year(task: Task, registered: pl.DataFrame, contacts: pl.DataFrame) -> pl.LazyFrame:
    persons = pl.scan_parquet(_year_table(task, "person_year"), hive_partitioning=False)
    assigned = persons.filter(pl.col("pat_attrib").is_not_null()).group_by(practice_id="pat_attrib")
    counted = assigned.agg(assigned_persons=pl.len().cast(pl.Int64), gmd_persons=pl.col("has_gmd").sum().cast(pl.Int64))
    return (
        registered.lazy()
        .select("practice_id", "practice_type", "municipality")
        .join(contacts.lazy(), on="practice_id", how="full", coalesce=True)
        .join(counted, on="practice_id", how="full", coalesce=True)
        .with_columns(
            pl.col("contacts", "assigned_persons", "gmd_persons").fill_null(0), pl.col("is_active").fill_null(False)
        )
    )


def _practitioners(
    task: Task, definitions: Definitions, lines: pl.LazyFrame, addresses: pl.DataFrame, group: str
) -> pl.LazyFrame:
    """Members of a profession group; the threshold is compared in whole cents, where decimals would be rounded."""
    is_member = pl.sql_expr(f"{definitions.is_physician} AND {definitions.qualified(group)}")
    members = lines.filter(is_member & pl.col("provider_id").is_not_null()).select("provider_id").unique()
    income = (
        lines.join(members, on="provider_id", how="semi").group_by("provider_id").agg(income=pl.col("amount").sum())
    )
    medians = pl.read_csv(task.delivery / "fte_income_medians.csv", infer_schema=False).filter(
        (pl.col("profession_group") == group) & (pl.col("year") == str(task.year))
    )
    median = medians.select("profession_group", median_income=pl.col("median_eur").cast(pl.Decimal(18, 2)))
    above, below = definitions.rules.active_income_share.as_integer_ratio()
    is_active = _cents("income") * below >= _cents("median_income") * above
    return (
        income.join(addresses.lazy().select("provider_id", "municipality"), on="provider_id", how="left")
        .join(median.lazy(), how="cross")
        .with_columns(is_active=is_active)
    )


def _cents(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Decimal(18, 2)).to_physical().cast(pl.Int64)


def build_statistics(task: Task, definitions: Definitions) -> None:
    """Each statistic on its complete grid, written as a Parquet file."""
    sectors = _sectors(task, definitions)
    in_sectors = sectors.select(geo_level=pl.lit("sector"), geo_code="sector")
    areas = pl.concat([pl.DataFrame(definitions.areas), in_sectors])
    for card in definitions.cards:
        rows = pl.scan_parquet(_year_table(task, card.unit), hive_partitioning=False)
        sums = _summed_upwards(_cells(rows, card, definitions), card, pl.DataFrame(definitions.places))
        grid = areas.lazy().filter(pl.col("geo_level").is_in(card.levels(task.year)))
        for name in card.dimensions:
            grid = grid.join(pl.LazyFrame({name: [*definitions.codes(name), TOTAL]}), how="cross")
        denominator = pl.col("denominator").fill_null(0) if card.denominator else pl.lit(None, pl.Int64)
        statistic = grid.join(sums, on=["geo_level", "geo_code", *card.dimensions], how="left").with_columns(
            year=pl.lit(task.year), numerator=pl.col("numerator").fill_null(0), denominator=denominator
        )
        _write(statistic, task.statistic(card.code))


def _cells(rows: pl.LazyFrame, card: Card, definitions: Definitions) -> pl.LazyFrame:
    """The rows of the unit summed by municipality, sector and dimension."""
    sector = pl.col("sector") if card.unit == "person_year" else pl.lit(None, pl.String)
    members = {name: pl.sql_expr(definitions.member(name)) for name in card.dimensions}
    below = pl.sql_expr(amount(card.denominator)) if card.denominator else pl.lit(0)
    return (
        rows.filter(pl.sql_expr(takes_part(card)))
        .select(
            "municipality",
            sector=sector,
            numerator=pl.sql_expr(amount(card.numerator)).cast(pl.Int64),
            denominator=below.cast(pl.Int64),
            **members,
        )
        .group_by("municipality", "sector", *members)
        .agg(pl.col("numerator", "denominator").sum())
    )


def _summed_upwards(cells: pl.LazyFrame, card: Card, places: pl.DataFrame) -> pl.LazyFrame:
    kept = ["geo_level", "geo_code", *card.dimensions, "numerator", "denominator"]
    country = cells.with_columns(geo_level=pl.lit("country"), geo_code=pl.lit(COUNTRY))
    sectors = cells.filter(pl.col("sector").is_not_null()).with_columns(geo_level=pl.lit("sector"), geo_code="sector")
    within = cells.join(places.lazy(), on="municipality")
    spread = pl.concat([rows.select(kept) for rows in (country, within, sectors)])
    with_totals = reduce(_with_total, card.dimensions, spread)
    return with_totals.group_by(kept[:-2]).agg(pl.col("numerator", "denominator").sum())


def _with_total(rows: pl.LazyFrame, dimension: str) -> pl.LazyFrame:
    known = rows.filter(pl.col(dimension).is_not_null())
    return pl.concat([known, rows.with_columns(pl.lit(TOTAL).alias(dimension))])


def _year_table(task: Task, name: str) -> Path:
    return task.folder / f"source_variables/year={task.year}/{name}.parquet"


def _write(rows: pl.LazyFrame, path: Path) -> None:
    rows.sink_parquet(path, compression=COMPRESSION, mkdir=True, engine="streaming")

"""Inputs to year tables, year by year: what `build_source_variables.py` does."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from imaatlas_spark import __version__
from imaatlas_spark.configuration.rules import YearRules
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.geography.frames import recoding_frame, sectors_of_year
from imaatlas_spark.periods import in_words
from imaatlas_spark.run import Run
from imaatlas_spark.schemas.inputs import (
    CLAIMS,
    FTE_INCOME_MEDIANS,
    POPULATION,
    PRACTICE_MEMBERS,
    PRACTICES,
    PRACTITIONERS,
    SECTORS,
)
from imaatlas_spark.schemas.notes import Notes
from imaatlas_spark.schemas.spec import Table, ddl
from imaatlas_spark.schemas.year_tables import (
    GMD_EVENTS,
    LINE_QUALITY,
    PRACTICE_YEAR,
    PRACTITIONER_YEAR,
)
from imaatlas_spark.source_variables.gmd import gmd_events
from imaatlas_spark.source_variables.origins import note_origin
from imaatlas_spark.source_variables.person_practice import line_quality, person_practice_year
from imaatlas_spark.source_variables.person_year import care_of_persons, person_year
from imaatlas_spark.source_variables.practice_year import (
    active_practices,
    assigned_by_practice,
    contacts_by_practice,
    practice_year,
)
from imaatlas_spark.source_variables.practitioner_year import income_of_group, practitioner_year, profession_groups
from imaatlas_spark.source_variables.register_spells import PracticeSpell, practice_spells
from imaatlas_spark.storage.ledger import job_again
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.recording import recorded
from imaatlas_spark.storage.warehouse import Warehouse

_CLAIMS, _POPULATION, _SECTORS = CLAIMS.table, POPULATION.table, SECTORS.table
_PRACTICES, _MEMBERS, _PRACTITIONERS = PRACTICES.table, PRACTICE_MEMBERS.table, PRACTITIONERS.table
_MEDIANS = FTE_INCOME_MEDIANS.table


def build_source_variables(run: Run, warehouse: Warehouse, years: tuple[int, ...], first_year: int | None) -> None:
    """Build the year tables of `years`. What lies before `first_year` is taken as absent, and the commits say so."""
    with recorded(warehouse, years, run.say):
        _build(run, warehouse, years, first_year)


def _build(run: Run, warehouse: Warehouse, years: tuple[int, ...], first_year: int | None) -> None:
    history = {each: years_before(run.configuration.rules.at(each), first_year) for each in years}
    claims_needed = sorted({*years, *(before for each in years for before in history[each])})
    _refuse_missing_inputs(warehouse, claims_needed, years)
    groups = {year: profession_groups(run.configuration, year) for year in years}
    _refuse_missing_medians(warehouse, groups)
    _take_inputs(warehouse, claims_needed, years)
    _build_gmd_events(run, warehouse, claims_needed)
    for year in years:
        _build_year(run, warehouse, year, history[year], groups[year], {"first_year": first_year})
        note_origin(warehouse, run.configuration, year, history[year])
        run.say(f"source variables {year}: done")


def years_before(rules: YearRules, first_year: int | None) -> tuple[int, ...]:
    """The years whose global medical records decide in a year; those before `first_year` are taken as absent."""
    before = range(rules.year - rules.gmd_years_before, rules.year)
    return tuple(each for each in before if first_year is None or each >= first_year)


def _take_inputs(warehouse: Warehouse, claims_needed: Iterable[int], years: Iterable[int]) -> None:
    """All that the run reads must be as a completed ingestion left it; it stays so while the run lasts."""
    warehouse.take(_CLAIMS, claims_needed)
    warehouse.take(_POPULATION, years)
    for table in (_PRACTICES, _MEMBERS, _PRACTITIONERS, _MEDIANS, _SECTORS):
        warehouse.take(table)


def _refuse_missing_inputs(warehouse: Warehouse, claims_needed: Iterable[int], years: Iterable[int]) -> None:
    for table, needed in ((_CLAIMS, claims_needed), (_POPULATION, years)):
        missing = tuple(sorted(set(needed) - warehouse.years(table)))
        if missing:
            mend = _mend(warehouse, table, missing, years)
            raise WarehouseRefused(f"{table.path} has no {in_words(missing)}: {mend}")


def _mend(warehouse: Warehouse, table: Table, missing: tuple[int, ...], years: Iterable[int]) -> str:
    """What to do about years that a table lacks. Data that begin later are no way out of rows that were lost."""
    lost = warehouse.ledger.years(table.path) & set(missing)
    if lost:
        return f"a completed run had left it; {job_again(table.path, lost)}"
    ingest = f"run ingest_deliveries.py --years {','.join(map(str, missing))}"
    before = set(missing) - set(years)
    if not before:
        return ingest
    return (
        f"{ingest} (global medical records of the years before are needed); if the data begin later, say "
        f"--first-year {max(before) + 1}"
    )


def _refuse_missing_medians(warehouse: Warehouse, groups: Mapping[int, Iterable[str]]) -> None:
    known = {(row.profession_group, row.year) for row in warehouse.read(_MEDIANS).collect()}
    for year, names in groups.items():
        for group in names:
            if (group, year) not in known:
                raise WarehouseRefused(
                    f"{_MEDIANS.path} has no FTE median of {group} in {year}: deliver it, then ingest again"
                )


def _build_gmd_events(run: Run, warehouse: Warehouse, years: Iterable[int]) -> None:
    """The events of every year that is asked for or lies in its history, in one commit.

    A year whose lines, members and definitions are those that its events were made from is left as it is.
    """
    members, rules = warehouse.read(_MEMBERS), run.configuration.rules
    spells = {year: practice_spells(members, "provider_id", rules.at(year)) for year in years}
    made_from = {year: _origin_of_gmd_events(run, warehouse, year, spells[year]) for year in years}
    changed = [
        year
        for year in years
        if (left := warehouse.unchanged(GMD_EVENTS, year)) is None or left.made_from != made_from[year]
    ]
    if not changed:
        return
    of_years = [
        gmd_events(warehouse.read_year(_CLAIMS, year), spells[year], year, run.configuration) for year in changed
    ]
    rows = reduce(DataFrame.unionByName, of_years)
    warehouse.replace_years(GMD_EVENTS, rows, changed, (_CLAIMS, _MEMBERS))
    warehouse.made_from(GMD_EVENTS, {year: made_from[year] for year in changed})


def _origin_of_gmd_events(run: Run, warehouse: Warehouse, year: int, spells: list[PracticeSpell]) -> str:
    """What the events of a year depend on; a register that is delivered again with the same members is no change."""
    members = hashlib.sha256(repr(spells).encode()).hexdigest()
    return " ".join((__version__, run.configuration.definitions, warehouse.content(_CLAIMS, year), members))


def _build_year(
    run: Run,
    warehouse: Warehouse,
    year: int,
    history: tuple[int, ...],
    groups: Mapping[str, tuple[str, ...]],
    notes: Notes,
) -> None:
    _build_person_practice(run, warehouse, year)
    _build_persons(run, warehouse, year, history, notes)
    _build_practices(run, warehouse, year, notes)
    _build_practitioners(run, warehouse, year, groups, notes)


def _build_person_practice(run: Run, warehouse: Warehouse, year: int) -> None:
    tables = run.configuration.year_tables
    rows = person_practice_year(
        warehouse.read_year(_CLAIMS, year),
        warehouse.read(_PRACTICES),
        warehouse.read(_MEMBERS),
        year,
        run.configuration,
    )
    warehouse.replace_years(tables.person_practice, rows, (year,), (_CLAIMS, _PRACTICES, _MEMBERS))
    made = warehouse.read_year(tables.person_practice, year)
    quality = line_quality(warehouse.read_year(_CLAIMS, year), made, run.configuration.rules.at(year))
    warehouse.replace_years(LINE_QUALITY, quality, (year,), (_CLAIMS, tables.person_practice))


def _build_persons(run: Run, warehouse: Warehouse, year: int, history: tuple[int, ...], notes: Notes) -> None:
    rules, tables = run.configuration.rules.at(year), run.configuration.year_tables
    person_practice = warehouse.read_year(tables.person_practice, year)
    events = warehouse.read(GMD_EVENTS)
    active = active_practices(contacts_by_practice(person_practice, rules), rules)
    care = care_of_persons(
        person_practice,
        events.where(F.col("year") == year),
        events.where(F.col("year").isin(*history)),
        active,
        rules,
    )
    recoding = recoding_frame(run.spark, run.configuration.geography, year)
    persons = person_year(
        warehouse.read_year(_POPULATION, year),
        care,
        recoding,
        sectors_of_year(warehouse.read(_SECTORS), recoding, year),
        rules,
    )
    made_from = (_CLAIMS, _POPULATION, _PRACTICES, _MEMBERS, _SECTORS, tables.person_practice, GMD_EVENTS)
    warehouse.replace_years(tables.person, persons, (year,), made_from, notes)


def _build_practices(run: Run, warehouse: Warehouse, year: int, notes: Notes) -> None:
    rules, tables = run.configuration.rules.at(year), run.configuration.year_tables
    person_practice = warehouse.read_year(tables.person_practice, year)
    practices = practice_year(
        warehouse.read(_PRACTICES),
        contacts_by_practice(person_practice, rules),
        assigned_by_practice(warehouse.read_year(tables.person, year), person_practice, rules),
        recoding_frame(run.spark, run.configuration.geography, year),
        rules,
    )
    made_from = (_PRACTICES, tables.person_practice, tables.person)
    warehouse.replace_years(PRACTICE_YEAR, practices, (year,), made_from, notes)


def _build_practitioners(
    run: Run, warehouse: Warehouse, year: int, groups: Mapping[str, tuple[str, ...]], notes: Notes
) -> None:
    rules = run.configuration.rules.at(year)
    rows = local_frame(run.spark, [], ddl(PRACTITIONER_YEAR.columns))
    recoding = recoding_frame(run.spark, run.configuration.geography, year)
    for group, categories in groups.items():
        claims = warehouse.read_year(_CLAIMS, year)
        income = income_of_group(claims, group, categories, run.configuration.qualifications, rules)
        medians, register = warehouse.read(_MEDIANS), warehouse.read(_PRACTITIONERS)
        rows = rows.unionByName(practitioner_year(income, register, medians, recoding, group, rules))
    warehouse.replace_years(PRACTITIONER_YEAR, rows, (year,), (_CLAIMS, _PRACTITIONERS, _MEDIANS), notes)

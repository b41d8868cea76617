"""What the inputs of a warehouse were made from: a delivery that is the same need not be ingested again."""

import hashlib
from collections.abc import Iterable

from imaatlas_spark import __version__
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.deliveries.inspection import Inspection
from imaatlas_spark.deliveries.stores import Entry
from imaatlas_spark.schemas.inputs import QUARANTINE, RECONCILIATION, REGISTERS, YEARLY, Source
from imaatlas_spark.storage.warehouse import Warehouse

_BY_BOTH = (QUARANTINE, RECONCILIATION)  # made of the claims and the population of a year


def note_origins(warehouse: Warehouse, inspected: Inspection, configuration: Configuration) -> None:
    """Write down, for every input that was just written, which files it was made from."""
    for source in YEARLY:
        warehouse.made_from(source.table, _of_years(inspected, configuration, source))
    for table in _BY_BOTH:
        warehouse.made_from(table, _of_both(inspected, configuration))
    for source in _whole_sources(inspected):
        warehouse.made_from(source.table, {None: _of_source(inspected, configuration, source)})


def is_ingested(warehouse: Warehouse, inspected: Inspection, configuration: Configuration) -> bool:
    """Whether the warehouse holds just what this delivery would be made into.

    Its quarantine too: a delivery that was refused since has left its own there.
    """
    return (
        all(warehouse.is_made_from(source.table, _of_years(inspected, configuration, source)) for source in YEARLY)
        and all(warehouse.is_made_from(table, _of_both(inspected, configuration)) for table in _BY_BOTH)
        and all(
            warehouse.is_made_from(source.table, {None: _of_source(inspected, configuration, source)})
            for source in _whole_sources(inspected)
        )
    )


def _whole_sources(inspected: Inspection) -> tuple[Source, ...]:
    """The sources that are delivered whole: registers and small files."""
    return (*REGISTERS, *(file.source for file in inspected.small_files))


def _of_years(inspected: Inspection, configuration: Configuration, source: Source) -> dict[int, str]:
    return {year: _origin(configuration, inspected.folder(source, year).folder.files) for year in inspected.years}


def _of_both(inspected: Inspection, configuration: Configuration) -> dict[int, str]:
    claims, population = (_of_years(inspected, configuration, source) for source in YEARLY)
    return {year: f"{claims[year]} {population[year]}" for year in inspected.years}


def _of_source(inspected: Inspection, configuration: Configuration, source: Source) -> str:
    if source in REGISTERS:
        return _origin(configuration, inspected.folder(source).folder.files)
    return _origin(configuration, [entry for entry in inspected.seen.small_files if entry.name == f"{source.name}.csv"])


def _origin(configuration: Configuration, files: Iterable[Entry]) -> str:
    """Names, lengths and times of the files, and what decides how their rows are read."""
    seen = sorted(repr(entry) for entry in files)
    return hashlib.sha256("\0".join((__version__, configuration.definitions, *seen)).encode()).hexdigest()

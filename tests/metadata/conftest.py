"""One small Atlas exported for machines."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from tests.reader.conftest import COUNT, MEAN, RELEASES, SHARE
from tests.reader.published import publish

YEARS = (2020, 2021)
FEW = [each for each in RELEASES if each.year in YEARS and (each.code != SHARE or each.year == YEARS[0])]
CODES = (MEAN, SHARE, COUNT)


def export_metadata(warehouse: Path, output: Path, unprotected: bool = False) -> None:
    """Imported when it is needed: SDMX and RDF take a second."""
    from imaatlas_spark.metadata import export

    export.export_metadata(warehouse, output, unprotected)


@pytest.fixture(scope="session")
def warehouse(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(configuration, tmp_path_factory.mktemp("for_machines") / "warehouse", FEW)


@pytest.fixture(scope="session")
def exported(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("exported") / "metadata"
    export_metadata(warehouse, output)
    return output

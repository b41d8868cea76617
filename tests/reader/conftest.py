"""One small Atlas for the tests of the reader, and one that was drawn by chance."""

import datetime as dt
from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.reader import Atlas
from tests.reader.published import Release, publish

MEAN, SHARE, COUNT = "stat_003_014", "cube_013_007", "stat_020_033"
OWN = (2018, 2019, 2020, 2021)
MAP = 2025
FIRST, AGAIN = dt.date(2023, 7, 1), dt.date(2024, 1, 15)
HIDDEN = frozenset({("municipality", "24038")})

# A part of the country will do: Antwerp, Brussels, Leuven, Nivelles, Mouscron and Tournai, Liège.
PLACES = ("11", "21", "24", "25", "54", "57", "62")

RELEASES = (
    *(Release(MEAN, year, year, dt.date(year + 2, 7, 1), within=PLACES) for year in OWN),
    *(Release(MEAN, year, MAP, dt.date(year + 2, 7, 1), within=PLACES) for year in OWN),
    Release(MEAN, 2021, 2021, AGAIN, more=3, within=PLACES),
    *(Release(SHARE, year, year, dt.date(year + 2, 7, 1), hidden=HIDDEN, within=PLACES) for year in OWN[1:]),
    *(Release(COUNT, year, year, dt.date(year + 1, 10, 1), within=PLACES) for year in OWN[1:]),
)


@pytest.fixture(scope="session")
def warehouse(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(configuration, tmp_path_factory.mktemp("atlas") / "warehouse", RELEASES)


@pytest.fixture(scope="session")
def atlas(warehouse: Path) -> Atlas:
    return Atlas(warehouse)


@pytest.fixture(scope="session")
def drawn(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("drawn") / "warehouse"
    return Atlas(publish(configuration, folder, RELEASES[:1], threshold=None, drawn='{"seed": 3}'))

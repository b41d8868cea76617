"""One made warehouse and its site for all tests of the site."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.site.publish import Wish, publish_site
from tests.site.made_warehouse import make_warehouse

YEARS = (2018, 2019, 2021)
CODES = ("cube_013_007", "stat_003_014", "stat_020_033")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three statistics before and after the mergers of 2019, small enough for hidden cells, sectors included."""
    return make_warehouse(tmp_path_factory.mktemp("site") / "warehouse", YEARS, CODES, scale=0.2)


@pytest.fixture(scope="session")
def site(configuration: Configuration, warehouse: Path) -> Path:
    output = warehouse.parent / "atlas"
    publish_site(configuration, warehouse, Wish(output, ("nl", "fr"), codes=None))
    return output

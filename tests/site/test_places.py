"""Areas on the site: vintages, names, parents; tiles for every level of every vintage."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.tiles import load_tiles
from imaatlas_spark.site.files import slugs
from imaatlas_spark.site.places import Places
from tests.site.made_warehouse import CONF

pytestmark = pytest.mark.slow


@pytest.fixture
def places(configuration: Configuration) -> Places:
    return Places.of(configuration.geography, [2018, 2019, 2024, 2025], {})


def test_years_with_one_map_share_a_vintage(places: Places) -> None:
    assert places.vintage == {2018: 2003, 2019: 2019, 2024: 2019, 2025: 2025}
    assert [len(places.codes("municipality", vintage)) for vintage in places.vintages] == [589, 581, 565]


def test_every_area_of_every_vintage_has_tiles(places: Places, configuration: Configuration) -> None:
    """What `picture.js` does: a tile belongs to what its municipality has become, and so to every level above."""
    tiles = load_tiles(CONF / "geography", configuration.geography)
    for vintage in places.vintages:
        for level in places.levels:
            drawn = {
                configuration.geography.place(configuration.geography.recode(tile.nis, vintage), level, vintage)
                for tile in tiles
            }
            assert drawn == set(places.codes(level, vintage))


def test_two_codes_that_would_be_one_file_are_refused() -> None:
    with pytest.raises(ConfigurationRefused, match="would be one file"):
        slugs(("a+", "aplus"), "somewhere")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text.replace("11001,15,5\n", ""), "11001 has no tile"),
        (lambda text: text + "11001,99,99\n", "11001 stands twice"),
        (lambda text: text.replace("11001,15,5", "11001,15,3"), "lie in one place"),
        (lambda text: text + "12041,99,99\n", "12041 is no municipality of 2003"),
    ],
)
def test_wrong_tiles_are_refused(configuration: Configuration, tmp_path: Path, edit, said: str) -> None:
    original = (CONF / "geography" / "tiles.csv").read_text()
    assert edit(original) != original
    (tmp_path / "tiles.csv").write_text(edit(original))
    with pytest.raises(ConfigurationRefused, match=said):
        load_tiles(tmp_path, configuration.geography)

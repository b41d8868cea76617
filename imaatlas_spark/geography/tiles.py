"""The tiles of the map: one hexagon for each municipality of the first map, `tiles.csv`.

A municipality of a later map covers the tiles of those it was made from, so one table draws every level of every year.
"""

from pathlib import Path

from imaatlas_spark.conf_files import Declared, read_csv
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.codes import Nis
from imaatlas_spark.geography.maps import Geography


class Tile(Declared):
    """A hexagon, point up. Row 0 is the north; odd rows are shifted half a hexagon to the east."""

    nis: Nis
    column: int
    row: int


def load_tiles(folder: Path, geography: Geography) -> tuple[Tile, ...]:
    """The tiles by code. Refused: a municipality of the first map without a tile or with two, two in one place."""
    path = folder / "tiles.csv"
    tiles = sorted(read_csv(path, Tile), key=lambda tile: tile.nis)
    first_map = frozenset(geography.municipalities_in(geography.first_year))
    by_code: dict[str, Tile] = {}
    places: dict[tuple[int, int], str] = {}
    for tile in tiles:
        if tile.nis not in first_map:
            raise ConfigurationRefused(f"{path}: {tile.nis} is no municipality of {geography.first_year}: take it out")
        if tile.nis in by_code:
            raise ConfigurationRefused(f"{path}: {tile.nis} stands twice: a municipality has one tile")
        if (tile.column, tile.row) in places:
            other = places[tile.column, tile.row]
            raise ConfigurationRefused(f"{path}: {other} and {tile.nis} lie in one place: move one of them")
        by_code[tile.nis] = tile
        places[tile.column, tile.row] = tile.nis
    without = sorted(first_map - by_code.keys())
    if without:
        raise ConfigurationRefused(f"{path}: {without[0]} has no tile: give each municipality of the first map one")
    return tuple(tiles)

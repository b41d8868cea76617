"""Borders of the user's own: shared lines, every level of every vintage, and what is refused."""

import copy
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.site.borders import Cell, borders, read_territories
from tests.site.boundary_files import geojson, reference_municipalities

pytestmark = pytest.mark.slow

Drawn = dict[str, Any]


@pytest.fixture(scope="module")
def drawn(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The municipalities of 2018 as pages draw them."""
    path = geojson(tmp_path_factory.mktemp("borders") / "municipalities.json", reference_municipalities(2018))
    return borders(read_territories(path, configuration.geography, [2018, 2025]).municipalities)


def line_of(drawn: Drawn, arc: int) -> list[tuple[int, int]]:
    steps = drawn["arcs"][~arc if arc < 0 else arc]
    points, x, y = [], 0, 0
    for step_x, step_y in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + step_x, y + step_y
        points.append((x, y))
    return points[::-1] if arc < 0 else points


def area_of(rings: Iterable[list[tuple[int, int]]]) -> float:
    """The area inside rings, holes left out: the sum of their signed areas."""
    return abs(sum(_signed(ring) for ring in rings))


def _signed(ring: list[tuple[int, int]]) -> float:
    return _along([*ring, ring[0]])


def _along(line: list[tuple[int, int]]) -> float:
    """What a piece of an outline adds to the area inside it."""
    return sum(x * b - a * y for (x, y), (a, b) in itertools.pairwise(line)) / 2


def rings_of(drawn: Drawn, rings: list[list[int]]) -> list[list[tuple[int, int]]]:
    return [[point for arc in ring for point in line_of(drawn, arc)[:-1]] for ring in rings]


def test_two_squares_share_one_line() -> None:
    km = 1000
    west = Polygon([(0, 0), (km, 0), (km, km), (0, km)])
    east = Polygon([(km, 0), (2 * km, 0), (2 * km, km), (km, km)])
    drawn = borders([Cell("11001", west), Cell("11002", east)])
    used = Counter(arc if arc >= 0 else ~arc for _, rings, *_ in drawn["cells"] for ring in rings for arc in ring)
    assert sorted(used.values()) == [1, 1, 2]
    [shared] = [arc for arc, times in used.items() if times == 2]
    assert sorted(line_of(drawn, shared)) == [(5000, 0), (5000, 5000)]
    assert [area_of(rings_of(drawn, rings)) for _, rings, *_ in drawn["cells"]] == [5000**2, 5000**2]


def test_an_area_inside_another_leaves_a_hole() -> None:
    square = [(1000, 1000), (1000, 2000), (2000, 2000), (2000, 1000)]
    outside = Polygon([(0, 0), (4000, 0), (4000, 4000), (0, 4000)], [square])
    inside = Polygon([*square[2:], *square[:2]])
    drawn = borders([Cell("11001", outside), Cell("11002", inside)])
    assert len(drawn["arcs"]) == 2
    assert [area_of(rings_of(drawn, rings)) for _, rings, *_ in drawn["cells"]] == [15 * 2500**2, 2500**2]


def test_a_territory_of_several_parts_keeps_them_all() -> None:
    """As Elsene does, which an avenue of Brussels cuts in two."""
    parts = [Polygon([(x, 0), (x + 1000, 0), (x + 1000, 1000), (x, 1000)]) for x in (0, 2000)]
    between = Polygon([(1000, 0), (2000, 0), (2000, 1000), (1000, 1000)])
    drawn = borders([Cell("21009", MultiPolygon(parts)), Cell("21004", between)])
    areas = [area_of(rings_of(drawn, rings)) * 9 for _, rings, *_ in drawn["cells"]]
    assert areas == pytest.approx([2 * 10_000**2, 10_000**2], rel=0.001)


def test_every_municipality_is_drawn(drawn: Drawn) -> None:
    assert [nis for nis, rings, *_ in drawn["cells"] if not rings] == []


def test_every_line_has_one_cell_or_two(drawn: Drawn) -> None:
    used = Counter(arc if arc >= 0 else ~arc for _, rings, *_ in drawn["cells"] for ring in rings for arc in ring)
    assert set(used) == set(range(len(drawn["arcs"])))
    assert set(used.values()) == {1, 2}


@pytest.mark.parametrize("vintage", [2018, 2019, 2025])
@pytest.mark.parametrize("level", ["municipality", "arrondissement", "province", "region", "country"])
def test_areas_of_each_level_and_vintage_dissolve(
    drawn: Drawn, configuration: Configuration, level: str, vintage: int
) -> None:
    """An area is what remains of the lines of its cells when those inside it are left out, as `picture.js` does."""
    geography = configuration.geography
    cells: dict[str, list[list[list[int]]]] = {}
    for nis, rings, *_ in drawn["cells"]:
        place = geography.place(geography.recode(nis, vintage) or "", level, vintage)
        cells.setdefault(place or "", []).append(rings)
    assert set(cells) == {code for _, code in geography.areas(vintage, [level])}
    for code, of_area in cells.items():
        walked = [arc for rings in of_area for ring in rings for arc in ring]
        assert len(set(walked)) == len(walked), code
        outline = [line_of(drawn, arc) for arc in walked if ~arc not in walked]
        steps = Counter(line[0] for line in outline)
        steps.subtract(line[-1] for line in outline)
        assert not any(steps.values()), f"the outline of {code} is not closed"
        inside = sum(area_of(rings_of(drawn, rings)) for rings in of_area)
        assert abs(sum(_along(line) for line in outline)) == pytest.approx(inside), code


def test_the_cells_are_near_to_the_given_territories(
    drawn: Drawn, configuration: Configuration, tmp_path: Path
) -> None:
    path = geojson(tmp_path / "municipalities.json", reference_municipalities(2018))
    cells = read_territories(path, configuration.geography, [2018]).municipalities
    given = {cell.code: cell.shape.area for cell in cells}
    scale = sum(area_of(rings_of(drawn, rings)) for _, rings, *_ in drawn["cells"]) / sum(given.values())
    off = [abs(area_of(rings_of(drawn, rings)) / (given[nis] * scale) - 1) for nis, rings, *_ in drawn["cells"]]
    assert sorted(off)[len(off) // 2] < 0.02
    assert sorted(off)[int(len(off) * 0.95)] < 0.1


def test_sectors_become_their_municipality(configuration: Configuration, tmp_path: Path) -> None:
    features = reference_municipalities(2018)
    for feature in features:
        feature["properties"] = {"CD_SECTOR": f"{feature['properties']['cd_munty_refnis']}A00-", "CD_MUNTY_REFNIS": "?"}
    read = read_territories(geojson(tmp_path / "sectors.json", features), configuration.geography, [2019])
    assert len(read.sectors) == len(features)
    assert [cell.code for cell in read.municipalities] == list(configuration.geography.municipalities_in(2019))


def test_lambert_2008_is_taken_as_it_is(configuration: Configuration, tmp_path: Path) -> None:
    features = moved(
        reference_municipalities(2018), lambda x, y: (521_000 + (x - 2.5) * 70_000, 520_000 + (y - 49.5) * 111_000)
    )
    cells = read_territories(
        geojson(tmp_path / "lambert.json", features), configuration.geography, [2018]
    ).municipalities
    assert shapely.total_bounds([cell.shape for cell in cells])[0] > 520_000


Edit = Callable[[list[dict[str, Any]]], Any]


def moved(features: list[dict[str, Any]], move: Callable[[float, float], tuple[float, float]]) -> list[dict[str, Any]]:
    for feature in features:
        for polygon in feature["geometry"]["coordinates"]:
            polygon[:] = [[list(move(*point)) for point in ring] for ring in polygon]
    return features


def _without_one(features: list[dict[str, Any]]) -> None:
    del features[0]


def _of_another_country(features: list[dict[str, Any]]) -> None:
    features[0]["properties"] = {"gemeentecode": "GM0363"}


def _bow_tie(features: list[dict[str, Any]]) -> None:
    [first, *_] = features[0]["geometry"]["coordinates"]
    x, y = first[0][0]
    first[0][:] = [[x, y], [x + 0.01, y + 0.01], [x + 0.01, y], [x, y + 0.01], [x, y]]


def _lambert_72(features: list[dict[str, Any]]) -> None:
    moved(features, lambda x, y: (25_000 + (x - 2.5) * 70_000, 22_000 + (y - 49.5) * 111_000))


def _swapped(features: list[dict[str, Any]]) -> None:
    moved(features, lambda x, y: (y, x))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_without_one, "has no 11001 of 2018"),
        (_of_another_country, "no code of a Belgian sector"),
        (_bow_tie, "the border of 11001 is not valid"),
        (_lambert_72, "is in Belgian Lambert 72"),
        (_swapped, "does not lie in Belgium"),
    ],
)
def test_files_that_do_not_fit_are_refused(configuration: Configuration, tmp_path: Path, edit: Edit, said: str) -> None:
    features = copy.deepcopy(reference_municipalities(2018))
    edit(features)
    with pytest.raises(ArgumentRefused, match=said):
        read_territories(geojson(tmp_path / "given.json", features), configuration.geography, [2018])


@pytest.mark.parametrize(("of", "needed", "said"), [(2019, 2018, "12041 is nothing of 2018"), (2025, 2021, "of 2021")])
def test_a_later_vintage_is_refused(
    configuration: Configuration, tmp_path: Path, of: int, needed: int, said: str
) -> None:
    path = geojson(tmp_path / "later.json", reference_municipalities(of))
    with pytest.raises(ArgumentRefused, match=said):
        read_territories(path, configuration.geography, [needed])


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"features": []}', '{"features": [1]}'])
def test_what_is_no_geojson_is_refused(configuration: Configuration, tmp_path: Path, text: str) -> None:
    (tmp_path / "given.json").write_text(text)
    with pytest.raises(ArgumentRefused, match="GeoJSON"):
        read_territories(tmp_path / "given.json", configuration.geography, [2018])
